"""Hair by a drawn outline: a sketch that encloses hair around a head becomes a semantic map."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.compose.morphology import disc
from mien.conditions.labels import INDEX
from mien.conditions.regions import parse_region
from mien.editing.mapped import by_map
from mien.editing.request import Request
from mien.types import Bool, UInt8

GAPS = (0.0, 0.01, 0.02, 0.04, 0.08, 0.12)
"""Half the width of gaps in an outline, as shares of the crop's side, that are closed, the narrowest first."""

ROOM, LEAST = 0.06, 0.005
"""Share of the crop's side around what changes that may change, too; and share of the crop that changes at least."""

FAR = 0.25
"""Share of all hair that is new from which all of it may change."""

LINE = 0.03
"""Share of the crop's side by which an outline must end above hair for that to be cut."""

FACE, BELOW = "skin+brows+eyes+nose+mouth+glasses", "neck+clothes"
"""What hair within an outline does not cover, and does not between the sides of the face: no line tells of it there."""


def by_outline(request: Request, lines: Bool, labels: UInt8, allowed: Bool | None) -> Request | None:
    """The request as one by a map whose hair fills a drawn outline; None where lines enclose no face.

    Args:
        request: with a sketch and nothing else but a mask, if any.
        lines: (D, D) of the sketch in the crop.
        labels: (d, d) of the photo in the crop.
        allowed: (D, D) the mask; None may change all around what changes.
    """
    before = cv2.resize(labels, lines.shape[::-1], interpolation=cv2.INTER_NEAREST)
    inside, hair = _enclosed(lines, before), before == INDEX["hair"]
    if inside is None:
        return None
    across = np.flatnonzero((before == INDEX["skin"]).any(0))
    between = np.isin(np.arange(len(lines)), np.arange(across[0], across[-1] + 1))
    front = parse_region(FACE)[before] | (parse_region(BELOW)[before] & between)
    brows = np.flatnonzero(parse_region("brows")[before].any(1))
    grown = inside & ~hair & ~front & (np.arange(len(lines))[:, None] > brows.mean())
    ends = [np.flatnonzero(one.sum(1) > LINE * len(lines)) for one in (inside, hair)]
    cut = len(ends[1]) and ends[0][-1] < ends[1][-1] - LINE * len(lines)
    changes, after = (hair & ~inside, "background") if cut else (grown, "hair")
    if changes.sum() < LEAST * changes.size:
        return None
    wished = np.where(changes, np.uint8(INDEX[after]), before)
    if allowed is not None:
        return by_map(replace(request, part="", sketch=None), wished, labels, allowed)
    far = not cut and grown.sum() > FAR * (wished == INDEX["hair"]).sum()
    room = cv2.dilate((changes | (hair & far)).astype(np.uint8), disc(ROOM * len(lines))) > 0
    return by_map(replace(request, part="", sketch=None, mask=room, frame="crop"), wished, labels, room)


def _enclosed(lines: Bool, labels: UInt8) -> Bool | None:
    """(D, D) what lines enclose together with the brows; None where they do not."""
    side, brows = len(lines), parse_region("brows")[labels]
    if not brows.any():
        return None
    y, x = (int(np.median(one)) for one in np.nonzero(brows))
    drawn = _shut(lines, x)
    for gap in GAPS:
        room = round(gap * side) + 1
        wide = np.pad(drawn, 2 * room)
        closed = cv2.dilate(wide, disc(gap * side)) if gap else wide
        cv2.floodFill(closed, None, (0, 0), (2,))
        found = (closed != 2).astype(np.uint8)
        found = cv2.erode(found, disc(gap * side)) if gap else found
        found = found[2 * room : -2 * room, 2 * room : -2 * room] > 0
        if found[y, x]:
            return np.asarray(found, np.bool_)
    return None


def _shut(lines: Bool, middle: int) -> UInt8:
    """(D, D) the lines, joined along the crop's border where they leave it, and below on both sides of a column.

    Hair is larger than a crop, and its outline is open at the neck.
    """
    drawn, ends = lines.astype(np.uint8), []
    left, top, right = (np.flatnonzero(one.any(1)) for one in (lines[:, :2], lines[:2].T, lines[:, -2:]))
    for column, exits in ((0, left), (-1, right)):
        drawn[: exits.max() + 1 if len(exits) else 0, column] = 1
    if len(left) + len(top) + len(right):
        first, last = 0 if len(left) else top.min(initial=0), len(lines) if len(right) else top.max(initial=0) + 1
        drawn[0, first:last] = 1
    for side in (slice(0, middle), slice(middle, None)):
        rows, columns = np.nonzero(lines[:, side])
        if len(rows):
            low = columns[rows == rows.max()]
            ends.append((int(low.mean()) + (side.start or 0), int(rows.max())))
    if len(ends) == 2:
        cv2.line(drawn, ends[0], ends[1], 1)
    return np.asarray(drawn, np.uint8)
