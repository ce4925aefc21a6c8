"""One color for all of the mask: "#703020", "sienna", (112, 48, 32)."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import ImageColor

from mien.editing.request import is_number
from mien.errors import LayerError
from mien.types import Float32, UInt8

Color = tuple[int, int, int]


def plain_color(source: Any) -> Color | None:
    """(red, green, blue) in [0, 255]; None for whatever else may stand for a color map, such as a file.

    Raises:
        LayerError: something that looks like a color, and is none.
    """
    if isinstance(source, tuple | list):
        if len(source) != 3 or not all(is_number(one, 0, 255, whole=True) for one in source):
            raise LayerError(f"{source} is no color; give (red, green, blue), whole numbers from 0 to 255.")
        return int(source[0]), int(source[1]), int(source[2])
    if not isinstance(source, str):
        return None
    try:
        found = ImageColor.getrgb(source.strip())
    except ValueError:
        if source.strip().startswith("#"):
            raise LayerError(f"'{source}' is no color; write it as #703020.") from None
        return None
    return found[0], found[1], found[2]


def color_map(color: Color, mask: Float32 | None) -> UInt8:
    """(S, S, 4) uint8: the color wherever a mask (S, S) is above 0."""
    assert mask is not None
    painted = np.zeros((*mask.shape, 4), np.uint8)
    painted[mask > 0] = (*color, 255)
    return painted
