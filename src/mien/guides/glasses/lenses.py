"""What is seen through lenses, in the color and the light of the skin beside them: tints, haze and shade taken off.

Convention:
    That of :mod:`mien.guides.glasses.behind`; L*, a*, b* are OpenCV's.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.compose.border import wide_blur
from mien.types import Bool, Float32

TINTED = 8.0
"""Distance in a* and b* of skin seen through tinted lenses from that below them; 1 to 7 where they are clear."""

FAINT, MOST = 2.0, (8.0, 24.0)
"""Difference in color that skin has anyway; and how much light and color are changed at most."""

AGREED, LEAST = 0.75, 3.0
"""Share of the lower border that must differ in one direction from what is beside it; and by how much, for light."""

SCLERA, CLEAR = 0.6, 8.0
"""How much of it is taken off eyes and brows, which have little color of their own to lose; and up to which nothing."""

ENOUGH = 170.0
"""Unit, pixels, at which lenses are measured at most."""

WIDE = 0.22
"""Reach of the skin's usual color, units."""

UNLIKE = (45.0, 9.0)
"""Distance of light, and of color, from the usual at which a pixel is taken for skin by a third."""


def usual(lab: Float32, skin: Bool, unit: float) -> tuple[Float32, Float32]:
    """The skin's color around each pixel (h, w, 3), and how much each (h, w) counts: hairs and shadows little."""
    counts = skin.astype(np.float32)
    mean: Float32 = lab
    for _ in range(3):
        total = wide_blur(np.dstack([lab * counts[..., None], counts]), WIDE * unit)
        far = total + 0.02 * wide_blur(total, 4 * WIDE * unit)
        mean = np.asarray(far[..., :3] / np.maximum(far[..., 3:], 1e-4), np.float32)
        off = (lab - mean) / np.array([UNLIKE[0], UNLIKE[1], UNLIKE[1]], np.float32)
        size = (off**2).sum(2)
        usually = float(np.median(size[skin])) if skin.any() else 0.0  # large in light of several colors
        counts = np.asarray(np.exp(-size / max(1.0, usually)) * skin, np.float32)
    return mean, counts


def cleared(picture: Float32, lenses: Bool, skin: Bool, unit: float) -> tuple[Float32, Float32, bool]:
    """The picture (h, w, 3) with lenses cleared, how much (h, w) each pixel was changed, and whether they are tinted.

    Args:
        picture: with glasses.
        lenses: what is seen through them.
        skin: without eyes, brows and frame.
        unit: distance of the outer corners of the eyes, pixels.
    """
    changed = np.zeros(lenses.shape, np.float32)
    off, bright = _measured(picture, lenses, skin, unit)
    if not off.any():
        return picture, changed, False
    eyes = SCLERA * float(np.clip((np.linalg.norm(off) - CLEAR) / CLEAR, 0, 1))
    soft = np.clip(cv2.distanceTransform(lenses.astype(np.uint8), cv2.DIST_L2, 5) / (0.03 * unit), 0, 1)
    soft = cv2.GaussianBlur((soft * np.where(skin, 1, eyes)).astype(np.float32), (0, 0), 0.01 * unit) * lenses
    lab = cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB)
    lab[..., 0] += soft * off[0]
    lab[..., 1:] += (soft * np.clip(lab[..., 0] / bright, 0, 1))[..., None] * off[1:]
    made = np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1) * np.float32(255)
    changed = np.clip(4 * soft, 0, 1).astype(np.float32)
    return (
        np.where(changed[..., None] > 0, made, picture).astype(np.float32),
        changed,
        float(np.hypot(*off[1:])) > TINTED,
    )


def _measured(picture: Float32, lenses: Bool, skin: Bool, unit: float) -> tuple[Float32, float]:
    """What both lenses lack (3,), L*a*b*, and the lightness of skin seen through them; at a reduced size."""
    scale = min(1.0, ENOUGH / unit)
    size = (max(1, round(lenses.shape[1] * scale)), max(1, round(lenses.shape[0] * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    inside, plain = (
        cv2.resize(a.astype(np.float32), size, interpolation=cv2.INTER_AREA) > s
        for a, s in ((lenses, 0.5), (skin, 0.9))
    )
    lab, unit = cv2.cvtColor(small / np.float32(255), cv2.COLOR_RGB2LAB), scale * unit
    count, index, stats, _ = cv2.connectedComponentsWithStats(inside.astype(np.uint8))
    found = []
    for number in range(1, count):
        x, y, w, h = (int(v) for v in stats[number, :4])
        by = round(0.3 * unit)
        part = np.s_[max(0, y - by) : y + h + by, max(0, x - by) : x + w + by]
        found.append(_off(lab[part], index[part] == number, plain[part], inside[part], unit))
    return _common(found), max((one[1] for one in found), default=100.0)


def _common(found: list[tuple[Float32, float]]) -> Float32:
    """What both lenses lack (3,), L*a*b*: what one side alone lacks is the face's shade."""
    if not found:
        return np.zeros(3, np.float32)
    each = np.stack([one[0] for one in found])
    least = np.where((np.sign(each) == np.sign(each[0])).all(0), np.sign(each[0]) * np.abs(each).min(0), 0)
    light = np.clip(least[0], -MOST[0], MOST[0]) * (abs(least[0]) > LEAST)
    size = max(float(np.hypot(*least[1:])), 1e-3)
    return np.array([light, *(least[1:] * np.clip(size - FAINT, 0, MOST[1]) / size)], np.float32)


def _off(lab: Float32, lens: Bool, skin: Bool, lenses: Bool, unit: float) -> tuple[Float32, float]:
    """What a lens lacks (3,) against the skin below it, nothing where too little is seen; and its lightness."""
    rows = np.flatnonzero(lens.any(1))
    low = np.broadcast_to(np.arange(len(lens))[:, None] > rows.mean(), lens.shape)  # above are lids and brows
    away, depth = (cv2.distanceTransform(one.astype(np.uint8), cv2.DIST_L2, 5) for one in (~lens, lens))
    outer, inner = ~lenses & skin & low & (away < 0.25 * unit), lens & skin
    sides = [(_spread(lab, one, unit), one) for one in (usual(lab, part, unit)[1] for part in (outer, inner))]
    border = inner & low & (depth < 0.14 * unit) & (sides[1][1] > 0.3)
    if min(int(border.sum()), int(outer.sum())) < 50:
        return np.zeros(3, np.float32), 100.0
    off = (sides[0][0] - sides[1][0])[border]
    usually = np.median(off, axis=0)
    agreed = (np.sign(off) == np.sign(usually)).mean(0) > AGREED
    return np.where(agreed, usually, 0).astype(np.float32), max(float(np.median(lab[border][:, 0])), 1.0)


def _spread(lab: Float32, counts: Float32, unit: float) -> Float32:
    """(h, w, 3) colors of what counts, spread over the rest."""
    total = cv2.GaussianBlur(np.dstack([lab * counts[..., None], counts]), (0, 0), 0.03 * unit)
    mean = total[..., :3] / np.maximum(total[..., 3:], 1e-3)
    return membrane(np.asarray(mean, np.float32), np.clip(2 * total[..., 3], 0, 1) * (counts > 0), 255.0)
