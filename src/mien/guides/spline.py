"""Thin-plate splines (Bookstein, 1989): the smoothest deformation of the plane that takes given points to given points.

Convention:
    Points are (x, y) in continuous pixels, as everywhere. A spline maps places of the *result* to places of the
    *source*, so that a picture is deformed by looking up every pixel of the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from mien.compose.enlarging import tiles
from mien.threads import side_by_side
from mien.types import Bool, Float32, Float64

NODES = 64
"""Most nodes along a side of the grid on which a spline is evaluated; between them it is interpolated."""

MOST, LINE = 0.9, 64
"""Share of a tile that is wanted above which all of it is looked up, and pixels of a line where single ones are."""


@dataclass(frozen=True, eq=False)
class Spline:
    """A fitted spline.

    Attributes:
        centres: (N, 2) control points in the unit of ``scale``.
        weights: (N + 3, 2 K): of the radial functions, then of 1, x and y.
        origin, scale: coordinates are (p - origin) / scale, which keeps the system well conditioned.
    """

    centres: Float64
    weights: Float64
    origin: Float64
    scale: float

    @classmethod
    def fit(cls, places: Float64, offsets: Float64, smoothing: float = 0.0) -> Spline:
        """A spline that is ``offsets`` (N, 2) at ``places`` (N, 2), N at least 3, not all on a line.

        Args:
            places: where the offsets are known; no two of them equal.
            offsets: pixels; (N, 2 K) for K of them at once.
            smoothing: 0 goes through all offsets; larger values follow them less closely.
        """
        origin = places.mean(0)
        scale = float(np.abs(places - origin).max())
        p = (places - origin) / scale
        n = len(p)
        system = np.zeros((n + 3, n + 3))
        system[:n, :n] = _radial(p, p) + smoothing * np.eye(n)
        system[:n, n] = system[n, :n] = 1
        system[:n, n + 1 :] = p
        system[n + 1 :, :n] = p.T
        return cls(
            p, np.linalg.solve(system, np.concatenate([offsets, np.zeros((3, offsets.shape[1]))])), origin, scale
        )

    def __call__(self, places: Float64) -> Float64:
        """The offsets (M, 2), or (M, 2 K) for K of them, at places (M, 2)."""
        p = (places - self.origin) / self.scale
        affine = np.column_stack([np.ones(len(p)), p])
        result: Float64 = _radial(p, self.centres) @ self.weights[:-3] + affine @ self.weights[-3:]
        return result

    def field(self, box: tuple[int, int, int, int]) -> Float32:
        """The offsets of all pixel centers of a box (x0, y0, x1, y1): (y1 - y0, x1 - x0, 2) float32."""
        return self.fields(box)[0]

    def fields(self, box: tuple[int, int, int, int]) -> list[Float32]:
        """As :meth:`field`, of a spline of several offsets at once."""
        x0, y0, x1, y1 = box
        columns, rows = (max(2, min(NODES, end - start)) for start, end in ((x0, x1), (y0, y1)))
        xs, ys = (np.arange(n) + 0.5 for n in (columns, rows))
        grid = np.stack(np.meshgrid(x0 + xs * (x1 - x0) / columns, y0 + ys * (y1 - y0) / rows), -1)
        every = self(grid.reshape(-1, 2)).astype(np.float32).reshape(rows, columns, -1, 2)
        coarse = [np.ascontiguousarray(every[:, :, n]) for n in range(every.shape[2])]
        size = (x1 - x0, y1 - y0)
        return [np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_CUBIC), np.float32) for one in coarse]


def look_up(picture: np.ndarray, offsets: Float32, corner: tuple[int, int], wanted: Bool | None = None) -> np.ndarray:
    """A deformed part of a picture.

    Args:
        picture: (H, W) or (H, W, C), uint8, uint16 or float32.
        offsets: (h, w, 2) from pixels of the result to places of the picture; 0 gives the very same samples.
        corner: (x, y) of the part in the picture.
        wanted: (h, w) where the result is used; elsewhere it may be the picture's own sample. All of the part must lie
            in the picture.

    Returns:
        (h, w) or (h, w, C), the picture's type.
    """
    height, width = offsets.shape[:2]
    if wanted is not None:
        made = picture[corner[1] : corner[1] + height, corner[0] : corner[0] + width].copy()

        def seen(box: tuple[int, int, int, int]) -> None:
            tile = np.s_[box[1] : box[3], box[0] : box[2]]
            place, here = (corner[0] + box[0], corner[1] + box[1]), wanted[tile]
            count = np.count_nonzero(here)
            if count > MOST * here.size:
                made[tile] = look_up(picture, offsets[tile], place)
            elif count:
                made[tile][here] = _single(picture, offsets[tile], place, here)

        side_by_side(*(partial(seen, box) for box in tiles((width, height))))
        return made
    xs = np.arange(width, dtype=np.float32)[None] + np.float32(corner[0]) + offsets[..., 0]
    ys = np.arange(height, dtype=np.float32)[:, None] + np.float32(corner[1]) + offsets[..., 1]
    return _remapped(picture, xs, ys)


def _single(picture: np.ndarray, offsets: Float32, corner: tuple[int, int], here: Bool) -> np.ndarray:
    """Samples (N) or (N, C) of the N pixels of a part that are wanted, as :func:`look_up` finds them."""
    rows, columns = np.nonzero(here)
    places = np.zeros((2, -(-len(rows) // LINE) * LINE), np.float32)
    for place, indices, start, axis in zip(places, (columns, rows), corner, (0, 1), strict=True):
        place[: len(rows)] = indices.astype(np.float32) + np.float32(start) + offsets[..., axis][here]
    xs, ys = places.reshape(2, -1, LINE)
    return _remapped(picture, xs, ys).reshape(-1, *picture.shape[2:])[: len(rows)]


def _remapped(picture: np.ndarray, xs: Float32, ys: Float32) -> np.ndarray:
    found: np.ndarray = cv2.remap(picture, xs, ys, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT_101)
    return found.reshape((*xs.shape, *picture.shape[2:]))


def folds(offsets: Float32, free: Bool | None = None) -> bool:
    """Whether a field (h, w, 2) turns some part of the plane inside out (a Jacobian determinant of 0 or less).

    Args:
        offsets: pixels.
        free: (h, w) where it may.
    """
    dx, dy = np.diff(offsets, axis=1)[:-1], np.diff(offsets, axis=0)[:, :-1]
    turned = (1 + dx[..., 0]) * (1 + dy[..., 1]) - dx[..., 1] * dy[..., 0] <= 0
    return bool((turned if free is None else turned & ~free[:-1, :-1]).any())


def _radial(a: Float64, b: Float64) -> Float64:
    """U(r) = r² log r between all points (N, 2) and (M, 2) -> (N, M)."""
    squared = np.maximum((a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T, 1e-20)
    return np.asarray(0.5 * squared * np.log(squared))
