"""Backdrops that were continued behind hair: as soft as what is seen of them, and in its light.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255]; areas are (h, w) bool.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.compose.border import wide_blur
from mien.compose.grain import levels, missing, noise
from mien.compose.morphology import disc
from mien.compose.patches import patched
from mien.guides.scene import Scene
from mien.types import Bool, Float32

SOFTER = (0.0, 0.02, 0.035, 0.06, 0.1)
"""Units by which patches of a backdrop are blurred, until no edge between them is sharper than the backdrop's."""

STRONG, SHARPER = (0.99, 0.84), 1.15
"""Quantiles of edges that are compared for that, and by how much those of the patches may exceed those around."""

REACHES = (0.04, 0.08, 0.16, 0.32, 0.64, 1.28)
"""Units over which the light of a backdrop is followed, from what is near to what is far."""

PLAIN = (4.0, 9.0)
"""Detail, levels, of a backdrop whose light is spread into a hole, and of one whose patches keep theirs."""

HALF, CALM = 90, (0.8, 4.0)
"""Shorter side, pixels, and finest detail, levels, of a backdrop that is filled at half its size: four fifths of it are
as soft as that."""

RIM = 2.0
"""Blur, pixels, of what such a backdrop is continued with around its hole."""

JOINT, FADED, STEP = 0.05, 0.25, 30.0
"""Units beside the border of a hole that tell its step; units over which that fades within it; and levels at most."""

SLOPE = 5.0
"""Levels of a step that may be a slope of the backdrop's own light."""

LEAST = 0.5
"""Square units of backdrop that must be seen for it to be continued."""


