"""What is above the picture of a head: what is behind it goes on, and hair that is cut is closed by an arc.

Legend: H, W of the picture.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from mien.types import Face, Float32, Photo

DEEP, FITTED = 3.0, 0.06
"""Heights of the arc over which hair is drawn out, and sides of the face's square over which its outline is fitted."""

HIGHEST, LEAST, ROOM = 0.4, 0.1, 0.3
"""Height of the arc at most and at least, in half widths of what is cut, and sides of what is put above a picture."""

UNEVEN, FINE, SOFT = 0.0015, 0.006, 0.005
"""Sides by which the arc is uneven, as hair is, over which it is, and over which it is soft."""

EDGE, FAINT = 0.02, 0.05
"""Sides at the top that tell what is cut, and over which what is behind is blurred."""


def raised(photo: Photo, face: Face, hair: Float32, *, cut: bool) -> tuple[Photo, Face]:
    """A picture with more above.

    Args:
        photo: sRGB, 8 bits, (H, W).
        face: found in it.
        hair: (H, W) share that is hair.
        cut: whether hair goes on above the picture, and is closed there.

    Returns:
        The picture, and the face in it.
    """
    side = float(np.linalg.norm(face.quad[3] - face.quad[0]))
    room, picture = round(ROOM * side), np.asarray(photo.pixels, np.float32)
    made = np.concatenate([np.repeat(_behind(picture, hair, FAINT * side), room, 0), picture])
    ends = _ends(hair[: round(EDGE * side)]) if cut else None
    if ends is not None:
        _close(made, picture, hair, ends, side)
    return photo.with_pixels(np.clip(np.rint(made), 0, 255).astype(np.uint8)), _lowered(face, room)


def _close(made: Float32, picture: Float32, hair: Float32, ends: tuple[int, int], side: float) -> None:
    """Puts hair that a picture cuts into the one with more above."""
    middle, half = (ends[1] + ends[0]) / 2, (ends[1] - ends[0]) / 2
    height = half * float(np.clip(np.tan(_angle(hair, ends, round(FITTED * side)) / 2), LEAST, HIGHEST))
    room, across = len(made) - len(picture), np.arange(picture.shape[1], dtype=np.float32)
    noise: Any = cv2.GaussianBlur(np.random.default_rng(0).standard_normal((1, len(across))), (0, 0), FINE * side)[0]
    arc = height * np.clip(1 - ((across - middle) / half) ** 2, 0, 1)
    edge = arc + UNEVEN * side * noise / noise.std() * np.sqrt(arc / height)
    deep = DEEP * height
    rows = np.arange(-room, int(deep) + 1, dtype=np.float32)[:, None]
    source = np.where(rows < deep, deep * (rows + arc) / (deep + arc), rows).astype(np.float32)
    columns = np.broadcast_to(across, source.shape).copy()
    drawn: Any = cv2.remap(picture, columns, source, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    share = np.clip((rows + edge) / (SOFT * side) + 0.5, 0, 1) * (arc > 0)
    share = np.where(rows >= 0, np.where(arc > 0, 1, 0), share)[..., None].astype(np.float32)
    made[: len(rows)] += share * (drawn - made[: len(rows)])


def _ends(hair: Float32) -> tuple[int, int] | None:
    """First and last column of the widest hair in the first rows; None where there is none."""
    row = np.concatenate([[0], (hair.max(0) > 0.5).astype(int), [0]])
    turns = np.flatnonzero(np.diff(row))
    runs = [(int(a), int(b)) for a, b in zip(turns[::2], turns[1::2], strict=True)]
    found = max(runs, key=lambda run: run[1] - run[0], default=(0, 0))
    return found if found[1] - found[0] > 0.04 * hair.shape[1] else None


def _angle(hair: Float32, ends: tuple[int, int], rows: int) -> float:
    """Of the outline where it is cut, against the horizontal."""
    middle, widths = (ends[0] + ends[1]) // 2, []
    for row in hair[:rows]:
        left, right = np.flatnonzero(row[:middle] < 0.5), np.flatnonzero(row[middle:] < 0.5)
        widths.append((middle + right[0] if len(right) else len(row)) - (left[-1] if len(left) else 0))
    slope = float(np.polyfit(np.arange(len(widths)), np.array(widths) / 2, 1)[0])
    return float(np.arctan2(1, max(slope, 0.0)))


def _behind(picture: Float32, hair: Float32, reach: float) -> Float32:
    """(1, W, 3): what is behind in the first row, gone on with where hair is."""
    near = cv2.dilate((hair[:4].max(0) > 0.1).astype(np.uint8)[None], np.ones((1, int(reach) | 1), np.uint8))[0] > 0
    known = np.flatnonzero(~near)
    if not len(known):
        known = np.array([0, len(near) - 1])
    row = picture[:4].mean(0)
    filled = np.stack([np.interp(np.arange(len(near)), known, row[known, i]) for i in range(3)], 1)
    return np.asarray(cv2.GaussianBlur(filled[None], (0, 0), reach), np.float32)


def _lowered(face: Face, rows: int) -> Face:
    x0, y0, x1, y1 = face.box
    points = face.landmarks + np.array([0, rows, 0], np.float32)
    return replace(face, box=(x0, y0 + rows, x1, y1 + rows), landmarks=points, quad=face.quad + (0, rows))
