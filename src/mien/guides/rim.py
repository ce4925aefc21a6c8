"""The rim of a region, where hair and what lies behind share pixels: colours on both sides, and light at the border.

Convention:
    Pictures are (h, w, 3) float32 in [0, 1], mattes (h, w) float32 in [0, 1], of a region, reduced if it is large.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.matte import colors
from mien.compose.morphology import disc
from mien.interrupt import checkpoint
from mien.types import Float32

SHADED = 1.0
"""Standard deviations by which hair is darker at its rim, where it grows out of the skin, or is thin."""

LEAST, FIRM = 0.4, 0.9
"""Mattes between which the dye sets in where it would glow."""

STRANDS = 3.0
"""L* of fine contrast from which soft pixels are strands, and no haze."""


def unmixed(seen: Float32, alpha: Float32) -> tuple[Float32, Float32, Float32]:
    """The region's colours (h, w, 3) without what lies behind it, and at its rim how they are evened out (h, w, 5).

    At the rim, a little too much of a bright backdrop makes a bright line once dark hair is lifted. There, the mean of
    the region nearby stands for all of it; given are that mean times the share that it has, the share, and the matte
    without single strands. Third come the colours behind (h, w, 3).
    """
    reach = max(4, round(max(alpha.shape) * 0.03))
    pure, back = colors(seen, alpha, radius=reach)
    near = max(0.8, reach / 12)
    share = np.clip((0.97 - cv2.GaussianBlur(alpha, (0, 0), near)) / 0.3, 0, 1) * (alpha > 0)
    share = share * _brighter(back, pure, alpha)
    mean = _nearby(pure, alpha)
    calm = cv2.GaussianBlur(alpha, (0, 0), 1.5 * near)
    return pure, np.dstack([mean * share[..., None], share, calm]).astype(np.float32), back


def shaded(maps: Float32, alpha: Float32, share: Float32) -> None:
    """Makes hair's rim as light as the hair nearby at most, and darker: what is behind is never quite gone from it."""
    edge = cv2.GaussianBlur(alpha, (0, 0), max(1, 0.018 * max(alpha.shape)))
    shade = np.clip((0.98 - edge) / 0.45, 0, 1)
    wide = np.clip((0.95 - cv2.GaussianBlur(alpha, (0, 0), max(1, 0.02 * max(alpha.shape)))) / 0.2, 0, 1)
    broad, near = maps[..., 1], _nearby(maps[..., 1:2], alpha, wide)[..., 0]
    capped = broad + np.maximum(wide, share) * (np.minimum(broad, near) - broad)
    maps[..., 1] = capped + share * (near - capped) - SHADED * float(broad[alpha > 0.5].std()) * shade
    close = cv2.GaussianBlur(alpha, (0, 0), max(0.8, 0.006 * max(alpha.shape)))
    maps[..., 2:] *= 1 - np.maximum(share, np.clip((0.99 - close) / 0.3, 0, 1))[..., None]


def hazy(seen: Float32, alpha: Float32, back: Float32, wish: Float32) -> Float32:
    """Where (h, w) a dye over soft pixels would be seen as a glow, in [0, 1].

    There, the wish (3,) is lighter or more colourful than what lies behind, and no strands are seen.
    """
    light = cv2.cvtColor(seen, cv2.COLOR_RGB2LAB)[..., 0]
    sigma = max(1.0, 0.004 * max(alpha.shape))
    fine = np.abs(light - cv2.GaussianBlur(light, (0, 0), sigma))
    smooth = np.clip((STRANDS - cv2.GaussianBlur(fine, (0, 0), 2 * sigma)) / (0.5 * STRANDS), 0, 1)
    ahead, behind, hair = (
        cv2.cvtColor(one, cv2.COLOR_RGB2LAB) for one in (wish[None, None], back, _nearby(seen, alpha))
    )
    apart, vivid = ahead - behind, np.hypot(*cv2.split(hair - behind)[1:])
    glow = np.maximum(
        apart[..., 0] / 12 * np.clip((78 - behind[..., 0]) / 20, 0, 1),
        np.hypot(apart[..., 1], apart[..., 2]) / 25 - 0.5,
    )
    smooth = smooth * np.clip((50 - vivid) / 25, 0, 1)  # red hair that stays would be seen, too
    glow = cv2.GaussianBlur(np.clip(glow, 0, 1) * smooth, (0, 0), sigma)
    return np.asarray(glow, np.float32)


def cleared(alpha: Float32, haze: Float32) -> Float32:
    """A matte that ends sooner where it would be seen as a glow; both alike in form."""
    return np.asarray(alpha + haze * (np.clip((alpha - LEAST) / (FIRM - LEAST), 0, alpha) - alpha), np.float32)


def _brighter(back: Float32, pure: Float32, alpha: Float32) -> Float32:
    """How much (h, w) what lies behind is lighter than the hair nearby, from 0 to 1: else it makes no bright line."""
    behind, ahead = (cv2.cvtColor(one, cv2.COLOR_RGB2LAB)[..., 0] for one in (back, _nearby(pure, alpha)))
    return np.asarray(np.clip((behind - ahead - 5) / 25, 0, 1), np.float32)


def _nearby(values: Float32, alpha: Float32, rim: Float32 | None = None) -> Float32:
    """Means (h, w, C) of what lies well within a region nearby, and away from its rim (h, w), if that is given."""
    checkpoint()
    reach = max(4, round(max(alpha.shape) * 0.03))
    sure = cv2.erode((alpha > 0.97).astype(np.float32), disc(reach / 6)) + np.float32(1e-4) * alpha
    if rim is not None:
        sure, reach = sure * (1.02 - rim) ** 3, 2 * reach
    total = cv2.GaussianBlur(np.dstack([values * sure[..., None], sure]), (0, 0), reach / 3)
    return np.asarray(total[..., :-1] / np.maximum(total[..., -1:], np.float32(1e-9)), np.float32)
