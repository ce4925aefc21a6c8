"""What lies behind a pair of glasses: the surroundings, spread over the few pixels that a frame hides.

The light and the colours are those of both sides, spread smoothly (:func:`mien.compose.blend.membrane`); the texture,
pores and hairs are those just beside the frame, mirrored at its border.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] over a box of the photo; areas are (h, w) bool.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.compose.grain import levels, missing, noise
from mien.compose.morphology import disc
from mien.compose.patches import patched
from mien.types import Bool, Float32

FINE = 0.022
"""Standard deviation of the blur that parts light from texture, units (distances of the outer corners of the eyes)."""

HALO = 0.02
"""How far beyond a hole its border still shows the frame: halos of sharpening, blocks of compression; units."""

LASHES = 0.03
"""How far around eyes lashes darken the skin, units."""

LARGEST = 300.0
"""Unit, pixels, from which a picture is filled at a reduced size."""

SEEN = 0.12
"""Share of a brow that must be seen to tell its colour."""

TINTED = 8.0
"""Distance in a* and b* of skin seen through tinted lenses from that below them; 1 to 7 where they are clear."""

SCLERA = 0.6
"""How much of the tint is taken off eyes and brows, which have little colour of their own to lose."""

STRONG = 2.0
"""How much stronger than around it texture may be, so that no lash or edge is copied."""


def uncovered(picture: Float32, hole: Bool, eyes: Bool, beside: Bool, brows: Float32, unit: float) -> Float32:
    """The picture (h, w, 3) with its hole filled; large ones at a reduced size, with their grain added afterwards.

    Args:
        picture: with what hides it.
        hole: what is hidden.
        eyes: where neither colours nor texture may come from.
        beside: what is no face, such as hair and background; filled with patches, since there are edges.
        brows: (h, w) how likely a brow is, in the hole, too.
        unit: distance of the outer corners of the eyes, pixels.
    """
    scale = min(1.0, LARGEST / unit)
    if scale == 1:
        made = _on_face(picture, hole, eyes, brows, unit)
        return patched(made, hole & beside, eyes | hole, np.random.default_rng(0))
    size = (round(hole.shape[1] * scale), round(hole.shape[0] * scale))
    less, likely = (np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_AREA)) for one in (picture, brows))
    areas = [cv2.resize(a.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0 for a in (hole, eyes, beside)]
    small = uncovered(less, areas[0], areas[1], areas[2], likely, LARGEST)
    large = np.asarray(cv2.resize(small, hole.shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)
    ring = (cv2.dilate(hole.astype(np.uint8), np.ones((9, 9))) > 0) & ~hole
    joined = np.where(hole[..., None], large, picture)  # the frame's edge is no grain
    grain = noise(hole.shape, missing(levels(joined, ring), levels(large, hole)))
    return np.where(hole[..., None], np.clip(large + grain, 0, 255), picture).astype(np.float32)


def _on_face(picture: Float32, hole: Bool, barred: Bool, brows: Float32, unit: float) -> Float32:
    """Light of both sides, texture mirrored at the border."""
    near = cv2.dilate(hole.astype(np.uint8), disc(HALO * unit))
    known = ((near == 0) & ~barred).astype(np.float32)
    sigma = max(1.2, FINE * unit)
    shaded = cv2.dilate(barred.astype(np.uint8), disc(LASHES * unit)) > 0
    skin = known * (brows < 0.3) * ~shaded
    smooth = membrane(picture, skin, 255.0)
    for _ in range(2):  # it agrees with what is seen at the border
        smooth += membrane(picture - smooth, skin, 255.0)
    light = _with_brows(smooth, picture, hole, known, brows)
    total, share = (cv2.GaussianBlur(one, (0, 0), sigma) for one in (picture * known[..., None], known))
    texture = (picture - total / np.maximum(share, 1e-3)[..., None]) * known[..., None]
    size, around = (cv2.GaussianBlur(one, (0, 0), 4 * sigma) for one in (np.abs(texture), known))
    highest = STRONG * size / np.maximum(around, 1e-3)[..., None]
    columns, rows = _mirrored(known > 0)
    copied = cv2.remap(texture, columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    sure = (cv2.remap(known, columns, rows, cv2.INTER_LINEAR) > 0.99) & ~_torn(columns, rows)
    weight = np.clip(2 * cv2.GaussianBlur(sure.astype(np.float32), (0, 0), 1.2) - 1, 0, 1)[..., None]
    grain = noise(hole.shape, levels(picture, known > 0))
    made = light + weight * np.clip(copied, -highest, highest) + np.sqrt(1 - weight**2) * grain
    return _joined(picture, np.clip(made, 0, 255).astype(np.float32), hole, near > 0, barred)


def _joined(picture: Float32, made: Float32, hole: Bool, near: Bool, barred: Bool) -> Float32:
    """What was made, in a hole; its colours reach farther, where compression has mixed the frame's in."""
    there, wanted = (cv2.cvtColor(one / np.float32(255), cv2.COLOR_RGB2LAB) for one in (picture, made))
    away = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 5)
    reach = float(away[near].max()) + 1
    color = np.clip(1.5 * (1 - away / reach), 0, 1) * near * ~barred
    light = np.clip(1 - away / (0.7 * reach), 0, 1) * near * ~barred
    weight = np.where(hole[..., None], 1, np.dstack([light, color, color])).astype(np.float32)
    mixed = cv2.cvtColor(there + weight * (wanted - there), cv2.COLOR_LAB2RGB)
    return np.where((near & ~barred | hole)[..., None], np.clip(mixed, 0, 1) * 255, picture).astype(np.float32)


