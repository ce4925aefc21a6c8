"""What the face reader's numbers say in words: which of them each attribute that words can ask for is made of.

Numbers are in standard deviations of the portraits that the reader was trained on; presences are logits.
"""

from __future__ import annotations

from collections.abc import Mapping

PRESENT = frozenset({"teeth", "beard", "moustache", "glasses", "hat", "fringe", "baldness"})
"""Numbers that say whether something is there."""

_THEMSELVES = """
mouth-open mouth-width lip-fullness eye-size eye-openness brow-height nose-width nose-length jaw-width chin-length
cheek-width face-width forehead age hair-length teeth beard moustache glasses hat fringe baldness
"""

NUMBERS: Mapping[str, Mapping[str, float]] = {
    **{name: {name: 1.0} for name in _THEMSELVES.split()},
    "smile": {"happy": 0.6, "smile": 0.4},
    "frown": {"angry": 0.5, "frown": 0.5},
    "nose-size": {"nose-width": 0.6, "nose-length": 0.4},
    "feminine": {"masculine": -1.0},
    "wrinkles": {"wrinkles": 0.5, "age": 0.5},
    "skin-tone": {"skin-L": -1.0},
    "hair-lightness": {"hair-L": 1.0},
    "brow-lightness": {"brow-L": 1.0},
    "eye-lightness": {"eye-L": 1.0},
    "lipstick": {"lip-a": 1.0},
    "stubble": {"beard": 1.0},
    "goatee": {"beard": 1.0},
    "sunglasses": {"glasses": 1.0},
}
"""Weights by number, by attribute of a sentence that is no color."""

COLORS: Mapping[str, str] = {
    "hair-color": "hair",
    "brow-color": "brow",
    "eye-color": "eye",
    "lip-color": "lip",
    "background-color": "background",
    "clothes-color": "clothes",
}
"""What has the color, by attribute: three numbers each, ``-L``, ``-a`` and ``-b``."""
