"""Attributes: named directions of change with a strength. Which names there are depends on the editor."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from mien.errors import LayerError

STRONGEST = 10.0
"""Largest strength that is accepted, either way; far below it faces already fall apart."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


def parse_attributes(text: str) -> dict[str, float]:
    """``"age=1.5, smile=-0.5"`` -> ``{"age": 1.5, "smile": -0.5}``; nothing for an empty text.

    Raises:
        LayerError: not of this form, or a strength that is not a number of moderate size.
    """
    found: dict[str, float] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, equals, value = part.partition("=")
        try:
            strength = float(value)
        except ValueError:
            strength = math.nan
        if not equals or math.isnan(strength):
            raise LayerError(f"'{part}' is no attribute; write name=strength, such as age=1.5,smile=-0.5.")
        found[name.strip().lower()] = strength
    return validate_attributes(found)


def validate_attributes(values: Mapping[str, float]) -> dict[str, float]:
    """Checks names and strengths; what has strength 0 is dropped, since it changes nothing.

    Raises:
        LayerError: a malformed name, or a strength that is not a number between -10 and 10.
    """
    if not isinstance(values, Mapping):
        raise LayerError(f"The attributes are {values!r}; give a strength by name, such as age=1.5.")
    for name, strength in values.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise LayerError(f"'{name}' is no name of an attribute; use small letters, digits, - and _.")
        if isinstance(strength, bool) or not isinstance(strength, int | float) or not abs(strength) <= STRONGEST:
            raise LayerError(f"The strength of '{name}' is {strength}; give a number between -10 and 10.")
    return {name: float(strength) for name, strength in values.items() if strength}


def draw_attributes(values: Mapping[str, float]) -> str:
    """For people: ``"age +1.5, smile -0.5"``."""
    return ", ".join(f"{name} {strength:+g}" for name, strength in values.items())
