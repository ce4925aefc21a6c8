"""What is seen around a beard, reduced: classes, the beard itself, what lies under it.

Convention:
    Everything is (h, w) at a scale at which the outer corners of the eyes lie ``UNIT`` pixels apart. Pictures are sRGB
    float32 in [0, 255], shares float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane
from mien.compose.morphology import disc
from mien.conditions.areas import JAW
from mien.conditions.parser import FaceParser
from mien.guides.beards.edge import (
    UNIT,
    blurred,
    dilated,
    ended,
    eroded,
    hairs_of,
    hanging_out,
    inside,
    places,
    reduced,
    roughness,
    runs_on,
    usual_roughness,
)
from mien.guides.beards.reach import thickness
from mien.guides.borrow import unit_of
from mien.guides.dyes.coloring import lab_of
from mien.guides.guide import Box
from mien.guides.looks import probabilities
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo

GROUPS: Mapping[str, str] = {
    "hair": "hair",
    "skin": "skin",
    "neck": "neck",
    "clothes": "clothes",
    "background": "background+hat",
    "lips": "mouth",
    "worn": "glasses+eyes+brows",
    "ears": "ears",
}
"""What is told apart, in the names of the parser's regions."""

SUPPOSED = 0.02
"""How much a neck counts that is taken for granted, beside what is seen."""

LIKE_SKIN = 15.0
"""Distance in a* and b* up to which something may be skin."""

LONG = (0.6, 0.25)
"""Eye distances below the chin from which hair counts, and square eye distances of it, of a beard that is too long."""

HANGING = 0.7
"""Eye distances by which a beard that is too long is thick below a mouth."""

NECK = 0.45
"""Eye distances below the chin down to which a neck is taken for granted."""

CORNER = 0.14
"""Radius with which a jaw and the side of a neck meet, eye distances."""

SIDES = 0.74
"""How wide a neck is below a chin, the jaw's corners being 1 apart: the median of 99 shaven men has 0.70."""


