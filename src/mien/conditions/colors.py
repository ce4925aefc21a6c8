"""Colors as people name them: ``auburn``, ``#703020``, ``112,48,32``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from mien.errors import LayerError

if TYPE_CHECKING:
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
    "chestnut": (102, 64, 45),
    "mahogany": (81, 38, 33),
    "light-brown": (129, 94, 72),
    "ash-brown": (106, 90, 78),
    "caramel": (148, 105, 71),
    "auburn": (98, 57, 41),
    "copper": (132, 82, 61),
    "ginger": (154, 99, 70),
    "red": (113, 50, 42),
    "burgundy": (83, 31, 38),
    "strawberry-blond": (191, 142, 109),
    "dark-blond": (147, 112, 88),
    "honey-blond": (177, 133, 95),
    "golden-blond": (202, 157, 112),
    "ash-blond": (166, 150, 131),
    "blond": (193, 156, 124),
    "light-blond": (212, 182, 153),
    "platinum": (215, 199, 183),
    "ash": (160, 150, 138),
    "gray": (152, 147, 142),
    "dark-gray": (93, 90, 86),
    "salt-and-pepper": (125, 120, 113),
    "silver": (183, 179, 171),
    "white": (232, 229, 224),
    "pink": (182, 98, 131),
    "pastel-pink": (232, 176, 196),
    "rose-gold": (206, 144, 128),
    "lavender": (180, 160, 204),
    "purple": (106, 67, 124),
    "blue": (56, 83, 142),
    "teal": (34, 110, 114),
    "green": (75, 119, 75),
    # lips
    "nude": (196, 140, 120),
    "rose": (198, 94, 110),
    "coral": (220, 108, 90),
    "crimson": (164, 26, 48),
    "berry": (124, 36, 70),
    "plum": (98, 40, 72),
    # clothes
    "forest-green": (34, 84, 52),
    "navy": (30, 36, 72),
    # eyes
    "hazel": (122, 96, 54),
    "amber": (158, 110, 44),
    "ice-blue": (142, 176, 204),
}
"""Tuned to what hair, lips, eyes and cloth look like; every other name is a CSS color."""

SAME = {
    "blonde": "blond",
    "grey": "gray",
    "redhead": "ginger",
    "brunette": "brown",
    "platinum-blond": "platinum",
    "raven": "jet-black",
    "light-gray": "silver",
    "pepper-and-salt": "salt-and-pepper",
    "forestgreen": "forest-green",
    "navy-blue": "navy",
}

_NUMBERS = re.compile(r"\(?\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)?")


def parse_color(color: str | Sequence[int]) -> Color:
    """A color from a name, ``#hex`` or three numbers.

    Raises:
        LayerError: none of these.
    """
    from PIL import ImageColor

    if not isinstance(color, str):
        color = ",".join(str(value) for value in color) if isinstance(color, Iterable) else str(color)
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
        near = get_close_matches(name, dict.fromkeys((*NAMES, *SAME, *ImageColor.colormap)), 1, 0.7)
        hint = f"did you mean {SAME.get(near[0], near[0])}? Else give" if near else "give a name such as auburn,"
        raise LayerError(f"'{color}' is no color; {hint} #703020, or 112,48,32.")
    return found[0], found[1], found[2]


def is_name(color: Any) -> bool:
    """Whether a color is given by its name ("ash-blond"), and not by numbers, a file or a swatch."""
    if not isinstance(color, str):
        return False
    text = color.strip()
    return text[:1].isalpha() and not any(mark in text for mark in "(.:/\\")


def plain_color(source: Any) -> Color | None:
    """The color that stands for a color map; None for whatever else may, such as a file.

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
    import numpy as np

    assert mask is not None
    painted = np.zeros((*mask.shape, 4), np.uint8)
    painted[mask > 0] = (*color, 255)
    return painted
