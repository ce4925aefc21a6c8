"""Strands and curls that are drawn where a photo of hair is too black to show any.

Convention:
    Maps are (h, w) float32 over a region, reduced if it is large.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.guide import box_of
from mien.types import Bool, Float32

UNSEEN, FAR = 0.8, 0.4
"""Unevenness of the logarithm of light that is noise, and how much directions four times as far away count."""

WIDE = 0.1
"""Width of what is drawn for curls, over the reach within which directions are told."""

CURLY = 0.32
"""Mean coherence of directions below which hair is curly: 0.16 to 0.26 in curls, 0.33 to 0.69 in straight hair."""

LEAST = 0.5
"""How strong strands are where straight hair shows no direction."""

LENGTH, LOCKS, STRONG = 12, 1.8, 0.7
"""Pixels that strands are drawn to either side, and that locks are wide; and how strong both are."""

STRIP = 32
"""Rows in which strands are drawn at a time."""


def drawn_strands(light: Float32, inside: Float32, bare: Bool, reach: float) -> Float32:
    """Noise along the hair's direction, or curls where it has none; mean 0, standard deviation 1 at most.

    Args:
        light: L* (h, w).
        inside: 1 in the hair.
        bare: where something is to be drawn; elsewhere are zeros.
        reach: pixels within which directions are told.
    """
    xx, yy, xy = _directions(light, inside, reach)
    clear = np.sqrt((xx - yy) ** 2 + 4 * xy**2) / (xx + yy + np.float32(1e-6))
    curly = float(np.clip((CURLY - (clear * inside).sum() / max(float(inside.sum()), 1.0)) / 0.1, 0, 1))
    x0, y0, x1, y1 = box_of(bare, LENGTH + 4)
    part = np.s_[y0:y1, x0:x1]
    noise = np.random.default_rng(0).standard_normal(light.shape).astype(np.float32)
    turn = 0.5 * np.arctan2(2 * xy[part], xx[part] - yy[part]) + np.float32(np.pi / 2)
    straight = np.clip(3 * clear[part] - 0.9, LEAST * (1 - curly), 1)
    made = STRONG * straight * _along(noise[part], turn)
    if curly:
        made = made + curly * (1 - straight) * _curls(noise[part], reach)
    whole = np.zeros_like(light)
    whole[part] = made
    return whole


def _directions(light: Float32, inside: Float32, reach: float) -> tuple[Float32, Float32, Float32]:
    """Structure tensors (xx, yy, xy) of L (h, w); in black, where noise alone is seen, those around count."""
    sure, size = cv2.erode(inside, np.ones((3, 3), np.uint8)), light.shape[::-1]
    found: list[Float32] = []
    for depth, least, share in ((np.log(np.maximum(light, 0) + 3), UNSEEN, 1), (light, 1e-3, 4)):
        gx, gy = (cv2.Sobel(depth, cv2.CV_32F, *way, ksize=3) for way in ((1, 0), (0, 1)))
        tensor = np.dstack([gx * gx, gy * gy, gx * gy]) * sure[..., None]
        shrink = min(1.0, 5 / (share * reach))
        small = (max(2, round(size[0] * shrink)), max(2, round(size[1] * shrink)))
        tensor = cv2.resize(tensor, small, interpolation=cv2.INTER_AREA)
        tensor = cv2.GaussianBlur(tensor, (0, 0), reach * share * shrink)
        tensor = tensor / (tensor[..., :1] + tensor[..., 1:2] + np.float32(least))
        found.append(cv2.resize(tensor, size, interpolation=cv2.INTER_LINEAR))
    xx, yy, xy = cv2.split(found[0] + FAR * found[1])
    return np.asarray(xx, np.float32), np.asarray(yy, np.float32), np.asarray(xy, np.float32)


def _along(noise: Float32, turn: Float32) -> Float32:
    """Noise (h, w) drawn along directions (h, w), line integral convolution; mean 0 and standard deviation 1."""
    wide = cv2.GaussianBlur(noise, (0, 0), LOCKS)
    noise = np.asarray(noise + wide / max(float(wide.std()), 1e-6), np.float32)  # single strands alone are a comb
    total, ways = noise.copy(), np.dstack([np.cos(turn), np.sin(turn)])
    for top in range(0, len(noise), STRIP):  # what is at work fits into a processor's cache
        rows = slice(top, top + STRIP)
        ys, xs = np.mgrid[rows, : noise.shape[1]][:, : len(total[rows])].astype(np.float32)
        for way in (1.0, -1.0):
            x, y, u, v = xs, ys, *(way * one for one in cv2.split(ways[rows]))
            for _ in range(LENGTH):
                x, y = x + u, y + v
                total[rows] += cv2.remap(noise, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
                nu, nv = cv2.split(cv2.remap(ways, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT))
                turned = np.sign(nu * u + nv * v) + np.float32(1e-6)
                u, v = nu * turned, nv * turned
    return np.asarray((total - total.mean()) / max(float(total.std()), 1e-6), np.float32)


def _curls(noise: Float32, reach: float) -> Float32:
    """Thin bent lines (h, w), mean 0 and standard deviation 1: where blurred noise is near 0."""
    total = np.zeros_like(noise)
    for number, wide in enumerate((WIDE, 1.6 * WIDE, 2.5 * WIDE)):
        lines, strong = (
            cv2.GaussianBlur(np.roll(noise, (61 * number + shift, 37), (0, 1)), (0, 0), max(0.8, blur * reach))
            for shift, blur in ((0, wide), (29, 1.5 * wide))
        )
        near = np.exp(-((lines / (0.6 * max(float(lines.std()), 1e-6))) ** 2))
        total += (near * np.maximum(strong / max(float(strong.std()), 1e-6) + 0.5, 0)).astype(np.float32)
    total = np.asarray(cv2.GaussianBlur(total, (0, 0), 0.7), np.float32)
    return np.asarray((total - total.mean()) / max(float(total.std()), 1e-6), np.float32)
