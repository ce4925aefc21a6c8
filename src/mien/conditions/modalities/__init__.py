"""All modalities. A new one is a file here and an entry in :data:`MODALITIES`, at the end.

The order is that of the networks' channels: image 3, sketch 1, semantic 19, color 3.
"""

from __future__ import annotations

from collections.abc import Mapping

from mien.conditions.modalities.attributes import Attributes
from mien.conditions.modalities.color import Color
from mien.conditions.modalities.exemplar import Exemplar
from mien.conditions.modalities.guide import Guide
from mien.conditions.modalities.image import Image
from mien.conditions.modalities.semantic import Semantic
from mien.conditions.modalities.sketch import Sketch
from mien.conditions.modalities.text import Text
from mien.conditions.modality import MapModality, Modality, PictureModality

MODALITIES: Mapping[str, Modality] = {
    one.name: one for one in (Image(), Sketch(), Semantic(), Color(), Exemplar(), Attributes(), Text(), Guide())
}
"""Every modality by name; the mask, which says where rather than what, is none of them."""

FORMER_NAMES: Mapping[str, str] = {"colour": "color"}
"""Names that files of earlier versions use, and what they are called today."""


def current_name(name: str) -> str:
    """What a modality is called today."""
    return FORMER_NAMES.get(name, name)


def given_modalities() -> dict[str, Modality]:
    """Those that users give: all but the image, which is the photo itself."""
    return {name: one for name, one in MODALITIES.items() if name != Image.name}


def pictures() -> dict[str, PictureModality]:
    """Those that users give as pictures."""
    return {name: one for name, one in given_modalities().items() if isinstance(one, PictureModality)}


def maps() -> dict[str, MapModality]:
    """Those that users give as maps of the size of the crop."""
    return {name: one for name, one in pictures().items() if isinstance(one, MapModality)}


def placed() -> dict[str, PictureModality]:
    """Those that users draw over the photo or over its crop."""
    return {name: one for name, one in pictures().items() if one.placed}


def channels() -> dict[str, int]:
    """How many channels of the networks' input each takes, in their order, the image first."""
    return {name: one.channels for name, one in MODALITIES.items() if isinstance(one, MapModality)}


def weightable() -> tuple[str, ...]:
    """Those that may be weighed against each other, in the order of the channels."""
    return tuple(name for name, one in MODALITIES.items() if isinstance(one, MapModality) and one.weightable)
