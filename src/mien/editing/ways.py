"""What a wish that was read from words becomes: moves, dyes, looks of the editor; and where it lies. No torch here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mien.editing.looks import bears
from mien.words.types import Wish

MOVES: Mapping[str, Mapping[str, float]] = {
    "smile": {"smile": 1.2},
    "frown": {"frown": 2.4, "smile": -1.2, "brow-angle": -1.5, "eye-openness": -1.0},
    "mouth-open": {"mouth-open": 1.2},
    "eye-size": {"eye-size": 2.0},
    "eye-openness": {"eye-openness": 1.8},
    "brow-height": {"brow-height": 1.8},
    "nose-size": {"nose-width": 2.0, "nose-length": 1.0},
    "nose-width": {"nose-width": 2.2},
    "nose-length": {"nose-length": 2.2},
    "lip-fullness": {"lip-fullness": 1.7},
    "mouth-width": {"mouth-width": 1.8},
    "face-width": {"face-width": 2.0, "cheek-width": 1.2},
    "jaw-width": {"jaw-width": 2.2},
    "chin-length": {"chin-length": 1.8},
    "cheek-width": {"cheek-width": 2.0},
    "forehead": {"forehead": 1.5},
}
"""Standard deviations for one degree of a wish, by move."""

COLORED: Mapping[str, str] = {
    "hair-color": "hair",
    "brow-color": "brows",
    "eye-color": "irises",
    "lip-color": "lips",
    "beard-color": "beard",
    "background-color": "background",
    "clothes-color": "clothes",
    "hat-color": "hat",
    "glasses-color": "glasses",
}
"""Regions that are dyed, by attribute."""

SHADES: Mapping[str, tuple[str, str]] = {
    "hair-lightness+": ("hair", "lighter"),
    "hair-lightness-": ("hair", "darker"),
    "brow-lightness+": ("brows", "lighter"),
    "brow-lightness-": ("brows", "darker"),
    "eye-lightness+": ("irises", "lighter"),
    "eye-lightness-": ("irises", "darker"),
    "teeth-white+": ("teeth", "whiter"),
    "lipstick+": ("lips", "rose"),
    "lipstick-": ("lips", "nude"),
}
"""Region and color, by signed attribute."""

BORROWED: Mapping[str, tuple[str, str]] = {
    "teeth+": ("teeth", "no teeth"),
    "fringe+": ("fringe", "no fringe"),
    **dict.fromkeys(("beard-", "moustache-", "stubble-", "goatee-"), ("lower_face", "a beard")),
}
"""Part of the bank's faces, and a condition (see :data:`mien.editing.loans.CONDITIONS`), by signed attribute."""

HEALED: Mapping[str, str] = {
    "glasses-": "glasses",
    "sunglasses-": "glasses",
    "eye-bags-": "under_eyes",
    "red-eye-": "pupils",
}
"""Regions that are healed where no mask says otherwise, by signed attribute."""

NAMED_WITH: Mapping[str, str] = {
    **dict.fromkeys(("beard", "moustache", "goatee", "stubble", "sideburns"), "beard-color"),
    "hat": "hat-color",
    "glasses": "glasses-color",
}
"""Things that a color's wish supposes: "a grey beard" dyes the beard that is there."""

REGIONS: Mapping[str, str] = {
    "hair": "hair",
    "fringe": "hair+forehead",
    "baldness": "hair+forehead",
    "eye": "eyes",
    "brow": "brows",
    "nose": "nose",
    "mouth": "mouth",
    "lip": "lips",
    "lipstick": "lips",
    "smile": "mouth+cheeks",
    "teeth": "mouth",
    **dict.fromkeys(("beard", "moustache", "goatee", "stubble", "sideburns"), "lower_face"),
    "chin": "chin",
    "double": "chin",
    "jaw": "lower_face",
    "cheek": "cheeks",
    "blush": "cheeks",
    "forehead": "forehead",
    "glasses": "glasses+eyes",
    "sunglasses": "eyes+brows",
    "hat": "hat+hair",
    "background": "background",
    "clothes": "clothes",
    "earrings": "ears",
    "makeup": "lips+cheeks+eyelids",
    "wrinkles": "skin",
    "blemishes": "skin",
    "head": "head",
}
"""Where a wish lies, by the first word of its attribute; all others lie in the whole face."""


@dataclass
class Ways:
    """Attributes:
    reshape: strength by move.
    smile: degree of the smile that is to be seen, where it was not asked for more or less of one.
    dye: color and strength by region.
    borrow: condition by part.
    heal: strength by region.
    looks: strength by look of :data:`mien.editing.looks.LOOKS`.
    attributes: strength by look of the editor.
    missing: wishes that nothing here can fulfill.
    """

    reshape: dict[str, float] = field(default_factory=dict)
    smile: float | None = None
    dye: dict[str, tuple[str, float]] = field(default_factory=dict)
    borrow: dict[str, str] = field(default_factory=dict)
    heal: dict[str, float] = field(default_factory=dict)
    looks: dict[str, float] = field(default_factory=dict)
    attributes: dict[str, float] = field(default_factory=dict)
    missing: list[Wish] = field(default_factory=list)

    @property
    def found(self) -> bool:
        """Whether anything can be done."""
        return bool(self.reshape or self.dye or self.borrow or self.heal or self.looks or self.attributes)


def ways_of(wishes: Iterable[Wish], looks: Iterable[str]) -> Ways:
    """The ways of some wishes.

    Args:
        wishes: as they were read.
        looks: attributes that the editor knows.
    """
    ways, all_wishes = Ways(), tuple(wishes)
    colored, known = {wish.attribute for wish in all_wishes if wish.color}, set(looks)
    for wish in all_wishes:
        signed = f"{wish.attribute}{'+' if wish.degree > 0 else '-'}"
        shade, part = SHADES.get(signed), BORROWED.get(signed)
        named = wish.degree > 0 and NAMED_WITH.get(wish.attribute) in colored
        look = next((name for name in (wish.attribute, wish.attribute.replace("-", "_")) if name in known), None)
        if wish.attribute in MOVES:
            for move, unit in MOVES[wish.attribute].items():
                ways.reshape[move] = round(ways.reshape.get(move, 0.0) + unit * wish.degree, 3)
            if wish.attribute == "smile" and not wish.relative:
                ways.smile = wish.degree
        elif wish.color and wish.attribute in COLORED:
            ways.dye[COLORED[wish.attribute]] = (wish.color, min(1.0, wish.degree))
        elif shade:
            ways.dye.setdefault(shade[0], (shade[1], min(1.0, abs(wish.degree))))
        elif bears(wish.attribute, wish.degree):
            ways.looks[wish.attribute] = round(ways.looks.get(wish.attribute, 0.0) + wish.degree, 3)
        elif look:
            ways.attributes[look] = wish.degree
        elif signed in HEALED:
            ways.heal[HEALED[signed]] = min(1.0, 0.6 * abs(wish.degree)) if signed == "eye-bags-" else 1.0
        elif part and not named:
            ways.borrow[part[0]] = part[1]
        elif not named:
            ways.missing.append(wish)
    return ways


def regions_of(wishes: Iterable[Wish]) -> str:
    """The regions that some wishes speak of, as an expression; "" for no wishes."""
    found = [REGIONS.get(wish.attribute.partition("-")[0], "face") for wish in wishes]
    return "+".join(dict.fromkeys(name for names in found for name in names.split("+")))
