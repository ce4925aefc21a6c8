"""Hair that comes lower: this head's strands, stretched from where they grow to where hair is wished.

    result(p) = under · (1 - shadow) + A(p - d) (F(p - d) - under)      A, F this hair's matte and colors

Nothing of another head comes along: strands, ends, light and color are real. So hair comes as far as it can be
stretched, and no farther.

Convention:
    That of :mod:`mien.guides.scene`. In columns, hair grows above and is drawn down.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.errors import LayerError
from mien.guides.hair.fit import Fitted, bent, places_of
from mien.guides.hair.lent import pure
from mien.guides.scene import Scene
from mien.types import Bool, Float32, Float64

STRETCH, RUN = 1.6, 1.5
"""By how much strands are stretched at most, and how far up from their ends, units."""

EAR, FARTHEST = (33, 263, 2, 2, 2), 0.25
"""Points whose mean is as low as the middle of an ear, to which short hair comes; units by which longer hair does."""

ALIKE = 1.3
"""Times that some strands come lower at most than half of those beside them."""

FAR = 0.5
"""Width of the far half of a turned face over that of the near one below which hair stays there as it is."""

CHEEK = 0.1
"""Units within the face's outline in which less and less hair comes lower."""

LOCKS, UNEVEN = (0.05, 0.13), 0.1
"""Units that locks beside the face are wide, and share by which they come lower or less low than the next."""

SOFT = (0.08, 0.92)
"""Values of the matte that are 0 and 1: less is haze."""

SHARE, ASIDE = 0.25, 0.8
"""Share of the way to the brows that hair above a forehead comes, and how far aside it does, eye distances."""

TAPER = 0.28
"""Share of the hairline, at each temple, in which hair comes less and less far."""

LEAST = 0.06
"""Units by which hair comes lower somewhere; less is no change."""

SHADOW, FALL = 0.18, (0.045, 0.04)
"""How dark the shadow below is, its blur and how far it falls, in units."""


@dataclass(frozen=True, eq=False)
class Rays:
    """Ways along which hair is drawn, side by side, as columns of another picture.

    Attributes:
        places: (H, W, 2) where in the scene, (x, y), each place of the columns is.
        columns, rows: (h, w) where in the columns each pixel of the scene is.
        way: (h, w, 2) unit vectors down the columns, in the scene.
    """

    places: Float32
    columns: Float32
    rows: Float32
    way: Float32

    @classmethod
    def down(cls, here: Scene) -> Rays:
        """Down the face."""
        middle = here.points[168, :2]
        right, down, x, y = _axes(here, middle)
        reach = round(float(np.hypot(*here.shape)) / 2) + 1
        us, vs = (one.astype(np.float32) - reach for one in np.meshgrid(*[np.arange(2 * reach)] * 2))
        places = middle.astype(np.float32) + us[..., None] * right + vs[..., None] * down
        return cls(places, x + reach, y + reach, np.broadcast_to(down, (*here.shape, 2)))

    @classmethod
    def inward(cls, here: Scene) -> Rays:
        """From above and from both sides towards the point between the brows."""
        middle = here.points[[107, 336], :2].mean(0)
        right, down, x, y = _axes(here, middle)
        reach, side, quarter = round(3 * here.unit), np.float32(1.2 * here.unit), np.float32(np.pi / 2)
        angles = np.arange(round(np.pi * side), dtype=np.float32) / side - quarter  # a pixel wide at a hairline
        spokes = np.sin(angles)[:, None] * right - np.cos(angles)[:, None] * down
        places = middle.astype(np.float32) + np.arange(reach, 0, -1, dtype=np.float32)[:, None, None] * spokes
        far = np.hypot(x, y)
        columns = np.where(y < 0, side * (np.arctan2(x, -y) + quarter), -9)  # none below the brows
        way = -(x[..., None] * right + y[..., None] * down) / np.maximum(far, 1)[..., None]
        return cls(places, columns.astype(np.float32), reach - far, way.astype(np.float32))

    def seen(self, plane: Float32) -> Float32:
        """(H, W): a map of the scene in columns."""
        return np.asarray(cv2.remap(plane, self.places[..., 0], self.places[..., 1], cv2.INTER_LINEAR), np.float32)

    def back(self, plane: Float32) -> Float32:
        """(h, w): a map in columns in the scene, 0 where no column is."""
        return np.asarray(cv2.remap(plane, self.columns, self.rows, cv2.INTER_LINEAR), np.float32)


