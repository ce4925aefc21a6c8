"""What drawn lines ask of a face, as attributes: its features move to where the lines run.

Lips, brows, eyes, nose and jaw that are drawn are matched with the contours of the face (iterative closest points,
along the contours' normals); the strengths of the attributes that move these best are found by ridge regression.

Convention:
    Points are (N, 2) pixels of one picture. A unit is the distance of the outer corners of the eyes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from mien.align import mesh
from mien.guides.shapes import Placement, Shapes
from mien.types import Bool, Float64

CONTOURS: Mapping[str, tuple[tuple[int, ...], bool, tuple[str, ...]]] = {
    "lips": (mesh.OUTER_LIPS, True, ("smile", "mouth-width", "lip-fullness", "mouth-open")),
    "mouth": (mesh.INNER_LIPS_CONTOUR, True, ("smile", "mouth-width", "lip-fullness", "mouth-open")),
    "left brow": (mesh.LEFT_BROW, False, ("brow-height", "brow-angle", "frown")),
    "right brow": (mesh.RIGHT_BROW, False, ("brow-height", "brow-angle", "frown")),
    "left eye": (mesh.LEFT_EYE_CONTOUR, True, ("eye-size", "eye-openness")),
    "right eye": (mesh.RIGHT_EYE_CONTOUR, True, ("eye-size", "eye-openness")),
    "nose": ((129, 49, 64, 98, 97, 2, 326, 327, 294, 279, 358), False, ("nose-width", "nose-length")),
    "outline": (mesh.OUTLINE[5:31], False, ("jaw-width", "chin-length", "cheek-width", "face-width")),
}
"""Landmarks of a contour, whether it is closed, and what moves it."""

FINE = 6
"""Samples between two landmarks."""

ROUNDS, RIDGE = 15, 1e-5
"""Of matching; and the weight of squared strengths against squared units of each point."""

NEAR = (0.3, 0.1)
"""Units within which a line is a contour's, in the first and in the last round."""

INSIDE, SEEN = 0.6, 0.5
"""Share of a contour that must lie where something may change, and that must be drawn, for it to move."""

CLOSE, MOST, EXPLAINED = 0.02, 0.06, 0.85
"""Units off which lines may lie of where the contours come to: in the median, at most, and how many of the points."""

EFFORT = 0.003
"""Units of error that a strength of 1 is worth."""

LEAST = 0.15
"""Strength below which nothing moves."""


@dataclass(frozen=True)
class Followed:
    """Attributes:
    strengths: by attribute, with which a face follows lines.
    error: units that lines are off the contours then, on average.
    """

    strengths: Mapping[str, float]
    error: float

    @property
    def cost(self) -> float:
        """By which ways to follow lines are compared: of two, that which asks for less."""
        return self.error + EFFORT * sum(abs(one) for one in self.strengths.values())


@dataclass(frozen=True, eq=False)
class _Contour:
    """Attributes:
    mix: (S, 478) what of the landmarks each sample is.
    along: (S, 478) the same for the contour's direction there.
    attributes: that move it.
    """

    mix: Float64
    along: Float64
    attributes: tuple[str, ...]

    @classmethod
    def of(cls, landmarks: tuple[int, ...], closed: bool, attributes: tuple[str, ...]) -> _Contour:
        ends = (*landmarks[1:], landmarks[0]) if closed else landmarks[1:]
        mix, along = [], []
        for first, second in zip(landmarks, ends, strict=False):
            for t in np.arange(FINE) / FINE:
                row, way = np.zeros(478), np.zeros(478)
                row[first], row[second] = 1 - t, t
                way[first], way[second] = -1, 1
                mix.append(row)
                along.append(way)
        return cls(np.array(mix), np.array(along), attributes)


def followed(landmarks: Float64, lines: Float64, allowed: Bool, without: Collection[str] = ()) -> Followed | None:
    """How a face follows lines; None where attributes cannot.

    Args:
        landmarks: (478, 3) in pixels of the picture in which the lines were drawn.
        lines: (N, 2) points of the lines.
        allowed: (H, W) where something may change.
        without: contours that do not follow.
    """
    shapes = Shapes.bundled()
    placement = Placement.of(landmarks, shapes.mean)
    points, unit = landmarks[:, :2], placement.scale
    contours = [
        one
        for one in (_Contour.of(*each) for name, each in CONTOURS.items() if name not in without)
        if _asked(one, points, lines, allowed, unit)
    ]
    names = sorted({name for one in contours for name in one.attributes})
    if not names or len(lines) < FINE:
        return None
    mix, along = (np.concatenate([getattr(one, part) for one in contours]) for part in ("mix", "along"))
    moves = np.stack([unit * (shapes.moves[name] @ placement.rotation.T)[:, :2] for name in names], -1)  # (478, 2, A)
    low, high = np.array([shapes.ranges[name] for name in names]).T
    strengths = np.zeros(len(names))
    for near in np.geomspace(*NEAR, ROUNDS) * unit:
        now = points + moves @ strengths
        samples, ways = mix @ now, along @ now
        index, away = _nearest(lines, samples)
        normal = np.stack([-ways[index, 1], ways[index, 0]], -1)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        rows = np.einsum("nd,nda->na", normal, np.einsum("nk,kda->nda", mix[index], moves)) / unit
        rest = ((lines - samples[index]) * normal).sum(1) / unit
        weight = np.clip(1 - (away / near) ** 2, 0, 1) ** 2
        square = (rows * weight[:, None]).T @ rows + RIDGE * len(lines) * np.eye(len(names))
        step = np.linalg.solve(square, (rows * weight[:, None]).T @ rest - RIDGE * len(lines) * strengths)
        strengths = np.clip(strengths + step, low, high)
    _, away = _nearest(lines, mix @ (points + moves @ strengths))
    good = np.median(away) <= CLOSE * unit and (away <= MOST * unit).mean() >= EXPLAINED
    found = {name: float(s) for name, s in zip(names, strengths, strict=True) if abs(s) >= LEAST}
    return Followed(found, float(away.mean() / unit)) if good else None


def _asked(contour: _Contour, points: Float64, lines: Float64, allowed: Bool, unit: float) -> bool:
    """Whether most of a contour may change, and lines run beside it."""
    samples = contour.mix @ points
    column, row = np.clip(np.round(samples - 0.5).astype(int), 0, np.array(allowed.shape[::-1]) - 1).T
    if allowed[row, column].mean() < INSIDE or not len(lines):
        return False
    _, away = _nearest(samples, lines)
    return bool((away < NEAR[0] * unit).mean() > SEEN)


def _nearest(points: Float64, others: Float64) -> tuple[Float64, Float64]:
    """For each of some points (N, 2), which of others (M, 2) is nearest, and its distance."""
    square = (points**2).sum(1)[:, None] - 2 * points @ others.T + (others**2).sum(1)[None]
    index = square.argmin(1)
    return index, np.sqrt(np.maximum(square[np.arange(len(points)), index], 0))
