"""Frames of glasses: their front, which a network sees, and what goes on from it.

Convention:
    That of :mod:`mien.guides.glasses.lines`.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from mien.align import mesh
from mien.guides.glasses.bands import band
from mien.guides.glasses.frames import BEYOND, OVER_HAIR, across, area_of, attached, axes, temple, widest
from mien.guides.glasses.lines import SIDE, UNIT, Lines, disc, light_of
from mien.guides.glasses.seen import Seen
from mien.guides.glasses.uncovering import Uncovering
from mien.types import Bool, Float32, Float64

LIKELY = (0.7, 0.2, 0.4)
"""How likely a frame must be before eyes, below them, and elsewhere."""

LOOKS, BELOW = 2, 3.0
"""Times that the network looks for the frame, and how far below the eyes there is plain skin, units."""

BESIDE, SPECK, HALO = 6.0, 2.0, (1.5, 2.4)
"""How far from the parser's glasses a frame may be, units; the smallest one, square units; and twice how far it shines,
units: above, and below the eyes."""

PAST, CLEARLY, TURNED = 7.0, 22.0, 0.65
"""How far past what is found, beyond the face's outline, lines go on, units; the levels of these; and
the width of one half of a face, by the other's, below which a rim may stand out there."""

ASIDE, FAR_EYE = 0.8, 3.0
"""Width of one half of a face, by the other's, below which its rim passes before the eye; and how much likelier a frame
is there than it seems to the network, which saw few turned faces."""

GAP, DARKEST = 5.0, 60
"""Width of a gap in a frame there, units, up to which dark things belong to it; and their levels at most."""


def front_of(picture: Float32, worn: Float32, eyes: Bool, points: Float64) -> tuple[Seen, Bool, float]:
    """What a network takes for a frame, its shadows and reflections; where it looks; and how sure a bridge is.

    It looks again at what it would paint instead: what it did not see at first stands out there.
    """
    network, near = Uncovering.bundled(), cv2.dilate((worn > 0.1).astype(np.uint8), disc(BESIDE)) > 0
    lenses, lids = (worn > 0.5).astype(np.float32), eyes.astype(np.float32)
    front, seen, all_likely = np.zeros(worn.shape, np.bool_), picture, np.zeros(worn.shape, np.float32)
    low, joined, far = _below(points), 0.0, _far_eye(points, eyes)
    for _ in range(LOOKS):
        likely, inside = network.frame(seen, worn, points)
        likely = np.where(far, FAR_EYE * likely, likely)
        found = (likely > np.where(eyes, LIKELY[0], np.where(low, *LIKELY[1:]))) & near
        _, index, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8))
        found &= (stats[:, cv2.CC_STAT_AREA] > SPECK * UNIT**2)[index]
        for part, halo in ((~low, HALO[0]), (low, HALO[1])):
            front |= cv2.dilate((found & part).astype(np.uint8), disc(halo)) > 0
        made, more, within = network.behind(picture, front.astype(np.float32), lenses, lids, points)
        seen = np.where(front[..., None] & (within > 0.1)[..., None], made, picture + more)
        joined, all_likely = max(joined, _bridge(likely, points)), np.maximum(all_likely, likely)
    return Seen(front, all_likely, low, lenses, lids, seen, within), np.asarray(inside > 0.5), joined


def _bridge(likely: Float32, points: Float64) -> float:
    """How likely a line across the root of the nose is, which wrinkles and shaded eyes lack."""
    x, y = points[[168, 6]].mean(0).astype(int)
    across, down = round(1.8 * UNIT), round(6 * UNIT)
    return float(likely[y - down : y + down, x - across : x + across].max(0).mean())


