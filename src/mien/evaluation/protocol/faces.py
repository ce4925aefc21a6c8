"""The faces that are edited: pictures of sets with their labels and layers, at any size, computed once.

Letters: S side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from mien.conditions.extract import conditions_of
from mien.conditions.parser import FaceParser
from mien.conditions.types import Conditions
from mien.data import Picture, find_pictures
from mien.data.sources import INDEX, folder_pictures, read_index
from mien.errors import ConfigError, DataError
from mien.evaluation.captions import caption
from mien.types import UInt8


@dataclass(frozen=True, eq=False)
class Face:
    """One picture at one size.

    Attributes:
        image: (S, S, 3) uint8 sRGB.
        labels: (S, S) uint8, the bundled parser's.
        layers: sketch, semantic map and color map of the whole picture, as ``mien conditions`` extracts them, and a
            sentence, see :func:`mien.evaluation.captions.caption`.
    """

    image: UInt8
    labels: UInt8
    layers: Conditions


class FaceSets:
    """Pictures by name, and what is extracted from them; everything is kept.

    Args:
        sets: pictures by the name of their set; a picture is then called "set/name".
        parser: labels faces.
    """

    def __init__(self, sets: Mapping[str, Sequence[Picture]], parser: FaceParser) -> None:
        self.parser = parser
        self.sets = {
            name: tuple(replace(picture, name=f"{name}/{picture.name}") for picture in pictures)
            for name, pictures in sets.items()
        }
        self.pictures = {picture.name: picture for pictures in self.sets.values() for picture in pictures}
        self._digests: dict[str, str] = {}
        self._faces: dict[tuple[str, int], Face] = {}

    def digest(self, name: str) -> str:
        """The SHA-256 of a picture's file.

        Raises:
            DataError: no such picture.
        """
        if name not in self._digests:
            self._digests[name] = hashlib.sha256(self._picture(name).read()).hexdigest()
        return self._digests[name]

    def face(self, name: str, size: int) -> Face:
        """A picture and its layers at a size.

        Raises:
            DataError: no such picture, or a file that is none.
        """
        if (name, size) not in self._faces:
            image = self._picture(name).pixels(size).copy()  # Pillow's memory is read-only, which PyTorch dislikes
            labels = self.parser.parse_crop(image)
            layers = conditions_of(image, labels).replaced(text=caption(image, labels))
            self._faces[name, size] = Face(image, labels, layers)
        return self._faces[name, size]

    def _picture(self, name: str) -> Picture:
        if name not in self.pictures:
            raise DataError(f"There is no picture called {name}; give the set that the list was made from.")
        return self.pictures[name]


def open_sets(paths: Sequence[Path], split: str) -> dict[str, tuple[Picture, ...]]:
    """Pictures by the name of their folder.

    Raises:
        DataError: see :func:`open_set`.
        ConfigError: two sets of one name.
    """
    found = {path.resolve().stem: open_set(path, split) for path in paths}
    if len(found) < len(paths):
        raise ConfigError(f"Two of {', '.join(map(str, paths))} have the same name; rename one of them.")
    return found


def open_set(path: Path, split: str, limit: int | None = None) -> tuple[Picture, ...]:
    """Pictures in the order of their names; of a prepared set without splits, all of them, with what the index says.

    Args:
        path: see :func:`mien.data.find_pictures`.
        split: of a prepared set that has splits.
        limit: take so many.

    Raises:
        DataError: no pictures there, or an index that cannot be read.
    """
    rows = read_index(path) if (path / INDEX).is_file() else []
    if rows and "split" not in rows[0]:
        fields = {row.get("id", ""): row for row in rows}
        found = [replace(one, name=Path(one.name).stem) for one in folder_pictures(path / "images")]
        pictures = [replace(one, fields=fields[one.name]) for one in found if one.name in fields]
    else:
        pictures = find_pictures(path, split=split)
    if not pictures:
        raise DataError(f"{path} holds no pictures that its {INDEX} names; complete images/.")
    return tuple(sorted(pictures, key=lambda one: one.name)[:limit])


def resized(pixels: UInt8, size: int) -> UInt8:
    """(S, S, 3) -> (size, size, 3) by Lanczos's filter, anti-aliased."""
    if len(pixels) == size:
        return pixels
    return np.array(Image.fromarray(pixels).resize((size, size), Image.Resampling.LANCZOS))
