"""A fringe that another head lends: its strands, ends and gaps, in the tones of this head's hair.

    result = under · (1 - shadow) + A (F - under)      A, F the other's matte over the forehead, and this hair's colors

So nothing of another photo's skin, light or color comes along, and the fringe belongs to the hair above.

Convention:
    That of :mod:`mien.guides.scene`. In face coordinates x goes right and y down along the face, in units, from the
    point between the brows; s goes from -1 at the left temple to 1 at the right one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.errors import LayerError
from mien.guides.hair.fit import Fitted, bent, field, places_of
from mien.guides.hair.fringe_light import without_bands
from mien.guides.hair.lent import clear, pure
from mien.guides.hair.light import sharp_as
from mien.guides.hair.strands import along, strand_light, toned
from mien.guides.scene import Scene
from mien.types import Bool, Float32, Float64

COLUMNS = 97
"""Steps from temple to temple."""

STEPS = np.linspace(-1, 1, COLUMNS)

TEMPLES, MIDDLE, BROWS = (21, 251), 151, ((70, 63, 105, 66, 107), (336, 296, 334, 293, 300))

UP, LOWEST_LINE = 1.5, 0.3
"""Units above the brows within which a hairline is looked for, and below them a line that is asked for."""

BESIDE, SHORT = np.array([0.1, 0.2, 0.3]), 0.2
"""Units beside the temples, and the share of hair there, beside the cheeks, below which hair is short."""

NOTCH = 25
"""Columns of a gap between two pieces of what is asked for that no hand leaves on purpose."""

HIGH = 0.59
"""Units from the brows to the hairline of short hair from which a lent fringe is doubted."""

LOWEST = 0.5
"""Units above the brows that hair grows from at least; what hangs lower is a fringe."""

NARROWEST = 0.3
"""Width of the far half of a forehead over that of the near one, below which a head looks too far to the side."""

LEAST, LOW = 0.12, 0.3
"""Share of a forehead, that many units above the brows, that another's hair covers from which it is a fringe."""

ROOTS = (0.1, 0.5)
"""Units above the hairline from which strands begin to hide among those that are there, and where none is seen."""

BELOW, ASIDE = -0.1, 0.4
"""Units below the brows to which strands may fall, so that brows are seen, and how much farther at the temples."""

ENDS, STRANDS = 0.1, 0.4
"""Units within which strands end at a side, and how much sooner dark ones do."""

UNEVEN, TIPS, FINE = 0.09, 0.2, 0.5
"""Units by which locks end sooner or later; units in which they thin out, and how much sooner dark strands do."""

HANGS, LENGTHENED, OVER = 0.3, 1.7, 0.12
"""Units above the hairline from which a fringe is drawn longer or shorter, by how much at most, and units below a line
that is asked for to which single strands fall."""

EDGE = 0.2
"""Units from the upper edge of an area within which strands begin."""

THIN = (0.1, 0.85)
"""Values of the other's matte that are 0 and 1 here: what is less is haze of the other's forehead."""

SHADOW, FALL = 0.4, (0.05, 0.05)
"""How dark the shadow on the forehead is, its blur and how far it falls, in units."""


