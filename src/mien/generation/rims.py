"""Rims of light hair before a dark backdrop: before a wall, what shone through at its outline is a dark, ragged line.

    t = (c - F)·(B - F) / |B - F|²      how far a color goes from the hair inside to the backdrop outside, in CIE L*a*b*

What goes most of the way is no hair; what goes less gets the hair's own color back, so that strands stay.

Legend: H, W of a head's picture.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.traits import lab_of
from mien.types import Float32

DEEP, WITHIN = 0.09, (0.02, 0.05)
"""Sides of the face's square: how far inside of the outline rims reach, and from where hair is surely hair."""

ACROSS = 0.03
"""Sides over which colors inside are averaged."""

BLURS = ((1, 1.0), (3, 1e-2), (9, 1e-4))
"""How much wider other blurs are, for what is far from hair, and how much they count."""

NEAR = 0.005
"""Sides beside hair that may be a rim of it."""

OWN, SHARES = 0.15, (0.3, 0.75)
"""How much of the way hair's own shades go, and from where it is partly, and only, the backdrop."""

APART, DARKER = 18.0, 10.0
"""Distance of both colors, and how much darker the backdrop is, below which nothing is told apart; twice is enough."""


def unrimmed(alpha: Float32, front: Float32, behind: Float32, hair: Float32, side: float) -> tuple[Float32, Float32]:
    """Shares (H, W, 1) and colors (H, W, 3) of a person without a dark rim of the backdrop in hair.

    Args:
        alpha: (H, W, 1) share of the person.
        front, behind: (H, W, 3) sRGB of the person and of what is behind.
        hair: (H, W) share of hair.
        side: of the face's square, pixels.
    """
    whole = alpha[..., 0]
    inside = cv2.distanceTransform((whole > 0.5).astype(np.uint8), cv2.DIST_L2, 5) / side
    sure = (whole > 0.95) & (hair > 0.8) & (inside > WITHIN[0])
    if not sure.any():
        return alpha, front
    lab, other = (lab_of(np.asarray(np.clip(one, 0, 255), np.uint8)) for one in (front, behind))
    weight = sure * np.clip((inside - WITHIN[0]) / (WITHIN[1] - WITHIN[0]), 0.01, 1)
    own = _spread(lab, weight.astype(np.float32), ACROSS * side)
    way = other - own
    far = np.linalg.norm(way, axis=2)
    share = ((lab - own) * way).sum(2) / np.maximum(far**2, 1e-3)
    told = np.clip(far / APART - 1, 0, 1) * np.clip(-way[..., 0] / DARKER - 1, 0, 1)
    near = cv2.GaussianBlur(hair, (0, 0), NEAR * side)
    told *= np.clip(3 * (DEEP - inside) / DEEP, 0, 1) * np.clip(2 * near, 0, 1)
    gone = np.clip((share - SHARES[0]) / (SHARES[1] - SHARES[0]), 0, 1) * told
    moved = (lab - (np.clip(share - OWN, 0, 1) * told)[..., None] * way).astype(np.float32)
    colors = cv2.cvtColor(moved, cv2.COLOR_LAB2RGB) * np.float32(255)
    made = np.where((told > 0)[..., None], colors, front)
    return np.asarray(alpha * (1 - gone[..., None]), np.float32), np.asarray(made, np.float32)


def _spread(planes: Float32, weight: Float32, sigma: float) -> Float32:
    """Planes (H, W, 3), blurred where they count; farther away by wider blurs."""
    shrink, size = min(1.0, 4 / sigma), planes.shape[1::-1]
    small = cv2.resize(
        np.dstack([planes * weight[..., None], weight]), None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA
    )
    total = sum(share * cv2.GaussianBlur(small, (0, 0), wider * shrink * sigma) for wider, share in BLURS)
    whole = cv2.resize(np.asarray(total, np.float32), size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole[..., :3] / (whole[..., 3:] + 1e-9), np.float32)
