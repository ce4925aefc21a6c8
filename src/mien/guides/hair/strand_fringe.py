"""A fringe of this head's own strands, or another's: straightened, side by side from temple to temple, with thin ends.

    result = under · (1 - shadow) + A (F - under)      F(u, v) the strands' light on this hair's light and colors nearby

u runs across strands, which fall as this hair does (:mod:`mien.guides.hair.fringe_flow`), v up from the line where
they end. Locks lie over one another (:mod:`mien.guides.hair.fringe_locks`).

Convention:
    That of :mod:`mien.guides.hair.fringe`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.guides.hair.fit import Fitted, bent, places_of
from mien.guides.hair.fringe import COLUMNS, Forehead, asked_line, near_forehead, shadow_of, within
from mien.guides.hair.fringe_flow import Flow
from mien.guides.hair.fringe_locks import Layer, lowest, noise, upper
from mien.guides.hair.lent import pure
from mien.guides.hair.straightened import DARK, Strands, light_of, straightened
from mien.guides.hair.strands import colored, local
from mien.guides.scene import Scene
from mien.types import Bool, Float32, Float64

SPAN, FLAT = 2.6, 0.08
"""Width of the piece that strands are taken of, and units below the middle of the line to which they fall at the sides.
"""

ROOTS, FIRST = (0.03, 0.38), 0.3
"""Units above the hairline between which strands begin to hide among others, and how much sooner dark ones do."""

SIDES = 0.25
"""Units beside the temples over which strands end: there they meet the hair at the side."""

HIGHER, SIDE = 0.13, 2.5
"""Units by which some locks begin higher than others, and columns in which they do."""

BESIDE = (1.2, 1.6)
"""Units below the brows, and aside, within which hair tells colors and light."""

BEGIN = 0.07
"""Units from the upper edge of an area within which strands begin."""

NEAR, CLOSE, LOCAL, AWAY = 0.35, 0.12, 0.7, (-0.5, 0.4)
"""Units around over which this hair's light is followed, at a distance and right beside it; by how much of what it
differs there; and by how much at most, in logarithms."""

OWN = 0.5
"""How much of the light is that of the place from which strands are taken."""

LIKE, RIM = (0.5, 0.8), 0.05
"""How far the light, and hue, of a fringe come to those of all of this hair, and units beside skin and backdrop where
hair is mixed with them."""

SHINE, SHADE, HEIGHT = (0.08, 0.22), 0.07, 0.5
"""How much lighter the middle of a fringe is, at least and at most, and how much darker its ends, in logarithms; and
the share of its length at which it is lightest."""

TONES, MOST, BANDS, UNDER = 0.7, 0.1, (0.03, 0.13), 0.1
"""How much locks differ, times how much this hair does between two widths, units, and at most; and how dark what is
beside locks on top is."""

FINE, GAIN = (0.008, 0.02), (0.8, 2.0)
"""Units between which strands should have this hair's contrast, and by how much that may change."""

LAYERS = 2
"""Of locks on top."""


def strand_fringe(
    here: Scene, area: Bool | None = None, wished: Bool | None = None, there: Scene | None = None
) -> tuple[Fitted, Float32]:
    """A fringe of this head's strands, or of another's in this hair's colors, and its shadow (h, w).

    Args:
        here: any scene.
        area: (h, w) where it may be; strands begin within it.
        wished: (h, w) what it is to cover, down to the lower line of that; without it, down to the brows.
        there: whose strands they are; this head's by default.

    Raises:
        LayerError: no hair grows above this forehead, or too little of the hair runs in one direction.
    """
    front, there = Forehead.of(here), there or here
    goal = front.brows - FLAT if wished is None else asked_line(front, wished)
    flow = Flow.of(here, front, np.minimum(goal, np.median(goal) + FLAT))
    near, theirs = near_forehead(here, front, *BESIDE), near_forehead(there, Forehead.of(there), *BESIDE)
    piece = straightened(there, theirs, pure(there, there.hair), flow.length, SPAN)
    differ = _differences(here, near)
    laid = _laid(here, near, piece, flow, differ)
    shine = float(np.clip(differ, *SHINE))
    made = _lit(here, near, piece.area if there is here else _clear(here, near), flow, laid, shine)
    at, alpha = laid.places, laid.alpha
    picture = bent(there.picture, at - places_of(np.zeros_like(at)))
    fit = Fitted(alpha, made, picture, picture, here.shares, at)
    start = replace(front, hairline=front.hairline - HIGHER * np.abs(noise(np.random.default_rng(1), COLUMNS, SIDE)))
    shown = within(here, start, fit, area, goal + 1, roots=ROOTS, strands=FIRST, edge=BEGIN, ends=SIDES)
    alpha = np.asarray(alpha * shown * (1 - here.shares["worn"]), np.float32)
    return replace(fit, alpha=alpha), shadow_of(here, alpha)


@dataclass(frozen=True, eq=False)
class _Places:
    """Where in a piece each pixel is looked up."""

    piece: Strands
    across: Float64
    up: Float64

    def __call__(self, plane: Float32) -> Float32:
        """(h, w) or with channels."""
        height, width = plane.shape[:2]
        x = np.abs(np.mod((self.across / SPAN + 0.5) * (width - 1), 2 * width - 2) - (width - 1))
        y = height - 1 - np.maximum(self.up + 0.15, 0) * self.piece.unit
        y = height - 1 - np.abs(np.mod(y, 2 * (height - 1)) - (height - 1))
        how = cv2.INTER_LINEAR if plane.ndim > 2 else cv2.INTER_CUBIC
        return np.asarray(cv2.remap(plane, x.astype(np.float32), y.astype(np.float32), how), np.float32)


