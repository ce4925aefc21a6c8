"""How far faces are from what was asked for, as numbers: for NumPy and for torch, so that descent can follow them.

    d = Σ over what is given:   semantic  1 − mean over the map's classes of Σ min(p, t) / Σ max(p, t)   (Ruzicka, 1958)
                                sketch    1 − F1 of lines near the wanted ones
                                points    mean distance / REACH
                                pose      mean angle / TURN
                                text      TEXT · mean of what numbers fall short of

A whole map tells the face reader's number of glasses, too: what else would have them drawn whole, or not at all?

Legend: B faces, S side of a map, D side of a sketch, K numbers of the face reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.conditions.labels import INDEX
from mien.engine.mapping import Wanted, joined
from mien.models.mm2latent.config import MODALITIES, MappingConfig
from mien.models.mm2latent.text import LIMIT, TextScale
from mien.types import Float32

REACH, TURN, TEXT = 0.03, 20.0, 0.15
"""Of points, in sides of the crop (random faces differ by so much), degrees, and the weight of words against a map."""

GLASSES = INDEX["glasses"]
FRAME, THERE, LEAST = 0.02, 3.0, 0.1
"""Least share of a map that whole glasses have; the reader's logit of what is surely there; the least scaled number."""

NEAR, AROUND = 3, 13
"""Pixels of 128, sides of squares: lines this near to wanted ones agree; what is farther than the second away is not
spoken of, since drawings may be unfinished."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What is seen in B faces; arrays of NumPy or tensors.

    Attributes:
        semantic: (B, 19, S, S) shares; None if nobody asks, as for all.
        lines: (B, 1, D, D) in [0, 1].
        wide: the same, each pixel the largest of the square of side :data:`NEAR` around it.
        points: (B, 478, 3), z of mean 0, in sides of the crop.
        pose: (B, 2) degrees.
        numbers: (B, K) scaled.
    """

    semantic: Any = None
    lines: Any = None
    wide: Any = None
    points: Any = None
    pose: Any = None
    numbers: Any = None


@dataclass(frozen=True, eq=False)
class Asked:
    """What B faces are asked for, one array for each kind; rows of what is not given are 0.

    Attributes:
        semantic, sketch, points, pose: as of :class:`Wanted`.
        near, around: (B, 1, D, D), the lines widened.
        values, flags: (B, K) numbers, and which of them are wanted.
        weights: (B, K) of each.
        two: (K,) numbers that may be missed on both sides: of colors.
        given: (B, 5) in the order of :data:`MODALITIES`.
    """

    semantic: Any
    sketch: Any
    points: Any
    pose: Any
    near: Any
    around: Any
    values: Any
    flags: Any
    weights: Any
    two: Any
    given: Any

    @classmethod
    def of(cls, wanted: list[Wanted], config: MappingConfig, scale: TextScale) -> Asked:
        """As arrays of NumPy; words of a model of pictures and words are not looked at."""
        semantic, sketch, points, pose, text, given = joined(wanted, config)
        count = len(scale.names)
        if not count:
            given[:, MODALITIES.index("text")] = 0
        near, around = (np.stack([_widened(one[0], side)[None] for one in sketch]) for side in (NEAR, AROUND))
        two = np.array([name[-2:] in ("-L", "-a", "-b") for name in scale.names], np.float32)
        values, flags = text[:, :count].copy(), text[:, count : 2 * count].copy()
        weights = flags / np.maximum(1, flags.sum(1, keepdims=True))
        if "glasses" in scale.names:
            index = scale.names.index("glasses")
            for row, one in enumerate(wanted):
                if one.semantic is not None and not flags[row, index] and (shown := _glasses(one.semantic, scale)):
                    values[row, index], flags[row, index], weights[row, index] = shown, 1, 1
                    given[row, MODALITIES.index("text")] = 1
        return cls(semantic, sketch, points, pose, near, around, values, flags, weights, two, given)

    def asks(self, name: str) -> bool:
        """Whether any of the faces is asked for this."""
        return bool(self.given[:, MODALITIES.index(name)].any())

    def tensors(self) -> Asked:
        """The same for torch."""
        import torch

        return Asked(**{name: torch.from_numpy(np.ascontiguousarray(one)) for name, one in vars(self).items()})


