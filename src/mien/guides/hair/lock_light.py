"""The light of locks of this hair's strands: near their roots that of the hair there, with this hair's light and dark.

Convention:
    That of :mod:`mien.guides.hair.lock_flow`.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.guides.hair.lock_flow import Flow
from mien.guides.hair.straightened import DARK, light_of
from mien.guides.hair.strands import colored, local
from mien.guides.scene import Scene
from mien.types import Bool, Float32

WIDE, CLOSE = 0.35, (0.1, 0.12)
"""Units around over which the old hair's light is followed; and close to the roots, and how far from hair that is."""

ROOTS, DOWN = 0.35, 0.8
"""Units below the roots over which the light nearby gives way, and in which that of the side takes its place."""

SIDE, AWAY, MOST = 0.5, (-0.35, 0.4), 0.85
"""Share of a side's usual light beside that of all hair; by how much light changes to it, in logarithms; share of that.
"""

ABOVE = 0.7
"""Units above the eyes from which hair tells a side's usual light."""

SPREAD, MOST_SPREAD, QUANTILES, BEYOND = 0.9, 0.22, np.linspace(0.01, 0.99, 40), 0.3
"""How much of this hair's light and dark locks have, its standard deviation at most, in logarithms (short hair has more
than long hair), where it is compared, and how much what is beyond counts."""

DARKER, HUE = 0.25, 0.7
"""How much darker than the darkest of this hair locks may be, in logarithms; and how much of strands' hue is kept."""


def lit(
    here: Scene, flows: Sequence[Flow], near: Bool, inner: Bool, planes: tuple[Float32, Float32, Float32]
) -> Float32:
    """(h, w, 3) colors of locks.

    Args:
        here: the scene.
        flows: both sides, the left one first.
        near, inner: (h, w) hair that is seen for sure, and what of it is not near its border.
        planes: (h, w) how much locks are seen, their light, in logarithms, and (h, w, 2) their hue.
    """
    alpha, detail, hue = planes
    unit, mine, share = here.unit, light_of(here.picture), near.astype(np.float32)
    right = np.clip((np.arange(here.shape[1])[None] - flows[0].middle) / (0.3 * unit) + 0.5, 0, 1)
    root = flows[0].root + right * (flows[1].root - flows[0].root)
    below = (np.arange(here.shape[0])[:, None] - root) / unit
    wide, close = (_local(mine, share, one * unit) for one in (WIDE, CLOSE[0]))
    goals = [
        _usual(here, mine, near & side, near, one) for side, one in zip((right < 0.5, right >= 0.5), flows, strict=True)
    ]
    down = np.clip(below / DOWN, 0, 1)
    level = wide + MOST * down * np.clip(goals[0] + right * (goals[1] - goals[0]) - wide, *AWAY)
    upper = np.clip(1 - below / ROOTS, 0, 1) * np.clip(1.6 * wide_blur(share, CLOSE[1] * unit), 0, 1)
    level = level + upper * (close - level)
    made = np.array(detail)
    for side in (right < 0.5, right >= 0.5):
        core = (alpha > 0.95) & (below > 0.3) & side
        if int(core.sum()) > 50:
            alike = _alike(detail, detail[core], (mine - wide)[inner])
            made = np.where(side, made + down * (alike - made), made)
    low, high = np.quantile(mine[near], (0.003, 0.997))
    light = np.exp(np.clip(level + made, low - DARKER, high)) - DARK
    lab = cv2.cvtColor(
        colored(here.picture, near, np.asarray(light, np.float32), unit) / np.float32(255), cv2.COLOR_RGB2LAB
    )
    lab[..., 1:] += np.float32(HUE) * hue
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1) * 255, np.float32)


def _alike(plane: Float32, made: Float32, hair: Float32) -> Float32:
    """A map whose values (N,) become spread as others (M,)."""
    theirs = np.quantile(made, QUANTILES) + 1e-4 * np.arange(len(QUANTILES))
    spread = min(SPREAD, MOST_SPREAD / max(float(hair.std()), 1e-3))
    found = np.interp(plane, theirs, spread * np.quantile(hair, QUANTILES))
    return np.asarray(
        found + BEYOND * (np.minimum(plane - theirs[0], 0) + np.maximum(plane - theirs[-1], 0)), np.float32
    )


def _usual(here: Scene, mine: Float32, side: Bool, near: Bool, flow: Flow) -> float:
    """The usual light of hair on a side (h, w), as a logarithm."""
    rows, unit = np.arange(here.shape[0])[:, None], here.unit
    beside = side & (rows > here.points[[33, 263], 1].mean() - ABOVE * unit) & (rows < flow.low)
    usual = float(np.median(mine[near]))
    if float(beside.sum()) < 0.05 * unit**2:
        return usual
    return SIDE * float(np.median(mine[beside])) + (1 - SIDE) * usual


def _local(plane: Float32, share: Float32, reach: float) -> Float32:
    return local(np.repeat(plane[..., None], 3, 2), share, reach)[..., 0]
