"""Heal: what is masked is replaced by what its surroundings predict, with their texture and grain. Nothing is painted.

See :mod:`mien.compose.texture`; long scratches and large areas are healed piece by piece. Prints have their dots taken
off first (:mod:`mien.compose.dots`), and put on again where something is healed, in line with those around.

Convention:
    Pixels are sRGB float32 in [0, 255] while they are matched; a piece is a box of the photo with its part of the mask.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from mien.align.paste import Mask
from mien.compose.dots import dots_of
from mien.compose.screens import screens_of
from mien.compose.texture import fill
from mien.errors import LayerError
from mien.guides.guide import Box, Guide, box_of, changed
from mien.photos.color import to_srgb
from mien.types import Bool, Float32, Photo

PIECE = 48
"""Largest side of a piece, pixels at the working scale: longer scratches are healed bit by bit."""

AROUND = 32
"""How far around a piece its surroundings reach, pixels."""

SCREENED, AROUND_DOTS = 512, 64
"""Least side of the part of a photo in which a screen is looked for; and how far around dots are fitted, pixels."""

ENOUGH = 0.15
"""Share of a piece's surroundings that must not be forbidden; with less of them, all are used."""

LARGEST = 0.3
"""Fraction of the photo's shorter side from which a piece is too large to be healed by its surroundings alone."""


def heal(
    photo: Photo, mask: Mask, *, strength: float = 1.0, forbidden: Bool | None = None, grain: float = 1.0
) -> Guide:
    """Replaces what is masked.

    Args:
        photo: any.
        mask: (H, W), above 0 where something is to vanish; a floating-point mask fades the result.
        strength: in [0, 1]; 0.5 halves a wrinkle instead of removing it.
        forbidden: (H, W) where no texture may come from, such as another class of the face.
        grain: how strong the grain is, against that of the surroundings.

    Raises:
        LayerError: the mask is empty, or covers all of the photo.
    """
    area = mask > 0
    if not area.any():
        raise LayerError("The mask is empty; mask what is to vanish.")
    box = box_of(area, AROUND)
    screens = screens_of(to_srgb(photo, _at_least(box, SCREENED, area.shape)).astype(np.float32))
    box = box if screens is None else box_of(area, AROUND_DOTS)
    x0, y0, x1, y1 = box
    before = to_srgb(photo, box).astype(np.float32)
    inside = area[y0:y1, x0:x1]
    barred = inside if forbidden is None else inside | forbidden[y0:y1, x0:x1]
    notes: tuple[str, ...] = ()
    dots = None if screens is None else dots_of(before, *_known(inside), screens)
    healed, todo = before.copy() if dots is None else dots.off(before, _known(inside)[0]), inside.copy()
    rng = np.random.default_rng(0)
    for piece in _pieces(inside):
        _cover(healed, todo, barred, piece, rng, grain)
    if dots is not None:
        healed = dots.on(healed)
    if _thickness(inside) > LARGEST * min(photo.width, photo.height):
        notes = ("a large area was filled with the texture around it; what it should show is better painted",)
    faded = np.float32(strength) * (mask[y0:y1, x0:x1].astype(np.float32) if mask.dtype != np.bool_ else inside)
    return Guide(box, changed(photo, box, before, healed), np.where(inside, faded, 0).astype(np.float32), notes)


def _pieces(area: Bool) -> Iterator[Box]:
    """Boxes (x0, y0, x1, y1) around parts of the area, the smallest pieces first."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(area.astype(np.uint8))
    for index in np.argsort(stats[1:count, cv2.CC_STAT_AREA]) + 1:
        x, y, w, h = (int(v) for v in stats[index, :4])
        across, down = -(-w // PIECE), -(-h // PIECE)
        for row in range(down):
            for column in range(across):
                yield (
                    x + column * w // across,
                    y + row * h // down,
                    x + (column + 1) * w // across,
                    y + (row + 1) * h // down,
                )


def _cover(picture: Float32, todo: Bool, barred: Bool, piece: Box, rng: np.random.Generator, grain: float) -> None:
    """Covers one piece in place; ``todo`` loses it."""
    x0, y0, x1, y1 = _widened(piece, AROUND, todo.shape)
    unknown = todo[y0:y1, x0:x1]
    hole = np.zeros_like(unknown)
    inner = (slice(piece[1] - y0, piece[3] - y0), slice(piece[0] - x0, piece[2] - x0))
    hole[inner] = unknown[inner]
    if not hole.any() or unknown.all():
        return
    useless = barred[y0:y1, x0:x1]
    useless = unknown if (~useless).mean() < ENOUGH else useless
    filled = fill(picture[y0:y1, x0:x1], unknown, useless, rng, hole, grain)
    picture[y0:y1, x0:x1][hole] = filled[hole]
    todo[y0:y1, x0:x1] &= ~hole


def _known(inside: Bool) -> tuple[Bool, Bool]:
    """Where dots are as they were printed, and where they are needed: masks may miss what is soft of a scratch."""
    known, near = (cv2.dilate(inside.astype(np.uint8), np.ones((n, n), np.uint8)) for n in (3, 2 * AROUND + 1))
    return known == 0, near > 0


def _at_least(box: Box, side: int, shape: tuple[int, ...]) -> Box:
    """A box widened to a side, as far as the photo reaches."""
    return _widened(box, max(0, (side - min(box[2] - box[0], box[3] - box[1])) // 2), shape)


def _widened(box: Box, by: int, shape: tuple[int, ...]) -> Box:
    return max(0, box[0] - by), max(0, box[1] - by), min(shape[1], box[2] + by), min(shape[0], box[3] + by)


def _thickness(area: Bool) -> float:
    """Twice the way from the border to the deepest pixel: scratches are long, but thin."""
    return 2 * float(cv2.distanceTransform(np.pad(area, 1).astype(np.uint8), cv2.DIST_L2, 5).max())
