"""What the photo itself shows, instead of a layer: so that new colors keep the strands, and new lines the colors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mien.conditions.modality import MapModality
from mien.conditions.resample import labels_at
from mien.conditions.types import Conditions
from mien.editing.request import Request
from mien.errors import LayerError

if TYPE_CHECKING:
    from mien.editing.context import EditContext
    from mien.types import AlignedFace

SELF = "self"
"""The word for it."""


def is_from_photo(source: Any) -> bool:
    """Whether a layer is to be taken from the photo."""
    return isinstance(source, str) and source.strip().lower() == SELF


def layer_from_photo(modality: MapModality, crop: AlignedFace, context: EditContext) -> Any:
    """A map of the crop at the editor's side, where shapes are as large as it sees them.

    Args:
        modality: which map.
        crop: S pixels wide.
        context: labels it, where the map needs labels.

    Returns:
        at S.

    Raises:
        LayerError: there is nothing of it in the crop, such as a line.
    """
    side = crop.size
    labels = labels_at(context.parsed().labels, side) if modality.needs_labels else np.zeros((side, side), np.uint8)
    value = modality.of_crop(crop.pixels, labels)
    if value is None:
        raise LayerError(f"The photo has no {modality.title} within the crop; leave {modality.name} 'self' out.")
    return value


def refuse_without_photo(layers: Mapping[str, Any]) -> None:
    """Where there is no photo.

    Raises:
        LayerError: a layer is to be taken from it.
    """
    for name, source in layers.items():
        if is_from_photo(source):
            raise LayerError(f"There is no photo to take the {name} from; give a picture.")


def changes_colors_alone(request: Request, conditions: Conditions) -> bool:
    """Whether an edit says that all lines stay, and nothing else about shapes: then all fine detail may stay, too."""
    weighted = "sketch" in request.weights or "sketch" in request.weight_maps
    lines_stay = is_from_photo(request.sketch) and not weighted
    shapes_stay = conditions.semantic is None or is_from_photo(request.semantic)
    look_stays = conditions.exemplar is None or is_from_photo(request.exemplar)
    return lines_stay and shapes_stay and look_stays and not conditions.attributes and not conditions.text