def _with_brows(light: Float32, picture: Float32, hole: Bool, known: Float32, brows: Float32) -> Float32:
    """Brows go on in a hole, as dark as they are beside it; where little of them is seen, they stay as they are."""
    count, index = cv2.connectedComponents((brows > 0.5).astype(np.uint8))
    shown = light.copy()
    for number in range(1, count):
        whole = index == number
        seen = whole & (known > 0)
        if int(seen.sum()) < SEEN * int(whole.sum()) or not (hole & whole).any():
            continue
        color = np.median(picture[seen], axis=0)
        weight = (
            cv2.GaussianBlur(whole.astype(np.float32), (0, 0), 2.0)[..., None] * np.clip(brows / 0.7, 0, 1)[..., None]
        )
        shown = np.where(hole[..., None], np.minimum(shown, light + weight * (color - light)), shown)
    return np.asarray(shown, np.float32)


def _torn(columns: Float32, rows: Float32) -> Bool:
    """Where what is mirrored at one border meets what is mirrored at another one."""
    steps = [np.abs(cv2.Sobel(one, cv2.CV_32F, *o, ksize=3)) / 8 for one in (columns, rows) for o in ((1, 0), (0, 1))]
    return np.asarray(np.max(steps, 0) > 1.8, np.bool_)


def _mirrored(known: Bool) -> tuple[Float32, Float32]:
    """Columns and rows (h, w) of the places on the other side of the nearest border of what is known."""
    _, labels = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    places = np.argwhere(known)
    index = np.zeros(int(labels.max()) + 1, np.int64)
    index[labels[places[:, 0], places[:, 1]]] = np.arange(len(places))
    nearest = cv2.GaussianBlur(places[index[labels]].astype(np.float32), (0, 0), 1.0)
    ys, xs = np.mgrid[: known.shape[0], : known.shape[1]].astype(np.float32)
    return np.asarray(2 * nearest[..., 1] - xs, np.float32), np.asarray(2 * nearest[..., 0] - ys, np.float32)


def untinted(picture: Float32, lenses: Bool, skin: Bool, unit: float) -> tuple[Float32, Bool]:
    """The picture (h, w, 3) with the colour of the skin around in tinted lenses, and where they were (h, w).

    Args:
        picture: with glasses.
        lenses: what is seen through them.
        skin: without eyes, brows and frame.
        unit: distance of the outer corners of the eyes, pixels.
    """
    lab = cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB)
    done = np.zeros_like(lenses)
    count, index, stats, _ = cv2.connectedComponentsWithStats(lenses.astype(np.uint8))
    for number in range(1, count):
        x, y, w, h = stats[number, :4]
        by = round(0.15 * unit)
        part = np.s_[max(0, y - by) : y + h + by, max(0, x - by) : x + w + by]
        lens = index[part] == number
        low = np.arange(len(lens))[:, None] > len(lens) // 2  # above are lids and brows
        inside = lens & skin[part]
        around = (cv2.distanceTransform((~lens).astype(np.uint8), cv2.DIST_L2, 5) < by) & ~lens & skin[part] & low
        if min(int((inside & low).sum()), int(around.sum())) < 50:
            continue
        there = np.median(lab[part][around], axis=0)[1:]
        tint = float(np.hypot(*(np.median(lab[part][inside & low], axis=0)[1:] - there)))
        if tint < TINTED:
            continue
        known = inside.astype(np.float32)
        colors = lab[part][..., 1:] * known[..., None]
        total, share = (cv2.GaussianBlur(one, (0, 0), 0.08 * unit) for one in (colors, known))
        soft = cv2.GaussianBlur(lens.astype(np.float32), (0, 0), 0.015 * unit) * lens * np.where(inside, 1, SCLERA)
        off = np.clip(there - total / np.maximum(share, 1e-3)[..., None], -tint, tint)
        lab[part][..., 1:] += np.where(share[..., None] > 0.02, off, 0) * soft[..., None]
        done[part] |= lens
    made = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * np.float32(255)
    return np.where(done[..., None], np.clip(made, 0, 255), picture).astype(np.float32), done
