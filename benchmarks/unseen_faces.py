"""Faces of prepared wide portraits that are drawn by chance, and what is real of their pictures."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks.outlines import LONG_HAIR
from mien import Editor
from mien.conditions.labels import INDEX, UNKNOWN
from mien.conditions.regions import parse_region
from mien.errors import LayerError, MienError
from mien.guides.glasses.find import find_glasses
from mien.types import Bool, Face, Float64, Photo, UInt8

LEAST = 420
"""Side of the face's square in the photo that a wide picture was made from, pixels: far below, pictures are soft."""

TRIED, TRIED_HAIR = 14, 16
"""Others that are looked at for one that is like a face, or whose hair may suit it."""

YAW, SKIN, SEX = 1.0, 0.3, 15.0
"""How an unlike face counts: a degree of yaw; a level of skin's color for whoever lends hair; another sex."""

GLASSES = 0.15
"""Area of glasses in squares of the distance of the eyes: less is none."""

MARGIN = 9
"""Pixels beside the photo's border that do not count as real: they are interpolated."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A face that was drawn.

    Attributes:
        photo, face: of the wide portrait.
        skin: (3,) mean color, sRGB levels.
        hair, glasses: areas in squares of the distance between the outer corners of the eyes.
        wearer: whether a frame is found, too: the parser takes shaded and wrinkled eyes for glasses.
        beard: share of the chin that the parser calls hair, in [0, 1].
        sex: "male", "female" or "", where the index says nothing.
    """

    photo: Photo
    face: Face
    skin: Float64
    hair: float
    glasses: float
    wearer: bool
    beard: float
    sex: str


Fits = Callable[[Seen], bool]


class Faces:
    """Real faces of a split of wide portraits in an order by chance; each is looked at when it is needed, once.

    Args:
        data: folder of photo sets, with wide/ (index.csv, images/) and portraits/index.csv.
        split: of the wide portraits.
        seed: another one draws other faces.
        editor: finds and parses faces.
        without: names of portraits that are left out, because somebody has looked at them.
        least: side of the face's square in the photo that a picture was made from, pixels.
    """

    def __init__(
        self, data: Path, split: str, seed: int, editor: Editor, without: Iterable[str] = (), least: int = LEAST
    ) -> None:
        out = {*without, *LONG_HAIR.values()}
        rows = {row["id"]: row for row in _rows(data / "wide/index.csv") if row["split"] == split}
        self.data, self.seed, self.editor = data, seed, editor
        self.corners = {name: np.array(json.loads(row["photo_corners"])) for name, row in rows.items()}
        self.sex = {row["id"]: row["gender"] for row in _rows(data / "portraits/index.csv")}
        self.names = [
            name
            for name, row in rows.items()
            if row["kind"] == "real" and int(row["native_px"]) >= least and name not in out
        ]
        self.taken: set[str] = set()
        self._seen: dict[str, Seen | None] = {}

    def seen(self, name: str) -> Seen | None:
        """A face; None where none is found, or no skin."""
        if name not in self._seen:
            self._seen[name] = self._look(name)
        return self._seen[name]

    def draw(self, edit: str, fits: Fits) -> str | None:
        """The first face that fits an edit and is not taken yet, in an order by seed and edit; None if none is."""
        for name in self._shuffled(edit):
            seen = self.seen(name) if name not in self.taken else None
            if seen is not None and fits(seen):
                self.taken.add(name)
                return name
        return None

    def like(self, name: str) -> str | None:
        """Of a few faces without glasses, the one nearest in skin, yaw and sex."""
        return self._nearest(name, TRIED, lambda one: one.glasses <= 0.02, 1.0, SEX)

    def haired_like(self, name: str) -> str | None:
        """Of a few heads of long hair, the one nearest in yaw and skin."""
        return self._nearest(name, TRIED_HAIR, lambda one: one.glasses <= 0.3 and one.hair >= 2.2, SKIN, 0.0)

    def real_part(self, name: str, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        """A box (x0, y0, x1, y1) shrunk to what is real: beyond its corners a wide portrait is a mirror image."""
        x0, y0, x1, y1 = box
        real = _inside(self.corners[name], (y1, x1))
        while x1 - x0 > 2 and y1 - y0 > 2:
            part = real[y0:y1, x0:x1]
            false = [1 - edge.mean() for edge in (part[:, 0], part[0], part[:, -1], part[-1])]
            worst = int(np.argmax(false))
            if false[worst] <= 0:
                break
            x0, y0, x1, y1 = (x0 + (worst == 0), y0 + (worst == 1), x1 - (worst == 2), y1 - (worst == 3))
        return x0, y0, x1, y1

    def _shuffled(self, word: str) -> list[str]:
        return random.Random(f"{self.seed} {word}").sample(self.names, len(self.names))

    def _nearest(self, name: str, tried: int, fits: Fits, skin: float, sex: float) -> str | None:
        this, found = self.seen(name), {}
        assert this is not None
        for other in self._shuffled(f"beside {name}")[:tried]:
            seen = self.seen(other) if other != name else None
            if seen is not None and fits(seen):
                apart = abs(this.face.pose.yaw - seen.face.pose.yaw) * YAW + sex * (this.sex != seen.sex)
                found[other] = apart + skin * float(np.abs(this.skin - seen.skin).mean())
        return min(found, key=lambda other: found[other]) if found else None

    def _look(self, name: str) -> Seen | None:
        photo = Photo(np.asarray(Image.open(self.data / "wide/images" / f"{name}.webp").convert("RGB")))
        try:
            face = self.editor.finder.find(photo)[0]
        except (MienError, IndexError):
            return None
        labels = self.editor.parser.parse_photo(photo, face.quad)
        labels = np.where(labels == UNKNOWN, np.uint8(0), labels)
        skin = parse_region("skin")[labels]
        if not skin.any():
            return None
        unit = float(np.linalg.norm(face.landmarks[33, :2] - face.landmarks[263, :2]))
        hair, glasses = (float(parse_region(region)[labels].sum()) / unit**2 for region in ("hair", "glasses"))
        sex = self.sex.get(name, "")
        wearer = glasses > GLASSES and self._wears(photo, face)
        return Seen(photo, face, photo.pixels[skin].mean(0), hair, glasses, wearer, _beard(labels, face, unit), sex)

    def _wears(self, photo: Photo, face: Face) -> bool:
        """Whether a face wears glasses, by their frame."""
        try:
            find_glasses(photo, face, self.editor.parser)
        except LayerError:
            return False
        return True


def without(paths: Iterable[Path]) -> set[str]:
    """Names of portraits, four digits, in texts and in logs of this benchmark."""
    found: set[str] = set()
    for path in paths:
        words = "".join(c if c.isalnum() else " " for c in path.read_text(encoding="utf-8")).split()
        found |= {word for word in words if len(word) == 4 and word.isdigit()}
    return found


def _rows(path: Path) -> list[Mapping[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _inside(corners: Float64, shape: tuple[int, int]) -> Bool:
    """(H, W) what lies between the corners, without a margin."""
    area = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(area, np.round(corners).astype(np.int32), 1)
    return np.asarray(cv2.erode(area, np.ones((MARGIN, MARGIN), np.uint8), borderValue=1) > 0)


def _beard(labels: UInt8, face: Face, unit: float) -> float:
    """See :class:`Seen`."""
    x, y = face.landmarks[152, :2] - (0, 0.15 * unit)
    part = labels[max(0, int(y - 0.2 * unit)) : int(y + 0.1 * unit), max(0, int(x - 0.3 * unit)) : int(x + 0.3 * unit)]
    return float((part == INDEX["hair"]).mean()) if part.size else 0.0
