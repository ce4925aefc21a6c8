"""Where a head's hair begins and ends, by direction, and how another's hair is bent so that it begins and ends there.

A forehead that is seen stays as it is where the other's hairline comes to lie on this one; so does the backdrop where
the other's outline reaches as far as this one.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.guides.scene import Scene
from mien.types import Bool, Float32, Float64

TEMPLES = (127, 356)
"""Between these directions begin."""

WIDEST, RAYS = 75.0, 21
"""Degrees from straight up, to both sides, and number of directions."""

STEPS, FARTHEST = 40, 3.0
"""Places per unit along a direction, and units that it goes."""

LOWERED, RAISED = 0.12, 0.15
"""Units by which the other's hairline comes lower, and its outline higher, at most."""

OVER, BEYOND = 0.02, 0.03
"""Units by which new hair goes over this hairline, and beyond the old outline."""

FOREHEAD = (10, 338, 297, 332, 284, 251, 21, 54, 103, 67, 109)
"""Points of the face's outline at its hairline, which do not count where that is seen."""

CROWN = np.clip(2 - np.abs(np.linspace(-WIDEST, WIDEST, RAYS)) / 27, 0, 1)
"""How much of what is missing outlines are raised by: none beside the face."""

NEIGHBORS = 4.0
"""Directions over which what is moved is the same."""

FRINGE = 0.85
"""Of the way from between the temples to the top of the face's outline up to which hair that is lower is a fringe."""


@dataclass(frozen=True, eq=False)
class Lines:
    """Hair along directions out of a head.

    Attributes:
        middle: (2,) where they begin.
        ways: (RAYS, 2) unit vectors, from left to right over the crown.
        inner: (RAYS,) pixels to the hairline; NaN where none is told.
        outer: (RAYS,) pixels to where hair ends; NaN where its photo ends first, or there is none.
    """

    middle: Float64
    ways: Float64
    inner: Float64
    outer: Float64

    @classmethod
    def of(cls, scene: Scene) -> Lines:
        """The lines of a scene's hair."""
        line = scene.points[list(TEMPLES), :2]
        middle, across = line.mean(0), line[1] - line[0]
        angles = np.radians(np.linspace(-WIDEST, WIDEST, RAYS)) + np.arctan2(across[1], across[0])
        ways = np.stack([np.sin(angles), -np.cos(angles)], 1)
        along = np.arange(round(STEPS * FARTHEST)) / STEPS * scene.unit
        grid = (middle + along[None, :, None] * ways[:, None]).astype(np.float32)

        def seen(plane: Float32, border: float) -> Float32:
            return np.asarray(
                cv2.remap(plane, grid[..., 0] - 0.5, grid[..., 1] - 0.5, cv2.INTER_LINEAR, borderValue=border),
                np.float32,
            )

        hairy: Bool = np.asarray(seen(scene.hair, 0) > 0.5)
        hairy = cv2.morphologyEx(hairy.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8)) > 0
        skin, inside = seen(scene.shares["face"], 0) > 0.5, seen(np.ones(scene.shape, np.float32), 0) > 0.5
        inner, outer = np.full(RAYS, np.nan), np.full(RAYS, np.nan)
        least = round(0.5 * STEPS)
        for n in range(RAYS):
            begins = np.flatnonzero(hairy[n, least:]) + least
            if not begins.size:
                continue
            first = int(begins[0])
            ends = np.flatnonzero(~hairy[n, first:])
            last = first + int(ends[0]) if ends.size else len(along)
            if last - first < 0.04 * STEPS:
                continue
            if skin[n, max(0, first - 4) : first].any():
                inner[n] = along[first]
            if last + 2 < len(along) and inside[n, last + 2]:
                outer[n] = along[last]
        return cls(middle, ways, inner, outer)


@dataclass(frozen=True, eq=False)
class Marks:
    """Attributes:
    places: (N, 2) of this scene.
    goals: (N, 2) of the other's that come there.
    met: whether its hairline comes to this one.
    """

    places: Float64
    goals: Float64
    met: bool


def line_marks(here: Scene, there: Scene, turn: Float64, centre: Float64, middle: Float64) -> Marks:
    """Where the other's hairline and outline come.

    Args:
        here, there: both scenes.
        turn, centre, middle: the similarity that takes places p of this one to ``centre + (p - middle) @ turn.T``.
    """
    mine, theirs = Lines.of(here), Lines.of(there)
    unit, back = here.unit, np.linalg.inv(turn)

    def brought(places: Float64) -> Float64:
        return np.asarray(middle + (places - centre) @ back.T)

    top = float(np.linalg.norm(here.points[10, :2] - mine.middle))
    goals = {kind: theirs.middle + getattr(theirs, kind)[:, None] * theirs.ways for kind in ("inner", "outer")}
    usual = {kind: ((brought(goal) - mine.middle) * mine.ways).sum(1) for kind, goal in goals.items()}
    lower = _smooth(np.where(mine.inner > FRINGE * top, usual["inner"] - mine.inner + OVER * unit, np.nan))
    higher = _smooth(mine.outer + BEYOND * unit - usual["outer"])
    told = np.isfinite(lower)
    met = bool(told.sum() > RAYS // 2 and told[RAYS // 3 : -(RAYS // 3)].all())  # no fringe hides it
    moved = {
        "inner": -np.clip(lower, 0, LOWERED * unit) if met else np.zeros(RAYS),
        "outer": np.clip(np.nan_to_num(higher), 0, RAISED * unit) * CROWN,
    }
    places, wanted = [], []
    for kind, by in moved.items():
        known = np.isfinite(usual[kind] + by) & (met if kind == "inner" else CROWN > 0)
        places.append(mine.middle + (usual[kind] + by)[known, None] * mine.ways[known])
        wanted.append(goals[kind][known])
    return Marks(np.concatenate(places), np.concatenate(wanted), met)


def _smooth(values: Float64) -> Float64:
    """(RAYS,) means of neighbors; NaN where none is told."""
    known = np.isfinite(values)
    at = np.arange(RAYS)
    weights = np.exp(-0.5 * ((at[:, None] - at) / NEIGHBORS) ** 2) * known
    found = (weights @ np.nan_to_num(values)) / np.maximum(weights.sum(1), 1e-9)
    return np.where(known, found, np.nan)
