"""The channels that networks see, as arrays; :mod:`mien.conditions.layers` has what they mean.

Legend: S side, I channels of all modalities.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mien.conditions.modalities import channels, maps
from mien.conditions.types import Conditions
from mien.pixels import to_planes
from mien.types import Float32, UInt8


def planes_of(image: UInt8, conditions: Conditions) -> dict[str, Float32]:
    """The image and the maps that are given, (1, C, S, S) by name; arguments as of :func:`stacked`."""
    side = image.shape[0]
    if conditions.size not in (None, side):
        raise ValueError(f"conditions of side {conditions.size} do not fit an image of side {side}")
    picture = to_planes(image)
    if conditions.mask is not None:
        picture *= conditions.mask == 0
    known = maps()
    return {"image": picture, **{name: known[name].encode(one) for name, one in conditions.maps.items()}}


def stacked(image: UInt8, conditions: Conditions, names: Iterable[str]) -> Float32:
    """All channels together, (1, I, S, S); what is not given is 0.

    Args:
        image: (S, S, 3) uint8, the aligned crop; it is zeroed where the mask is above 0.
        conditions: maps of side S.
        names: of the modalities that a network knows, in its order.

    Raises:
        ValueError: the maps have another side than the image.
    """
    found, width, sides = planes_of(image, conditions), channels(), image.shape[:2]
    return np.concatenate([found.get(n, np.zeros((1, width[n], *sides), np.float32)) for n in names], 1)
