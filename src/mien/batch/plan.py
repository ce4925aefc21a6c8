"""What is to be made: which photos, by which recipe, where to; whether it was begun already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mien.batch.places import Place
from mien.errors import ConfigError, DataError
from mien.photos.containers import by_suffix

REPORT = "mien-batch.json"
"""In the folder of results: the recipe's hash, how many were made, and what failed, with reasons."""

LOSSLESS = (".png", ".tif", ".tiff", ".webp")


@dataclass(frozen=True)
class Item:
    """A photo and its result, by their names in both folders."""

    source: str
    target: str


@dataclass(frozen=True)
class Plan:
    """All that a worker has to know; plain text, so that it goes to any process.

    Attributes:
        folder, out: where photos are and results go.
        recipe: path of the recipe, for files that it names.
        text: of the recipe.
        editor: see :meth:`mien.editor.Editor.from_pretrained`.
        device: where it computes.
        every_face: the edits are made of each face of a photo, instead of those that the recipe names.
        quality: of JPEG and AVIF.
        threads: of each worker.
    """

    folder: str
    out: str
    recipe: str
    text: str
    editor: str = "bundled"
    device: str = "cpu"
    every_face: bool = False
    quality: int = 95
    threads: int = 1

    @property
    def digest(self) -> str:
        """Changes where results may."""
        told = (self.text, self.editor, self.every_face, self.quality)
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def recipe_text(recipe: Path) -> str:
    """Of a recipe, or of the edits that led to where a session stands.

    Raises:
        ConfigError: it cannot be read.
        SessionError: the session is damaged, or has no edits.
    """
    if not recipe.is_dir():
        try:
            return recipe.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise ConfigError(f"{recipe} cannot be read as a recipe ({error}); see docs/recipes.md.") from error
    from mien.sessions.history import History
    from mien.sessions.recipe_file import recipe_of

    return json.dumps(recipe_of(History(recipe), None, lambda path: str(path.resolve())))


def items_of(names: Sequence[str], suffix: str | None) -> list[Item]:
    """Photos among files, and how their results are called: in the same format where it loses nothing, else as PNG.

    Args:
        names: of files.
        suffix: of all results, such as ".jpg"; None for the above.

    Raises:
        DataError: there is no photo among them.
    """
    found, taken = [], set[str]()
    for name in names:
        path = PurePosixPath(name)
        if by_suffix(Path(name)) is None:
            continue
        ending = suffix or (path.suffix if path.suffix.lower() in LOSSLESS else ".png")
        target = str(path.with_suffix(ending))
        target = f"{name}{ending}" if target in taken else target
        taken.add(target)
        found.append(Item(name, target))
    if not found:
        raise DataError("There is no photo in the folder; give one with JPEG, PNG, WebP, TIFF, HEIC or AVIF files.")
    return found


def missing(plan: Plan, items: Sequence[Item], *, overwrite: bool) -> list[Item]:
    """Those that have no result yet.

    Raises:
        ConfigError: the results that are there came of another recipe, or of nobody knows what.
    """
    out = Place(plan.out)
    there = set(out.names()) if out.files is not None or Path(plan.out).is_dir() else set()
    made = [item for item in items if item.target in there]
    if overwrite or not made:
        return list(items)
    told = out.read(REPORT)
    known = json.loads(told).get("recipe") if told else None
    if known != plan.digest:
        raise ConfigError(
            f"{plan.out} has {made[0].target}, which this recipe did not make; name another --out, or add --overwrite."
        )
    return [item for item in items if item.target not in there]
