"""How far two pictures are apart: colors by CIEDE2000, fine detail by the ratio of two bands.

Convention:
    Pictures are (H, W, 3) uint8 sRGB.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.types import Bool, Float32, UInt8

FINEST, FINE = 0.8, 1.6
"""Standard deviations, pixels, of the blurs between which the two finest bands lie."""

_FAINT = 0.25
"""Power, levels², below which a band holds nothing but rounding."""


def lab(picture: UInt8) -> Float32:
    """CIE L*a*b*, D65: (H, W, 3), L in [0, 100]."""
    return np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def delta_e(one: Float32, other: Float32) -> Float32:
    """ΔE2000 (Sharma et al., 2005) of L*a*b* colors (..., 3): (...), about 1 is just noticeable."""
    (l1, a1, b1), (l2, a2, b2) = (np.moveaxis(x.astype(np.float64), -1, 0) for x in (one, other))
    mean7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    more = 1.5 - 0.5 * np.sqrt(mean7 / (mean7 + 25.0**7))
    c1, c2 = np.hypot(a1 * more, b1), np.hypot(a2 * more, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a * more)) % 360 for a, b in ((a1, b1), (a2, b2)))
    colored = c1 * c2 > 0
    turn = np.where(colored, (h2 - h1 + 180) % 360 - 180, 0)
    hue = np.where(colored, h1 + turn / 2, h1 + h2) % 360
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = 1 - 0.17 * _cos(hue - 30) + 0.24 * _cos(2 * hue) + 0.32 * _cos(3 * hue + 6) - 0.20 * _cos(4 * hue - 63)
    dl = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    bend = np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    mixed = -bend * 2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * dc * dh
    return np.asarray(np.sqrt(np.maximum(dl**2 + dc**2 + dh**2 + mixed, 0)), np.float32)


def fine_power(picture: UInt8) -> tuple[Float32, Float32]:
    """(H, W) power of luminance in the finest band and in the next one, levels²."""
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    first, second = (cv2.GaussianBlur(gray, (0, 0), sigma) for sigma in (FINEST, FINE))
    return np.square(gray - first), np.square(first - second)


def slope(finest: Float32, fine: Float32) -> float:
    """How sharp an area is, whatever it shows: the root of the finest band's power over the next one's."""
    return float(np.sqrt((finest.mean() + 0.1 * _FAINT) / (fine.mean() + _FAINT)))


def near(picture: Float32, area: Bool, reach: float) -> Float32:
    """The mean of what lies in an area close to each pixel; 0 far away from it."""
    weight = area.astype(np.float32)
    total, share = (cv2.GaussianBlur(x, (0, 0), reach) for x in (picture * weight[..., None], weight))
    mean: Float32 = total / np.maximum(share, np.float32(1e-4))[..., None]
    return mean


def _cos(degrees: Any) -> Any:
    return np.cos(np.radians(degrees))
