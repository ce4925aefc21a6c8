"""A fringe of this head's own curls: those at the outline above, turned over, so that their real ends hang down.

    result(x, y) = under · (1 - shadow) + A(p) (F(p) - under)      p as far inside the outline as (x, y) above the line

Straight strands of another head do not belong among curls; which way up a curl is, nobody sees.

Convention:
    That of :mod:`mien.guides.hair.fringe`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.errors import LayerError
from mien.guides.hair.fit import Fitted, bent, places_of
from mien.guides.hair.fringe import Forehead, asked_line, flat_places, shadow_of
from mien.guides.hair.lent import pure
from mien.guides.hair.strands import strand_light
from mien.guides.scene import Scene
from mien.types import Bool, Float32, Float64

ANGLES, FARTHEST = np.radians(np.linspace(-60, 60, 121)), 3.0
"""Angles from the point between the brows upwards at which the outline is looked for, and how far away, units."""

MIDDLE, WIDE = (np.s_[60 - by : 61 + by] for by in (20, 30))
"""Those within 20 degrees of straight up, which tell how high hair is, and within 30, which tell whether it is free."""

SMOOTH, FREE = 4.0, 0.7
"""Angles over which the outline is smoothed; and share of it that lies before a backdrop."""

LOWEST, ROOM = 0.7, 0.2
"""Height of the hair above the forehead over that of what is asked for, at least; and units of it, at the hairline, of
which nothing is taken."""

HIGH, SOLID, ABOVE = 0.6, 0.86, 0.8
"""Units of hair above a forehead, and share of it through which nothing shines, from which its curls are turned over;
and units aside within which it lies above a forehead."""

JOIN, LIGHTS = (0.04, 0.24), 0.4
"""Units above the hairline from which new curls end among those that are there, and how much sooner dark ones do."""

ROUND = 0.3
"""Units beyond a temple in which the line rises, up to which new curls are seen."""

GAIN = (0.6, 1.5)
"""How much darker or lighter curls become, to be as light as those at the hairline."""


def curled(here: Scene, wished: Bool) -> tuple[Fitted, Float32]:
    """Curls over a forehead down to the lower line of an area (h, w), and their shadow (h, w).

    Raises:
        LayerError: no hair grows above this forehead, its outline is not seen, or it is lower than what is asked for.
    """
    front = Forehead.of(here)
    goal = asked_line(front, wished)
    outline = _outline(here, front)
    high = float(np.median(outline[MIDDLE])) + float(np.median(front.hairline))
    if high < LOWEST * float(np.max(goal - front.hairline)):
        raise LayerError("The hair above is lower than what is asked for.")
    flat = flat_places(here, front)
    x, y = flat[..., 0], flat[..., 1]
    above = (here.hair > 0.3) & (y < front.hairline.min() - 0.05) & (np.abs(x) < ABOVE)
    if high < HIGH or float((here.hair > 0.95)[above].mean()) < SOLID:
        raise LayerError("The hair above is too low or too loose to be turned over.")
    out = np.maximum(np.maximum(x - front.across[-1], front.across[0] - x), 0) / ROUND
    depth = np.interp(x, front.across, goal) - y - ROUND * (1 - np.sqrt(1 - np.clip(out, 0, 1) ** 2))
    angle = (x - float(front.across.mean())) / float(np.median(outline[MIDDLE]))
    far = np.interp(angle, ANGLES, outline)
    most = np.maximum(far + np.interp(x, front.across, front.hairline) - ROOM, ROOM)
    turned = np.abs(np.mod(depth, 2 * most) - most)  # over again where it is not high enough
    far = far - np.where(depth > 0, most - turned, depth)
    places = np.dstack([far * np.sin(angle), -far * np.cos(angle)]) @ front.axes + front.origin
    ys, xs = np.mgrid[: here.shape[0], : here.shape[1]]
    offsets = np.asarray(places - np.dstack([xs, ys]), np.float32)
    colors = bent(pure(here, here.hair), offsets)
    found = bent(here.hair, offsets, 0) * ((depth > -0.3) & (far > 0))
    alpha = found * _within(here, front, x, y, colors)
    colors = _lit(here, front, y, colors, alpha)
    alpha = np.asarray(alpha * (1 - here.shares["worn"]), np.float32)
    fit = Fitted(alpha, colors, colors, colors, here.shares, places_of(offsets))
    return fit, shadow_of(here, alpha)


def _outline(here: Scene, front: Forehead) -> Float64:
    """Units from between the brows to the outline of the hair above, by angle.

    Raises:
        LayerError: that is not seen.
    """
    steps = np.arange(0.3, FARTHEST, 0.01)
    ways = np.stack([np.sin(ANGLES), -np.cos(ANGLES)], 1)
    grid = (steps[:, None, None] * ways @ front.axes + front.origin).astype(np.float32)
    hair, behind = (
        cv2.remap(one, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR) for one in (here.hair, here.shares["background"])
    )
    last = len(steps) - 1 - np.argmax((hair > 0.5)[::-1], 0)
    beyond = behind[np.minimum(last + 12, len(steps) - 1), np.arange(len(ANGLES))]
    if float(((hair > 0.5).any(0) & (beyond > 0.5))[WIDE].mean()) < FREE:
        raise LayerError("The outline of the hair above is not seen.")
    line = steps[last][None].astype(np.float32)
    return np.asarray(cv2.GaussianBlur(line, (0, 0), SMOOTH, borderType=cv2.BORDER_REPLICATE)[0], np.float64)


def _within(here: Scene, front: Forehead, x: Float64, y: Float64, colors: Float32) -> Float32:
    """(h, w): where new curls are seen: over the forehead, and among those above it."""
    upper = strand_light(colors, np.ones(here.shape, np.float32), here.unit)
    over = (np.interp(x, front.across, front.hairline) - y - JOIN[0]) / (JOIN[1] - JOIN[0])
    share = np.clip(1 - over + LIGHTS * upper, 0, 1) * (over < 1.3)
    beside = np.maximum(x - front.across[-1], front.across[0] - x) < ROUND
    return np.asarray(share * beside * (1 - here.shares["background"]), np.float32)


def _lit(here: Scene, front: Forehead, y: Float64, colors: Float32, alpha: Float32) -> Float32:
    """Colors (h, w, 3) as light as the hair above the hairline."""
    near = (here.hair > 0.9) & (y > float(front.hairline.min()) - 0.4) & (y < 0)
    new = alpha > 0.9
    if min(int(near.sum()), int(new.sum())) < 50:
        return colors
    gain = np.clip((here.picture[near].mean(0) + 4) / (colors[new].mean(0) + 4), *GAIN)
    return np.asarray(np.clip(colors * gain, 0, 255), np.float32)
