"""Directions in the space of codes, and the file that keeps them beside an editor's or a generator's weights.

Legend: L codes of a face (W+), C length of a code, K codes that a direction names: 1, or L.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.errors import ConfigError, CorruptCheckpointError
from mien.files import atomic_path

if TYPE_CHECKING:
    from torch import Tensor

FILE = "directions.safetensors"
FACTS = "directions"
"""Name of the entry of the file's header that tells where each direction came from."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True, eq=False)
class Direction:
    """What is added to the codes of a face for one unit of an attribute.

    Attributes:
        name: of the attribute.
        vector: (K, C) float32, of any length.
        layers: first code and the one after the last; None for all of them.
        unit: by what the vector is multiplied for a strength of 1: its standard deviation among faces, if that is
            known.
        range: lowest and highest strength that is of use.
        source: where it came from, in words.
        licence: its name; "unknown" where nobody says.
    """

    name: str
    vector: Tensor
    layers: tuple[int, int] | None = None
    unit: float = 1.0
    range: tuple[float, float] = (-3.0, 3.0)
    source: str = ""
    licence: str = "unknown"

    def offset(self, codes: int, w_dim: int) -> Tensor:
        """(codes, w_dim): what is added to W+ for a strength of 1.

        Raises:
            ConfigError: it was made for a generator of another size.
        """
        import torch

        rows, width = self.vector.shape
        first, last = self.layers or (0, codes)
        if width != w_dim or rows not in (1, codes) or not 0 <= first < last <= codes:
            raise ConfigError(
                f"The direction {self.name} ({rows} x {width}, layers {first} to {last}) does not belong to a "
                f"generator with {codes} codes of {w_dim}; give the one that it was made for."
            )
        offset = torch.zeros(codes, w_dim)
        offset[first:last] = (self.unit * self.vector.float()).expand(codes, w_dim)[first:last]
        return offset

    def facts(self) -> dict[str, Any]:
        """All but the vector, ready for JSON."""
        return {name: value for name, value in asdict(replace(self, vector=None)).items() if name != "vector"}  # type: ignore[arg-type]


def add_directions(folder: Path, directions: Sequence[Direction], codes: int, w_dim: int) -> None:
    """Adds directions to the file of a folder; those of the same name are replaced.

    Raises:
        ConfigError: a name that is none, or one that does not belong to codes of this shape.
        CorruptCheckpointError: the file that is there is damaged.
        SaveError: the folder cannot be written.
    """
    from safetensors.torch import save_file

    from mien.checkpoints.store import read_safetensors

    for one in directions:
        if not _NAME.fullmatch(one.name):
            raise ConfigError(f"'{one.name}' is no name of a direction; use small letters, digits, - and _.")
    path = folder / FILE
    kept = read_safetensors(path.read_bytes(), str(path)) if path.exists() else {}
    facts = {**read_facts(folder), **{one.name: one.facts() for one in directions}}
    made = {**kept, **{one.name: one.offset(codes, w_dim).contiguous() for one in directions}}
    with atomic_path(path) as target:
        save_file(made, target, metadata={FACTS: json.dumps(facts)})


def read_facts(folder: Path) -> dict[str, dict[str, Any]]:
    """What is known of a folder's directions by name; empty for those of which nothing is known.

    Raises:
        CorruptCheckpointError: the file is damaged.
    """
    from safetensors import SafetensorError, safe_open

    path = folder / FILE
    if not path.exists():
        return {}
    try:
        with safe_open(path, "numpy") as file:
            names, facts = sorted(file.keys()), json.loads((file.metadata() or {}).get(FACTS, "{}"))
            return {name: dict(facts.get(name, {})) for name in names}
    except (OSError, SafetensorError, ValueError, TypeError, AttributeError) as error:
        raise CorruptCheckpointError(f"{path} is damaged; fetch it again.") from error
