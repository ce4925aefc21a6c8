"""A head and what lies around it: the picture, how likely which class is where, and the hair's matte.

Convention:
    Everything is at a working scale: pixels of the scene = (pixels of the photo - corner of the box) · scale. Pictures
    are (h, w, 3) float32 sRGB in [0, 255]; shares and mattes (h, w) float32 in [0, 1]. A unit is the distance of the
    outer corners of the eyes, in pixels of the scene.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.border import wide_blur
from mien.compose.matte import enlarged, sharpened
from mien.conditions.areas import JAW
from mien.conditions.hair_matting import HairMatting
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.guide import Box
from mien.guides.hair.matte import OTHERS
from mien.guides.looks import large_pieces, probabilities
from mien.photos.color import to_srgb
from mien.types import Face, Float32, Float64, Photo, UInt8

REACH = 2.3
"""Sides of the crop that a scene is wide."""

LARGEST = 960
"""Longer side of a scene, pixels."""

FINER = 1.5
"""How much finer than a scene the picture is that it is made of, at least."""

GROUPS: Mapping[str, str] = {
    "hair": "hair",
    "face": "skin+brows+eyes+mouth",
    "ears": "ears",
    "neck": "neck",
    "clothes": "clothes",
    "background": "background",
    "hat": "hat",
    "worn": "glasses+earrings+necklace",
}
"""What is told apart, in the names of the parser's regions."""

NEAR = 24
"""Pixels of a scene within which a cut is moved to where pixels of scene and photo begin together."""

HAT = 0.25
"""Square units of a hat up to which there is none."""

BEARDED = 0.1
"""Share of the chin that is hair on a bearded face."""


