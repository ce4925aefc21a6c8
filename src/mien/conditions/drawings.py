"""Drawings of faces that may be unfinished: they are read without a photo, and without torch."""

from __future__ import annotations

import numpy as np

from mien.conditions.modalities.sketch import Sketch
from mien.conditions.pictures import drawing, name_of
from mien.errors import LayerError
from mien.types import Bool, PictureLike

SVG_SIDE = 256
"""At which SVG files are drawn, pixels."""


def read_drawing(source: PictureLike) -> Bool:
    """(S, S), True on lines: a square drawing in any color on any paper, or an SVG file; an empty one has no lines.

    Raises:
        PhotoError, LayerError: it cannot be read, or is not square.
    """
    sketch = Sketch()
    strokes = sketch.strokes(source)
    if strokes is not None:
        return np.asarray(sketch.render(strokes[0], SVG_SIDE), np.bool_)
    drawn, name = drawing(source, sketch.title), name_of(source, "drawing")
    if drawn.shape[0] != drawn.shape[1]:
        raise LayerError(f"{name} is {drawn.shape[1]} x {drawn.shape[0]}; give a square drawing of a face.")
    return np.asarray(sketch.parse(drawn, name, []), np.bool_)
