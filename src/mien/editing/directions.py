"""Attribute directions: what to add to the codes for a smile; one file beside the editor's weights.

Letters: L W+ codes, C length of a code, N channels of StyleSpace.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from mien.checkpoints.directions import FACTS, FILE, read_facts
from mien.errors import ConfigError, CorruptCheckpointError
from mien.files import atomic_path
from mien.types import Float32

if TYPE_CHECKING:
    from torch import Tensor

    from mien.models.stylegan2 import GeneratorConfig

Numbers = TypeVar("Numbers", bound=Any)
"""Tensors of torch, or arrays of NumPy."""

LONGEST = 1 << 20
"""Bytes of a header that are read."""


def save_directions(folder: Path, directions: Mapping[str, Tensor], source: Path | None = None) -> None:
    """Writes (L, C) or (N,) tensors by the name of the attribute.

    Args:
        folder: of the editor.
        directions: what to write.
        source: folder of another editor, out of which comes what is known of the directions.

    Raises:
        SaveError: the folder cannot be written.
    """
    from safetensors.torch import save_file

    facts = {} if source is None else read_facts(source)
    told = {FACTS: json.dumps({name: facts[name] for name in directions if facts.get(name)})}
    with atomic_path(folder / FILE) as path:
        save_file({name: value.float().contiguous() for name, value in directions.items()}, path, metadata=told)


def attribute_names(folder: Path) -> tuple[str, ...]:
    """Names in a folder's file, without reading the numbers or importing torch; none where there is no file.

    Raises:
        CorruptCheckpointError: the file is damaged.
    """
    if not (folder / FILE).exists():
        return ()
    try:
        with (folder / FILE).open("rb") as file:
            header = json.loads(file.read(min(int.from_bytes(file.read(8), "little"), LONGEST)))
        return tuple(sorted(name for name in header if name != "__metadata__"))
    except (OSError, ValueError, TypeError) as error:
        raise CorruptCheckpointError(f"{folder / FILE} is damaged; fetch the editor again.") from error


def direction_names(folder: Path) -> tuple[str, ...]:
    """Attributes of an editor's folder, by the header of its file alone; none where it has none.

    Raises:
        CorruptCheckpointError: the file is damaged.
    """
    from safetensors import SafetensorError, safe_open

    path = folder / FILE
    if not path.exists():
        return ()
    try:
        with safe_open(path, "numpy") as file:
            return tuple(sorted(file.keys()))
    except (OSError, SafetensorError) as error:
        raise CorruptCheckpointError(f"{path} is damaged; fetch the editor again.") from error


def load_directions(folder: Path, generator: GeneratorConfig) -> dict[str, Tensor]:
    """The same as tensors, for such a generator; errors as of :func:`read_directions`."""
    import torch

    found = read_directions(folder, (generator.codes, generator.w_dim), sum(generator.style_channels))
    return {name: torch.from_numpy(value) for name, value in found.items()}


def read_directions(folder: Path, shape: tuple[int, int], channels: int) -> dict[str, Float32]:
    """(L, C), or (N,) in StyleSpace, float32, by the name of the attribute; none where the editor has none.

    Args:
        folder: of the editor.
        shape: L and C.
        channels: N.

    Raises:
        CorruptCheckpointError: the file is damaged, or made for codes of another shape.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = folder / FILE
    if not path.exists():
        return {}
    try:
        found = {name: value.astype(np.float32) for name, value in load_file(path).items()}
    except (OSError, SafetensorError, ValueError, TypeError, KeyError) as error:
        raise CorruptCheckpointError(f"{path} is damaged; fetch the editor again.") from error
    for name, value in found.items():
        if value.shape not in (shape, (channels,)) or not np.isfinite(value).all():
            raise CorruptCheckpointError(
                f"The direction of {name} in {path} is not {shape[0]} x {shape[1]} numbers; "
                "it belongs to another editor."
            )
    return found


def attribute_offset(attributes: Mapping[str, float], directions: Mapping[str, Numbers]) -> Numbers | None:
    """Σ_i α_i·n_i of equation 3, (L, C); None for no attributes, or none in W+.

    Raises:
        ConfigError: the editor has no direction of that name.
    """
    for name in attributes:
        if name not in directions:
            known = f"it knows {', '.join(sorted(directions))}" if directions else "it knows none"
            raise ConfigError(f"This editor has no attribute '{name}'; {known}.")
    found: Numbers | None = _summed(attributes, directions, 2)
    return found


def style_shift(attributes: Mapping[str, float], directions: Mapping[str, Numbers]) -> Numbers | None:
    """The same in StyleSpace, (N,); None where no attribute is one of StyleSpace."""
    found: Numbers | None = _summed(attributes, directions, 1)
    return found


def _summed(attributes: Mapping[str, float], directions: Mapping[str, Any], axes: int) -> Any:
    terms = [strength * directions[name] for name, strength in attributes.items() if directions[name].ndim == axes]
    return sum(terms[1:], terms[0]) if terms else None