def evened(made: Float32, hole: Bool, known: Bool, unit: float) -> Float32:
    """A picture (h, w, 3) whose hole has the light of what lies around it, where that is plain."""
    inner = cv2.erode(known.astype(np.uint8), disc(0.05 * unit)).astype(np.float32)
    if float(inner.sum()) < unit**2 / 4:
        return made
    fine = np.abs(made - _blurred(made, inner, 0.06 * unit)).mean(2)
    less = (max(2, hole.shape[1] // 4), max(2, hole.shape[0] // 4))
    found = cv2.resize(np.minimum(fine, 30) * inner, less, interpolation=cv2.INTER_AREA)
    share = cv2.resize(inner, less, interpolation=cv2.INTER_AREA)
    fine = _blurred(np.repeat((found / np.maximum(share, 1e-3))[..., None], 3, 2), share, 0.1 * unit / 4)
    fine = membrane(fine, (share > 0.5).astype(np.float32), 30.0)[..., 0]
    plain = cv2.resize(np.clip((PLAIN[1] - fine) / (PLAIN[1] - PLAIN[0]), 0, 1), hole.shape[::-1])
    plain = wide_blur(np.asarray(plain, np.float32), 0.05 * unit)
    sure = known.astype(np.float32)
    calm = _close_by(made, sure, unit)
    calm = calm + _close_by((made - calm) * sure[..., None], sure, unit)  # it agrees with what is seen at the border
    calm = np.where(hole[..., None], calm, made).astype(np.float32)
    area = (hole | known).astype(np.float32)
    more = _blurred(calm, area, 0.06 * unit) - _blurred(made, area, 0.06 * unit)
    return np.where(hole[..., None], np.clip(made + plain[..., None] * more, 0, 255), made).astype(np.float32)


def _close_by(picture: Float32, known: Float32, unit: float) -> Float32:
    """(h, w, 3): the colors of what is known (h, w) nearby; far ones count where no near ones are.

    Unlike a membrane, a shadow on one side of a head does not spread to the other.
    """
    total: Float32 = np.zeros_like(picture)
    share: Float32 = np.full((*known.shape, 1), 1e-6, np.float32)
    for n, reach in enumerate(REACHES):
        weight = np.float32(0.1**n)
        total = total + weight * wide_blur(picture * known[..., None], reach * unit)
        share = share + weight * wide_blur(known, reach * unit)[..., None]
    return np.asarray(total / share, np.float32)


def as_soft(made: Float32, hole: Bool, known: Bool, unit: float) -> Float32:
    """A picture whose hole was filled with patches, there as soft as what is known, with its light and its grain."""
    ring = known & (cv2.dilate(hole.astype(np.uint8), disc(0.3 * unit)) > 0)
    if int(ring.sum()) < 100:
        return made
    wanted, soft, backdrop = _edges(made, ring), made, (hole | known).astype(np.float32)
    for sigma in SOFTER:
        soft = _blurred(made, backdrop, sigma * unit) if sigma else made
        if all(one <= SHARPER * least for one, least in zip(_edges(soft, hole), wanted, strict=True)):
            break
    if not sigma:
        return made
    calm = membrane(made, known.astype(np.float32), 255.0)
    soft = soft + 0.5 * (_blurred(calm, backdrop, 0.1 * unit) - _blurred(made, backdrop, 0.1 * unit))
    grain = noise(hole.shape, missing(levels(made, ring), levels(soft, hole)))
    return np.where(hole[..., None], np.clip(soft + grain, 0, 255), made).astype(np.float32)


def _blurred(picture: Float32, area: Float32, sigma: float) -> Float32:
    """A blur of an area by itself: nothing of what lies beside it comes in."""
    total, share = wide_blur(picture * area[..., None], sigma), wide_blur(area, sigma)
    return np.asarray(total / np.maximum(share, 1e-3)[..., None], np.float32)


def _edges(picture: Float32, area: Bool) -> tuple[float, ...]:
    """How strong the strongest hundredth of the edges in an area is, and the strongest sixth, without grain."""
    gray = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 1.5)
    steps = np.hypot(cv2.Sobel(gray, cv2.CV_32F, 1, 0), cv2.Sobel(gray, cv2.CV_32F, 0, 1))
    return tuple(float(one) for one in np.quantile(steps[area], STRONG)) if area.any() else (0.0,) * len(STRONG)


def behind_hair(here: Scene, known: Bool, wanted: Bool) -> Float32 | None:
    """The backdrop behind the old hair, of patches of what is seen of it; None where too little is."""
    if int(known.sum()) < LEAST * here.unit**2:
        return None
    rows, columns = np.flatnonzero(wanted.any(1)), np.flatnonzero(wanted.any(0))
    if not rows.size:
        return None
    by = round(here.unit)
    part = np.s_[max(0, rows[0] - by) : rows[-1] + by, max(0, columns[0] - by) : columns[-1] + by]
    made = here.picture.copy()
    made[part] = _continued(here.picture[part], wanted[part] & ~known[part], known[part], here.unit)
    return made


def _continued(picture: Float32, hole: Bool, known: Bool, unit: float) -> Float32:
    """A picture (h, w, 3) whose hole (h, w) is filled with what is known (h, w); a soft one at half its size."""
    area = cv2.erode(known.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    fine = np.abs(picture - cv2.GaussianBlur(picture, (0, 0), 1.2)).mean(2)
    if min(hole.shape) < HALF or not area.any() or float(np.quantile(fine[area], CALM[0])) > CALM[1]:
        return _filled(picture, hole, known, unit)
    size = (-(-hole.shape[1] // 2), -(-hole.shape[0] // 2))
    share = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(picture * known[..., None], size, interpolation=cv2.INTER_AREA)
    small = (small / np.maximum(share, 1e-3)[..., None]).astype(np.float32)
    gaps = (cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0) & (share < 0.5)
    found = _continued(small, gaps, share >= 0.5, unit / 2)
    told = (gaps | (share >= 0.5)).astype(np.float32)  # beside what is black, enlarging would draw a white rim
    found = np.where(told[..., None] > 0, found, _blurred(found, told, RIM)).astype(np.float32)
    large = cv2.resize(found, hole.shape[::-1], interpolation=cv2.INTER_CUBIC)
    grain = noise(hole.shape, missing(levels(picture, area), levels(large, hole)))
    return np.where(hole[..., None], np.clip(large + grain, 0, 255), picture).astype(np.float32)


def _filled(picture: Float32, hole: Bool, known: Bool, unit: float) -> Float32:
    """The same at this size: patches, as soft and as light as what is known."""
    others = ~known & ~hole
    filled = patched(picture, hole, others, np.random.default_rng(0), void=others)
    return joined(evened(as_soft(filled, hole, known, unit), hole, known, unit), hole, known, unit)


def joined(made: Float32, hole: Bool, known: Bool, unit: float) -> Float32:
    """A picture (h, w, 3) whose hole is as light, where it begins, as what is known right beside it."""
    sides = [
        cv2.dilate(one.astype(np.uint8), disc(JOINT * unit)).astype(np.float32) * other
        for one, other in ((hole, known), (known, hole))
    ]
    if min(float(one.sum()) for one in sides) < 50:
        return made
    near = [wide_blur(one, JOINT * unit) for one in sides]
    means = [
        wide_blur(made * one[..., None], JOINT * unit) / np.maximum(share, 1e-3)[..., None]
        for one, share in zip(sides, near, strict=True)
    ]
    told = np.minimum(*near) > 0.05
    step = membrane(np.asarray(means[0] - means[1], np.float32), told.astype(np.float32), STEP)
    step = np.sign(step) * np.maximum(np.abs(step) - SLOPE, 0)
    far = cv2.distanceTransform((~known).astype(np.uint8), cv2.DIST_L2, 5) / np.float32(FADED * unit)
    step = step * (np.exp(-(far**2)) * hole)[..., None]
    return np.asarray(np.clip(made + step, 0, 255), np.float32)