@dataclass(frozen=True, eq=False)
class _Laid:
    """Strands (h, w): how much of them is seen, their light in logarithms, their a* and b*, and whence they come."""

    alpha: Float32
    light: Float32
    hue: Float32
    places: Float32


def _laid(here: Scene, near: Bool, piece: Strands, flow: Flow, differences: float) -> _Laid:
    """Locks of a piece of strands, over one another, as different as those of this hair are."""
    rng, unit = np.random.default_rng(0), here.unit
    differ = min(TONES * differences, MOST)
    laid: _Laid | None = None
    for number in range(1 + LAYERS):
        one = _layer(flow, number, unit, rng)
        look = _Places(piece, one.across, flow.up)
        light, hue, at = look(piece.light) + np.float32(differ) * one.tone, look(piece.hue), look(piece.places)
        if laid is None:
            laid = _Laid(one.alpha, light, hue, at)
            continue
        share = one.alpha[..., None]
        dark = UNDER * np.clip(cv2.GaussianBlur(one.alpha, (0, 0), 0.02 * unit) * 1.6, 0, 1)
        laid = _Laid(
            np.maximum(laid.alpha, one.alpha),
            (1 - one.alpha) * (laid.light - dark) + one.alpha * light,
            (1 - share) * laid.hue + share * hue,
            np.where(share > 0.5, at, laid.places),
        )
    assert laid is not None
    return replace(laid, light=_crisp(here, near, laid))


def _layer(flow: Flow, number: int, unit: float, rng: np.random.Generator) -> Layer:
    if number:
        return upper(flow.across, flow.up, flow.length, SPAN, unit, rng)
    return lowest(flow.across, flow.up, SPAN, unit, rng)


def _crisp(here: Scene, near: Bool, laid: _Laid) -> Float32:
    """(h, w): light with as much contrast between strands as this hair (h, w) has."""
    mine, made = light_of(here.picture), laid.light
    sure = laid.alpha > 0.9
    if not sure.any():
        return made
    found = made.copy()
    for low, high in zip((0.0, *FINE), FINE, strict=False):
        own, new = (_band(one, low * here.unit, high * here.unit) for one in (mine, made))
        gain = np.abs(own[near]).mean() / max(float(np.abs(new[sure]).mean()), 1e-4)
        found += np.float32(np.clip(gain, *GAIN) - 1) * new
    return found


def _band(light: Float32, low: float, high: float) -> Float32:
    fine = light if low == 0 else cv2.GaussianBlur(light, (0, 0), low)
    return np.asarray(fine - cv2.GaussianBlur(light, (0, 0), high), np.float32)


def _differences(here: Scene, near: Bool) -> float:
    """How much light differs from lock to lock in an area (h, w) of this hair."""
    light, share = light_of(here.picture), near.astype(np.float32)
    fine, broad = (wide_blur(light * share, r * here.unit) / (wide_blur(share, r * here.unit) + 1e-6) for r in BANDS)
    return 1.25 * float(np.abs(fine - broad)[near].mean())


def _clear(here: Scene, near: Bool) -> Bool:
    """Of hair (h, w) what is not mixed with skin or backdrop, if there is enough of it."""
    mixed = wide_blur(here.shares["face"] + here.shares["background"], RIM * here.unit)
    found = near & (mixed < 0.02)
    return found if float(found.sum()) > 0.05 * here.unit**2 else near


def _lit(here: Scene, near: Bool, source: Bool, flow: Flow, laid: _Laid, shine: float) -> Float32:
    """(h, w, 3): strands as light, and of such colors, as this hair (h, w) is nearby."""
    mine, share = light_of(here.picture), near.astype(np.float32)
    usual, theirs = (float(np.median(mine[one])) for one in (near, source))
    level = np.full(here.shape, usual, np.float32)
    close = np.clip(1.6 * wide_blur(share, CLOSE * here.unit), 0, 1)
    for reach, follow, blend in ((NEAR, LOCAL, 1.0), (CLOSE, 1.0, close)):
        found = local(np.repeat(mine[..., None], 3, 2), share, reach * here.unit)[..., 0]
        level = level + blend * (usual + np.clip(follow * (found - usual), *AWAY) - level)
    along = np.clip(1 - flow.up / flow.length, 0, 1.2)
    form = shine * np.exp(-(((along - HEIGHT) / 0.18) ** 2)) - SHADE * np.clip((along - 0.72) / 0.28, 0, 1)
    level = level + OWN * (theirs - usual)
    made = np.clip(level + form + laid.light, *np.quantile(mine[near | source], (0.005, 0.995)))
    new = (laid.alpha > 0.9) & (here.shares["face"] > 0.5)
    if new.any():
        made = made + LIKE[0] * np.float32(np.clip(usual - np.median(made[new]), *AWAY))
    colors = colored(here.picture, source, np.asarray(np.exp(made) - DARK, np.float32), here.unit)
    lab, own = (cv2.cvtColor(one / np.float32(255), cv2.COLOR_RGB2LAB) for one in (colors, here.picture))
    lab[..., 1:] += 0.7 * laid.hue
    if new.any():
        lab[..., 1:] += LIKE[1] * (np.median(own[_clear(here, near)], axis=0) - np.median(lab[new], axis=0))[1:]
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1) * 255, np.float32)
