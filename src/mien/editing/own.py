"""What the photo itself shows, instead of a layer: so that new colours keep the strands, and new lines the colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mien.conditions.extract import conditions_of
from mien.conditions.sketch import sketch_of
from mien.editing.resample import labels_at
from mien.pixels import to_tensor

if TYPE_CHECKING:
    from mien.editing.inputs import Tools
    from mien.types import AlignedFace

OWN = "self"
"""The word for it."""


def is_own(source: Any) -> bool:
    """Whether a layer is to be taken from the photo."""
    return isinstance(source, str) and source == OWN


def own_layer(name: str, crop: AlignedFace, tools: Tools) -> Any:
    """Sketch, semantic map or colour map of the crop, as ``mien conditions`` extracts them.

    Args:
        name: "sketch", "semantic" or "colour", a field of :class:`mien.conditions.types.Conditions`.
        crop: S pixels wide.
        tools: label it; a sketch does without.

    Returns:
        at S; None for the sketch of a crop without any edge.
    """
    if name == "sketch":
        lines = sketch_of(to_tensor(crop.pixels))
        return lines if lines.any() else None
    return getattr(conditions_of(crop.pixels, labels_at(tools.parsed().labels, crop.size)), name)
