"""StyleCLIP's files: ``S_mean_std`` and ``S`` (pickled lists of NumPy arrays), and ``fs3.npy``.

Arrays of NumPy within a pickle are decoded here from the bytes that the pickle holds; NumPy does not unpickle them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mien.checkpoints.foreign.entries import Entries
from mien.checkpoints.foreign.inert import Call
from mien.checkpoints.foreign.storages import as_bytes
from mien.errors import CorruptCheckpointError

RECONSTRUCT = tuple(f"numpy.{core}.multiarray._reconstruct" for core in ("core", "_core"))
TYPES = {"f2": np.float16, "f4": np.float32, "f8": np.float64}
MOST_LAYERS = 64


@dataclass(frozen=True, eq=False)
class StyleStatistics:
    """How StyleSpace is spread among faces, the channels of all layers one after the other.

    Attributes:
        mean: (N,) float64.
        deviation: (N,) float64.
    """

    mean: Tensor
    deviation: Tensor


def is_statistics(entries: Entries) -> bool:
    """Whether a file is a list of arrays of NumPy's, or two such lists."""
    value = entries.content.value
    return isinstance(value, list | tuple) and bool(value) and any(True for _ in _arrays(value))


def load_statistics(entries: Entries, network: str | None = None) -> StyleStatistics:
    """Of ``S_mean_std``, two lists of (channels,) arrays, or of ``S``, a list of (faces, channels) arrays.

    Raises:
        CorruptCheckpointError: damaged, or neither.
    """
    value, source = entries.content.value, entries.source
    try:
        left = [2 * entries.content.storages.left]
        nested = [isinstance(one, list | tuple) for one in value]
        if all(nested) and len(value) == 2:
            mean, deviation = (_joined(one, left) for one in value)
        else:
            layers = [_decoded(one, left) for one in value[:MOST_LAYERS]]
            if any(layer.ndim != 2 or len(layer) < 2 or len(layer) != len(layers[0]) for layer in layers):
                raise ValueError("of no common number of faces")
            with np.errstate(all="ignore"):
                mean = np.concatenate([layer.mean(0) for layer in layers])
                deviation = np.concatenate([layer.std(0) for layer in layers])
        finite = np.isfinite(mean).all() and np.isfinite(deviation).all()
        if mean.shape != deviation.shape or not finite or (deviation < 0).any():
            raise ValueError("that do not belong together")
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError) as error:
        raise CorruptCheckpointError(
            f"{source} holds arrays {str(error)[:80]}, not StyleCLIP's S or S_mean_std; fetch it again."
        ) from error
    return StyleStatistics(torch.from_numpy(mean), torch.from_numpy(deviation))


def is_relevance(entries: Entries) -> bool:
    """Whether a file is StyleCLIP's ``fs3.npy``: one array of many rows, far more than a generator has codes."""
    return entries.names == [""] and entries.tensor("").ndim == 2 and len(entries.tensor("")) > MOST_LAYERS


def load_relevance(entries: Entries, network: str | None = None) -> Tensor:
    """(M, D) float32: where a CLIP sees pictures go when one channel is moved.

    Raises:
        CorruptCheckpointError: not finite.
    """
    value = entries.tensor("").float()
    if not bool(value.isfinite().all()):
        raise CorruptCheckpointError(f"{entries.source} has values that are not finite; fetch it again.")
    return value


def _arrays(value: Any, depth: int = 0) -> Iterator[Call]:
    for one in value[:MOST_LAYERS]:
        if isinstance(one, Call) and one.is_call_of(*RECONSTRUCT):
            yield one
        elif isinstance(one, list | tuple) and depth < 1:
            yield from _arrays(one, depth + 1)


def _joined(layers: Any, left: list[int]) -> np.ndarray:
    return np.concatenate([_decoded(layer, left).reshape(-1) for layer in layers[:MOST_LAYERS]])


def _decoded(call: Any, left: list[int]) -> np.ndarray:
    """(…) float64 of one pickled array; ``left`` is how many bytes the file may still take."""
    _, shape, kind, columns_first, content = call.state
    name, order = str(kind.arguments[0]).lstrip("<=|"), kind.state[1]
    if not call.is_call_of(*RECONSTRUCT) or name not in TYPES or order not in ("<", "|", "="):
        raise ValueError("of other things than numbers")
    data = as_bytes(content)
    left[0] -= len(data)
    if left[0] < 0 or math.prod(shape) * np.dtype(TYPES[name]).itemsize != len(data) or len(shape) > 2:
        raise ValueError("that claim more data than the file holds")
    flat = np.frombuffer(data, np.dtype(TYPES[name]).newbyteorder("<"))
    return flat.reshape(shape, order="F" if columns_first else "C").astype(np.float64)
