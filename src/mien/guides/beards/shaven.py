"""What a shaven face shows besides skin: lips that a moustache hid, and the shade of hair below the skin.

Convention:
    That of :mod:`mien.guides.beards.lower`.
"""

from __future__ import annotations

import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.edge import blurred, eroded, inside
from mien.guides.dyes.coloring import lab_of
from mien.types import Bool, Float32

HALF = len(mesh.OUTER_LIPS) // 2
UPPER = (*mesh.OUTER_LIPS[: HALF + 1], *mesh.INNER_LIPS_CONTOUR[HALF::-1])
LOWER = (
    *mesh.OUTER_LIPS[HALF:],
    mesh.OUTER_LIPS[0],
    mesh.INNER_LIPS_CONTOUR[0],
    *mesh.INNER_LIPS_CONTOUR[: HALF - 1 : -1],
)
"""Outlines of the two lips."""

DARKER = 0.87
"""How dark an upper lip is, the lower one being 1."""

SEEN = 0.08
"""Share of a lip that must be seen, to tell its colors."""


def darkness(here: AroundBeard) -> float:
    """How much darker than skin a beard is, L*."""
    light, grown = lab_of(here.picture / np.float32(255))[..., 0], (here.hairs & here.oval & ~here.lips)
    return float(np.median(light[here.facial]) - np.median(light[grown])) if grown.any() else 0.0


def with_lips(here: AroundBeard, picture: Float32, made: Float32, kept: Float32, unit: float) -> Float32:
    """What is made (H, W, 3), with lips in the colors of what is seen of them where it is not kept (H, W)."""
    lips = [inside(here.at(picture.shape, one), picture.shape) for one in (UPPER, LOWER)]
    known = [eroded(one, max(1, round(0.01 * unit))) & (kept > 0.9) for one in lips]
    enough = [float(seen.sum()) > SEEN * float(one.sum()) for seen, one in zip(known, lips, strict=True)]
    if not any(enough):
        return made
    result = made
    for n, lip in enumerate(lips):
        seen, by = (known[n], 1.0) if enough[n] else (known[1 - n], DARKER if n == 0 else 1 / DARKER)
        part = _around(lip | seen, unit)
        soft = blurred(lip[part], 0.012 * unit)[..., None]
        colours = by * membrane(blurred(picture[part], 0.008 * unit), seen[part].astype(np.float32), 255.0)
        result = result.copy() if result is made else result
        result[part] += soft * (colours - result[part])
    return result


def _around(area: Bool, unit: float) -> tuple[slice, slice]:
    room = round(0.1 * unit)
    rows, columns = np.nonzero(area)
    return (
        slice(max(0, int(rows.min()) - room), int(rows.max()) + room),
        slice(max(0, int(columns.min()) - room), int(columns.max()) + room),
    )
