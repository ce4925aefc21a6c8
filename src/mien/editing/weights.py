"""The user's weights: which modality counts where two of them contradict each other.

Legend: S side of the crop, N modalities, the image first, as in :mod:`mien.conditions.layers`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from mien.conditions.modalities import current_name, weightable
from mien.conditions.pictures import name_of, weight_map
from mien.conditions.resample import levels_at
from mien.editing.crop_frame import CropFrame
from mien.editing.request import is_number
from mien.errors import ConfigError
from mien.types import Float32, PictureLike

LARGEST = 1e4


def weights_of(
    numbers: Mapping[str, float],
    maps: Mapping[str, PictureLike],
    frame: CropFrame,
    known: Sequence[str] | None = None,
) -> Float32 | None:
    """Numbers and painted maps, multiplied.

    Args:
        numbers: weight by modality, at least 0.
        maps: painted weights by modality, over the photo or over the crop.
        frame: of the crop.
        known: names of the modalities that the editor weighs, in its order, the image first; None takes all.

    Returns:
        (N, S, S) float32, or (N, 1, 1) without maps; None where all weights are 1.

    Raises:
        ConfigError: no such modality, a weight that is none, or the image taken away altogether.
        LayerError: a map that cannot be read or does not fit.
    """
    names = list(weightable() if known is None else known)
    numbers = {current_name(name): number for name, number in numbers.items()}
    maps = {current_name(name): source for name, source in maps.items()}
    for name in (*numbers, *maps):
        if name not in names:
            raise ConfigError(f"'{name}' has no weight; choose from {', '.join(names)}.")
    result = np.ones((len(names), 1, 1), np.float32)
    for name, number in numbers.items():
        if not is_number(number, 0, LARGEST):
            raise ConfigError(f"The weight of {name} is {number!r}; give a number of at least 0, such as 2 or 0.5.")
        result[names.index(name)] *= number
    if maps:
        result = np.repeat(np.repeat(result, frame.size, 1), frame.size, 2)
    for name, source in maps.items():
        what = f"weight map of {name}"
        brought = frame.for_source(source).bring(weight_map(source, what), name_of(source, what), smooth=True)
        result[names.index(name)] *= levels_at(brought, frame.size)
    if not result[0].any():
        raise ConfigError(
            "The weight of image is 0 everywhere, and nothing is left to start from; give a small number."
        )
    return None if math.isclose(result.min(), 1) and math.isclose(result.max(), 1) else result


def weighed(supported: Collection[str]) -> list[str]:
    """Names of the modalities that a backend weighs against each other, out of those it supports, the image first."""
    first, *others = weightable()
    return [first, *(name for name in others if name in supported)]