def _far_eye(points: Float64, eyes: Bool) -> Bool:
    """(SIDE, SIDE) the eye of a turned face that a rim hides a part of, without its iris; nothing from the front."""
    away, _ = axes(points)
    reach = (points[[127, 356]] - points[168]) @ away * (-1, 1)
    if reach.min() > ASIDE * reach.max():
        return np.zeros_like(eyes)
    ys, xs = np.mgrid[:SIDE, :SIDE]
    right = (xs - points[168, 0]) * away[0] + (ys - points[168, 1]) * away[1] > 0
    irises = np.zeros(eyes.shape, np.uint8)
    for middle in (468, 473):
        size = float(np.linalg.norm(points[middle + 1 : middle + 5] - points[middle], axis=1).mean())
        cv2.circle(irises, np.round(points[middle]).astype(int).tolist(), round(0.9 * size), 1, -1)
    return np.asarray((right == (reach[1] < reach[0])) & eyes & (irises == 0))


def _below(points: Float64) -> Bool:
    """(SIDE, SIDE) what lies below the eyes, where plain skin is."""
    _, down = axes(points)
    middle = points[[33, 133, 362, 263]].mean(0) + BELOW * UNIT * down
    ys, xs = np.mgrid[:SIDE, :SIDE]
    return np.asarray((xs - middle[0]) * down[0] + (ys - middle[1]) * down[1] > 0)


def whole_of(
    picture: Float32, lines: Lines, front: Bool, lenses: Bool, points: Float64, parts: Mapping[str, Bool]
) -> Bool:
    """(SIDE, SIDE) a frame's front with its temples to the ears, and with hinges and ends that touch it."""
    (away, _), frame = axes(points), front.copy()
    ys, xs = np.nonzero(lenses)
    places = np.stack([xs, ys], 1).astype(np.float64)
    right = (places - points[168, :2]) @ away > 0
    halves = [places[right == side] for side in (False, True)]
    if min(len(one) for one in halves) < UNIT**2:
        return front
    for side, half in enumerate(halves):
        arm = temple(lines, points, half, side, parts["hair"] | parts["ears"], parts["background"])
        if len(arm):
            frame |= band(light_of(picture), arm, most=widest(arm), margin=BEYOND)
    _, beside, _, outer = across(points)  # nearer to the nose, the network sees all there is
    frame |= attached(picture, lines, frame, front, halves, points, parts) & (beside > outer) & ~parts["ears"]
    return frame | _past(light_of(picture), lines, frame, halves, points, parts)


def _past(
    light: Float32, lines: Lines, frame: Bool, lenses: list[Float64], points: Float64, parts: Mapping[str, Bool]
) -> Bool:
    """Lines before hair and backdrop that go on from a frame past the outline of a turned face, as far rims do."""
    away, down = axes(points)
    reach = (points[[127, 356]] - points[168]) @ away * (-1, 1)
    if reach.min() > TURNED * reach.max():
        return np.zeros_like(frame)
    outline = cv2.dilate(area_of([points[list(mesh.OUTLINE)]]).astype(np.uint8), disc(1.0)) > 0
    close = cv2.dilate((frame & ~outline).astype(np.uint8), disc(2 * PAST)) > 0
    ys, xs = np.mgrid[:SIDE, :SIDE]
    right = (xs - points[168, 0]) * away[0] + (ys - points[168, 1]) * away[1] > 0
    far = (right == (reach[1] < reach[0])) & ~outline
    height, among = xs * down[0] + ys * down[1], np.concatenate(lenses) @ down
    close &= (height > among.min() - 2 * UNIT) & (height < among.max() + 2 * UNIT)
    clear = ((lines.hats[2] > CLEARLY) | (lines.widest > OVER_HAIR)) & close & far & ~parts["ears"]
    _, index = cv2.connectedComponents((clear | frame).astype(np.uint8))
    kept = clear & np.isin(index, np.unique(index[frame]))
    whole = cv2.dilate(kept.astype(np.uint8), disc(2 * BEYOND)) | frame
    gaps = (cv2.morphologyEx(whole, cv2.MORPH_CLOSE, disc(GAP)) > whole) & (light < DARKEST)
    gaps = cv2.dilate(gaps.astype(np.uint8), disc(2 * BEYOND))
    return np.asarray((whole | gaps > 0) & far, np.bool_)
