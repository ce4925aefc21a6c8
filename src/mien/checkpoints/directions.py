"""Directions in W+ or StyleSpace, and the file that keeps them beside an editor's or a generator's weights.

Legend: L codes of a face (W+), C length of a code, K codes that a direction names: 1, or L, N channels of StyleSpace.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mien.errors import ConfigError, CorruptCheckpointError
from mien.files import atomic_path

if TYPE_CHECKING:
    from torch import Tensor

    from mien.models.stylegan2 import GeneratorConfig

FILE = "directions.safetensors"
FACTS = "directions"
"""Name of the entry of the file's header that tells where each direction came from."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True, eq=False)
class Direction:
    """What is added to the codes of a face, or to the channels of StyleSpace, for one unit of an attribute.

    Attributes:
        name: of the attribute.
        vector: (K, C) float32, of any length; (1, N) in StyleSpace, the channels of all layers one after the other, or
            those of the convolutions alone.
        layers: first code (in StyleSpace: layer) and the one after the last; None for all of them.
        unit: by what the vector is multiplied for a strength of 1: its standard deviation among faces, if that is
            known.
        range: lowest and highest strength that is of use.
        source: where it came from, in words.
        licence: its name; "unknown" where nobody says.
        space: "w" for W and W+, "s" for StyleSpace.
    """

    name: str
    vector: Tensor
    layers: tuple[int, int] | None = None
    unit: float = 1.0
    range: tuple[float, float] = (-3.0, 3.0)
    source: str = ""
    licence: str = "unknown"
    space: Literal["w", "s"] = "w"

    def offset(self, generator: GeneratorConfig) -> Tensor:
        """(L, C) or, in StyleSpace, (N,): what is added for a strength of 1.

        Raises:
            ConfigError: it was made for a generator of another size.
        """
        import torch

        rows, width = self.vector.shape
        channels, codes, w_dim = generator.style_channels, generator.codes, generator.w_dim
        total = codes if self.space == "w" else len(channels)
        first, last = self.layers or (0, total)
        fits = width == w_dim and rows in (1, codes)
        if self.space == "s":
            fits = rows == 1 and width in (sum(channels), sum(convolutions(generator)))
        if not fits or not 0 <= first < last <= total:
            raise ConfigError(
                f"The direction {self.name} ({rows} x {width}, layers {first} to {last}) does not belong to a "
                f"generator with {codes} codes of {w_dim} and {sum(channels)} channels of StyleSpace; give the one "
                "that it was made for."
            )
        scaled = self.unit * self.vector.float()
        if self.space == "s":
            every = list(torch.split(scaled[0], list(channels) if width == sum(channels) else convolutions(generator)))
            if len(every) < len(channels):  # toRGB stays as it is
                every = [torch.zeros(n) if is_rgb(k) else every.pop(0) for k, n in enumerate(channels)]
            kept = [part if first <= k < last else torch.zeros_like(part) for k, part in enumerate(every)]
            return torch.cat(kept)
        offset = torch.zeros(codes, w_dim)
        offset[first:last] = scaled.expand(codes, w_dim)[first:last]
        return offset

    def facts(self) -> dict[str, Any]:
        """All but the vector, ready for JSON."""
        return {name: value for name, value in asdict(replace(self, vector=None)).items() if name != "vector"}  # type: ignore[arg-type]


def is_rgb(layer: int) -> bool:
    """Whether a layer of StyleSpace is a toRGB: conv1 and toRGB of 4 px, then conv0, conv1 and toRGB of each size."""
    return layer % 3 == 1


def convolutions(generator: GeneratorConfig) -> list[int]:
    """Channels of the layers of StyleSpace that are convolutions: those that StyleCLIP counts."""
    return [count for layer, count in enumerate(generator.style_channels) if not is_rgb(layer)]


def check_name(name: str) -> None:
    """Raises ConfigError for what is no name of an attribute."""
    if not _NAME.fullmatch(name):
        raise ConfigError(f"'{name}' is no name of a direction; use small letters, digits, - and _.")


def add_directions(folder: Path, directions: Sequence[Direction], generator: GeneratorConfig) -> None:
    """Adds directions to the file of a folder; those of the same name are replaced.

    Raises:
        ConfigError: a name that is none, or one that does not belong to such a generator.
        CorruptCheckpointError: the file that is there is damaged.
        SaveError: the folder cannot be written.
    """
    from safetensors.torch import save_file

    from mien.checkpoints.store import read_safetensors

    for one in directions:
        check_name(one.name)
    path = folder / FILE
    kept = read_safetensors(path.read_bytes(), str(path)) if path.exists() else {}
    facts = {**read_facts(folder), **{one.name: one.facts() for one in directions}}
    made = {**kept, **{one.name: one.offset(generator).contiguous() for one in directions}}
    with atomic_path(path) as target:
        save_file(made, target, metadata={FACTS: json.dumps(facts)})


def range_of(facts: dict[str, Any]) -> tuple[float, float] | None:
    """Lowest and highest strength that is of use, out of what a file tells; None where it tells nothing sensible."""
    try:
        low, high = map(float, facts["range"])
    except (KeyError, TypeError, ValueError):
        return None
    return (low, high) if low < high else None


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
