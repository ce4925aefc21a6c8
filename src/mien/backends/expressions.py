"""Expressions that words ask of a photo, where a generator knows hardly any: its faces nearly all smile."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mien.guides.shapes import Placement, Shapes, canonical
from mien.types import Float32

EXPRESSION = frozenset(
    ("happy", "smile", "angry", "frown", "sad", "surprised", "fearful", "disgusted", "neutral", "teeth", "mouth-open")
)
"""Numbers of the face reader that are movements: hair and the skin's tone stay as they are."""

FURTHER, ENOUGH = (1.0, 2.0, 3.0), 0.25
"""Deviations by which an expression goes further than between the generator's faces, until it is seen, within the range
of its shape; standard deviations by which it may be missed."""


def expressed(points: tuple[Float32, Float32, Float32], degrees: Mapping[str, float], further: float) -> Float32:
    """What a photo's landmarks move by, (478, 2) pixels: as those of the generator, its head kept still, and further.

    Args:
        points: (478, 3) of the photo and of the generator's faces before and after, pixels.
        degrees: of shapes, by attribute.
        further: deviations that a degree of 1 adds.
    """
    shapes = Shapes.bundled()
    place = Placement.of(points[0].astype(np.float64), shapes.mean)
    before, after = canonical(np.stack(points[1:]), shapes.mean)
    strengths = shapes.clamped({name: further * degree for name, degree in degrees.items()})
    moved = place.scale * (after - before + shapes.displacement(strengths)) @ place.rotation.T
    return np.asarray(moved[:, :2], np.float32)
