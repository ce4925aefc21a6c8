"""A fringe of this head's hair, strand by strand: from the hair above the forehead down to the brows.

    result = under · (1 - shadow) + A (F - under)      A, F coverage and colours of the strands that are drawn

Of another person's fringe only the cut is taken: how far down it comes, where the forehead shows through, and which way
it is combed. So nothing of another photo's skin, light or grain comes along, and it belongs to the hair above.

Convention:
    That of :mod:`mien.guides.scene`. In face coordinates x goes right and y down along the face, in units, from the
    point between the brows; s goes from -1 at the left temple to 1 at the right one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.close_up import CloseUp
from mien.guides.guide import Guide
from mien.guides.scene import Scene, check_hat
from mien.guides.strands import Lock, drawn, joined, palette, waviness
from mien.types import Bool, Face, Float32, Float64, Photo

COLUMNS = 97
"""Steps from temple to temple."""

STEPS = np.linspace(-1, 1, COLUMNS)

TEMPLES, MIDDLE, BROWS = (21, 251), 151, ((70, 63, 105, 66, 107), (336, 296, 334, 293, 300))

UP = 1.5
"""Units above the brows within which a hairline is looked for."""

BESIDE, SHORT = np.array([0.1, 0.2, 0.3]), 0.2
"""Units beside the temples, and the share of hair there, beside the cheeks, below which hair is short."""

LOWEST = 0.5
"""Units above the brows that hair grows from at least; what hangs lower is a fringe."""

NARROWEST = 0.3
"""Width of the far half of a forehead over that of the near one, below which a head looks too far to the side."""

LEAST, LOW = 0.12, 0.3
"""Share of a forehead, that many units above the brows, that another's hair covers from which it is a fringe."""

LOCKS, STRANDS = 130, 60
"""Places where a lock may hang, and strands of a lock."""

ROOTS = (0.42, 0.08)
"""Units above the hairline where strands begin to be seen, and where all of them are."""

SHADOW, FALL = 0.4, (0.05, 0.06)
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

    def seen(self, plane: Float32, ys: Float64) -> Float32:
        """(len(ys), COLUMNS) of a map of the scene."""
        grid = (np.stack(np.meshgrid(self.across, ys), -1) @ self.axes + self.origin).astype(np.float32)
        return np.asarray(cv2.remap(plane, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR), np.float32)


