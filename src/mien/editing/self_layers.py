"""What the photo itself shows, instead of a layer: so that new colours keep the strands, and new lines the colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mien.conditions.extract import conditions_of
from mien.conditions.sketch import sketch_of
from mien.conditions.types import Conditions
from mien.editing.request import Request
from mien.editing.resample import labels_at
from mien.errors import LayerError
from mien.pixels import to_tensor

if TYPE_CHECKING:
    from mien.editing.layers import Tools
    from mien.types import AlignedFace

OWN = "self"
"""The word for it."""


def is_own(source: Any) -> bool:
    """Whether a layer is to be taken from the photo."""
    return isinstance(source, str) and source.strip().lower() == OWN


def own_layer(name: str, crop: AlignedFace, tools: Tools) -> Any:
    """Sketch, semantic map or colour map of the crop at the editor's side, where shapes are as large as it sees them.

    Args:
        name: "sketch", "semantic" or "colour", a field of :class:`mien.conditions.types.Conditions`.
        crop: S pixels wide.
        tools: label it; a sketch does without.

    Returns:
        at S.

    Raises:
        LayerError: a sketch of a crop without any edge.
    """
    if name == "sketch":
        lines = sketch_of(to_tensor(crop.pixels))
        if not lines.any():
            raise LayerError("The photo shows no line within the crop; leave the sketch 'self' out.")
        return lines
    return getattr(conditions_of(crop.pixels, labels_at(tools.parsed().labels, crop.size)), name)


def refuse_own(layers: Mapping[str, Any]) -> None:
    """Where there is no photo.

    Raises:
        LayerError: a layer is to be taken from it.
    """
    for name, source in layers.items():
        if is_own(source):
            raise LayerError(f"There is no photo to take the {name} from; give a picture.")


def changes_colors_alone(request: Request, conditions: Conditions) -> bool:
    """Whether an edit says that all lines stay, and nothing else about shapes: then all fine detail may stay, too."""
    weighted = "sketch" in request.weights or "sketch" in request.weight_maps
    own_lines = is_own(request.sketch) and not weighted
    own_shapes = conditions.semantic is None or is_own(request.semantic)
    own_look = conditions.exemplar is None or is_own(request.exemplar)
    return own_lines and own_shapes and own_look and not conditions.attributes and not conditions.text
