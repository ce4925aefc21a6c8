"""Fixed lists: which picture is edited under which mask, with whose exemplar, by which seed; written to disk once.

    list.json                     what the list was made from, the items, and what was left out
    masks/<family>/<picture>.png  white where the face may change

The exemplar of an item shows the same person: another photograph where the set knows one, otherwise its mirror image,
as in the training of the warping network: the look in another pose. ``other`` is another person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from mien.conditions.masks import read_mask, write_mask
from mien.data import Picture
from mien.errors import DataError, LayerError
from mien.evaluation.protocol.faces import FaceSets
from mien.evaluation.protocol.families import family_mask, rng_of
from mien.evaluation.report import make_folder, read_json, rounded, write_json
from mien.types import Bool

NAME = "list.json"
KIND, VERSION = "mien-protocol-list", 1

COMPARED, ALIKE = 64, 3.0
"""Pictures that differ by less, in levels on average at this side, are the same photograph: sets hold some twice."""


@dataclass(frozen=True)
class Item:
    """One picture under one mask.

    Attributes:
        set: name of the set.
        picture: "set/name".
        sha256: of the picture's file.
        family: of the mask.
        mask: its file, relative to the list's folder.
        mask_sha256: see :func:`digest_of`.
        coverage: fraction of the picture inside the mask.
        exemplar: another photograph of the same person, or the picture itself.
        mirrored: whether the exemplar is mirrored.
        other: a picture of another person; empty where there is none.
        seed: of the edit; 0 is the editor's plain result.
    """

    set: str
    picture: str
    sha256: str
    family: str
    mask: str
    mask_sha256: str
    coverage: float
    exemplar: str
    mirrored: bool
    other: str
    seed: int = 0


@dataclass(frozen=True, eq=False)
class ItemList:
    """A list as it is on disk.

    Attributes:
        folder: where the masks are.
        size: side S of the masks, pixels.
        made_of: settings and checksums; the same settings on the same pictures find the same list again.
        items: in the order of families and pictures.
        left_out: what has no mask: set, picture, family, reason.
    """

    folder: Path
    size: int
    made_of: Mapping[str, Any]
    items: tuple[Item, ...]
    left_out: tuple[Mapping[str, str], ...]

    @property
    def digest(self) -> str:
        """Of all that is in it; equal for equal lists."""
        return hashlib.sha256(json.dumps(self._content(), sort_keys=True).encode()).hexdigest()

    def of_family(self, set_name: str, family: str) -> tuple[Item, ...]:
        """The items of one family in one set."""
        return tuple(item for item in self.items if (item.set, item.family) == (set_name, family))

    def mask(self, item: Item) -> Bool:
        """(S, S), True = edit.

        Raises:
            DataError: the file is missing, or is not the one that the list was made with.
        """
        path = self.folder / item.mask
        try:
            mask: Bool = read_mask(path, self.size) > 0.5
        except LayerError as error:
            raise DataError(f"The mask {path} cannot be used; make the list again. {error}") from error
        if digest_of(mask) != item.mask_sha256:
            raise DataError(f"The mask {path} is not the one that the list was made with; make the list again.")
        return mask

    def write(self) -> None:
        """Writes ``list.json``, whole or not at all.

        Raises:
            SaveError: the folder cannot be written.
        """
        write_json(self._content(), self.folder / NAME, indent=1)

    def _content(self) -> dict[str, Any]:
        items = [asdict(item) for item in self.items]
        head = {"kind": KIND, "version": VERSION, "size": self.size, "made_of": dict(self.made_of)}
        return {**head, "items": items, "left_out": [dict(one) for one in self.left_out]}


def digest_of(mask: Bool) -> str:
    """The SHA-256 of a mask's side and bits."""
    return hashlib.sha256(str(len(mask)).encode() + np.packbits(mask).tobytes()).hexdigest()


