"""The outline of a jaw under a beard: where landmarks see it, moved to where the photo shows it.

Landmarks cut the corners of jaws, and lie within thick beards. Beside a face the edge before backdrop or clothes is
the jaw's, but for the beard's thickness; over a neck it lies between landmarks and the end of the beard.

Convention:
    That of :mod:`mien.guides.beards.around_beard`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from mien.align import mesh
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.edge import UNIT, blurred, inside
from mien.guides.beards.reach import thickness
from mien.types import Bool, Float32, Float64

FARTHEST, CHIN, WITHIN = 0.055, 0.06, -0.06
"""Eye distances by which a jaw's side and a chin may lie outside of the landmarks, and a jaw inside."""

SIDE, THIN = 0.22, -0.015
"""Eye distances up to which the edge before something else is the jaw's, and how far within it the outline lies."""

THICK, SHARE = 0.3, 0.08
"""Most of a beard's thickness over a neck that counts, eye distances, and the share of it that is the jaw's."""

FULL, THERE, PULL = (0.06, 0.18), (0.05, 0.11), 0.035
"""How thick a beard is below a chin, eye distances, from which the edge before something else is less and less the
jaw's, and from which it is not at all; the same of the beard at that point; and by how much a jaw then lies within the
landmarks."""

ENDS = 3
"""Points of the outline along which a beard becomes as thick as it is."""

ROUND, EDGE = 0.05, 0.014
"""How round a jaw's outline is, and how wide its edge, eye distances."""

NEIGHBORS = np.array([0.06, 0.24, 0.4, 0.24, 0.06])
"""By which points of the outline move together."""


def with_jaw(here: AroundBeard) -> AroundBeard:
    """The same with the outline of the face where the photo shows it."""
    outline = list(mesh.OUTLINE)
    points = here.points.copy()
    line = points[outline, :2]
    along = np.roll(line, -1, 0) - np.roll(line, 1, 0)
    outwards = np.stack([along[:, 1], -along[:, 0]], 1) / np.linalg.norm(along, axis=1, keepdims=True)
    outwards *= np.sign(((line - line.mean(0)) * outwards).sum(1, keepdims=True))
    steps = np.arange(-4, 20) * 0.02
    places = (line[:, None] + UNIT * steps[None, :, None] * outwards[:, None] - 0.5).astype(np.float32)
    other = blurred(np.clip(here.shares["background"] + here.shares["clothes"], 0, 1) * ~here.hairs, 0.8)
    beyond, grown = (
        cv2.remap(one, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) > 0.5
        for one in (other, here.hairs.astype(np.float32))
    )
    edge = np.where(beyond.any(1), steps[beyond.argmax(1)], np.inf)
    ends = ~grown & (steps >= 0)
    thick = np.where(grown[:, 4], np.where(ends.any(1), steps[ends.argmax(1)], THICK), 0)
    most = FARTHEST + (CHIN - FARTHEST) * np.clip(outwards[:, 1], 0, 1) ** 2
    push = np.where(edge < SIDE, np.clip(edge - THIN, WITHIN, most), np.clip(SHARE * np.minimum(thick, THICK), 0, CHIN))
    full = np.clip((thickness(here.hairs, here.points, UNIT) - FULL[0]) / (FULL[1] - FULL[0]), 0, 1)
    full = full * np.clip((thick - THERE[0]) / (THERE[1] - THERE[0]), 0, 1)
    side = np.clip(1.5 - 1.5 * outwards[:, 1], 0, 1)  # a chin is where it was
    push += full * side * _along(grown[:, 4]) * (np.minimum(push, 0) - PULL - push)
    push *= np.clip((line[:, 1] - points[2, 1]) / (0.2 * UNIT), 0, 1)
    push = np.convolve(np.concatenate([push[-2:], push, push[:2]]), NEIGHBORS, "valid")
    points[outline, :2] += UNIT * push[:, None] * outwards
    return replace(here, points=points)


def _along(grown: Bool) -> Float64:
    """(36,): 1 where a beard goes on to both sides of a point of the outline, less towards its ends."""
    ring = np.concatenate([grown[-ENDS:], grown, grown[:ENDS]]).astype(np.float64)
    share = np.convolve(ring, np.ones(2 * ENDS + 1) / (2 * ENDS + 1), "valid")
    return np.asarray(np.clip(2 * share - 1, 0, 1) * grown)


def within_jaw(here: AroundBeard, shape: Sequence[int]) -> Float32:
    """(H, W): 1 within the outline of the face, with the edge of a jaw, at any size."""
    unit = UNIT * shape[0] / here.shape[0]
    smooth = blurred(inside(here.at(shape, mesh.OUTLINE), shape), ROUND * unit)
    return np.asarray(np.clip((smooth - 0.5) * ROUND / (0.4 * EDGE) + 0.5, 0, 1), np.float32)