def hanging(here: Scene, wished: Bool) -> tuple[Fitted, Float32]:
    """This head's hair beside the face down into an area (h, w), no farther than over the ears unless it is longer.

    Returns:
        The hair, and its shadow (h, w).

    Raises:
        LayerError: no hair grows above the area, or it comes no lower.
    """
    rays, unit = Rays.down(here), here.unit
    ends = _ends(here, rays, wished)
    ear = float(rays.rows[0, 0]) + _along(here, here.points[list(EAR), :2].mean(0))
    left, middle, right = (float(rays.columns[0, 0]) + _across(here, here.points[one, :2]) for one in (234, 4, 454))
    fall = np.zeros(len(ends.ends))
    for side in ends.sides():
        low = float(np.median(ends.ends[side]))
        far = middle - left < FAR * (right - middle) if side[0] < middle else right - middle < FAR * (middle - left)
        goal = low + FARTHEST * unit if low > ear - 0.1 * unit else ear
        if not far:
            fall[side] = np.minimum(np.minimum(ends.lower, goal) - ends.ends, (STRETCH - 1) * ends.run)[side]
    columns = np.arange(len(fall))
    on_face = np.minimum(columns - left, right - columns) / (CHEEK * unit)  # no whiskers
    fall = ends.smooth(fall * np.clip(1 - on_face, 0, 1), 0.07)
    return _drawn(here, rays, ends, fall * (1 + UNEVEN * _locks(len(fall), unit)), 0.07)


def lowered(here: Scene, area: Bool | None = None) -> tuple[Fitted, Float32]:
    """This head's hair above the forehead, within an area (h, w) if one is given, drawn in towards the brows.

    Returns, raises:
        As above.
    """
    rays = Rays.inward(here)
    brows, x = here.points[[105, 334], :2].mean(0), _axes(here, here.points[9, :2])[2]
    wished = (_axes(here, brows)[3] < 0) & (np.abs(x) < ASIDE * here.unit)
    wished &= here.shares["face"] + here.hair > 0.5
    ends = _ends(here, rays, wished if area is None else wished & area)
    columns, known = np.arange(len(ends.ends)), ends.known
    arch = np.polynomial.Polynomial.fit(known, ends.ends[known], 2)(columns)  # no peak comes of a parting
    arch = arch + SHARE * float(np.median((ends.lower - ends.ends)[known]))
    most = np.minimum((STRETCH - 1) * ends.run, 2 * SHARE * (ends.lower - ends.ends))
    fall = ends.smooth(np.minimum(arch - ends.ends, most), 0.12)
    aside = np.minimum(columns - known[0], known[-1] - columns) / max(1.0, TAPER * np.ptp(known))
    return _drawn(here, rays, ends, fall * np.sin(np.pi / 2 * np.clip(aside, 0, 1)) ** 2, 0.12)


@dataclass(frozen=True, eq=False)
class Ends:
    """By column, (W,) rows: where hair ends above what is wished, how far up it goes, and how low it is wished.

    Attributes:
        known: the columns for which this is so.
        unit: pixels.
    """

    ends: Float64
    run: Float64
    lower: Float64
    known: np.ndarray
    unit: float

    def smooth(self, fall: Float64, even: float) -> Float64:
        """How far strands come, (W,): much as the ones beside them do."""
        every = np.zeros(len(fall))
        for side in self.sides():
            every[side] = np.clip(fall[side], 0, ALIKE * float(np.median(fall[side])))
        share = np.zeros(len(fall))
        share[self.known] = 1
        share = _blurred(share, even * self.unit)
        found = _blurred(every, even * self.unit) / np.maximum(share, 1e-3) * np.clip(2 * share, 0, 1)
        return np.asarray(found, np.float64)

    def sides(self) -> list[np.ndarray]:
        """Columns that lie beside one another."""
        return np.split(self.known, np.flatnonzero(np.diff(self.known) > 0.2 * self.unit) + 1)

    def over_all(self, line: Float64, even: float) -> Float64:
        """A line (W,) continued beyond the columns that are known, and smoothed."""
        return _blurred(np.interp(np.arange(len(line)), self.known, line[self.known]), even * self.unit)


