"""A fringe of this head's own strands: straightened, side by side from temple to temple, with thin ends.

    result = under · (1 - shadow) + A (F - under)      F(u, v) the strands' light on this hair's light and colors nearby

u runs across a fan of directions from a point above the forehead, v up from the line where the fringe ends. Locks
draw together towards their ends, and strands of a lock end sooner or later.

Convention:
    That of :mod:`mien.guides.fringe`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.guides.fringe import Forehead, asked_line, flat_places, near_forehead, shadow_of, within
from mien.guides.hair_fit import Fitted, bent, places_of
from mien.guides.hair_lent import pure
from mien.guides.scene import Scene
from mien.guides.straightened import DARK, Strands, light_of, straightened
from mien.guides.strands import colored, local
from mien.types import Bool, Float32, Float64

ABOVE, SPAN = 2.0, 2.6
"""Units above the hairline from which strands spread, and width of the piece that they are taken of."""

GROWN, FLAT = 0.65, 0.08
"""Units above the hairline that strands are long, and below the middle of the line to which they fall at the sides."""

ROOTS, FIRST = (0.03, 0.38), 0.3
"""Units above the hairline between which strands begin to hide among others, and how much sooner dark ones do."""

BESIDE = (1.2, 1.6)
"""Units below the brows, and aside, within which hair tells colors and light."""

BEGIN = 0.07
"""Units from the upper edge of an area within which strands begin."""

WIDTHS, TOGETHER, FROM = (0.07, 0.2), 0.35, (0.1, 0.3)
"""Widths of locks, units, how far they draw together at most, and from how far above their ends."""

EDGE, SOFT = 0.016, 0.6
"""Units over which a lock's side fades, and pixels by which its matte is blurred."""

LOCKS, STRANDS, LONE, THIN = 0.02, 0.022, 0.04, 0.07
"""Units by which locks and strands end sooner or later, single hairs go on, and over which ends thin out."""

NEAR, CLOSE, LOCAL, AWAY = 0.35, 0.12, 0.7, (-0.5, 0.4)
"""Units around over which this hair's light is followed, at a distance and right beside it; by how much of what it
differs there; and by how much at most, in logarithms."""

OWN = 0.5
"""How much of the light is that of the place from which strands are taken."""

SHINE, SHADE = 0.08, 0.12
"""How much lighter the middle of a fringe is, and how much darker its ends, in logarithms."""

SAMPLES = 1600
"""Values across the piece by which strands differ."""


def strand_fringe(here: Scene, area: Bool | None = None, wished: Bool | None = None) -> tuple[Fitted, Float32]:
    """A fringe of this head's strands, and its shadow (h, w).

    Args:
        here: any scene.
        area: (h, w) where it may be; strands begin within it.
        wished: (h, w) what it is to cover, down to the lower line of that; without it, down to the brows.

    Raises:
        LayerError: no hair grows above this forehead, or too little of it runs in one direction.
    """
    front = Forehead.of(here)
    goal = front.brows - FLAT if wished is None else asked_line(front, wished)
    fan = _Fan.of(here, front, np.minimum(goal, np.median(goal) + FLAT))
    near, colors = near_forehead(here, front, *BESIDE), pure(here, here.hair)
    piece = straightened(here, near, colors, fan.length, SPAN)
    across, alpha = _locks(fan)
    places = _Places(piece, across, fan.up, here.unit)
    made, at = _lit(here, near, piece.area, fan, places(piece.light), places(piece.hue)), places(piece.places)
    picture = bent(here.picture, at - places_of(np.zeros_like(at)))
    fit = Fitted(alpha, made, picture, picture, here.shares, at)
    shown = within(here, front, fit, area, goal + 1, roots=ROOTS, strands=FIRST, edge=BEGIN)
    alpha = np.asarray(alpha * shown * (1 - here.shares["worn"]), np.float32)
    return replace(fit, alpha=alpha), shadow_of(here, alpha)


@dataclass(frozen=True, eq=False)
class _Fan:
    """Attributes:
    across: (h, w) u of each pixel, units.
    up: (h, w) units above the line where strands end.
    length: of strands, units.
    """

    across: Float64
    up: Float64
    length: float

    @classmethod
    def of(cls, here: Scene, front: Forehead, goal: Float64) -> _Fan:
        flat = flat_places(here, front)
        high = float(np.median(front.hairline))
        x, y = flat[..., 0] - float(front.across.mean()), flat[..., 1] - (high - ABOVE)
        angle = np.arctan2(x, np.maximum(y, 1e-3))
        low = np.interp(flat[..., 0], front.across, goal)
        up = (low - flat[..., 1]) / np.maximum(np.cos(angle), 0.3)
        middle = float(np.median(goal))
        return cls(angle * (middle - high + ABOVE), up, middle - high + GROWN)


