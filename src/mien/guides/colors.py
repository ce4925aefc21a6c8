"""Colours as people name them: ``auburn``, ``#703020``, ``112,48,32``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mien.errors import LayerError

Color = tuple[int, int, int]
"""sRGB, 0 to 255."""

NAMES: Mapping[str, Color] = {
    # hair
    "jet-black": (24, 21, 21),
    "black": (32, 27, 26),
    "dark-brown": (58, 42, 34),
    "brown": (92, 64, 46),
    "chestnut": (104, 62, 42),
    "light-brown": (134, 98, 68),
    "auburn": (112, 50, 32),
    "copper": (168, 84, 46),
    "ginger": (186, 104, 58),
    "red": (140, 40, 32),
    "strawberry-blond": (208, 148, 104),
    "dark-blond": (156, 124, 86),
    "blond": (204, 172, 122),
    "platinum": (226, 214, 192),
    "ash": (160, 150, 138),
    "gray": (150, 148, 148),
    "silver": (192, 192, 196),
    "white": (232, 230, 228),
    "pink": (222, 110, 160),
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

SAME = {"blonde": "blond", "grey": "gray", "redhead": "ginger", "brunette": "brown", "platinum-blond": "platinum"}

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
    name = re.sub(r"[\s_]+", "-", text)
    name = SAME.get(name, name)
    if name in NAMES:
        return NAMES[name]
    numbers = _NUMBERS.fullmatch(text)
    try:
        found = tuple(int(v) for v in numbers.groups()) if numbers else ImageColor.getrgb(text)[:3]
    except ValueError:
        found = ()
    if len(found) != 3 or max(found) > 255:
        raise LayerError(f"'{color}' is no colour; give a name such as auburn, #703020, or 112,48,32.")
    return found[0], found[1], found[2]
