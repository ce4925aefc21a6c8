"""Shapes of features that a sentence names, given to a finished face by moving its pixels.

Legend: S side of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import numpy as np

from mien.align.crop import crop_face
from mien.align.measure import describe_face
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.generation.pairs import SIDE as LOOKED
from mien.generation.pairs import resized
from mien.generation.raised_brows import with_brows
from mien.generation.seen_features import seen_features
from mien.guides.move import SHUT, displaced, is_shut
from mien.guides.shapes import Placement, Shapes
from mien.guides.still import Labelled
from mien.types import Face, Float32, Float64, Photo, UInt8

MOUTHS = frozenset(("smile", "mouth-open", "frown"))
"""Expressions: the head is chosen by them."""

STRENGTH = 3.0
"""Standard deviations of the population for each degree: fewer are hardly seen beside nobody's face as it was."""

OTHERS: Mapping[str, tuple[float, float]] = {
    "smile": (1.2, 1.2),
    "mouth-open": (0.6, 0.6),
    "frown": (1.5, 1.5),
    "eye-openness": (2.6, 1.8),
    "eye-size": (3.0, 4.5),
    "face-width": (4.0, 3.0),
    "lip-fullness": (3.0, 2.2),
}
"""The same for less and for more of what looks drawn sooner or is seen later, and of mouths: they choose heads."""

SMALL, LEAST = 0.15, 0.7
"""How much less eyes narrow or grow for each standard deviation that they are so already, and the least share of it."""

ALONG: Mapping[str, Mapping[str, float]] = {
    "face-width": {"jaw-width": 0.7, "cheek-width": 0.7, "chin-length": -0.2},
    "brow-height": {"eye-openness": 0.3, "frown": -0.3},
    "eye-size": {"eye-openness": 0.4},
    "eye-openness": {"brow-height": 0.4, "frown": -0.15},
    "smile": {"mouth-open": 0.2, "eye-openness": -0.3},
}
"""What goes along, for each standard deviation: a narrow face is narrow in its jaw."""


def shaped(picture: UInt8, points: Float32, mean: Float32, degrees: Mapping[str, float], parser: FaceParser) -> UInt8:
    """A face (S, S, 3) whose features are moved as words ask for; the same where they ask for none.

    Args:
        picture: (S, S, 3) sRGB.
        points: (478, 3) landmarks in pixels.
        mean: (478, 3) the mean face.
        degrees: by attribute; others than :class:`mien.guides.shapes.Shapes` knows are left alone.
        parser: tells what keeps its shape: teeth, glasses, what is behind the head.
    """
    known = Shapes.bundled()
    wider = {name: (-OTHERS[name][0], OTHERS[name][1]) for name in ("eye-size", "face-width")}
    known = replace(known, ranges={**known.ranges, **wider})
    photo, face = Photo(picture), describe_face(points, 1.0, mean)
    wished = _wished(degrees, face.mouth_openness > SHUT)
    for name, sign in (("eye-openness", -1), ("eye-size", 1)):
        if degrees.get(name, 0) * sign > 0:
            wished[name] *= float(np.clip(1 - sign * SMALL * seen_features(points)[name], LEAST, 1))
    wished = {name: strength for name, strength in wished.items() if name in known.ranges}
    if not any(wished.values()):  # nothing that the parser would be needed for
        return picture
    crop = crop_face(photo, face.quad, LOOKED)
    labelled = Labelled(without_glasses(parser.parse(resized(crop.pixels[None], LOOKED))[0]), crop.matrix)
    if is_shut(face, labelled):
        wished.pop("mouth-open", None)
    if not any(wished.values()):
        return picture
    with suppress(LayerError):  # nothing of this face can be moved without a fold
        return _moved(photo, face, known.displacement(known.clamped(wished)), known, labelled)
    return picture


def _moved(photo: Photo, face: Face, away: Float64, known: Shapes, labelled: Labelled) -> UInt8:
    """With landmarks that go (478, 3) in the mean face's frame; errors as of :func:`mien.guides.move.displaced`."""
    points = face.landmarks.astype(np.float64)
    placement = Placement.of(points, known.mean)
    shift = placement.scale * away @ placement.rotation.T
    ends = with_brows(points[:, :2], shift[:, :2], labelled, placement.scale)
    return np.asarray(displaced(photo, *ends, placement.scale, labelled=labelled)[0].over(photo)[0].pixels, np.uint8)


def without_glasses(labels: UInt8) -> UInt8:
    """Labels of a head of nobody: bags below eyes are taken for glasses at times, whose frames keep their shape."""
    return np.where(labels == INDEX["glasses"], INDEX["skin"], labels).astype(np.uint8)


def _wished(degrees: Mapping[str, float], opened: bool) -> dict[str, float]:
    """Standard deviations by attribute; a mouth that is shut stays so."""
    total: dict[str, float] = {}
    for name, degree in degrees.items():
        strength = OTHERS.get(name, (STRENGTH, STRENGTH))[degree > 0] * degree
        for other, share in {name: 1.0, **ALONG.get(name, {})}.items():
            if other != name and other in degrees:
                continue
            total[other] = total.get(other, 0.0) + share * strength
    return {name: strength for name, strength in total.items() if opened or name != "mouth-open"}
