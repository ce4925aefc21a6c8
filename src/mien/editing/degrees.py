"""What words were read as, in a form that can be kept, changed and made again: a degree or a color by attribute.

    {"smile": 0.5, "age": "by -1", "hair-color": "auburn", "lip-color": "red 0.5"}

"by" marks a comparison with what the photo shows; behind a color stands how much of it, where it is not all.
"""

from __future__ import annotations

from collections.abc import Mapping

from mien.conditions.colors import parse_color
from mien.errors import ConfigError
from mien.words.lexicon import ATTRIBUTES
from mien.words.reader import read
from mien.words.types import Reading, Wish

Degree = float | str
BY = "by "
LARGEST = 2.0


def degrees_of(text: str) -> dict[str, Degree]:
    """What a sentence is read as."""
    return {wish.attribute: _kept(wish) for wish in read(text).wishes}


def reading_of(degrees: Mapping[str, Degree]) -> Reading:
    """The wishes of degrees; 0 wishes nothing.

    Raises:
        ConfigError: no such attribute, or neither a degree in [-2, 2] nor a color.
    """
    found = [_wish(name, value) for name, value in degrees.items()]
    return Reading(tuple(wish for wish in found if wish.degree))


def parse_degree(value: str) -> Degree:
    """As it is typed: a number where it is one."""
    try:
        return float(value)
    except ValueError:
        return value


def _kept(wish: Wish) -> Degree:
    if wish.color:
        return wish.color if wish.degree == 1 else f"{wish.color} {wish.degree:g}"
    return f"{BY}{wish.degree:g}" if wish.relative else wish.degree


def _wish(name: str, value: Degree) -> Wish:
    if name not in ATTRIBUTES or name == "skin-tone":
        raise ConfigError(f"'{name}' has no degree that words could give; see 'mien attributes'.")
    if name.endswith("-color"):
        color, _, share = str(value).rpartition(" ")
        color, degree = (color, parse_degree(share)) if color else (str(value), 1.0)
        parse_color(color)
        relative = False
    else:
        relative = isinstance(value, str) and value.startswith(BY)
        color, degree = "", parse_degree(str(value).removeprefix(BY))
    if not isinstance(degree, float) or not -LARGEST <= degree <= LARGEST:
        raise ConfigError(f"The degree of {name} is {value!r}; give a number from -2 to 2, such as 0.5.")
    return Wish(name, degree, color, relative=relative)