def fixed_list(
    faces: FaceSets,
    families: Sequence[str],
    size: int,
    folder: Path,
    *,
    sets: Sequence[str] | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> ItemList:
    """The list in a folder where it was made with the same settings from the same pictures; otherwise a new one.

    Args:
        faces: all pictures: those that are edited, and their exemplars.
        families: see :func:`mien.evaluation.protocol.families.family_names`.
        size: side of the masks.
        folder: there already.
        sets: names of those whose pictures are edited; None for all.
        limit: edit so many pictures of each set, evenly spaced; None for all.
        seed: of masks and of the choice of other persons.

    Raises:
        DataError: a picture that cannot be read.
        SaveError: the folder cannot be written.
    """
    names = {name: [picture.name for picture in pictures] for name, pictures in faces.sets.items()}
    digests = {name: faces.digest(name) for name in faces.pictures}
    pictures = hashlib.sha256(json.dumps([names, digests], sort_keys=True).encode()).hexdigest()
    chosen = list(faces.sets if sets is None else sets)
    made_of: dict[str, Any] = {"size": size, "seed": seed, "limit": limit, "families": list(families)}
    made_of |= {"sets": chosen, "pictures": pictures}
    if (folder / NAME).is_file():
        found = read_list(folder)
        if found.made_of == made_of:
            return found
    return _build(faces, folder, made_of)


def read_list(folder: Path) -> ItemList:
    """A list from its folder.

    Raises:
        DataError: there is none, or it is damaged.
    """
    path = folder / NAME
    try:
        content = read_json(path)
        if (content["kind"], content["version"]) != (KIND, VERSION):
            raise ValueError("kind")
        items = tuple(_checked(Item(**item)) for item in content["items"])
        left_out = tuple({str(name): str(value) for name, value in one.items()} for one in content["left_out"])
        return ItemList(folder, int(content["size"]), dict(content["made_of"]), items, left_out)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path} is no list of edits; name a folder that an evaluation wrote.") from error


def _checked(item: Item) -> Item:
    """An item whose fields are of their kinds.

    Raises:
        ValueError: one is not.
    """
    kinds = {"str": str, "float": int | float, "int": int, "bool": bool}
    for field in fields(Item):
        if not isinstance(getattr(item, field.name), kinds[str(field.type)]):
            raise ValueError(field.name)
    return item


def check_list(items: ItemList, faces: FaceSets) -> None:
    """Whether the pictures at hand are those of a list.

    Raises:
        DataError: a picture is missing, or another file.
    """
    for item in items.items:
        if faces.digest(item.picture) != item.sha256:
            raise DataError(f"{item.picture} is not the file that the list was made with; give the same set.")
        for needed in filter(None, (item.exemplar, item.other)):
            faces.digest(needed)


def _build(faces: FaceSets, folder: Path, made_of: Mapping[str, Any]) -> ItemList:
    items, left_out = [], []
    size, seed = made_of["size"], made_of["seed"]
    for name, family in product(made_of["sets"], made_of["families"]):
        for picture in evenly(faces.sets[name], made_of["limit"]):
            mask = family_mask(family, faces.face(picture.name, size).labels, rng_of(seed, family, picture.name))
            if mask is None:
                reason = f"there is no {family} in the picture"
                left_out.append({"set": name, "picture": picture.name, "family": family, "reason": reason})
                continue
            file = f"masks/{family}/{picture.name}.png"
            make_folder((folder / file).parent)
            write_mask(mask.astype(np.float32), folder / file)
            about_mask = file, digest_of(mask), rounded(float(mask.mean()))
            others = *_same_person(picture, faces.sets[name]), _other_person(picture, faces.sets[name], seed)
            items.append(Item(name, picture.name, faces.digest(picture.name), family, *about_mask, *others))
    made = ItemList(folder, size, made_of, tuple(items), tuple(left_out))
    made.write()
    return made


def evenly(pictures: Sequence[Picture], limit: int | None) -> list[Picture]:
    """So many of them, evenly spaced: neighbors in a set often come from one source."""
    if limit is None or limit >= len(pictures):
        return list(pictures)
    return [pictures[index] for index in np.linspace(0, len(pictures) - 1, limit).round().astype(int)]


def _same_person(picture: Picture, pictures: Sequence[Picture]) -> tuple[str, bool]:
    """(name, mirrored)."""
    person = picture.fields.get("person", "")
    others = [one for one in pictures if person and one.fields.get("person") == person and one.name != picture.name]
    for one in others:
        first, second = (each.pixels(COMPARED).astype(np.int16) for each in (picture, one))
        if np.abs(first - second).mean() > ALIKE:
            return one.name, False
    return picture.name, True


def _other_person(picture: Picture, pictures: Sequence[Picture], seed: int) -> str:
    person = picture.fields.get("person") or picture.name
    others = [one.name for one in pictures if (one.fields.get("person") or one.name) != person]
    return others[int(rng_of(seed, "other", picture.name).integers(len(others)))] if others else ""