@dataclass(frozen=True, eq=False)
class Cut:
    """How a fringe is cut.

    Attributes:
        low: (COLUMNS,) where it ends, y.
        dense: (COLUMNS,) in [0, 1] how much of the forehead it covers.
        sweep: (COLUMNS,) units that it is combed to the right.
        uneven: units, standard deviation of where locks end.
        parting: s from where it is combed to the sides.
    """

    low: Float64
    dense: Float64
    sweep: Float64
    uneven: float = 0.05
    parting: float = 0.0

    @classmethod
    def drawn(cls, front: Forehead, kind: int, rng: np.random.Generator) -> Cut:
        """Of a kind: 0 light, with forehead between the locks; 1 full; 2 combed to a side; 3 parted in the middle."""
        s, side = STEPS, np.clip((np.abs(STEPS) - 0.7) / 0.3, 0, 1)
        if front.short:
            low = front.hairline + (0.45 + 0.15 * (kind // 2)) * (front.brows - front.hairline)
            lean = 0.22 * (1 - 2 * (kind % 2))
            return cls(low, 0.8 - 0.8 * side, 0.04 * s + lean, 0.09)
        low = front.brows + 0.03 + 0.06 * np.abs(s) + 0.22 * side
        out = 0.05 * s + 0.1 * side * np.sign(s)
        if kind == 0:
            gaps = np.interp(s, np.linspace(-1, 1, 14), rng.uniform(0.15, 0.8, 14))
            return cls(low, gaps * (1 - 0.5 * side), out, 0.06)
        if kind == 1:
            return cls(low, 1 - 0.6 * side, out, 0.035)
        if kind == 2:
            toward = 1.0 if rng.random() < 0.5 else -1.0
            low = front.brows - 0.1 + 0.22 * toward * s
            return cls(low, np.full(COLUMNS, 0.85), np.full(COLUMNS, 0.45 * toward), 0.05, -0.5 * toward)
        return cls(
            front.brows - 0.25 + 0.5 * np.abs(s), np.clip(0.25 + 0.8 * np.abs(s), 0, 0.9), 0.35 * np.sign(s), 0.06
        )

    @classmethod
    def of(cls, front: Forehead, alpha: Float32, picture: Float32) -> Cut:
        """That of another's hair.

        Args:
            front: the forehead.
            alpha: (h, w) the other's matte, bent to this scene.
            picture: (h, w, 3) the other's picture, at the same places.

        Raises:
            LayerError: the other has no fringe.
        """
        ys = np.arange(-0.7, 0.45, 0.01)
        hair = front.seen(alpha, ys) > 0.4
        aside = np.abs(STEPS) > 0.75
        hair &= ys[:, None] < (front.brows + np.where(aside, 0.4, 0.12))[None]
        hair &= ~aside[None] | (not front.short)
        upper = (ys[:, None] > np.minimum(front.hairline, -0.35)[None]) & (ys[:, None] < front.brows[None])
        dense = (hair & upper).sum(0) / np.maximum(upper.sum(0), 1)
        over = hair & upper & (ys[:, None] > front.brows[None] - LOW)
        if float(over[:, COLUMNS // 6 : -COLUMNS // 6].sum(0).mean()) * 0.01 < LEAST * LOW:
            raise LayerError("The other head has no fringe; choose another photo.")
        low = ys[len(ys) - 1 - np.argmax(hair[::-1], 0)]
        known = hair.any(0) & (dense > 0.1)
        low = np.interp(STEPS, STEPS[known], low[known])
        gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        fine = front.seen(gray - wide_blur(gray, 0.03 * float(np.linalg.norm(front.axes[0]))), ys)
        across, down = (cv2.Sobel(fine, cv2.CV_32F, *one) for one in ((1, 0), (0, 1)))
        across /= np.float32(np.mean(np.diff(front.across)) / 0.01)
        planes = [(one * hair).sum(0) for one in (across * across - down * down, 2 * across * down)]
        a, b = (cv2.GaussianBlur(one[None], (0, 0), 8.0)[0] for one in planes)
        lean = -np.tan(np.clip(0.5 * np.arctan2(b, a), -0.8, 0.8))
        return cls(low, np.clip(1.6 * dense - 0.1, 0, 1), np.asarray(0.6 * lean, np.float64), 0.03)


def fringe(photo: Photo, here: Scene, front: Forehead, cut: Cut, seed: int = 0) -> Guide:
    """A fringe of a cut, of the hair that is there.

    Args:
        photo: where it goes.
        here: its scene.
        front: of the scene.
        cut: how it hangs.
        seed: of the strands.

    Raises:
        LayerError: there is too little hair.
    """
    rng = np.random.default_rng(seed)
    paths, shades = _hanging(front, cut, waviness(here.picture, _near(here, front), here.unit), rng)
    places = paths @ front.axes + front.origin
    work = CloseUp.of(photo, here, places)
    alpha, colors = drawn(
        work.places(places), shades, palette(here.picture, _near(here, front)), work.picture.shape[:2], work.unit
    )
    alpha, colors = joined(work.picture, work.hair, alpha, colors, work.unit)
    alpha = alpha * work.at(_growing(here, front) * (1 - here.shares["worn"]))
    fallen = cv2.GaussianBlur(alpha, (0, 0), FALL[0] * work.unit)
    down = np.array([[1, 0, 0], [0, 1, FALL[1] * work.unit]], np.float32)
    shade = SHADOW * cv2.warpAffine(fallen, down, alpha.shape[::-1]) * (1 - work.hair)
    return work.laid(photo, alpha, colors, np.asarray(shade, np.float32))


def drawn_fringe(photo: Photo, face: Face, parser: FaceParser, seed: int = 0) -> Guide:
    """A fringe of this hair that nobody lent; another seed cuts it another way.

    Raises:
        LayerError: a hat is in the way, or there is too little hair.
    """
    here = Scene.of(photo, face, parser)
    check_hat(here, "this head")
    front = Forehead.of(here)
    return fringe(photo, here, front, Cut.drawn(front, seed % 4, np.random.default_rng(seed)), seed)


def _hanging(front: Forehead, cut: Cut, wave: float, rng: np.random.Generator) -> tuple[Float64, Float64]:
    """Paths in face coordinates and shades of all strands."""
    ends = rng.uniform(-1, 1, LOCKS)
    ends = ends[rng.random(LOCKS) < np.interp(ends, STEPS, cut.dense)]
    made = []
    for rank, s in enumerate(ends):
        lone = rank % 4 == 3
        wide = 0.08 if lone else float(np.exp(rng.normal(np.log(0.045), 0.4)))
        light = 0.42 + 0.13 * float(np.clip(rng.normal(), -1.3, 1.3))
        lock = Lock(_curve(front, cut, float(s), rng), wide, rank / max(len(ends) - 1, 1), light, wave)
        made.append(lock.strands(3 if lone else STRANDS, rng))
    if not made:
        raise LayerError("The other head has no fringe; choose another photo.")
    return np.concatenate([one for one, _ in made]), np.concatenate([one for _, one in made])


def _curve(front: Forehead, cut: Cut, s: float, rng: np.random.Generator) -> Float64:
    """(4, 2) from the root to the end of the lock that ends at s."""
    low, sweep, x = (float(np.interp(s, STEPS, one)) for one in (cut.low, cut.sweep, front.across))
    end = np.array([x + 0.3 * sweep, low + rng.normal(0, cut.uneven)])
    root = float(np.interp(cut.parting + 0.8 * (s - cut.parting), STEPS, front.across)) - 0.7 * sweep
    begin = np.array([root, np.interp(root, front.across, front.hairline) - rng.uniform(0.08, 0.42)])
    long = end[1] - begin[1]
    return np.stack([begin, begin + (0.15 * sweep, 0.4 * long), end - (0.55 * sweep - 0.05 * s, 0.35 * long), end])


def _flat(here: Scene, front: Forehead) -> Float64:
    """(h, w, 2) face coordinates of each pixel of a scene."""
    ys, xs = np.mgrid[: here.shape[0], : here.shape[1]]
    return np.asarray((np.dstack([xs, ys]) - front.origin) @ front.axes.T / here.unit**2)


def _near(here: Scene, front: Forehead) -> Bool:
    """(h, w): the hair above and beside the face."""
    flat, sure = _flat(here, front), cv2.erode((here.hair > 0.9).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    near = (flat[..., 1] > front.hairline.min() - 0.6) & (flat[..., 1] < 0.5) & (np.abs(flat[..., 0]) < 1.2)
    if int((sure & near).sum()) < 0.1 * here.unit**2:
        raise LayerError("There is too little hair on this head for a fringe to belong to; borrow all of the hair.")
    return np.asarray(sure & near, np.bool_)


def _growing(here: Scene, front: Forehead) -> Float32:
    """(h, w): 1 below the hairline, less where strands come out of the hair above; 0 before the backdrop."""
    flat = _flat(here, front)
    above = np.interp(flat[..., 0], front.across, front.hairline) - flat[..., 1]
    share = np.clip((ROOTS[0] - above) / (ROOTS[0] - ROOTS[1]), 0, 1)
    back = np.clip(1 - 1.5 * wide_blur(here.shares["background"], 0.03 * here.unit), 0, 1)
    return np.asarray(back * share * share * (3 - 2 * share), np.float32)
