"""What must survive an edit: glasses, earrings, teeth and the like are cut out of the mask."""

from __future__ import annotations

import numpy as np

from mien.conditions.areas import Seen, teeth
from mien.conditions.masks import grow
from mien.conditions.regions import area_of, combined, named
from mien.errors import LayerError
from mien.types import Bool, Float32, UInt8


def protected(image: UInt8, labels: UInt8, names: str, margin: float = 1.0, seen: Seen | None = None) -> Bool:
    """Where the parser finds what is to be protected.

    Args:
        image: (S, S, 3) uint8 sRGB.
        labels: (S, S) uint8.
        names: regions separated by commas, such as ``glasses,earrings,teeth``.
        margin: pixels around it that are kept too.
        seen: the same face with its landmarks, for regions that classes do not tell.

    Raises:
        LayerError: a name that is no region.
    """

    def find(name: str) -> Bool:
        return teeth(image, labels) if named(name) == "teeth" else area_of(labels, name, seen)

    area = np.zeros(labels.shape, np.bool_)
    for name in filter(None, (part.strip().lower() for part in names.split(","))):
        area |= combined(name, find)
    return grow(area, margin) if area.any() else area


def protect(
    mask: Float32, image: UInt8, labels: UInt8, names: str, margin: float = 1.0, seen: Seen | None = None
) -> Float32:
    """The mask without what is to be protected; arguments as those of :func:`protected`.

    Raises:
        LayerError: an unknown name, or nothing of the mask is left.
    """
    left: Float32 = np.where(protected(image, labels, names, margin, seen), np.float32(0), mask)
    if mask.any() and not left.any():
        raise LayerError(f"Protecting {names} leaves nothing of the mask; protect less, or mask more.")
    return left