@dataclass(frozen=True, eq=False)
class AroundBeard:
    """Attributes:
    box: the part of the photo.
    picture: (h, w, 3) the same, reduced.
    points: (478, 3) landmarks in its pixels.
    shares: by name of :data:`GROUPS`.
    beard: (h, w) how likely a beard is.
    hairs: (h, w) where there is one, single tufts included.
    unended: whether it goes on below where it was found to end.
    """

    box: Box
    picture: Float32
    points: Float64
    shares: Mapping[str, Float32]
    beard: Float32
    hairs: Bool
    unended: bool = False

    @classmethod
    def of(cls, photo: Photo, face: Face, parser: FaceParser) -> AroundBeard:
        """What is seen around the lower half of a face."""
        box = _box(photo, face)
        x0, y0, x1, y1 = box
        scale = UNIT / unit_of(face)
        width, height = max(8, round((x1 - x0) * scale)), max(8, round((y1 - y0) * scale))
        picture = reduced(to_srgb(photo, box), (width, height))
        by = np.array([width / (x1 - x0), height / (y1 - y0), scale])
        points = (face.landmarks.astype(np.float64) - (x0, y0, 0)) * by
        found, wide = probabilities(photo, face, list(GROUPS.values()), parser, largest=420, scales=(1.5, 1.0))
        zoom = found[0].shape[1] / (wide[2] - wide[0])
        there = np.array([[zoom / by[0], 0, (x0 - wide[0]) * zoom], [0, zoom / by[1], (y0 - wide[1]) * zoom]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        shares: Mapping[str, Float32] = {
            name: np.asarray(cv2.warpAffine(one, there, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE))
            for name, one in zip(GROUPS, found, strict=True)
        }
        area = places(points, (height, width))
        beard = shares["hair"] * blurred(area | hanging_out(points, shares["hair"], area), 1.0)
        fine = roughness(to_srgb(photo, box), (width, height))
        hairs = hairs_of(points, shares, beard, fine)
        hairs, shares = ended(hairs, picture, points, shares, beard, fine)
        unended = runs_on(hairs, picture, points, fine, usual_roughness(shares, beard, fine))
        return cls(box, picture, points, shares, beard, hairs, unended)

    @property
    def shape(self) -> tuple[int, int]:
        """(h, w)."""
        return self.beard.shape[0], self.beard.shape[1]

    def at(self, shape: Sequence[int], points: Sequence[int] = range(478)) -> Float64:
        """Some landmarks (N, 2) in pixels of the same part at another size (H, W)."""
        scale = np.array([shape[1] / self.shape[1], shape[0] / self.shape[0]])
        return np.asarray(self.points[list(points), :2] * scale)

    @property
    def rows(self) -> Float32:
        """(h, 1): the number of each row."""
        return np.arange(self.shape[0], dtype=np.float32)[:, None]

    @property
    def long(self) -> bool:
        """Whether the beard hangs down so far that what it hides is nowhere seen."""
        below, most = LONG
        lower = self.hairs & (self.rows > self.points[152, 1] + below * UNIT)
        thick = thickness(self.hairs, self.points, UNIT)
        return self.unended or thick > HANGING or bool(lower.sum() > most * UNIT**2)

    @cached_property
    def oval(self) -> Bool:
        """(h, w): the face."""
        return inside(self.points[list(mesh.OUTLINE)], self.shape)

    @cached_property
    def lips(self) -> Bool:
        """(h, w): the lips, by their landmarks."""
        return inside(self.points[list(mesh.OUTER_LIPS)], self.shape)

    @cached_property
    def bare(self) -> Bool:
        """(h, w): skin that is seen well, away from hair, lips, eyes, nostrils and glasses."""
        beside = self.shares["lips"] + self.shares["worn"] > 0.3
        beside |= self.lips
        nose = inside(self.points[[98, 97, 2, 326, 327, 278, 4, 48]], self.shape)
        skin = self.shares["skin"] + self.shares["neck"] > np.where(self.oval, 0.7, 0.5)
        found = eroded(skin & (self.oval | self.like_skin), 2) & ~dilated(beside, 2) & ~dilated(nose, 1) & ~self.covered
        _, pieces, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8))
        large = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] > 0.03 * UNIT**2)
        return np.asarray(found & np.isin(pieces, large), np.bool_)

    @cached_property
    def facial(self) -> Bool:
        """(h, w): the same of the face alone; all of the face where next to none is seen."""
        found = self.bare & self.oval
        return found if found.sum() > 30 else self.oval

    @cached_property
    def covered(self) -> Bool:
        """(h, w): hair and what lies close to it."""
        return np.asarray(blurred(dilated(self.hairs, 2), 1.5) > 0.15, np.bool_)

    @cached_property
    def below(self) -> Mapping[str, Float32]:
        """(h, w) what lies under the beard and beside it: skin, clothes, background, hair, ears; they sum to 1."""
        shares, known = self.shares, blurred(dilated(self.hairs, 1), 0.7) < 0.1
        elsewhere = np.where(places(self.points, self.shape), 0, shares["hair"] - self.beard)
        face = shares["skin"] + shares["neck"] + shares["lips"] + shares["worn"]
        maps = np.dstack([face, shares["clothes"], shares["background"], elsewhere, shares["ears"]])
        neck, lowest = self.neck
        round_, bare = dilated(self.oval, 1), (shares["clothes"] < 0.6) & (self.rows < lowest)
        seen = known & (self.beard > 0.1) & self.like_skin
        maps[((round_ | (neck & bare)) & ~known) | (neck & bare & seen)] = (1, 0, 0, 0, 0)
        sure = np.where(known | round_, 1, SUPPOSED * (neck & bare)).astype(np.float32)
        spread = blurred(membrane(maps.astype(np.float32), sure, 1.0), 1.5)
        spread = np.where((blurred(known, 1) > 0.9)[..., None], maps, spread).clip(0, 1)
        spread[..., 0] *= 1 - blurred(~known & ~round_ & ~neck, 0.8)  # beside a neck, backdrop or clothes are seen
        whole = (self.oval | (spread[..., 0] > 0.5)).astype(np.uint8)
        corner = (cv2.morphologyEx(whole, cv2.MORPH_CLOSE, disc(CORNER * UNIT)) > whole) & ~known
        spread[..., 0] = np.maximum(spread[..., 0], 3 * np.clip(blurred(corner, 0.8) - 0.2, 0, 1) * ~self.oval)
        spread /= np.maximum(spread.sum(2, keepdims=True), 1e-3)
        names = ("skin", "clothes", "background", "hair", "ears")
        return {name: np.asarray(spread[..., n], np.float32) for n, name in enumerate(names)}

    @cached_property
    def like_skin(self) -> Bool:
        """(h, w): what has about the color of the face."""
        lab = lab_of(self.picture / np.float32(255))
        known = (self.shares["skin"] > 0.8) & ~self.covered
        skin = np.median(lab[known if known.any() else self.oval], axis=0)
        near = np.hypot(lab[..., 1] - skin[1], lab[..., 2] - skin[2]) < LIKE_SKIN
        return np.asarray(near & (np.abs(lab[..., 0] - 0.8 * skin[0]) < 0.5 * skin[0]), np.bool_)

    @cached_property
    def neck(self) -> tuple[Bool, float]:
        """(h, w): between the sides of the neck, and the row down to which it is taken for granted."""
        points, shares = self.points, self.shares
        seen = (shares["neck"] > 0.3) & (shares["neck"] > shares["clothes"]) & ~self.hairs
        seen &= self.rows > points[152, 1] - 0.3 * UNIT
        left, right = points[58, 0], points[288, 0]
        middle, half = (left + right) / 2, SIDES * (right - left) / 2
        sides, lowest = [middle - half, middle + half], points[152, 1] + NECK * UNIT
        if seen.sum() > 60:
            rows, columns = np.nonzero(seen)
            lowest = max(lowest, np.quantile(rows, 0.9))
            wide = np.quantile(columns, (0.02, 0.98)).clip(middle - 1.35 * half, middle + 1.35 * half)
            sides = [min(sides[0], wide[0]), max(sides[1], wide[1])]
        turn = float((points[58, 2] - points[288, 2]) / max(right - left, 1))  # a turned chin hides the side of a neck
        sides = [sides[0] + UNIT * max(0.0, turn - 0.1), sides[1] - UNIT * max(0.0, -turn - 0.1)]
        end, chin = self.shape[0] + 9, points[152, 1]
        below = [(sides[0], chin), (sides[0], end), (sides[1], end), (sides[1], chin)]
        outline = [points[58, :2], *below, points[288, :2]]
        return np.asarray(blurred(inside(np.array(outline), self.shape), 4) > 0.5), float(lowest)


def _box(photo: Photo, face: Face) -> Box:
    points = face.landmarks[[*JAW, 33, 263], :2].astype(np.float64)
    room = 0.45 * unit_of(face)
    (x0, y0), (x1, y1) = np.floor(points.min(0) - room).astype(int), np.ceil(points.max(0) + room).astype(int)
    y1 += round(1.1 * unit_of(face))
    return max(0, int(x0)), max(0, int(y0)), min(photo.width, int(x1)), min(photo.height, int(y1))
