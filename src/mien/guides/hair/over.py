"""Another's hair over the photo, at the photo's size: with the other photo's detail, in parts of little memory.

Convention:
    That of :mod:`mien.guides.hair.another`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from mien.compose.enlarging import part_at
from mien.compose.grain import levels, missing, noise
from mien.guides.guide import Box
from mien.guides.hair.fit import Fitted
from mien.guides.scene import Scene
from mien.interrupt import checkpoint
from mien.photos.color import from_srgb, is_plain, to_srgb
from mien.threads import side_by_side
from mien.types import Bool, Float32, Photo, UInt8

LIGHT, DIM = 110.0, 0.3
"""Level from which noise is that of skin, and how much of it black has."""

STRIP = 256
"""Rows that are composed at once: a large photo needs little memory."""

WARM = np.array([0.8, 1.0, 1.1], np.float32)
"""How dark a shadow is by channel: light that skin scatters is red."""


def over_photo(
    photo: Photo, other: Photo, here: Scene, there: Scene, fit: Fitted, planes: tuple[Float32, ...]
) -> tuple[Box, Float32 | UInt8, Float32]:
    """The box that changes, its samples (h, w, C) at the photo's own size, and 1 (h, w) where they do change.

    Args:
        photo, other, here, there, fit: as above.
        planes: what lies under the new hair, the other's head in this photo's colors (h, w, 3 each); and (h, w) how
            much shows of new hair, of what lies under it, of shadow, and of the other's pixels as they are.
    """
    fill, head, alpha, gone, dark, real = planes
    x0, y0, x1, y1 = here.box
    size = (x1 - x0, y1 - y0)
    much = np.maximum.reduce([alpha, gone, 20 * dark, real])
    left, start, right, end = _changed(much > 0.003, size)
    plain = is_plain(photo)
    samples = np.zeros((end - start, right - left, photo.pixels.shape[2]), np.uint8 if plain else np.float32)
    confidence = np.zeros((end - start, right - left), np.float32)
    grain = _grain(photo, other, here, there, fit)

    def tile(top: int, first: int) -> None:
        up = Enlarged(size, top, min(end, top + STRIP), first, min(right, first + STRIP))
        if float(up.about(much)) <= 0.003:
            return
        before = to_srgb(photo, (x0 + first, y0 + top, x0 + up.right, y0 + up.end)).astype(np.float32)
        upper, lower, shade, own = (up(one)[..., None] for one in (alpha, gone, dark, real))
        rough = noise(before.shape, grain, top * size[0] + first)
        under = before + lower * (up(fill) + (rough if here.scale < 1 else 0) - before)
        under = under * (1 - shade * WARM)
        detail = _detail(other, there, up(fit.places), up(fit.picture)) if here.scale < 1 else np.float32(1)
        made = under + upper * (up(fit.front) * detail - under)
        made = made + own * (up(head) * detail - made)
        rough = rough * np.clip(made.mean(2, keepdims=True) / LIGHT, DIM, 1)
        made = np.clip(made + np.maximum(upper, own) * rough, 0, 255)
        area = np.s_[y0 + top : y0 + up.end, x0 + first : x0 + up.right]
        part = np.s_[top - start : up.end - start, first - left : up.right - left]
        if plain:  # the samples are what lies under
            samples[part] = np.rint(made)
        else:
            samples[part] = photo.pixels[area] + (from_srgb(made, photo) - from_srgb(before, photo))
        confidence[part] = (np.maximum.reduce([upper, lower, 20 * shade, own]) > 0.004)[..., 0]

    tops, columns = range(start, end, STRIP), range(left, right, STRIP)
    side_by_side(*(partial(tile, top, first) for top in tops for first in columns))
    return (x0 + left, y0 + start, x0 + right, y0 + end), samples, confidence


def _changed(area: Bool, size: tuple[int, int]) -> Box:
    """The box around an area (h, w) of the scene, in pixels of the photo's part of a size (width, height)."""
    found = []
    for n, one in ((0, area.any(0)), (1, area.any(1))):
        places, step = np.flatnonzero(one), size[n] / area.shape[1 - n]
        first, last = (int(places[0]), int(places[-1]) + 1) if places.size else (0, 1)
        found.append((max(0, int((first - 1) * step)), min(size[n], int((last + 1) * step) + 1)))
    return found[0][0], found[1][0], found[0][1], found[1][1]


def _grain(photo: Photo, other: Photo, here: Scene, there: Scene, fit: Fitted) -> tuple[float, ...]:
    """Noise by band that the other's picture lacks: both faces' skin is compared around the tip of the nose."""
    x0, y0, x1, y1 = here.box
    middle = int(here.points[4, 1] / here.scale)
    size = (x1 - x0, y1 - y0)
    across = int(here.points[4, 0] / here.scale)
    left, right = max(0, across - STRIP), min(size[0], across + STRIP)
    up = Enlarged(size, max(0, middle - STRIP // 2), min(size[1], middle + STRIP // 2), left, right)
    if up.end <= up.top or right <= left:
        return (0.0, 0.0, 0.0)
    skin = up(np.minimum(here.shares["face"], fit.shares["face"])) > 0.8
    before = to_srgb(photo, (x0 + left, y0 + up.top, x0 + right, y0 + up.end)).astype(np.float32)
    theirs = up(fit.picture)
    if here.scale < 1:
        theirs = theirs * _detail(other, there, up(fit.places), theirs)
    return missing(levels(before, skin), levels(theirs, skin))


@dataclass(frozen=True)
class Enlarged:
    """A part of a map of the scene at the photo's own size (width, height)."""

    size: tuple[int, int]
    top: int
    end: int
    left: int
    right: int

    def __call__(self, plane: Float32) -> Float32:
        """(end - top, right - left) or with channels."""
        return part_at(plane, self.size, (self.left, self.top, self.right, self.end))

    def about(self, plane: Float32) -> float:
        """The largest value of a map that it may take."""
        height, width = plane.shape
        sx, sy = width / self.size[0], height / self.size[1]
        x0, y0 = max(0, int(self.left * sx) - 1), max(0, int(self.top * sy) - 1)
        return float(plane[y0 : int(self.end * sy) + 2, x0 : int(self.right * sx) + 2].max())


def _detail(other: Photo, there: Scene, places: Float32, low: Float32) -> Float32:
    """(h, w, 3) factors: what the other photo shows at its own size beyond the scene's."""
    checkpoint()
    xs, ys = ((places[..., n] + 0.5) / there.scale - 0.5 + there.box[n] for n in (0, 1))
    left, top = max(0, int(xs.min()) - 4), max(0, int(ys.min()) - 4)
    right, bottom = min(other.width, int(xs.max()) + 5), min(other.height, int(ys.max()) + 5)
    if right - left < 2 or bottom - top < 2:
        return np.ones_like(low)
    part = to_srgb(other, (left, top, right, bottom)).astype(np.float32)
    fine = cv2.remap(part, xs - left, ys - top, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip((fine + 12) / (low + 12), 0.4, 2.5), np.float32)
