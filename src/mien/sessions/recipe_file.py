"""Recipes in files: edits in the spelling of requests, as a person writes them or a session exports them.

docs/recipes.md describes the file. Names of files are relative to its folder. NumPy, and what knows pictures, are
loaded when all names are known to be right.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.editing.asked import numbered
from mien.editing.names import check_names
from mien.editing.request import Request, is_number
from mien.errors import ConfigError, UnreadablePhotoError
from mien.sessions.objects import Objects

if TYPE_CHECKING:
    from mien.editing.context import EditContext
    from mien.sessions.history import History
    from mien.types import Photo

FORMAT, VERSION = "mien-recipe", 1
NUMBERS = ("attributes", "reshape", "weights")
FIELDS = {one.name: one for one in fields(Request)}
EXTRA = ("note", "quad")
"""What an edit may say besides the fields of a request: the user's words, and where a session's edit had its face."""


@dataclass(frozen=True)
class Files(Objects):
    """Files by their path."""

    def path(self, name: str) -> Path:
        """The same, if there is such a file; raises UnreadablePhotoError otherwise."""
        path = Path(name)
        if not path.is_file():
            raise UnreadablePhotoError(f"{path} does not exist or is no ordinary file; check the recipe.")
        return path


@dataclass(frozen=True, eq=False)
class RecipeStep:
    """One edit.

    Attributes:
        fields: of a request; files are ``{"file": PATH, "name": "what it was called"}``.
        note: the user's words.
        quad: (4, 2) corners of the face's crop in the photo that layers were drawn over; None where nobody tells.
    """

    fields: Mapping[str, Any]
    note: str = ""
    quad: Sequence[Sequence[float]] | None = None

    @property
    def request(self) -> Request:
        """The request, its files as paths. Errors as :class:`mien.editing.request.Request`."""
        from mien.sessions.recipe import thaw

        return Request.from_dict(thaw(self.fields, Files(Path())))


@dataclass(frozen=True, eq=False)
class RecipeFile:
    """A recipe that was read.

    Attributes:
        path: of the file.
        steps: its edits.
        size: (width, height) of the photo that a session made them on; None where nobody tells.
    """

    path: Path
    steps: Sequence[RecipeStep]
    size: tuple[int, int] | None = None

    @property
    def files(self) -> list[Path]:
        """All files that it names."""
        from mien.sessions.recipe import file_names

        return [Path(name) for step in self.steps for name in file_names(step.fields)]

    def with_fields(self, **given: Any) -> RecipeFile:
        """The same, with fields of the request that hold for all edits, whatever they say themselves."""
        return replace(self, steps=[replace(one, fields={**one.fields, **given}) for one in self.steps])

    def is_of_another(self, photo: Photo, step: RecipeStep) -> bool:
        """Whether the layers of an edit may lie over a photo of another size."""
        return step.quad is not None and self.size not in (None, (photo.width, photo.height))

    def requests(self, photo: Photo, context: EditContext, scratch: Path) -> list[Request]:
        """What is asked for of a photo: layers that were drawn over another one go where the face is.

        Args:
            photo: to which the recipe is applied.
            context: finds its faces.
            scratch: a folder for layers that are drawn anew, needed as long as the requests.

        Raises:
            MienError: as an editor does, with the number of the edit.
        """
        made = []
        for number, step in enumerate(self.steps, 1):
            with numbered(number):
                made.append(self._placed(step, photo, context, scratch))
        return made

    def _placed(self, step: RecipeStep, photo: Photo, context: EditContext, scratch: Path) -> Request:
        import numpy as np

        from mien.editing.target import find_target
        from mien.sessions.recipe import thaw
        from mien.sessions.transfer import FaceFrame, transferred

        given, size = dict(step.fields), (photo.width, photo.height)
        if self.size is None or step.quad is None or (self.size == size and isinstance(given.get("face"), list)):
            return RecipeStep(given).request
        if isinstance(given.get("face"), list):
            del given["face"]  # a crop that was given by hand means no face here
        which = RecipeStep(given).request.face
        quad = find_target(photo, "largest" if which is None else which, context).quad
        if self.size == size and np.allclose(quad, step.quad, atol=1e-6):
            return RecipeStep(given).request
        old, new = FaceFrame(Files(Path()), self.size, step.quad), FaceFrame(Objects(scratch), size, quad)
        return Request.from_dict(thaw(transferred(given, old, new), new.objects))


def read_recipe(path: Path) -> RecipeFile:
    """Reads and checks a recipe, as far as that goes without a photo.

    Raises:
        ConfigError: it cannot be read, is of a newer version, or an edit says what none can, with its number.
        PhotoError: a file that it names is not there.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}); give a recipe.") from error
    except ValueError as error:
        raise ConfigError(f"{path} is no JSON ({error}); see docs/recipes.md.") from error
    head = told if isinstance(told, dict) else {"edits": told}
    if head.get("format", FORMAT) != FORMAT or head.get("version", VERSION) != VERSION:
        raise ConfigError(f"{path} is no recipe of version {VERSION}, the only one that this mien knows; update mien.")
    edits = head.get("edits")
    if not isinstance(edits, list) or not edits or not all(isinstance(one, dict) for one in edits):
        raise ConfigError(f'{path} has no list of edits; write {{"edits": [{{"mask": "hair", "color": "sienna"}}]}}.')
    steps = []
    for number, one in enumerate(edits, 1):
        with numbered(number):
            steps.append(_step(one, path.resolve().parent))
    photo = head.get("photo")
    sizes = [photo.get(name, 0) for name in ("width", "height")] if isinstance(photo, dict) else []
    known = sizes and all(is_number(side, 1, 1 << 20, whole=True) for side in sizes)
    return RecipeFile(path, steps, (sizes[0], sizes[1]) if known else None)