@dataclass(frozen=True, eq=False)
class Scene:
    """Attributes:
    box: the part of the photo that it covers.
    scale: pixels of the scene per pixel of the photo, at most 1.
    picture: (h, w, 3).
    shares: (h, w) by group; they sum to 1.
    hair: (h, w) the matte, of hair alone.
    beard: (h, w) the beard's matte; 0 everywhere where there is none.
    loose: (h, w) all that may be hair: what is to vanish where hair vanishes.
    points: (478, 3) landmarks in pixels of the scene.
    """

    box: Box
    scale: float
    picture: Float32
    shares: Mapping[str, Float32]
    hair: Float32
    beard: Float32
    loose: Float32
    points: Float64

    @classmethod
    def of(cls, photo: Photo, face: Face, parser: FaceParser, largest: int = LARGEST) -> Scene:
        """The scene around a face, with a longer side of at most ``largest`` pixels."""
        photo, face, times = _reduced(photo, face, largest)
        groups = [*GROUPS.values(), "skin", OTHERS]
        (*shares, skin, others), box = probabilities(photo, face, groups, parser, largest=largest)
        height, width = shares[0].shape
        scale = width / (box[2] - box[0])
        picture: UInt8 = to_srgb(photo, box)
        if scale < 1:
            picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)
        points = (face.landmarks.astype(np.float64) - (box[0], box[1], 0)) * scale
        named = dict(zip(GROUPS, shares, strict=True))
        reach = 0.085 * unit_of(points)
        beard = _beard(points, named["hair"])
        likely = named["hair"] * (1 - beard)
        likely = likely * large_pieces(likely)
        side = float(np.linalg.norm(face.quad[3] - face.quad[0])) * scale
        matte, seen = HairMatting.bundled()(picture, named["hair"], skin, others, side)
        matte = matte if seen is picture else enlarged(picture, seen, matte)
        matte = matte * (1 - beard) * large_pieces(likely)
        loose = np.maximum(matte, np.clip(1.6 * likely - 0.3, 0, 1))
        stubble = _throat(points, beard.shape) * (1 - np.clip(6 * wide_blur(likely, reach) - 0.3, 0, 1))
        hair = _cleaned(matte, named, points)
        x0, y0, x1, y1 = (times * v for v in box)
        return cls(
            (x0, y0, x1, y1),
            scale / times,
            picture.astype(np.float32),
            named,
            hair,
            _beard_matte(picture, named, beard, points) if beard.any() else beard,
            loose * (1 - np.clip(3 * wide_blur(np.maximum(beard, stubble), reach), 0, 1)),
            points,
        )

    def at(self, plane: Any) -> Float32:
        """(h, w) of a map (H, W) of the photo."""
        x0, y0, x1, y1 = self.box
        part = np.asarray(plane[y0:y1, x0:x1], np.float32)
        return np.asarray(cv2.resize(part, self.shape[::-1], interpolation=cv2.INTER_AREA), np.float32)

    def cut(self, corners: Sequence[float]) -> Scene:
        """A part of it, at least from (x0, y0) to (x1, y1), whose corners are corners of pixels of the photo, too."""
        height, width = self.shape
        part, box = [], []
        for n, (corner, last) in enumerate(zip(corners, (width, height, width, height), strict=True)):
            at = int(np.clip(np.floor(corner) if n < 2 else np.ceil(corner), 0, last))
            way = -1 if n < 2 else 1
            able = [k for k in range(at, at + way * NEAR, way) if 0 < k < last] + [0 if n < 2 else last]
            best = min(able, key=lambda k: (round(abs(k / self.scale - round(k / self.scale)), 2), abs(k - at)))
            part.append(best)
            box.append(self.box[n % 2] + round(best / self.scale) if best < last else self.box[n])
        x0, y0, x1, y1 = part
        area = np.s_[y0:y1, x0:x1]
        return replace(
            self,
            box=(box[0], box[1], box[2], box[3]),
            picture=self.picture[area],
            shares={name: share[area] for name, share in self.shares.items()},
            hair=self.hair[area],
            beard=self.beard[area],
            loose=self.loose[area],
            points=self.points - (x0, y0, 0),
        )

    def halved(self, names: Sequence[str]) -> Scene:
        """The same at half its size, with these shares alone: for what changes slowly."""
        return replace(
            self,
            scale=self.scale / 2,
            picture=half(self.picture),
            shares={name: half(self.shares[name]) for name in names},
            hair=half(self.hair),
            beard=half(self.beard),
            loose=half(self.loose),
            points=self.points / 2,
        )

    @property
    def unit(self) -> float:
        """Distance of the outer corners of the eyes, pixels."""
        return unit_of(self.points)

    @property
    def shape(self) -> tuple[int, int]:
        """(h, w)."""
        return self.hair.shape[0], self.hair.shape[1]


def _reduced(photo: Photo, face: Face, largest: int = LARGEST) -> tuple[Photo, Face, int]:
    """A photo whose face is much larger than in a scene, reduced by a whole number, and the face in it."""
    side = REACH * float(np.linalg.norm(face.quad[3] - face.quad[0]))
    times = int(side / (FINER * largest))
    if times < 2:
        return photo, face, 1
    width, height = photo.width // times, photo.height // times
    part = photo.pixels[: height * times, : width * times]
    pixels = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA).reshape(height, width, -1)
    small = replace(photo, pixels=pixels.astype(photo.pixels.dtype), alpha=None)
    return small, replace(face, landmarks=face.landmarks / np.float32(times), quad=face.quad / times), times


