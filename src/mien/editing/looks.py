"""Looks that are made of pixels that are there: what an attribute such as age becomes, step by step. No torch here.

A person's own pixels stay; a look adds another face's relief, takes relief away, moves and dyes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from mien.editing.request import Request

EVENED = "forehead+cheeks+under_eyes+chin"
"""Skin that is evened out: a nose keeps its shape."""

Step = tuple[Mapping[str, object], float]
"""Fields of a request, and how much of it, in [0, 1]."""


@dataclass(frozen=True)
class Look:
    """Attributes:
    lowest, highest: strengths that are believed.
    unit: what a strength of 1 is, in words.
    way: how it is made, in words.
    steps: of a strength within that range, in order; where the first cannot be made, the others are not.
    """

    lowest: float
    highest: float
    unit: str
    way: str
    steps: Callable[[float], list[Step]]


def _age(strength: float) -> list[Step]:
    if strength < 0:
        return [
            ({"mask": "wrinkles", "mode": "heal"}, min(1.0, -strength)),
            ({"mask": EVENED, "mode": "heal"}, min(1.0, -0.3 * strength)),
            ({"reshape": {"lip-fullness": -0.7 * strength, "eye-openness": -0.5 * strength}}, 1.0),
        ]
    gray = 0.5 * strength - 0.15
    steps: list[Step] = [
        ({"part": "wrinkles"}, 0.65 * strength),
        ({"reshape": {"eye-openness": -0.4 * strength}}, 1.0),  # thinner lips are read as a man's, not as older
    ]
    return steps + ([({"dye": {"hair": "grayer"}}, gray)] if gray > 0 else [])


def _wrinkles(strength: float) -> list[Step]:
    if strength > 0:
        return [({"part": "wrinkles"}, 0.65 * strength)]
    return [({"mask": "wrinkles", "mode": "heal"}, min(1.0, -strength))]


def _even(strength: float) -> list[Step]:
    return [({"mask": EVENED, "mode": "heal"}, min(1.0, -0.8 * strength))]


def _makeup(strength: float) -> list[Step]:
    share = min(1.0, 0.8 * strength)
    return [
        ({"dye": {"lips": "redder"}}, share),
        ({"dye": {"cheeks": "rosier"}}, 0.6 * share),
        ({"dye": {"eyelids": "smokier"}}, share),
    ]


def _dyed(region: str, more: str, less: str) -> Callable[[float], list[Step]]:
    return lambda strength: [({"dye": {region: more if strength > 0 else less}}, min(1.0, abs(strength)))]


LOOKS: Mapping[str, Look] = {
    "age": Look(-1.25, 1.5, "about 6 years", "wrinkles of the bank, grayer hair; even skin", _age),
    "wrinkles": Look(-1, 1.5, "half of an old face's", "relief of the bank's skin; even skin", _wrinkles),
    "makeup": Look(0, 1.25, "a day's", "lips, cheeks and eyelids dyed", _makeup),
    "blush": Look(0, 1, "a day's", "cheeks dyed", _dyed("cheeks", "rosier", "")),
    "eye-makeup": Look(0, 1, "a day's", "eyelids dyed", _dyed("eyelids", "smokier", "")),
    "hair-lightness": Look(-1, 1, "a shade", "hair dyed", _dyed("hair", "lighter", "darker")),
    "blemishes": Look(-1, 0, "evened out", "even skin", _even),
    "hair-gray": Look(0, 1, "grayed hair", "hair, brows and beard dyed", _dyed("hair", "grayer", "")),
}
"""By attribute."""


def bears(name: str, strength: float) -> bool:
    """Whether there is such a look that goes this way."""
    look = LOOKS.get(name)
    return look is not None and (look.lowest < 0 if strength < 0 else look.highest > 0)


def taken(request: Request) -> dict[str, float]:
    """Those of a request's attributes that are looks of pixels, by name; none where it is to be painted."""
    drawn = (request.exemplar, request.sketch, request.semantic, request.color, request.layers)
    if request.mode not in ("auto", "pixels") or any(one is not None for one in drawn):
        return {}
    if request.weights or request.weight_maps or request.protect:
        return {}
    return {name: value for name, value in request.attributes.items() if value and bears(name, value)}


def limits(looks: Mapping[str, float]) -> tuple[str, ...]:
    """What is said about looks that were asked for beyond what is believed, in words."""
    ranges = {name: (LOOKS[name].lowest, LOOKS[name].highest) for name in looks}
    taken_as = {name: min(max(wanted, ranges[name][0]), ranges[name][1]) for name, wanted in looks.items()}
    return tuple(
        f"{name} goes from {ranges[name][0]:g} to {ranges[name][1]:g}; {wanted:g} was taken as {taken_as[name]:g}"
        for name, wanted in looks.items()
        if taken_as[name] != wanted
    )


def steps_of(name: str, strength: float, bare: Request) -> list[Request]:
    """The requests that make a look.

    Args:
        name: of :data:`LOOKS`.
        strength: kept within the look's range.
        bare: what they have in common: mask, frame, strength, seed, album.
    """
    look = LOOKS[name]
    within = min(max(strength, look.lowest), look.highest)
    return [_request(dict(fields), share, bare) for fields, share in (look.steps(within) if within else [])]


def _request(fields: dict[str, object], share: float, bare: Request) -> Request:
    wish = Request.from_dict(fields)
    made = replace(bare, strength=bare.strength * min(1.0, share), part=wish.part, reshape=wish.reshape, dye=wish.dye)
    return made if wish.mask is None or bare.mask is not None else replace(made, mask=wish.mask, mode=wish.mode)
