"""Colours as people name them: ``auburn``, ``#703020``, ``112,48,32``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mien.errors import LayerError
from mien.types import Float32, UInt8

Color = tuple[int, int, int]
"""sRGB, 0 to 255."""

NAMES: Mapping[str, Color] = {
    # hair
    "jet-black": (24, 21, 21),
    "black": (32, 27, 26),
    "blue-black": (26, 28, 42),
    "espresso": (46, 34, 30),
    "dark-brown": (58, 42, 34),
    "brown": (92, 64, 46),
    "chocolate": (74, 48, 36),
    "chestnut": (104, 62, 42),
    "mahogany": (86, 36, 32),
    "light-brown": (134, 98, 68),
    "ash-brown": (106, 90, 78),
    "caramel": (158, 108, 68),
    "auburn": (112, 50, 32),
    "copper": (168, 84, 46),
    "ginger": (186, 104, 58),
    "red": (140, 40, 32),
    "burgundy": (88, 26, 36),
    "strawberry-blond": (208, 148, 104),
    "dark-blond": (156, 124, 86),
    "honey-blond": (190, 148, 92),
    "golden-blond": (212, 174, 108),
    "ash-blond": (178, 160, 134),
    "blond": (204, 172, 122),
    "light-blond": (222, 198, 154),
    "platinum": (226, 214, 192),
    "ash": (160, 150, 138),
    "gray": (150, 148, 146),
    "dark-gray": (92, 90, 90),
    "salt-and-pepper": (124, 120, 118),
    "silver": (194, 192, 189),
    "white": (232, 229, 224),
    "pink": (222, 110, 160),
    "pastel-pink": (232, 176, 196),
    "rose-gold": (206, 144, 128),
    "lavender": (180, 160, 204),
    "purple": (116, 66, 142),
    "blue": (58, 92, 176),
    "teal": (40, 132, 138),
    "green": (74, 128, 70),
    # lips
    "nude": (196, 140, 120),
    "rose": (198, 94, 110),
    "coral": (220, 108, 90),
    "crimson": (164, 26, 48),
    "berry": (124, 36, 70),
    "plum": (98, 40, 72),
    # eyes
    "hazel": (122, 96, 54),
    "amber": (158, 110, 44),
    "ice-blue": (142, 176, 204),
}
"""Tuned to what hair, lips and eyes look like; every other name is a CSS colour."""

SAME = {
    "blonde": "blond",
    "grey": "gray",
    "redhead": "ginger",
    "brunette": "brown",
    "platinum-blond": "platinum",
    "raven": "jet-black",
    "light-gray": "silver",
    "pepper-and-salt": "salt-and-pepper",
}

_NUMBERS = re.compile(r"\(?\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)?")


def parse_color(color: str | Sequence[int]) -> Color:
    """A colour from a name, ``#hex`` or three numbers.

    Raises:
        LayerError: none of these.
    """
    from PIL import ImageColor

    if not isinstance(color, str):
        color = ",".join(str(value) for value in color)
    text = color.strip().lower()
    name = re.sub(r"[\s_]+", "-", text).replace("blonde", "blond").replace("grey", "gray")
    name = SAME.get(name, name)
    if name in NAMES:
        return NAMES[name]
    numbers = _NUMBERS.fullmatch(text)
    try:
        found = tuple(int(v) for v in numbers.groups()) if numbers else ImageColor.getrgb(text)[:3]
    except ValueError:
        found = ()
    if len(found) != 3 or max(found) > 255:
        raise LayerError(f"'{color}' is no color; give a name such as auburn, #703020, or 112,48,32.")
    return found[0], found[1], found[2]


def plain_color(source: Any) -> Color | None:
    """The colour that stands for a colour map; None for whatever else may, such as a file.

    Raises:
        LayerError: something that looks like a color, and is none.
    """
    if not isinstance(source, str | tuple | list):
        return None
    try:
        return parse_color(source)
    except LayerError:
        if isinstance(source, str) and not source.strip().startswith("#"):
            return None
        raise


def color_map(color: Color, mask: Float32 | None) -> UInt8:
    """(S, S, 4) uint8: the color wherever a mask (S, S) is above 0."""
    assert mask is not None
    painted = np.zeros((*mask.shape, 4), np.uint8)
    painted[mask > 0] = (*color, 255)
    return painted