@dataclass(frozen=True, eq=False)
class _Places:
    """Where in a piece each pixel is looked up."""

    piece: Strands
    across: Float64
    up: Float64
    unit: float

    def __call__(self, plane: Float32) -> Float32:
        """(h, w) or with channels."""
        height, width = plane.shape[:2]
        x = np.clip((self.across / SPAN + 0.5) * width, 0, width - 1)
        y = height - 1 - np.maximum(self.up + 0.15, 0) * self.unit
        y = height - 1 - np.abs(np.mod(y, 2 * (height - 1)) - (height - 1))
        how = cv2.INTER_LINEAR if plane.ndim > 2 else cv2.INTER_CUBIC
        return np.asarray(cv2.remap(plane, x.astype(np.float32), y.astype(np.float32), how), np.float32)


def _locks(fan: _Fan) -> tuple[Float64, Float32]:
    """Where across the piece (h, w) strands are that draw together in locks, and how much is seen of them (h, w)."""
    rng, up = np.random.default_rng(0), fan.up
    half, steps = SPAN / 2, np.linspace(-SPAN / 2, SPAN / 2, SAMPLES)
    edges = -half + np.cumsum(rng.uniform(*WIDTHS, round(2 * SPAN / sum(WIDTHS) + 9)))
    edges = np.r_[-half - WIDTHS[1], edges[edges < half], half + WIDTHS[1]]
    middle, width = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    sway = 0.02 * np.interp(up, np.linspace(-1, 2, 200), _noise(rng, 200, 14)) * np.clip(1 - up / 0.6, 0, 1)
    across = fan.across + sway
    lock = np.clip(np.searchsorted(edges, across) - 1, 0, len(middle) - 1)
    tight, start = TOGETHER * rng.uniform(0, 1, len(middle)) ** 3, rng.uniform(*FROM, len(middle))
    aside, later = 0.012 * rng.standard_normal(len(middle)), LOCKS * rng.standard_normal(len(middle))
    drawn = np.clip(1 - up / start[lock], 0, 1.5) ** 1.4
    across = middle[lock] + (across - middle[lock] - aside[lock] * drawn) * (1 + tight[lock] * drawn)
    out = 2 * np.abs(across - middle[lock]) / width[lock]
    side = np.clip((1 - out) * width[lock] / 2 / EDGE + 0.5, 0, 1)
    side = side + (1 - side) * np.clip(1 - 6 * drawn, 0, 1)
    strands, lone = (np.interp(across, steps, _noise(rng, SAMPLES, sigma)) for sigma in (2.2, 2.0))
    end = later[lock] + 0.02 * np.minimum(out**2, 2) * (0.2 + 2 * tight[lock])
    end = end + STRANDS * strands - LONE * np.maximum(lone - 1.4, 0)
    return across, np.asarray(cv2.GaussianBlur(np.clip((up - end) / THIN + 0.5, 0, 1) * side, (0, 0), SOFT), np.float32)


def _lit(here: Scene, near: Bool, source: Bool, fan: _Fan, light: Float32, hue: Float32) -> Float32:
    """(h, w, 3): strands as light, and of such colors, as this hair (h, w) is nearby."""
    mine, share = light_of(here.picture), near.astype(np.float32)
    usual, theirs = (float(np.median(mine[one])) for one in (near, source))
    level = np.full(here.shape, usual, np.float32)
    close = np.clip(1.6 * wide_blur(share, CLOSE * here.unit), 0, 1)
    for reach, follow, blend in ((NEAR, LOCAL, 1.0), (CLOSE, 1.0, close)):
        found = local(np.repeat(mine[..., None], 3, 2), share, reach * here.unit)[..., 0]
        level = level + blend * (usual + np.clip(follow * (found - usual), *AWAY) - level)
    along = np.clip(1 - fan.up / fan.length, 0, 1.2)
    form = SHINE * np.exp(-(((along - 0.5) / 0.18) ** 2)) - SHADE * np.clip((along - 0.72) / 0.28, 0, 1)
    level = level + OWN * (theirs - usual)
    made = np.clip(level + form + light, *np.quantile(mine[near | source], (0.005, 0.995)))
    colors = colored(here.picture, source, np.asarray(np.exp(made) - DARK, np.float32), here.unit)
    lab = cv2.cvtColor(colors / np.float32(255), cv2.COLOR_RGB2LAB)
    lab[..., 1:] += 0.7 * hue
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1) * 255, np.float32)


def _noise(rng: np.random.Generator, count: int, sigma: float) -> Float64:
    found = cv2.GaussianBlur(rng.standard_normal((1, count)), (0, 0), sigma, borderType=cv2.BORDER_REFLECT)[0]
    return np.asarray(found / max(float(found.std()), 1e-6), np.float64)
