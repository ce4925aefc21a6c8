"""Even skin: wrinkles, bags and blotches fade, pores and grain stay.

Skin is split into light (large), relief (middle) and texture (fine); the relief is taken towards the light of the skin
around it, as retouchers do by "frequency separation". Nothing is filled, so that no other part is drawn in.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.align.paste import Mask
from mien.compose.blurring import gaussian
from mien.compose.enlarging import part_at
from mien.errors import LayerError
from mien.guides.guide import Guide, box_of, changed
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Photo, UInt8

SKIN = frozenset(
    {
        "under_eyes",
        "left_under_eye",
        "right_under_eye",
        "forehead",
        "cheeks",
        "left_cheek",
        "right_cheek",
        "chin",
        "skin",
    }
)
"""Regions that are evened out rather than filled."""

LIGHT, RELIEF, SOFT = 0.07, 0.006, 0.008
"""Standard deviations of the blurs that part light, relief and texture, and of the border, in the face's sides."""

BESIDE = 0.008
"""Width of the border of other parts, in sides of the face: lashes and hairs reach over it."""

KEPT = 0.25
"""Part of the relief that stays at full strength: skin without any looks like wax."""


def even(photo: Photo, face: Face, mask: Mask, skin: Bool, *, strength: float = 1.0) -> Guide:
    """Evens out skin.

    Args:
        photo, face: any.
        mask: (H, W), above 0 where.
        skin: (H, W), what is skin: a border of it beside eyes, brows, glasses and hair is left out.
        strength: in [0, 1].

    Raises:
        LayerError: nothing masked is skin.
    """
    side = float(np.linalg.norm(face.quad[3] - face.quad[0]))
    border = max(1, round(BESIDE * side))
    bare = cv2.erode(skin.astype(np.uint8), np.ones((2 * border + 1,) * 2), borderValue=0) > 0
    area = (mask > 0) & bare
    if not area.any():
        raise LayerError("Nothing that is masked is skin; mask another part, or paint what is to vanish.")
    outer = box_of(area, round(3 * LIGHT * side))
    step = max(1, int(RELIEF * side / 4))
    shift = _toward_light(to_srgb(photo, outer), bare[outer[1] : outer[3], outer[0] : outer[2]], side, step)
    x0, y0, x1, y1 = box = box_of(area, round(4 * SOFT * side))
    left, top = x0 - outer[0], y0 - outer[1]
    part = (left, top, left + x1 - x0, top + y1 - y0)
    before = to_srgb(photo, box).astype(np.float32)
    made = before + part_at(shift, (outer[2] - outer[0], outer[3] - outer[1]), part)
    inside = gaussian(area[y0:y1, x0:x1].astype(np.float32), max(1.0, SOFT * side))
    sure = np.clip(2 * inside - 1, 0, 1) * area[y0:y1, x0:x1] * np.float32(strength)
    return Guide(box, changed(photo, box, before, made), sure.astype(np.float32))


def _toward_light(picture: UInt8, skin: Bool, side: float, step: int) -> Float32:
    """How far skin (h, w) is taken towards the light around it, levels (h / step, w / step, 3)."""
    size = (max(1, skin.shape[1] // step), max(1, skin.shape[0] // step))
    seen: Any = cv2.copyTo(picture, skin.view(np.uint8), np.zeros_like(picture))
    total = cv2.resize(seen.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    share = cv2.resize(skin.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    light, relief = (_mean(total, share, scale * side / step) for scale in (LIGHT, RELIEF))
    return np.asarray((1 - KEPT) * (light - relief), np.float32)


def _mean(total: Float32, share: Float32, spread: float) -> Float32:
    """Mean around each pixel of what was weighted; wide ones are taken of a reduced picture."""
    step = max(1, int(spread / 4))
    height, width = share.shape
    small = (max(1, width // step), max(1, height // step))
    sums, weight = (
        cv2.GaussianBlur(cv2.resize(one, small, interpolation=cv2.INTER_AREA), (0, 0), spread / step)
        for one in (total, share)
    )
    return np.asarray(cv2.resize(sums / np.maximum(weight, 1e-3)[..., None], (width, height)), np.float32)