def _ends(here: Scene, rays: Rays, wished: Bool) -> Ends:
    """Where hair ends.

    Raises:
        LayerError: no hair grows above what is wished.
    """
    hair, area, unit = rays.seen(here.hair) > 0.5, rays.seen(wished.astype(np.float32)) > 0.5, here.unit
    new = area & ~hair
    ends, run, lower = np.zeros(new.shape[1]), np.zeros(new.shape[1]), np.zeros(new.shape[1])
    known = []
    for column in np.flatnonzero(new.sum(0) > 0.03 * unit):
        first = int(np.argmax(new[:, column]))
        above = np.flatnonzero(hair[max(0, first - round(0.06 * unit)) : first, column])
        if not len(above):
            continue
        end = max(0, first - round(0.06 * unit)) + int(above[-1])
        gaps = np.flatnonzero(~hair[:end, column])
        top = int(gaps[-1]) + 1 if len(gaps) else 0
        if end - top < 0.1 * unit:
            continue
        left = np.flatnonzero(~area[first:, column])
        ends[column], run[column] = end, min(end - top, RUN * unit)
        lower[column] = first + (int(left[0]) if len(left) else len(area) - first)
        known.append(column)
    if len(known) < 0.1 * unit:
        raise LayerError("No hair grows above what is asked for; give a photo of such hair as exemplar.")
    return Ends(ends, run, lower, np.array(known, np.int64), unit)


def _drawn(here: Scene, rays: Rays, ends: Ends, fall: Float64, even: float) -> tuple[Fitted, Float32]:
    """Hair whose strands come lower by so many pixels, by column (W,), and its shadow.

    Raises:
        LayerError: it comes no lower.
    """
    if float(fall.max()) < LEAST * here.unit:
        raise LayerError("This head's hair comes no lower there; give a photo of such hair as exemplar.")
    bottom, run = ends.over_all(ends.ends, even), ends.over_all(ends.run, even)
    rows = np.arange(len(rays.places), dtype=np.float64)[:, None]
    t = np.clip((rows - bottom + run) / np.maximum(run + fall, 1.0), 0, 1)
    down = rays.back(np.asarray(fall * t * t * (2 - t), np.float32))
    offsets = np.ascontiguousarray(-down[..., None] * rays.way)
    alpha = np.clip((bent(here.hair, offsets, 0) - SOFT[0]) / (SOFT[1] - SOFT[0]), 0, 1)
    alpha = alpha * np.clip(down / np.float32(0.03 * here.unit), 0, 1) * (1 - here.shares["worn"])
    front = bent(pure(here, here.hair), offsets)
    fit = Fitted(np.asarray(alpha, np.float32), front, front, front, here.shares, places_of(offsets))
    return fit, _shade(here, fit.alpha)


def _shade(here: Scene, alpha: Float32) -> Float32:
    """(h, w) in [0, 1]: the shadow of new hair on skin and clothes."""
    down = np.array([[1, 0, 0], [0, 1, FALL[1] * here.unit]])
    fallen = cv2.warpAffine(wide_blur(np.clip(alpha - here.hair, 0, 1), FALL[0] * here.unit), down, alpha.shape[::-1])
    onto = here.shares["face"] + here.shares["ears"] + here.shares["neck"] + here.shares["clothes"]
    return np.asarray(SHADOW * fallen * np.clip(onto, 0, 1) * (1 - here.hair), np.float32)


def _ways(here: Scene) -> tuple[Float32, Float32]:
    """Unit vectors to the right and down the face."""
    across = here.points[263, :2] - here.points[33, :2]
    right = (across / max(float(np.linalg.norm(across)), 1e-6)).astype(np.float32)
    return right, np.array([-right[1], right[0]], np.float32)


def _axes(here: Scene, middle: Float64) -> tuple[Float32, Float32, Float32, Float32]:
    """Unit vectors to the right and down the face, and how far in these ways each pixel (h, w) is from a point."""
    right, down = _ways(here)
    ys, xs = np.mgrid[: here.shape[0], : here.shape[1]].astype(np.float32)
    xs, ys = xs - np.float32(middle[0]), ys - np.float32(middle[1])
    return right, down, xs * right[0] + ys * right[1], xs * down[0] + ys * down[1]


def _across(here: Scene, place: Float64) -> float:
    """How far to the right of the face a place (2,) is from the corner of the scene."""
    return float(place @ _ways(here)[0])


def _along(here: Scene, place: Float64) -> float:
    """How far down the face a place (2,) is from the corner of the scene."""
    return float(place @ _ways(here)[1])


def _locks(width: int, unit: float) -> Float64:
    """(width,) around -1 to 1: which locks come lower, the same at every call."""
    rng, found = np.random.default_rng(0), np.zeros(width)
    for wide in LOCKS:
        one = _blurred(rng.standard_normal(width), wide * unit / 2)
        found += one / max(float(one.std()), 1e-6)
    return np.asarray(np.clip(found / 2, -1, 1), np.float64)


def _blurred(line: Float64, sigma: float) -> Float64:
    found = cv2.GaussianBlur(line[None], (0, 0), max(0.6, sigma), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(found[0], np.float64)
