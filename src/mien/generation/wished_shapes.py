"""Shapes of features that a sentence names, given to a finished face by moving its pixels.

Legend: S side of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import numpy as np

from mien.align.crop import crop_face
from mien.align.measure import describe_face
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.generation.pairs import SIDE as LOOKED
from mien.generation.pairs import resized
from mien.guides.move import move
from mien.guides.shapes import Shapes
from mien.guides.still import Labelled
from mien.types import Float32, Photo, UInt8

MOUTHS = frozenset(("smile", "mouth-open", "frown"))
"""Expressions: the head was chosen by them."""

STRENGTH = 2.0
"""Standard deviations of the population for each degree: one is hardly seen beside nobody's face as it was."""


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
    wished = {one: STRENGTH * degree for one, degree in degrees.items() if one in known.ranges and one not in MOUTHS}
    if not any(wished.values()):
        return picture
    photo, face = Photo(picture), describe_face(points, 1.0, mean)
    crop = crop_face(photo, face.quad, LOOKED)
    labelled = Labelled(parser.parse(resized(crop.pixels[None], LOOKED))[0], crop.matrix)
    with suppress(LayerError):  # nothing of this face can be moved without a fold
        moved = move(photo, face, wished, shapes=known, labelled=labelled).guide.over(photo)[0]
        return np.asarray(moved.pixels, np.uint8)
    return picture
