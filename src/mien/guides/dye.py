"""Dye: a region takes on a colour; strands, shadows and highlights stay.

Convention:
    Lab is CIE L*a*b* of sRGB (D65): L from 0 to 100. Pictures are (H, W, 3) float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageFilter

from mien.compose.matte import part_at
from mien.guides.coloring import Dye, coloring, lab_of, rgb_of
from mien.guides.guide import Box, Guide, box_of
from mien.guides.rim import cleared, hazy, unmixed
from mien.interrupt import checkpoint
from mien.photos.color import from_srgb, to_srgb
from mien.types import Float32, Photo

LARGEST = 768
"""Longer side at which the region's colours are told from those behind it."""

STRIP, NODES = 256, 33
"""Rows that are dyed at a time, and levels of each channel for which the dye is computed."""

THIN = 0.2
"""How far the matte of thin hair is evened out where it becomes lighter: strands stay darker than the skin between."""

SEEN = 1 / 255
"""Part of a pixel below which a matte says that nothing of the region is there."""


def dye(photo: Photo, alpha: Float32, color: tuple[int, int, int], settings: Dye | None = None) -> Guide:
    """A region in another colour.

    Args:
        photo: any.
        alpha: (H, W) the region's matte.
        color: sRGB, what the region's mean shall be.
        settings: None takes the defaults.

    Raises:
        ValueError: the matte is empty.
    """
    box = _box_of(alpha)
    x0, y0, x1, y1 = box
    shrink = min(1.0, LARGEST / max(x1 - x0, y1 - y0))
    size = (max(2, round((x1 - x0) * shrink)), max(2, round((y1 - y0) * shrink)))
    picture, a = to_srgb(photo, box), alpha[y0:y1, x0:x1]
    small, covered = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (picture, a))
    layers = Layers.of(small.astype(np.float32) / np.float32(255), covered, color, settings or Dye())
    samples = photo.pixels[y0:y1, x0:x1].copy()
    highest = 2**photo.bits - 1
    for top in range(0, y1 - y0, STRIP):
        checkpoint()
        rows = (0, top, x1 - x0, min(y1 - y0, top + STRIP))
        here = np.s_[top : rows[3]]
        part = picture[here].astype(np.float32)
        made = layers.over(part, a[here], (x1 - x0, y1 - y0), rows)
        change = from_srgb(made, photo) - from_srgb(part, photo)
        samples[here] = np.rint(np.clip(samples[here] + change, 0, highest)).astype(samples.dtype)
    return Guide(box, samples, (a > SEEN).astype(np.float32))


@dataclass(frozen=True, eq=False)
class Layers:
    """A region of a reduced picture (h, w), ready to be dyed at any size.

    Attributes:
        through: (h, w, 3) what is to be added to the picture so that nothing of what lies behind is seen.
        rim: (h, w, 5) mean colours nearby times their share, that share, and an even matte.
        back: (h, w, 3) the colours behind; None: soft pixels are no strands.
        haze: (h, w) in [0, 1], where a half transparent dye would glow before the backdrop.
        laid, maps: what takes colours, with their maps, to the dyed ones.
        table: the same as a filter, where there are no maps.
        lifted: in [0, 1], how much lighter the region becomes.
    """

    through: Float32
    rim: Float32
    back: Float32 | None
    haze: Float32
    laid: Callable[[Float32, Float32 | None], Float32]
    maps: Float32 | None
    table: Any
    lifted: float

    @classmethod
    def of(cls, seen: Float32, alpha: Float32, color: tuple[int, int, int], settings: Dye) -> Layers:
        """Of a region (h, w, 3) with a matte (h, w)."""
        none = np.zeros((*alpha.shape, 5), np.float32)
        pure, rim, back = unmixed(seen, alpha) if settings.strands else (seen, none, None)
        front = pure * (1 - rim[..., 3:4]) + rim[..., :3]
        shares = (seen, rim[..., 3]) if settings.strands else None
        wish = np.array(color, np.float32) / np.float32(255)
        haze = none[..., 0] if back is None else hazy(seen, alpha, back, wish)
        laid, maps = coloring(front, alpha, wish, settings, shares, cleared(alpha, haze))
        bright = cv2.mean(front, (alpha > 0.5).astype(np.uint8))
        lifted = float(np.clip((sum(color) / 3 - 85 * sum(bright)) / 40, 0, 1))
        table = None if maps is not None else _table(lambda rgb: laid(rgb, None))
        return cls(pure - seen, rim, back, haze, laid, maps, table, lifted)

    def over(self, part: Float32, alpha: Float32, size: tuple[int, int], rows: Box) -> Float32:
        """Rows of the picture at another size, (H, W, 3) in [0, 255], dyed; their matte is (H, W)."""
        if self.back is None:
            return np.clip(part + alpha[..., None] * (self._dyed(part, size, rows) - part), 0, 255)
        through = part_at(self.through, size, rows) * np.float32(255)
        even, near, calm = np.split(part_at(self.rim, size, rows), [3, 4], 2)
        here = alpha[..., None]
        here = here + THIN * self.lifted * near * (np.minimum(calm, 1.4 * here) - here)
        here = cleared(here, part_at(self.haze, size, rows)[..., None])
        ahead = np.rint(np.clip((part + through) * (1 - near) + even * 255, 0, 255))
        dyed = self._dyed(ahead, size, rows)
        ends = (dyed, part, part_at(self.back, size, rows) * np.float32(255))  # a mixture lies between its colours
        made = np.clip(part + here * (dyed - ahead), np.minimum.reduce(ends), np.maximum.reduce(ends))
        return np.asarray(np.clip(made, 0, 255), np.float32)

    def _dyed(self, ahead: Float32, size: tuple[int, int], rows: Box) -> Float32:
        if self.table is not None:
            return np.asarray(Image.fromarray(ahead.astype(np.uint8)).filter(self.table)).astype(np.float32)
        assert self.maps is not None
        return np.asarray(255 * self.laid(ahead / np.float32(255), part_at(self.maps, size, rows)), np.float32)


def mean_color(photo: Photo, alpha: Float32) -> tuple[int, int, int]:
    """The mean sRGB colour of a region with a matte (H, W).

    Raises:
        ValueError: the matte is empty.
    """
    x0, y0, x1, y1 = box = _box_of(alpha)
    shrink = min(1.0, LARGEST / max(x1 - x0, y1 - y0))
    size = (max(1, round((x1 - x0) * shrink)), max(1, round((y1 - y0) * shrink)))
    pictures = (to_srgb(photo, box), alpha[y0:y1, x0:x1])
    small, weight = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in pictures)
    weight = np.where(weight > 0.5 * weight.max(), weight, 0)
    mean: Any = np.tensordot(weight / weight.sum(), lab_of(small / np.float32(255)), 2)
    red, green, blue = np.rint(rgb_of(mean.astype(np.float32)[None, None])[0, 0] * 255).astype(int)
    return int(red), int(green), int(blue)


def _table(recolored: Callable[[Float32], Float32]) -> Any:
    """A curve as a filter of Pillow's, which interpolates between 33 levels of each channel."""
    levels = np.linspace(0, 1, NODES, dtype=np.float32)
    blue, green, red = np.meshgrid(levels, levels, levels, indexing="ij")
    made = recolored(np.dstack([red.reshape(1, -1), green.reshape(1, -1), blue.reshape(1, -1)]))
    return ImageFilter.Color3DLUT(NODES, made.reshape(-1).tolist())


def _box_of(alpha: Float32) -> Box:
    if not (alpha > SEEN).any():
        raise ValueError("the matte is empty")
    return box_of(alpha > SEEN)
