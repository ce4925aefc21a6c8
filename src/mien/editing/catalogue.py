"""All that can be changed by name, in one table: what moves, looks, colors, what goes, what is painted, and what cannot
be done. No torch here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mien.conditions.attributes import STRONGEST
from mien.editing.looks import LOOKS
from mien.guides.shapes import Shapes

DYED = (
    "hair",
    "beard",
    "brows",
    "lips",
    "irises",
    "teeth",
    "eyelids",
    "cheeks",
    "skin",
    "hat",
    "clothes",
    "background",
)
"""What is dyed most; every region can be."""

_HAIR = "hair that is not there would be invented: 'mien borrow --part hair --from PHOTO' takes another head's"
_WORN = "nothing here shows it on this face: a photo that does can lend it as --guide"
_COVERED = "nothing shows the skin below"

UNSUPPORTED: Mapping[str, str] = {
    **dict.fromkeys(("hair-length", "hair-curl", "hair-volume"), _HAIR),
    "baldness": "no face of the generator (0 of 300) is bald; a scalp would be invented",
    **dict.fromkeys(
        ("beard+", "moustache+", "stubble+", "goatee+", "sideburns"),
        "no face of the generator (0 of 300) and one of the bank has a beard, which was not believed on others",
    ),
    **dict.fromkeys(("glasses+", "sunglasses+"), "the generator's frames are smeared; " + _WORN),
    **dict.fromkeys(("hat", "earrings", "necklace", "tie"), _WORN),
    "feminine": "moves, make-up and the generator together went the right way in 19 of 24, identity down to 0.64",
    **dict.fromkeys(("makeup-", "blush-", "eye-makeup-"), _COVERED),
    "skin-tone": "not by words: 'mien dye --color skin=#c68e6a --skin-tone' takes a number or another photo",
    "freckles": "spots that are not there would be invented, and real ones are not told from blemishes",
    "head-turn": "the other side of a head is not seen",
    "double-chin": "'mien reshape' moves chin and jaw; what lies below the chin is not modelled",
    "brow-thickness": "'mien dye' makes brows darker, which looks thicker",
    "fringe-": "nothing shows the forehead below",
    "teeth-": "'close the mouth' hides them",
}
"""Why words cannot have it, by attribute, or by signed attribute where the other way can be done."""


@dataclass(frozen=True)
class Entry:
    """Attributes:
    name: of an attribute; of a region for colors.
    kind: "moves", "look", "color", "paint", or "none" for what cannot be done.
    lowest, highest: strengths; None where it is no number.
    unit: what a strength of 1 is, in words.
    way: how it is made, or why it is not, in words.
    """

    name: str
    kind: str
    lowest: float | None
    highest: float | None
    unit: str
    way: str

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def entries(painted: Iterable[str], ranges: Mapping[str, tuple[float, float]] | None = None) -> list[Entry]:
    """The table.

    Args:
        painted: attributes that the editor's generator knows.
        ranges: their strengths, by name, where something is known of them.
    """
    known = ranges or {}
    found = [Entry(name, "moves", *span, "deviations", "pixels move") for name, span in Shapes.bundled().ranges.items()]
    found += [Entry(name, "look", one.lowest, one.highest, one.unit, one.way) for name, one in LOOKS.items()]
    found += [Entry(name, "color", None, None, "a color", "dyed") for name in DYED]
    for name in painted:
        low, high = known.get(name, (-STRONGEST, STRONGEST))
        span = max(low, -STRONGEST), min(high, STRONGEST)
        found.append(Entry(name, "paint", *span, "deviations", "painted"))
    return found + [Entry(name, "none", None, None, "", reason) for name, reason in UNSUPPORTED.items()]


def why_not(attribute: str, degree: float) -> str:
    """Why an attribute cannot be had; "" where nobody knows."""
    return UNSUPPORTED.get(attribute) or UNSUPPORTED.get(f"{attribute}{'+' if degree > 0 else '-'}", "")