def _glasses(shares: Float32, scale: TextScale) -> float:
    """The scaled number of glasses that a map (19, S, S) tells; 0 for none: stray spots, or parts left empty."""
    share = float(shares[GLASSES].mean())
    if 0 < share < FRAME or shares.sum(0).min() < 0.5:
        return 0.0
    index = scale.names.index("glasses")
    number = max(THERE, scale.at("glasses", 1.0)) if share else min(-THERE, scale.at("glasses", -1.0))
    scaled = float(np.clip((number - scale.mean[index]) / scale.spread[index], -LIMIT, LIMIT))
    return max(scaled, LEAST) if share else min(scaled, -LEAST)  # its sign says which side is right


def _widened(lines: Float32, side: int) -> Float32:
    return np.asarray(cv2.dilate(lines, np.ones((side, side), np.uint8)), np.float32)


def widened(lines: Float32) -> Float32:
    """(B, 1, D, D) -> the same, see :attr:`Seen.wide`."""
    return np.stack([_widened(one[0], NEAR)[None] for one in lines])


def distance(xp: Any, seen: Seen, asked: Asked) -> Any:
    """How far B faces are from what they are asked for.

    Args:
        xp: ``numpy`` or ``torch``, whichever both are of.
        seen: what is asked for is there.
        asked: of the same faces.

    Returns:
        (B,), 0 for what obeys in all; a modality adds about 1 where it is disobeyed.
    """
    parts = {
        "semantic": lambda: 1 - overlap(xp, seen.semantic, asked.semantic),
        "sketch": lambda: 1 - _traced(seen, asked),
        "geometry": lambda: _norms(seen.points - asked.points) / REACH,
        "pose": lambda: abs(seen.pose - asked.pose).mean(-1) / TURN,
        "text": lambda: TEXT * (asked.weights * missing(xp, seen.numbers, asked)).sum(-1),
    }
    known = {
        "semantic": seen.semantic,
        "sketch": seen.lines,
        "geometry": seen.points,
        "pose": seen.pose,
        "text": seen.numbers,
    }
    total = asked.given[:, 0] * 0.0
    for index, name in enumerate(MODALITIES):
        if known[name] is not None and asked.asks(name):
            total = total + asked.given[:, index] * parts[name]()
    return total


def overlap(xp: Any, shares: Any, wanted: Any) -> Any:
    """(B, 19, S, S) twice -> (B,), the mean over the wanted classes, where the wanted map says anything."""
    spoken = wanted.sum(1)[:, None]
    both = xp.minimum(shares * spoken, wanted).sum((-2, -1))
    either = xp.maximum(shares * spoken, wanted).sum((-2, -1))
    there = wanted.sum((-2, -1)) > 0
    return (both / (either + 1e-6) * there).sum(-1) / (there.sum(-1) + 1e-6)


def missing(xp: Any, numbers: Any, asked: Asked) -> Any:
    """(B, K) by how many standard deviations wanted numbers are missed; to go beyond them is right, but for colors."""
    away = asked.values - numbers
    sided = xp.sign(asked.values) * away
    return asked.flags * (asked.two * abs(away) + (1 - asked.two) * sided.clip(0))


def _traced(seen: Seen, asked: Asked) -> Any:
    recall = (seen.wide * asked.sketch).sum((-3, -2, -1)) / (asked.sketch.sum((-3, -2, -1)) + 1e-6)
    right = (seen.lines * asked.near).sum((-3, -2, -1)) / ((seen.lines * asked.around).sum((-3, -2, -1)) + 1e-6)
    return 2 * recall * right / (recall + right + 1e-6)


def _norms(points: Any) -> Any:
    """(B, 478, 3) -> mean length (B,)."""
    return ((points * points).sum(-1) + 1e-12).__pow__(0.5).mean(-1)
