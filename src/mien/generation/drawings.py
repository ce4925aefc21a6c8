"""Maps and sketches as pictures that users give. Legend: D side of a picture."""

from __future__ import annotations

from mien.conditions.modalities import maps
from mien.conditions.modality import Array
from mien.conditions.pictures import name_of
from mien.errors import LayerError
from mien.types import PictureLike


def drawn(name: str, source: PictureLike, notes: list[str]) -> Array:
    """The value of a map that is given as a picture of any side.

    Raises:
        LayerError, PhotoError: it cannot be read, is empty, or no square.
    """
    modality, label = maps()[name], name_of(source, name)
    if (vectors := modality.strokes(source)) is not None:
        value = modality.render(vectors[0], 256)
    else:
        value = modality.parse(modality.open(source), label, notes)
    if value.shape[0] != value.shape[1]:
        raise LayerError(
            f"{label} is {value.shape[1]} x {value.shape[0]}; give a square, the frame of an aligned face."
        )
    if not modality.specified(value).any():
        raise LayerError(f"{label} is empty; {modality.hint}.")
    return value
