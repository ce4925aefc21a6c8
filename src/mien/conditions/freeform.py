"""Random masks: CoModGAN's free-form ones for training, irregular ones by area for evaluation, the centered square.

Convention:
    Masks are (S, S) bool, True = edit.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from mien.errors import ConfigError
from mien.types import Bool


@dataclass(frozen=True)
class FreeForm:
    """Zhao et al., "Large scale image completion via co-modulated generative adversarial networks", ICLR 2021.

    Lengths are stated for a side of 256 and scale with it.

    Attributes:
        small: at most one less than so many rectangles with sides below half of the picture's.
        large: the same with sides below the whole.
        brushes: the same for brush strokes.
        vertices: fewest and most vertices of a stroke.
        width: thinnest and thickest brush, pixels.
        turn, turn_range: mean angle between the pieces of a stroke and half its range, radians.
        area: fractions of the picture between which the mask must lie, ends excluded.
    """

    small: int = 10
    large: int = 5
    brushes: int = 20
    vertices: tuple[int, int] = (4, 17)
    width: tuple[int, int] = (12, 47)
    turn: float = 2 * np.pi / 5
    turn_range: float = 2 * np.pi / 15
    area: tuple[float, float] = (0.0, 1.0)


TRIES = 1000
"""So often a mask is drawn until its area fits."""


def freeform_mask(size: int, rng: np.random.Generator, settings: FreeForm | None = None) -> Bool:
    """Rectangles and brush strokes, redrawn until the area fits.

    Raises:
        ConfigError: no mask of the area asked for came up in :data:`TRIES`.
    """
    s = settings or FreeForm()
    for _ in range(TRIES):
        canvas = np.zeros((size, size), np.uint8)
        for most, limit in ((s.small, size // 2), (s.large, size)):
            for _ in range(rng.integers(most)):
                _rectangle(canvas, limit, rng)
        strokes = np.zeros_like(canvas)
        for _ in range(rng.integers(s.brushes)):
            _brush(strokes, rng, s)
        mask: Bool = (canvas | _flipped(strokes, rng)) > 0
        if s.area[0] < mask.mean() < s.area[1]:
            return mask
    raise ConfigError(
        f"No free-form mask covers between {s.area[0]:g} and {s.area[1]:g} of the picture; widen the range."
    )


def _rectangle(canvas: np.ndarray, limit: int, rng: np.random.Generator) -> None:
    width, height = rng.integers(limit, size=2)
    size = len(canvas)
    x = int(rng.integers(-(width // 2), size - width + width // 2))
    y = int(rng.integers(-(height // 2), size - height + height // 2))
    canvas[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)] = 1


def _brush(canvas: np.ndarray, rng: np.random.Generator, s: FreeForm) -> None:
    """One stroke: pieces of about an eighth of the diagonal that turn by about the mean angle, back and forth."""
    size = len(canvas)
    scale, step = size / 256, np.sqrt(2) * size / 8
    count = int(rng.integers(s.vertices[0], s.vertices[1] + 1))
    turns = rng.uniform(s.turn - s.turn_range, s.turn + s.turn_range, count)
    turns[::2] = 2 * np.pi - turns[::2]
    points = [rng.uniform(0, size, 2)]
    for angle in turns:
        length = np.clip(rng.normal(step, step // 2), 0, 2 * step)
        points.append(np.clip(points[-1] + length * np.array([np.cos(angle), np.sin(angle)]), 0, size))
    width = max(1, round(rng.uniform(s.width[0], s.width[1]) * scale))
    corners = np.round(np.array(points)).astype(np.int32)
    cv2.polylines(canvas, [corners], False, 1, width)
    for x, y in corners:
        cv2.circle(canvas, (int(x), int(y)), width // 2, 1, -1)


def _flipped(canvas: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if rng.random() < 0.5:
        canvas = canvas[:, ::-1]
    return canvas[::-1] if rng.random() < 0.5 else canvas


def irregular_mask(size: int, rng: np.random.Generator, area: tuple[float, float]) -> Bool:
    """Brush strokes alone that cover a fraction of the picture within ``area``, such as (0.2, 0.3).

    Raises:
        ConfigError: the range is empty, outside of (0, 1), or too narrow to be met.
    """
    low, high = area
    if not 0 <= low < high <= 1:
        raise ConfigError(f"An area range goes from a smaller to a larger fraction in [0, 1], got {low:g} to {high:g}.")
    for _ in range(TRIES):
        canvas = np.zeros((size, size), np.uint8)
        target = rng.uniform(low, high)
        for _ in range(200):
            if canvas.mean() >= target:
                break
            _brush(canvas, rng, FreeForm())
        mask = _flipped(canvas, rng) > 0
        if low <= mask.mean() < high:
            return mask
    raise ConfigError(f"No irregular mask covers between {low:g} and {high:g} of the picture; widen the range.")


def centre_mask(size: int, fraction: float = 0.25) -> Bool:
    """The centered square that covers ``fraction`` of the area; 0.25 of 256 px is 128 px square."""
    if not 0 < fraction <= 1:
        raise ConfigError(f"The centred square covers a fraction in (0, 1] of the picture, got {fraction:g}.")
    side = max(1, round(size * fraction**0.5))
    start = (size - side) // 2
    mask = np.zeros((size, size), np.bool_)
    mask[start : start + side, start : start + side] = True
    return mask


def rng_of(generator: torch.Generator) -> np.random.Generator:
    """A NumPy generator whose stream follows from a (CPU) torch generator, which moves on by one draw."""
    return np.random.default_rng(int(torch.randint(2**62, (), generator=generator)))


def freeform_batch(count: int, size: int, generator: torch.Generator, settings: FreeForm | None = None) -> Tensor:
    """(count, 1, size, size) float32 in {0, 1}, on the CPU."""
    rng = rng_of(generator)
    masks = np.stack([freeform_mask(size, rng, settings) for _ in range(count)]) if count else np.zeros((0, size, size))
    return torch.from_numpy(masks.astype(np.float32))[:, None]