def _step(told: Mapping[str, Any], folder: Path) -> RecipeStep:
    for name, value in told.items():
        if name not in (*FIELDS, *EXTRA):
            near = difflib.get_close_matches(name, FIELDS, 1)
            hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(FIELDS)}."
            raise ConfigError(f"'{name}' is no input of an edit; {hint}")
        _check_kind(name, value)
    check_names(told)
    given = {name: _located(name, one, folder) for name, one in told.items() if name in FIELDS and one is not None}
    step = RecipeStep(given, str(told.get("note") or ""), told.get("quad"))
    assert step.request is not None  # checks everything
    return step


def _check_kind(name: str, value: Any) -> None:
    """Raises ConfigError where a value is not of the kind of its field, which it names."""
    if name == "quad" and not _has_rows(value, 2, 4):
        raise ConfigError("'quad' holds no four corners x,y; leave it out.")
    one = FIELDS.get(name)
    if one is None or value is None:
        return
    if one.default_factory is dict and (not isinstance(value, Mapping) or isinstance(value.get("file"), str)):
        raise ConfigError(f"'{name}' is {value!r}; give names with values, such as {{\"smile\": 1}}.")
    if name in NUMBERS and not all(is_number(number, -1e4, 1e4) for number in value.values()):
        raise ConfigError(f"'{name}' has a value that is no number: {json.dumps(value)}.")
    plain = one.default is not MISSING and isinstance(one.default, str)
    if (plain or name in ("text", "album")) and not isinstance(value, str):
        raise ConfigError(f"'{name}' is {value!r}; give words.")
    if isinstance(one.default, bool) and not isinstance(value, bool):
        raise ConfigError(f"'{name}' is {value!r}; give true or false.")
    if name == "drag" and not _has_rows(value, 4):
        raise ConfigError("'drag' is no list of [from x, from y, to x, to y].")


def _has_rows(value: Any, width: int, count: int | None = None) -> bool:
    """Whether a value is a list of ``count`` lists, or of any, of so many values each."""
    if not isinstance(value, list | tuple) or not value or (count is not None and len(value) != count):
        return False
    return all(isinstance(row, list | tuple) and len(row) == width for row in value)


def _located(name: str, value: Any, folder: Path) -> Any:
    """A value whose files are found from the recipe's folder, as ``{"file": PATH, "name": ...}``."""
    from mien.sessions.recipe import as_file

    if name == "drag":
        return tuple(tuple(float(number) for number in one) for one in value)
    if name in ("layers", "album") and isinstance(value, str):
        return str(folder / value)
    if name == "dye":
        return {region: _swatch(color, folder) for region, color in value.items()}
    if isinstance(value, Mapping) and isinstance(value.get("file"), str):
        path = folder / value["file"]
        return {"name": path.name, **value, "file": str(Files(folder).path(str(path)))}
    if isinstance(value, Mapping):
        return {key: _located(key if name == "layers" else name, one, folder) for key, one in value.items()}
    file = as_file(name, value)
    return _located(name, {"file": str(file)}, folder) if isinstance(file, Path) else value


def _swatch(color: Any, folder: Path) -> Any:
    from mien.editing.dyes import swatch_of

    if (found := swatch_of(color)) is None:
        return tuple(color) if isinstance(color, list) else color
    return f"@{folder / found[0]}" if color.startswith("@") else f"{folder / found[0]}:{found[1]}"


def recipe_of(session: History, number: int | None, keep: Callable[[Path], str]) -> dict[str, Any]:
    """The edits that led to one of a session as a recipe, ready for JSON.

    Args:
        session: the session.
        number: of the edit; None is where the session stands.
        keep: is given each stored file, and tells its name in the recipe.

    Raises:
        SessionError: there is no such edit, or none at all, or a file is damaged.
    """
    from mien.sessions.recipe import over_files

    def named(_: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**value, "file": keep(session.folder.objects.path(value["file"]))}

    edits = [
        {**over_files(node.recipe, named), "quad": node.quad, **({"note": node.note} if node.note else {})}
        for node in session.line(number)
    ]
    photo = {name: session.facts[name] for name in ("name", "width", "height")}
    return {"format": FORMAT, "version": VERSION, "photo": photo, "edits": edits}
