"""Strips of hair put together to a wide piece: each meets the next along the line on which they differ least.

Image quilting (Efros and Freeman 2001), of strips that may come again, mirrored or turned.

Convention:
    A strip is (V, U, C), V down its strands and U across them; channel 2 is light, by which strips are compared,
    channels 0 and 1 are places, which are never mixed.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.types import Float32, Float64


def tall(strips: list[Float32], height: int, overlap: int) -> list[Float32]:
    """Strips (height, U, 5): what is shorter is put below one another, in another order each, and begins elsewhere."""
    if len(strips[0]) >= height:
        return strips
    flat = [np.ascontiguousarray(one.swapaxes(0, 1)) for one in strips]
    found = []
    for n, one in enumerate(flat):
        start = one[:, round(0.5 * len(strips[0]) * ((0.62 * n) % 1)) :]
        found.append(np.ascontiguousarray(quilted(flat, height, overlap, (n, start)).swapaxes(0, 1)))
    return found


def quilted(strips: list[Float32], width: int, overlap: int, first: tuple[int, Float32] | None = None) -> Float32:
    """(V, width, 5): strips side by side, none beside itself, each as it is, mirrored, or turned."""
    ways = [
        (n, np.ascontiguousarray(one))
        for n, strip in enumerate(strips)
        for one in (strip, strip[:, ::-1], strip[::-1], strip[::-1, ::-1])
    ]
    start, made = first or (0, strips[0])
    used = [start]
    usual = float(np.mean([one[..., 2].var() for one in strips]))
    while made.shape[1] < width:
        edge = made[:, -overlap:]
        costs = [
            float(((edge[..., 2] - one[:, :overlap, 2]) ** 2).mean())
            + usual * (0.5 * used.count(n) + 9 * (n == used[-1]) + (n in used[-2:]))
            for n, one in ways
        ]
        n, one = ways[int(np.argmin(costs))]
        used.append(n)
        made = joined(made, one, overlap)
    return np.asarray(made[:, :width], np.float32)


def joined(made: Float32, one: Float32, overlap: int) -> Float32:
    """Two pieces (V, U, 5), the second after the first, joined where they overlap along the line that shows least;
    what is broad goes over from one to the other."""
    edge, start = made[:, -overlap:], one[:, :overlap]
    differ = cv2.GaussianBlur((edge[..., 2] - start[..., 2]) ** 2, (0, 0), 1.0)
    share = np.clip(_least(differ)[:, None] - np.arange(overlap) + 0.5, 0, 1).astype(np.float32)
    share = cv2.GaussianBlur(share, (0, 0), 0.7)[..., None]
    places = np.where(share > 0.5, edge[..., :2], start[..., :2])
    broad = [cv2.GaussianBlur(part, (0, 0), overlap / 4) for part in (made[..., 2:], one[..., 2:])]
    low = (broad[0][:, -overlap:], broad[1][:, :overlap])
    ramp = np.linspace(1, 0, overlap, dtype=np.float32)[None, :, None]
    mixed = share * (edge[..., 2:] - low[0]) + (1 - share) * (start[..., 2:] - low[1])
    mixed = mixed + ramp * low[0] + (1 - ramp) * low[1]
    return np.concatenate([made[:, :-overlap], np.dstack([places, mixed]), one[:, overlap:]], 1)


def _least(differ: Float32) -> Float64:
    """(V,) columns of the path down a map (V, U) whose sum is least."""
    total = differ.astype(np.float64)
    for n in range(1, len(total)):
        above = total[n - 1]
        total[n] += np.minimum(above, np.minimum(np.r_[np.inf, above[:-1]], np.r_[above[1:], np.inf]))
    path = np.zeros(len(total), np.int64)
    path[-1] = int(total[-1].argmin())
    for n in range(len(total) - 2, -1, -1):
        first = max(0, int(path[n + 1]) - 1)
        path[n] = first + int(total[n, first : path[n + 1] + 2].argmin())
    return path.astype(np.float64)
