"""Dye: a region takes on a color; strands, shadows and highlights stay.

Convention:
    Lab is CIE L*a*b* of sRGB (D65): L from 0 to 100. Pictures are (H, W, 3) float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageFilter

from mien.compose.enlarging import Planes, reduced, sampled, tiles
from mien.compose.matte import colors
from mien.compose.morphology import disc
from mien.guides.dyes.coloring import Dye, Laid, coloring, lab_of, rgb_of
from mien.guides.dyes.rim import calmed
from mien.guides.guide import Box, Guide, box_of, halvable
from mien.interrupt import checkpoint
from mien.photos.color import from_srgb, is_plain, to_srgb
from mien.threads import side_by_side
from mien.types import Float32, Photo, UInt8

LARGEST = 768
"""Longer side at which the region's colors are told from those behind it."""

NODES = 33
"""Levels of each channel for which the dye is computed."""

BLACK = 2.5
"""L* below which there is nothing but black."""

NEAR = 0.03
"""Longer sides of the region within which the colors on both sides of its border are looked for."""

SEEN = 1 / 255
"""Part of a pixel below which a matte says that nothing of the region is there."""


def dye(
    photo: Photo,
    alpha: Float32,
    color: tuple[int, int, int],
    settings: Dye | None = None,
    roots: Float32 | None = None,
) -> Guide:
    """A region in another color.

    Args:
        photo: any.
        alpha: (H, W) the region's matte.
        color: sRGB, what the region's mean shall be.
        settings: None takes the defaults.
        roots: (H, W), or reduced, how much keeps its color where the region becomes much lighter or vivid; None:
            nothing does.

    Returns:
        Samples where there is nothing of the region are the photo's.

    Raises:
        ValueError: the matte is empty.
    """
    box = _box_of(alpha)
    x0, y0, x1, y1 = box
    shrink = min(1.0, LARGEST / max(x1 - x0, y1 - y0))
    size = (max(2, round((x1 - x0) * shrink)), max(2, round((y1 - y0) * shrink)))
    picture, a = to_srgb(photo, box), alpha[y0:y1, x0:x1]
    small, covered = (reduced(one, size) for one in (picture, a))
    left = None if roots is None else sampled(roots, (0, 0, photo.width, photo.height), box, size)
    layers = Layers.of(small.astype(np.float32) / np.float32(255), covered, color, settings or Dye(), left)
    samples = photo.pixels[y0:y1, x0:x1].copy()
    highest = 2**photo.bits - 1

    def tile(part: Box) -> None:
        checkpoint()
        here = np.s_[part[1] : part[3], part[0] : part[2]]
        share = np.where(a[here] > SEEN, a[here], np.float32(0))
        if not share.any():
            return
        made = layers.over(picture[here], share, (x1 - x0, y1 - y0), part)
        if is_plain(photo):
            samples[here] = np.rint(made)
            return
        change = from_srgb(made, photo) - from_srgb(picture[here], photo)
        samples[here] = np.rint(np.clip(samples[here] + change, 0, highest)).astype(samples.dtype)

    side_by_side(*(partial(tile, part) for part in tiles((x1 - x0, y1 - y0))))
    return Guide(box, samples, (a > SEEN).astype(np.float32))


THIN = (0.05, 0.5)
"""Matte between which thin hair that becomes lighter comes to its new color; what is less is shade, or down."""

LINE, CLEAR = 0.005, (0.3, 0.7)
"""Longer sides of the region: thinner lines of a matte are single hairs; and the shares of it that must be such a line
for it to come to its new color, too: a head without them looks cut out."""


SHONE, THICK = 0.75, (0.6, 0.95)
"""How much of the light that shines into dark hair's rim from behind goes where it becomes fair, and from which matte
on: where there is less hair, what lies behind is seen."""