def half(plane: Float32) -> Float32:
    """A map (h, w) or picture (h, w, 3) at half its size."""
    size = (max(1, plane.shape[1] // 2), max(1, plane.shape[0] // 2))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)


def has_hat(scene: Scene) -> bool:
    """Whether there is more than specks that the parser takes for a hat."""
    return float(scene.shares["hat"].sum()) > HAT * scene.unit**2


def check_hat(scene: Scene, name: str) -> None:
    """Refuses a head with a hat; the name is for the sentence.

    Raises:
        LayerError: there is one.
    """
    if has_hat(scene):
        raise LayerError(f"There is a hat on {name}; hair is borrowed between bare heads only.")


def glasses_of(here: Scene) -> Float32:
    """(h, w): what is worn above the tip of the nose; earrings go with the ears."""
    across = here.points[263, :2] - here.points[33, :2]
    down = np.array([-across[1], across[0]]) / max(float(np.linalg.norm(across)), 1.0)
    ys, xs = np.mgrid[: here.shape[0], : here.shape[1]].astype(np.float32)
    below = (xs - here.points[4, 0]) * np.float32(down[0]) + (ys - here.points[4, 1]) * np.float32(down[1])
    return np.asarray(np.clip((here.shares["worn"] - 0.3) / 0.3, 0, 1) * (below < 0), np.float32)


def unit_of(points: Float64) -> float:
    """Distance of the outer corners of the eyes (in depth, too: a turned head is as large as before)."""
    left, right = mesh.OUTER_EYE_CORNERS
    return float(np.linalg.norm(points[left] - points[right]))


def polygon(points: Float64, shape: tuple[int, ...], soft: float) -> Float32:
    """(h, w): 1 within an outline (N, 2), with a soft border of a standard deviation in pixels."""
    area = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(area, [np.round(points[:, :2] * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    return np.asarray(cv2.GaussianBlur(area.astype(np.float32), (0, 0), max(0.6, soft)), np.float32)


def _throat(points: Float64, shape: tuple[int, ...]) -> Float32:
    """(h, w): 1 from the mouth to the throat."""
    down = (points[152, :2] - points[0, :2]) * 0.6
    under = points[list(JAW[6:15]), :2]
    chin = polygon(np.concatenate([points[list(JAW[5:16]), :2], points[[291, 0, 61], :2]]), shape, 1.0)
    return np.maximum(chin, polygon(np.concatenate([under, (under + down)[::-1]]), shape, 1.0))


def _beard(points: Float64, hair: Float32) -> Float32:
    """(h, w): 1 where hair is beard; 0 everywhere on a face without one."""
    jaw = points[list(JAW), :2]
    chin = polygon(np.concatenate([jaw[5:16], points[[291, 0, 61], :2]]), hair.shape, 1.0) > 0.5
    if not chin.any() or float(hair[chin].mean()) < BEARDED:
        return np.zeros_like(hair)
    down = (points[152, :2] - points[2, :2]) * 2.5
    return np.maximum(
        polygon(np.concatenate([jaw[2:-2], (jaw[2:-2] + down)[::-1]]), hair.shape, 0.03 * unit_of(points)),
        polygon(np.concatenate([jaw, points[[2], :2]]), hair.shape, 0.03 * unit_of(points)),
    )


def _beard_matte(picture: UInt8, shares: Mapping[str, Float32], area: Float32, points: Float64) -> Float32:
    """The matte of a beard, without lips and nostrils."""
    unit = unit_of(points)
    found = sharpened(picture, shares["hair"] * area, 0.06 * unit)
    lips = polygon(points[list(mesh.OUTER_LIPS)], area.shape, 0.01 * unit)
    nose = polygon(points[[98, 97, 2, 326, 327, 278, 4, 48]], area.shape, 0.02 * unit)
    found = found * (1 - lips) * (1 - nose) * np.clip((0.9 - shares["clothes"]) / 0.35, 0, 1)
    return np.asarray(np.clip((found - 0.04) / 0.9, 0, 1), np.float32)


def _cleaned(matte: Float32, shares: Mapping[str, Float32], points: Float64) -> Float32:
    """Without glasses, and nothing on eyes, nose and mouth."""
    unit = unit_of(points)
    frames = cv2.dilate(shares["worn"], np.ones((3, 3), np.uint8), iterations=max(1, round(0.02 * unit)))
    core = points[[33, 133, 362, 263, 454, 397, 152, 172, 234], :2]
    middle = core.mean(0)
    inner = polygon(middle + (core - middle) * 0.8, matte.shape, 0.03 * unit)
    return np.asarray(matte * np.clip(1 - 2 * frames, 0, 1) * (1 - inner), np.float32)
