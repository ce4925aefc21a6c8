"""Which window of which edit, and its pixels.

Convention:
    Places are in the aligned square, whose side is 1; a window is (center x, center y, side).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.conditions.freeform import irregular_mask
from mien.conditions.labels import mirror_table
from mien.training.windows.store import COARSE, MARGIN, SQUARE, WindowStore
from mien.types import Bool, Float32, UInt8

Place = tuple[float, float, float]


@dataclass(frozen=True)
class WindowDraw:
    """How windows are drawn.

    Attributes:
        size: S, pixels.
        context: side of a window, in sides of its mask's box; drawn between these two.
        anywhere: fraction of the windows that lie somewhere on the mask, not around a whole part of it.
        smallest, largest: side of a window.
        detail: least number of the photo's pixels for one of the window's.
        part: fraction of the edits of which only a part is masked here.
        blind: fraction of the edits whose first pass is a smooth fill of the surroundings.
        tint, contrast: bounds of the logarithm of each channel's factor and of all.
    """

    size: int = 128
    context: tuple[float, float] = (1.3, 2.2)
    anywhere: float = 0.25
    smallest: float = 0.3
    largest: float = 1.0
    detail: float = 0.85
    part: float = 0.55
    blind: float = 0.1
    tint: float = 0.06
    contrast: float = 0.2


@dataclass(frozen=True, eq=False)
class DrawnWindow:
    """Attributes:
    truth: (S, S, 3) uint8.
    labels: (S, S) uint8.
    mask: (S, S) uint8 in {0, 1}, 1 = edit; not empty, and within what is real wherever that is possible.
    real: (S, S) uint8 in {0, 1}: 0 where the truth is a mirror image of the photo, which teaches nothing.
    coarse: (S, S, 3) uint8, the first pass, enlarged.
    mirror: (S, S, 4) uint8: the window of the mirrored face, 0 where it is masked, and 1 where it is known.
    face: (128, 128, 4) uint8: the whole face after the first pass, and the mask.
    place: (3,) float32.
    """

    truth: UInt8
    labels: UInt8
    mask: UInt8
    real: UInt8
    coarse: UInt8
    mirror: UInt8
    face: UInt8
    place: Float32


def draw_window(store: WindowStore, edit: int, rng: np.random.Generator, c: WindowDraw) -> DrawnWindow:
    """A window of an edit.

    Args:
        store: holds it.
        edit: its number.
        rng: all that is random.
        c: how.
    """
    who = int(store.face_of[edit])
    native = float(store.native[who])
    wide = int(store.wide_of[who])
    wide = wide if rng.random() < 0.85 else -1
    sharp = min(native, 512.0 if wide >= 0 else float(SQUARE))
    least = min(max(c.smallest, c.detail * c.size / sharp), c.largest)
    mask = store.masks[edit] > 0
    if rng.random() < c.part:
        less = mask & (_blob(mask, rng) if rng.random() < 0.7 else irregular_mask(COARSE, rng, (0.2, 0.6)))
        mask = less if less.sum() > 40 else mask
    around = store.wide_real[store.wide_of[who]] if store.wide_of[who] >= 0 else None
    mask = _within(mask, around, rng)
    place = _place(mask, least, rng, c)
    source, labels, margin = (
        (store.wides[wide], store.wide_labels[wide], MARGIN)
        if wide >= 0
        else (store.squares[who], store.labels[who], 0.0)
    )
    photo = cv2.resize(store.squares[who], (COARSE, COARSE), interpolation=cv2.INTER_AREA)
    first = smooth_fill(photo, mask) if rng.random() < c.blind else store.coarse[edit]
    coarse = np.where(mask[..., None], first, photo)
    flat = (1.0 - place[0], place[1], place[2])
    real = _real(around, place, c.size, margin)
    known = (cut(mask.astype(np.float32), place, c.size) > 0.5) & real
    other = cut(mask.astype(np.float32), flat, c.size)[:, ::-1] > 0.01
    beyond = cut(source, flat, c.size, margin)[:, ::-1]
    mirror = np.concatenate([np.where(other[..., None], 0, beyond), ~other[..., None]], 2).astype(np.uint8)
    drawn = DrawnWindow(
        cut(source, place, c.size, margin),
        cut(labels, place, c.size, margin, nearest=True),
        _filled(known, real),
        real.astype(np.uint8),
        cut(coarse, place, c.size),
        mirror,
        np.concatenate([coarse, mask[..., None]], 2).astype(np.uint8),
        np.asarray(place, np.float32),
    )
    return _relit(_flipped(drawn) if rng.random() < 0.5 else drawn, rng, c)


def cut(picture: Any, place: Place, size: int, margin: float = 0.0, *, nearest: bool = False) -> Any:
    """A window of a picture that shows the square and ``margin`` squares around it; mirrored beyond its border."""
    x, y, side = place
    scale = len(picture) / (1 + 2 * margin)  # pixels per square
    step = side * scale / size
    origin = np.array([x + margin, y + margin]) * scale - side * scale / 2
    pad = int(np.ceil(2 * step)) + 2
    x0, y0 = np.floor(origin).astype(int) - pad
    x1, y1 = np.ceil(origin + side * scale).astype(int) + pad
    rows, columns = _reflected(y0, y1, len(picture)), _reflected(x0, x1, len(picture))
    part = picture[rows[:, None], columns[None]]
    if step > 1.1 and not nearest:
        part = cv2.GaussianBlur(part, (0, 0), 0.45 * np.sqrt(step**2 - 1))
    shift = origin - (x0, y0) + step / 2 - 0.5
    matrix = np.array([[step, 0, shift[0]], [0, step, shift[1]]])
    how = cv2.INTER_NEAREST if nearest else cv2.INTER_CUBIC if step < 1 else cv2.INTER_LINEAR
    return cv2.warpAffine(part, matrix, (size, size), flags=how | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT)


def smooth_fill(picture: UInt8, mask: Bool) -> UInt8:
    """(S, S, 3) with the mask filled by ever wider averages of what lies around it."""
    known = (~mask).astype(np.float32)
    total, weight = picture * known[..., None] * 1.0, known
    filled, left = picture.astype(np.float32) * known[..., None], mask.astype(np.float32)
    for spread in (2.0, 6.0, 18.0, 54.0):
        share = cv2.GaussianBlur(weight, (0, 0), spread)
        mean = cv2.GaussianBlur(total.astype(np.float32), (0, 0), spread) / np.maximum(share, 1e-6)[..., None]
        sure = np.clip(share * 4, 0, 1) * left
        filled = filled + mean * sure[..., None]
        left = left - sure
    filled = filled + mean * left[..., None]
    return np.asarray(np.rint(filled.clip(0, 255)), np.uint8)


def _reflected(start: int, stop: int, size: int) -> Any:
    at = np.arange(start, stop) % (2 * size)
    return np.where(at < size, at, 2 * size - 1 - at)


def _place(mask: Bool, least: float, rng: np.random.Generator, c: WindowDraw) -> Place:
    """Around a part of the mask with context, or anywhere on it."""
    if rng.random() < c.anywhere:
        rows, columns = np.nonzero(mask)
        k = int(rng.integers(len(rows)))
        side = float(rng.uniform(least, max(least, 0.75 * c.largest)))
        return (columns[k] + 0.5) / len(mask), (rows[k] + 0.5) / len(mask), side
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    areas = stats[1:, cv2.CC_STAT_AREA].astype(np.float64)
    k = 1 + int(rng.choice(count - 1, p=areas / areas.sum()))
    x, y, w, h = (stats[k, :4] / len(mask)).tolist()
    side = float(np.clip(max(w, h) * rng.uniform(*c.context), least, c.largest))
    jitter = rng.uniform(-0.5, 0.5, 2) * max(0.0, side - max(w, h)) * 0.8
    centre = np.array([x + w / 2, y + h / 2]) + jitter
    centre = np.clip(centre, 0.5 * side - 0.15, 1.15 - 0.5 * side)
    return float(centre[0]), float(centre[1]), side


def _blob(mask: Bool, rng: np.random.Generator) -> Bool:
    """An ellipse somewhere on the mask, as large as an eye or as a cheek."""
    rows, columns = np.nonzero(mask)
    k = int(rng.integers(len(rows)))
    axes = np.round(np.exp(rng.uniform(np.log(0.05), np.log(0.2), 2)) * len(mask)).astype(int)
    canvas = np.zeros(mask.shape, np.uint8)
    cv2.ellipse(canvas, (int(columns[k]), int(rows[k])), axes.tolist(), float(rng.uniform(0, 180)), 0, 360, 1, -1)
    return canvas > 0


def _real(around: UInt8 | None, place: Place, size: int, margin: float) -> Bool:
    """Where a window of a picture that goes ``margin`` beyond the square shows the photo, not its mirror image."""
    x, y, side = place
    steps = ((np.arange(size) + 0.5) / size - 0.5) * side
    columns, rows = (np.abs(middle + steps - 0.5) <= 0.5 + margin for middle in (x, y))
    inside = rows[:, None] & columns[None]
    return inside if around is None else inside & (cut(around, place, size, MARGIN, nearest=True) > 0)


def _within(mask: Bool, around: UInt8 | None, rng: np.random.Generator) -> Bool:
    """What is real of a mask of the square; a blob elsewhere where nothing is."""
    if around is None:
        return mask
    real = _real(around, (0.5, 0.5, 1.0), len(mask), MARGIN)
    less = mask & real
    return less if less.any() or not real.any() else _blob(real, rng) & real


def _filled(mask: Bool, real: Bool) -> UInt8:
    """Never empty: the middle, where the window misses a mask by rounding, or what is real of it."""
    if not mask.any():
        mask = np.zeros_like(mask)
        q = len(mask) // 4
        mask[q:-q, q:-q] = True
        mask = mask & real if (mask & real).any() else mask
    return mask.astype(np.uint8)


def _flipped(w: DrawnWindow) -> DrawnWindow:
    def turned(picture: UInt8) -> UInt8:
        return np.ascontiguousarray(picture[:, ::-1])

    return DrawnWindow(
        truth=turned(w.truth),
        labels=mirror_table()[turned(w.labels)],
        mask=turned(w.mask),
        real=turned(w.real),
        coarse=turned(w.coarse),
        mirror=turned(w.mirror),
        face=turned(w.face),
        place=np.array([1 - w.place[0], w.place[1], w.place[2]], np.float32),
    )


def _relit(w: DrawnWindow, rng: np.random.Generator, c: WindowDraw) -> DrawnWindow:
    """All pictures of the window in another tint and contrast."""
    factor = np.exp(rng.uniform(-c.contrast, c.contrast) + rng.uniform(-c.tint, c.tint, 3))
    levels = np.arange(256)[:, None]
    gamma = float(np.exp(rng.uniform(-0.5, 0.5) * c.contrast))
    table = np.clip(255 * (levels / 255) ** gamma * factor, 0, 255).astype(np.uint8)

    def lit(picture: UInt8) -> UInt8:
        rgb = np.stack([cv2.LUT(np.ascontiguousarray(picture[..., k]), table[:, k]) for k in range(3)], 2)
        return np.concatenate([rgb, picture[..., 3:]], 2) if picture.shape[2] > 3 else rgb

    mirror = lit(w.mirror) * w.mirror[..., 3:] if w.mirror.shape[2] == 4 else w.mirror
    mirror[..., 3] = w.mirror[..., 3]
    return DrawnWindow(lit(w.truth), w.labels, w.mask, w.real, lit(w.coarse), mirror, lit(w.face), w.place)
