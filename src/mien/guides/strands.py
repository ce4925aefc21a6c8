"""Hair that is drawn strand by strand, in the colours, the contrast and the sharpness of the hair beside it.

Strands lie in locks that draw together towards their ends. Their colours are those that the hair shows around the
face, from its dark depths to its highlights.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255]; mattes (h, w) float32 in [0, 1]. A unit is the distance of the
    outer corners of the eyes, in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.compose.grain import bands
from mien.compose.morphology import disc
from mien.types import Bool, Float32, Float64

PARTS, STEPS = 4, 3
"""Parts of a strand that have a shade each, and points of each part besides its first."""

ALONG = PARTS * STEPS + 1

TONES = 64
"""Colours of a palette."""

THICK = 0.0021
"""Units that a strand is wide; it is at least a pixel of the picture that it is drawn in."""

REACH = 0.3
"""Units over which the hair beside strands gives them its colour and light."""

STRAIGHT, CURL, MOST_CURL = 0.62, 0.25, 0.05
"""Share of directions that agree in straight hair, and how far locks wave, in units, for what is less; at most."""

LOCAL = 0.65
"""Share of how that differs from place to place that they take on."""

DEPTHS, FAIR = (0.1, 0.4), (0.3, 70.0)
"""Quantiles of a hair's light between which its depths end, which lie below what is drawn; and by how much they are
higher in fair hair, from which level of light on."""

DETAIL = 0.08
"""Units below which light and dark are detail of the hair, and no form."""

WINDOW = 400
"""Pixels on a side in which detail is measured."""

BLURS = (0.0, 0.4, 0.6, 0.8, 1.1, 1.5, 2.0)
"""Standard deviations, pixels, that are tried."""


@dataclass(frozen=True, eq=False)
class Lock:
    """Attributes:
    curve: (4, 2) points of a Bézier curve from root to end.
    wide: half of its width at the middle.
    height: 0 for the lowest layer, 1 for the highest.
    light: shade of its middle, around 0.42.
    wave: by how much it waves to either side.
    """

    curve: Float64
    wide: float
    height: float
    light: float
    wave: float = 0.0

    def strands(self, number: int, rng: np.random.Generator) -> tuple[Float64, Float64]:
        """Paths (number, ALONG, 2) and shades (number, PARTS) from 0, the darkest of the hair, to 1, its lightest."""
        d = np.clip(rng.normal(0, 0.55, number), -1.3, 1.3)
        short = rng.exponential(np.where(rng.random(number) < 0.4, 0.03, 0.17))
        stop = np.clip(1 - 0.08 * np.abs(d) - short, 0.5, 1)
        start = rng.uniform(0, 0.2, number)
        along = start[:, None] + (stop - start)[:, None] * np.linspace(0, 1, ALONG)
        b, (first, second, third, last) = along[..., None], self.curve
        path = (1 - b) ** 3 * first + 3 * (1 - b) ** 2 * b * second + 3 * (1 - b) * b**2 * third + b**3 * last
        spread = self.wide * np.interp(along, (0, 0.5, 1), (1.3, 1.0, rng.uniform(0.15, 0.9)))
        bend = rng.normal(0, 0.015) * np.sin(np.pi * along * rng.uniform(0.8, 1.6))
        bend = bend + rng.normal(0, 0.008, (number, 1)) * along**2
        turns = rng.uniform(1.8, 3.0) * along + rng.uniform(0, 1) + rng.normal(0, 0.08, (number, 1))
        bend = bend + self.wave * np.sin(2 * np.pi * turns) * np.clip(3 * along - 0.3, 0, 1)
        across = np.array([-(last - first)[1], (last - first)[0]])
        path += (d[:, None] * spread + bend)[..., None] * across / -np.linalg.norm(across)
        middle = along[:, STEPS // 2 :: STEPS]
        shade = self.light + rng.normal(0, 0.2, (number, 1)) + 0.24 * (self.height - 0.5) - 0.1 * np.abs(d)[:, None]
        shine = np.exp(-(((middle - rng.normal(0.42, 0.06)) / 0.18) ** 2))
        return path, np.clip(shade + 0.2 * shine - 0.1 * np.clip(middle - 0.7, 0, 1) / 0.3, 0.02, 0.98)


def waviness(picture: Float32, hair: Bool, unit: float) -> float:
    """Units by which locks wave like the hair of a picture: 0 where what is seen runs in one direction everywhere."""
    gray = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), max(0.8, 0.008 * unit))
    x, y = (cv2.Sobel(gray, cv2.CV_32F, *one) for one in ((1, 0), (0, 1)))
    planes = (x * x - y * y, 2 * x * y, x * x + y * y)
    a, b, total = (wide_blur(one, 0.08 * unit)[hair] for one in planes)
    alike = float(np.hypot(a, b).sum() / max(float(total.sum()), 1e-3))
    return float(np.clip(CURL * (STRAIGHT - alike), 0, MOST_CURL))


def palette(picture: Float32, hair: Bool) -> Float32:
    """(TONES, 3) the colours of hair, from dark to light."""
    colors = picture[hair]
    colors = colors[np.argsort(colors @ np.array([0.3, 0.59, 0.11], np.float32))]
    colors = colors[int(0.1 * len(colors)) :]
    return np.stack([part.mean(0) for part in np.array_split(colors, TONES)]).astype(np.float32)


def drawn(
    paths: Float64, shades: Float64, colors: Float32, shape: tuple[int, int], unit: float
) -> tuple[Float32, Float32]:
    """Coverage (h, w) and colours (h, w, 3) of strands.

    Args:
        paths: (N, ALONG, 2) pixels, those that lie below first.
        shades: (N, PARTS) in [0, 1].
        colors: a palette.
        shape: (h, w).
        unit: in pixels.
    """
    finer = int(np.clip(round(520 / unit), 1, 6))
    thick = max(1, round(THICK * unit * finer))
    canvas = np.zeros((shape[0] * finer, shape[1] * finer, 4), np.uint8)
    canvas[..., :3] = np.rint(colors.mean(0))
    points = np.rint(((paths + 0.5) * finer - 0.5) * 16).astype(np.int32)
    tones = colors[np.rint(shades * (len(colors) - 1)).astype(int)]
    tones = np.dstack([tones, np.full(shades.shape, 255)]).tolist()
    for path, tone in zip(points, tones, strict=True):
        for part in range(PARTS):
            piece = path[part * STEPS : (part + 1) * STEPS + 1]
            cv2.polylines(canvas, [piece], False, tone[part], thick, cv2.LINE_AA, 4)
    cover = canvas[..., 3].astype(np.float32)
    size, weight = (shape[1], shape[0]), cover + np.float32(0.5)
    total = cv2.resize(canvas[..., :3] * weight[..., None], size, interpolation=cv2.INTER_AREA)
    cover, weight = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (cover, weight))
    return np.asarray(cover / np.float32(255), np.float32), np.asarray(total / weight[..., None], np.float32)


def joined(picture: Float32, hair: Float32, alpha: Float32, colors: Float32, unit: float) -> tuple[Float32, Float32]:
    """Strands as they would look in a photo: as sharp as its hair, as rich in contrast, and of the colour nearby.

    Args:
        picture: the photo.
        hair: the matte of its hair.
        alpha, colors: of the strands.
        unit: in pixels.

    Returns:
        The strands' matte and colours.
    """
    sure = cv2.erode((hair > 0.85).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    near = sure & (wide_blur(alpha, 0.2 * unit) > 0.02)
    inner = cv2.erode(near.astype(np.uint8), disc(0.03 * unit)) > 0
    wanted, sigma, soft, found = _detail(picture, inner if int(inner.sum()) > 400 else near), 0.0, colors, (1.0, 1.0)
    for sigma in BLURS:
        soft = cv2.GaussianBlur(colors, (0, 0), sigma) if sigma else colors
        found = _detail(soft, alpha > 0.9)
        if found[0] / found[1] <= 1.1 * wanted[0] / wanted[1]:
            break
    gain = float(np.clip(0.85 * wanted[1] / max(found[1], 0.1), 0.6, 2.0))
    form = wide_blur(soft, DETAIL * unit)
    lit = _outer(picture, near if int(near.sum()) > 100 else sure)
    mean = (picture * lit[..., None]).sum((0, 1)) / max(float(lit.sum()), 1e-3)
    level = mean + LOCAL * (local(picture, lit, REACH * unit) - mean)
    own = local(soft, np.clip(alpha * 4 - 3, 0, 1), REACH * unit)
    uneven = wide_blur(picture, DETAIL * unit) - level
    spread = [float(np.std(one[area])) for one, area in ((uneven, near), (form - own, alpha > 0.9)) if area.any()]
    shape = min(0.8, spread[0] / max(spread[1], 0.1)) if len(spread) == 2 else 0.8
    made = np.clip(level + shape * (form - own) + gain * (soft - form), 0, 255)
    blurred = cv2.GaussianBlur(alpha, (0, 0), sigma) if sigma else alpha
    return np.asarray(blurred, np.float32), np.asarray(made, np.float32)


def _outer(picture: Float32, hair: Bool) -> Float32:
    """(h, w): hair on which light falls, not the depths between."""
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    if not hair.any():
        return np.zeros(hair.shape, np.float32)
    fair = FAIR[0] * float(np.clip((np.median(gray[hair]) - FAIR[1]) / FAIR[1], 0, 1))
    low, high = np.quantile(gray[hair], np.add(DEPTHS, fair))
    return np.asarray(hair * np.clip((gray - low) / max(high - low, 1.0), 0.02, 1), np.float32)


def local(picture: Float32, area: Float32, reach: float) -> Float32:
    """(h, w, 3) mean colours of an area nearby, and from farther away where there is none."""
    total, share = np.zeros_like(picture), np.full(area.shape, 1e-6, np.float32)
    for factor, weight in ((1.0, 1.0), (3.0, 0.02)):
        share += weight * wide_blur(area, factor * reach)
        total += weight * wide_blur(picture * area[..., None], factor * reach)
    return np.asarray(total / share[..., None], np.float32)


def middle(area: Bool) -> tuple[slice, slice]:
    """Rows and columns around the middle of an area, ``WINDOW`` at most, in which some of it lies."""
    found = np.argwhere(area)
    if not len(found):
        return slice(0, WINDOW), slice(0, WINDOW)
    row, column = found[len(found) // 2]
    first, second = (slice(max(0, int(at) - WINDOW // 2), int(at) + WINDOW // 2) for at in (row, column))
    return first, second


def _detail(picture: Float32, area: Any) -> tuple[float, float]:
    """Strength of the finest band, and of the two that follow, in an area."""
    if int(area.sum()) < 100:
        return 1.0, 2.0
    part = middle(area)
    mean = [float(np.abs(one[area[part]]).mean()) for one in bands(picture[part])]
    return max(mean[0], 0.03), max(float(np.hypot(mean[1], mean[2])), 0.03)