@dataclass(frozen=True, eq=False)
class Forehead:
    """Attributes:
    axes: (2, 2) right and down, in pixels of the scene per unit; rows are vectors.
    origin: (2,) between the brows.
    across: (COLUMNS,) x of each column.
    hairline, brows: (COLUMNS,) y.
    short: whether no hair hangs beside the cheeks.
    """

    axes: Float64
    origin: Float64
    across: Float64
    hairline: Float64
    brows: Float64
    short: bool = False

    @classmethod
    def of(cls, here: Scene) -> Forehead:
        """Measured on a scene.

        Raises:
            LayerError: no hair grows above the forehead.
        """
        points, unit = here.points[:, :2], here.unit
        right = (points[263] - points[33]) / np.linalg.norm(points[263] - points[33])
        axes = unit * np.stack([right, [-right[1], right[0]]])
        flat = (points - points[9]) @ axes.T / unit**2
        sides = flat[[TEMPLES[0], MIDDLE, TEMPLES[1]], 0]
        if min(np.diff(sides)) < NARROWEST * max(np.diff(sides)):
            raise LayerError("This head looks too far to the side for a fringe; take a photo that shows its face.")
        across = np.interp(STEPS, (-1, 0, 1), sides)
        brow = np.concatenate([flat[list(one)] for one in BROWS])
        front = cls(axes, points[9], across, across, np.interp(across, brow[:, 0], brow[:, 1]))
        ys = np.arange(-UP, -0.1, 0.01)
        found: Bool = np.asarray(front.seen(here.hair, ys) > 0.55)
        known: Bool = np.asarray(found.any(0))
        if known[COLUMNS // 4 : -COLUMNS // 4].mean() < 0.65:
            raise LayerError("No hair is seen above this forehead that a fringe could belong to.")
        lowest = ys[len(ys) - 1 - np.argmax(found[::-1], 0)]
        line = np.interp(STEPS, STEPS[known], lowest[known])
        beside = replace(front, across=np.concatenate([across[0] - BESIDE, across[-1] + BESIDE]))
        hanging = float(beside.seen(here.hair, np.arange(0.3, 0.9, 0.02)).mean())
        line = np.minimum(line, front.brows - LOWEST * (1 - 0.4 * np.abs(STEPS) ** 3))
        line = np.asarray(cv2.GaussianBlur(line[None], (0, 0), 2.5)[0])
        return replace(front, hairline=line, short=hanging < SHORT)

    @property
    def doubtful(self) -> bool:
        """Whether hair is short and begins so far up that another's strands look laid on."""
        return self.short and -float(np.median(self.hairline)) > HIGH

    def seen(self, plane: Float32, ys: Float64) -> Float32:
        """(len(ys), COLUMNS) of a map of the scene."""
        grid = (np.stack(np.meshgrid(self.across, ys), -1) @ self.axes + self.origin).astype(np.float32)
        return np.asarray(cv2.remap(plane, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR), np.float32)


def lent_fringe(
    here: Scene, there: Scene, area: Bool | None = None, wished: Bool | None = None
) -> tuple[Fitted, Float32]:
    """The other's fringe on this forehead, in this hair's colors, and its shadow (h, w).

    Args:
        here, there: both scenes.
        area: (h, w) where it may be; strands begin within it.
        wished: (h, w) what it is to cover: it is drawn to the lower line of that, which may hide brows.

    Raises:
        LayerError: no hair grows above this forehead, or the other has no fringe.
    """
    front, unit = Forehead.of(here), here.unit
    fit, lower = bent_hair(here, there), front.brows + BELOW + ASIDE * np.clip((np.abs(STEPS) - 0.6) / 0.3, 0, 1)
    _check(here, front, fit.alpha)
    if wished is not None:
        fit, lower = _reaching(here, front, fit, wished)
    even = fit.front if front.short else without_bands(fit.front, fit.alpha, unit)
    colors = toned(here.picture, near_forehead(here, front), even, fit.alpha, unit)
    alpha = fit.alpha * within(here, front, fit, area, lower) * (1 - here.shares["worn"])
    alpha = np.asarray(alpha, np.float32)
    return replace(fit, front=colors, alpha=alpha), shadow_of(here, alpha)


def shadow_of(here: Scene, alpha: Float32) -> Float32:
    """(h, w) in [0, 1]: the shadow of a fringe (h, w)."""
    fallen = cv2.GaussianBlur(alpha, (0, 0), FALL[0] * here.unit)
    down = np.array([[1, 0, 0], [0, 1, FALL[1] * here.unit]], np.float32)
    return np.asarray(SHADOW * cv2.warpAffine(fallen, down, alpha.shape[::-1]) * (1 - here.hair), np.float32)


def bent_hair(here: Scene, there: Scene) -> Fitted:
    """The other's hair bent to this face."""
    there = replace(there, hair=clear(there))
    offsets = field(here, there, 1.0, 1.0)
    soft = 0.45 * np.sqrt(max((there.unit / here.unit) ** 2 - 1, 0.0))  # without it, finer detail turns into noise
    planes = (pure(there, there.hair), there.picture)
    front, picture = (bent(cv2.GaussianBlur(p, (0, 0), soft) if soft > 0.3 else p, offsets) for p in planes)
    shares = {"face": bent(there.shares["face"], offsets, 0)}
    alpha = np.clip((bent(there.hair, offsets, 0) - THIN[0]) / (THIN[1] - THIN[0]), 0, 1).astype(np.float32)
    return sharp_as(here, Fitted(alpha, front, picture, picture, shares, places_of(offsets)))


def moved(fit: Fitted, offsets: Float32) -> Fitted:
    """Hair that is fitted already, looked up (h, w, 2) away from each place."""
    front, picture, real = (bent(one, offsets) for one in (fit.front, fit.picture, fit.real))
    shares = {name: bent(one, offsets, 0) for name, one in fit.shares.items()}
    places = bent(fit.places - places_of(np.zeros_like(offsets)), offsets, 0) + places_of(offsets)
    told = None if fit.told is None else bent(fit.told, offsets, 0)
    return Fitted(bent(fit.alpha, offsets, 0), front, picture, real, shares, np.asarray(places, np.float32), told)


def _check(here: Scene, front: Forehead, alpha: Float32) -> None:
    """Refuses another's hair, bent to this scene, of which little hangs over the forehead.

    Raises:
        LayerError: it is so.
    """
    ys = np.arange(-LOW, 0, 0.01)
    hanging = front.seen(alpha, ys) * (ys[:, None] > np.maximum(front.hairline, front.brows - LOW))
    hanging = hanging * (ys[:, None] < front.brows)
    if float(hanging[:, COLUMNS // 6 : -COLUMNS // 6].sum(0).mean()) * 0.01 < LEAST * LOW:
        raise LayerError("The other head has no fringe; choose another photo.")


def asked_line(front: Forehead, wished: Bool) -> Float64:
    """(COLUMNS,) y of the lower line of an area (h, w), without narrow gaps, such as between it and hair at a temple.

    Raises:
        LayerError: none of it is over the forehead.
    """
    ys = np.arange(-UP, LOWEST_LINE, 0.01)
    asked = front.seen(wished.astype(np.float32), ys) > 0.5
    known: Bool = np.asarray(asked.any(0))
    if not known.any():
        raise LayerError("The map asks for no hair over the forehead.")
    line = np.interp(STEPS, STEPS[known], ys[len(ys) - 1 - np.argmax(asked[::-1], 0)][known])
    return np.asarray(cv2.morphologyEx(line[None], cv2.MORPH_CLOSE, np.ones((1, NOTCH), np.uint8))[0], np.float64)


def _reaching(here: Scene, front: Forehead, fit: Fitted, wished: Bool) -> tuple[Fitted, Float64]:
    """Hair whose fringe is drawn longer or shorter to the lower line of an area (h, w), and that line, (COLUMNS,)."""
    ys = np.arange(-UP, LOWEST_LINE, 0.01)
    found, goal = front.seen(fit.alpha, ys) > 0.5, asked_line(front, wished)
    ends = ys[len(ys) - 1 - np.argmax(found[::-1], 0)]
    ends = np.where(found.any(0), np.minimum(ends, goal + 0.3), front.hairline)
    ends = cv2.GaussianBlur(ends[None], (0, 0), 5.0, borderType=cv2.BORDER_REPLICATE)[0]
    top = front.hairline - HANGS
    share = np.clip((ends - top) / np.maximum(goal - top, 0.05), 1 / LENGTHENED, LENGTHENED)
    flat = flat_places(here, front)
    down = flat[..., 1] - np.interp(flat[..., 0], front.across, top)
    away = np.where(down > 0, down * (np.interp(flat[..., 0], front.across, share) - 1), 0).astype(np.float32)
    return moved(fit, (away[..., None] * front.axes[1]).astype(np.float32)), goal + OVER


def within(
    here: Scene,
    front: Forehead,
    fit: Fitted,
    area: Bool | None,
    lower: Float64,
    roots: tuple[float, float] = ROOTS,
    strands: float = STRANDS,
    edge: float = EDGE,
    ends: float = ENDS,
) -> Float32:
    """(h, w): where strands are seen: from among those above the hairline down to a line, temple to temple.

    Args:
        here: any scene.
        front: its forehead.
        fit: the strands that are laid on.
        area: (h, w) where they may be; everywhere by default.
        lower: (N,) where they end, at ``front.across``.
        roots: units above the hairline from which they begin to hide among those there, and where none is seen.
        strands: how much sooner dark ones hide.
        edge: units from the upper edge of the area within which they begin.
        ends: units beside the temples within which they end.
    """
    flat, unit = flat_places(here, front), here.unit
    x, y = flat[..., 0], flat[..., 1]
    line, low = (np.interp(x, front.across, one) for one in (front.hairline, lower))
    upper = strand_light(fit.front, fit.alpha, unit)
    top = (line - y - roots[0]) / (roots[1] - roots[0])
    share = np.clip(1 - top + strands * upper, 0, 1) * (top < 1.2)
    out = np.maximum(x - front.across[-1], front.across[0] - x)
    beside = np.clip(1 - out / ends + STRANDS * upper, 0, 1)
    locks, fine = along(fit.front, fit.alpha, unit)
    shown = np.clip((low + UNEVEN * locks - y) / TIPS + FINE * fine, 0, 1)
    if area is not None:
        below = np.maximum.accumulate(area, 0).astype(np.uint8)
        room = cv2.distanceTransform(cv2.copyMakeBorder(below, 0, 1, 0, 0, cv2.BORDER_REPLICATE), cv2.DIST_L2, 5)[:-1]
        share = share * np.clip(room / (edge * unit) + STRANDS * upper * (room > 0), 0, 1)
    back = np.clip(1 - 1.5 * wide_blur(here.shares["background"], 0.03 * unit), 0, 1)
    return np.asarray(share * share * (3 - 2 * share) * beside * shown * back, np.float32)


def flat_places(here: Scene, front: Forehead) -> Float64:
    """(h, w, 2) face coordinates of each pixel of a scene."""
    ys, xs = np.mgrid[: here.shape[0], : here.shape[1]]
    return np.asarray((np.dstack([xs, ys]) - front.origin) @ front.axes.T / here.unit**2)


def near_forehead(here: Scene, front: Forehead, below: float = 0.5, aside: float = 1.2) -> Bool:
    """(h, w): the hair above and beside the face, so many units below the brows and aside.

    Raises:
        LayerError: there is too little of it.
    """
    flat, sure = flat_places(here, front), cv2.erode((here.hair > 0.9).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    near = (flat[..., 1] > front.hairline.min() - 0.6) & (flat[..., 1] < below) & (np.abs(flat[..., 0]) < aside)
    if int((sure & near).sum()) < 0.1 * here.unit**2:
        raise LayerError("There is too little hair on this head for a fringe to belong to; borrow all of the hair.")
    return np.asarray(sure & near, np.bool_)