@dataclass(frozen=True, eq=False)
class Layers:
    """A region of a reduced picture (h, w), ready to be dyed at any size.

    Attributes:
        through: 3 planes, what is to be added to the picture so that nothing of what lies behind is seen; None where
            soft pixels are no strands.
        thin: 4 planes, what lies behind, and how much of thin hair is gone where it becomes fair: down and shade are
            not seen; None: nothing is gone.
        laid, maps: what takes colors, with their maps, to the dyed ones.
        table: the same as a filter, where there are no maps.
        kept: how much of the region keeps its color; None: nothing does.
    """

    through: Planes | None
    thin: Planes | None
    laid: Laid
    maps: Planes | None
    table: Any
    kept: Planes | None

    @classmethod
    def of(
        cls, seen: Float32, alpha: Float32, color: tuple[int, int, int], settings: Dye, roots: Float32 | None = None
    ) -> Layers:
        """Of a region (h, w, 3) with a matte (h, w), and with roots (h, w) that keep their color if it is lifted."""
        front = behind = seen
        if settings.strands:
            front, behind = colors(seen, alpha, radius=max(4, round(NEAR * max(alpha.shape))))
            front = calmed(front, alpha)
        wish = np.array(color, np.float32) / np.float32(255)
        lifted = _lighter(front, alpha, wish) if settings.lifts else 0.0
        kept = None if roots is None or not lifted else np.float32(lifted) * roots
        laid, maps = coloring(front, alpha, wish, settings, seen if settings.strands else None, kept)
        table = None if maps is not None else _table(lambda rgb: laid(rgb, None))
        through = Planes.of(255 * (front - seen)) if settings.strands else None
        thin, fair = None, np.float32(settings.strength * lifted)
        if maps is not None and fair:
            thin = Planes.of(255 * behind, fair * (1 - _lines(alpha)))
        sure = None if kept is None or not kept.any() else Planes.of(kept)
        return cls(through, thin, laid, None if maps is None else Planes.of(maps), table, sure)

    def over(self, part: UInt8, alpha: Float32, size: tuple[int, int], box: Box) -> Float32:
        """A part (H, W, 3) of the picture at another size, dyed, in [0, 255]; its matte is (H, W)."""
        seen = ahead = [one.astype(np.float32) for one in cv2.split(part)]
        if self.through is not None:  # I = αF + (1 − α)B: what changes is F
            more = self.through.at(size, box)
            ahead = [np.rint(np.clip(one + add, 0, 255)) for one, add in zip(seen, more, strict=True)]
        made = self._dyed(ahead, size, box)
        if self.thin is not None and self.through is not None:
            *behind, fading = self.thin.at(size, box)  # light from behind goes, of which fair hair needs none
            whole = SHONE * fading * np.clip((alpha - THICK[0]) / (THICK[1] - THICK[0]), 0, 1)
            thin = fading * (1 - np.clip((alpha - THIN[0]) / (THIN[1] - THIN[0]), 0, 1))
            made = [one - whole * np.maximum(was - front, 0) for one, was, front in zip(made, seen, ahead, strict=True)]
            made = [one + thin * (back - one) for one, back in zip(made, behind, strict=True)]
        share = alpha if self.kept is None else alpha * (1 - self.kept.at(size, box)[0])
        planes = [was + share * (one - front) for was, one, front in zip(seen, made, ahead, strict=True)]
        return np.asarray(np.clip(cv2.merge(planes), 0, 255), np.float32)

    def _dyed(self, ahead: Sequence[Float32], size: tuple[int, int], box: Box) -> Sequence[Any]:
        """The planes of a part of the region, dyed."""
        front = cv2.merge(ahead)
        if self.maps is None:
            made = np.asarray(Image.fromarray(front.astype(np.uint8)).filter(self.table))
            return [one.astype(np.float32) for one in cv2.split(made)]
        made = self.laid(np.asarray(front / np.float32(255), np.float32), self.maps.at(size, box))
        return cv2.split(np.float32(255) * made)


def _lines(alpha: Float32) -> Float32:
    """How surely a matte (h, w) is a single hair, in [0, 1]."""
    element = disc(max(1.5, LINE * max(alpha.shape)))
    line = alpha - cv2.morphologyEx(alpha, cv2.MORPH_OPEN, element)
    share = np.clip((line / (alpha + np.float32(0.05)) - CLEAR[0]) / (CLEAR[1] - CLEAR[0]), 0, 1)
    return np.asarray(share, np.float32)


def mean_color(photo: Photo, alpha: Float32) -> tuple[int, int, int]:
    """The mean sRGB color of a region with a matte (H, W).

    Raises:
        ValueError: the matte is empty.
    """
    lab, weight = _seen(photo, alpha)
    mean: Any = np.tensordot(weight, lab, 2)
    red, green, blue = np.rint(rgb_of(mean.astype(np.float32)[None, None])[0, 0] * 255).astype(int)
    return int(red), int(green), int(blue)


def black_share(photo: Photo, alpha: Float32) -> float:
    """Share of a region with a matte (H, W) that is black: no dye can show what is not seen there.

    Raises:
        ValueError: the matte is empty.
    """
    lab, weight = _seen(photo, alpha)
    return float(weight[lab[..., 0] < BLACK].sum())


def _seen(photo: Photo, alpha: Float32) -> tuple[Float32, Float32]:
    """A region's colors, reduced, in Lab (h, w, 3), and how much each of them counts (h, w), 1 in all."""
    x0, y0, x1, y1 = box = _box_of(alpha)
    shrink = min(1.0, LARGEST / max(x1 - x0, y1 - y0))
    size = (max(1, round((x1 - x0) * shrink)), max(1, round((y1 - y0) * shrink)))
    pictures = (to_srgb(photo, box), alpha[y0:y1, x0:x1])
    small, weight = (reduced(one, size) for one in pictures)
    weight = np.where(weight > 0.5 * weight.max(), weight, 0)
    return lab_of(small / np.float32(255)), np.asarray(weight / weight.sum(), np.float32)


def _lighter(front: Float32, alpha: Float32, wish: Float32) -> float:
    """From 0 to 1, how much lighter a wish is than a region's colors."""
    light = lab_of(front)[..., 0]
    mean = float((light * alpha).sum() / max(float(alpha.sum()), 1e-6))
    return float(np.clip((lab_of(wish[None, None])[0, 0, 0] - mean - 5) / 20, 0, 1))


def _table(recolored: Callable[[Float32], Float32]) -> Any:
    """A curve as a filter of Pillow's, which interpolates between 33 levels of each channel."""
    levels = np.linspace(0, 1, NODES, dtype=np.float32)
    blue, green, red = np.meshgrid(levels, levels, levels, indexing="ij")
    made = recolored(np.dstack([red.reshape(1, -1), green.reshape(1, -1), blue.reshape(1, -1)]))
    return ImageFilter.Color3DLUT(NODES, made.reshape(-1).tolist())


def _box_of(alpha: Float32) -> Box:
    """Where something of a region is to be seen; of a large one a little more, so that its sides can be halved."""
    seen = alpha > SEEN
    if not seen.any():
        raise ValueError("the matte is empty")
    box = box_of(seen)
    return box if max(box[2] - box[0], box[3] - box[1]) < 2 * LARGEST else halvable(box, alpha.shape)
