"""The 26 channels that the networks see.

Legend: B batch, S side.
Channels, in this order: image 3, sketch 1, semantic 19, colour 3. Image and colour are in [-1, 1], sketch in {0, 1},
semantics one-hot. A missing modality, and everything outside its valid area, is 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from mien.conditions.labels import COUNT
from mien.conditions.semantic import one_hot
from mien.conditions.types import Conditions
from mien.pixels import to_tensor
from mien.types import UInt8

WIDTHS: Mapping[str, int] = {"image": 3, "sketch": 1, "semantic": COUNT, "color": 3}
CHANNELS = sum(WIDTHS.values())


@dataclass(frozen=True, eq=False)
class Layers:
    """A batch of pixel-wise conditions.

    Attributes:
        image: (B, 3, S, S) in [-1, 1].
        sketch: (B, 1, S, S) in {0, 1}, 1 on lines.
        semantic: (B, 19, S, S) in {0, 1}; all 0 where nothing is said.
        color: (B, 3, S, S) in [-1, 1].
    """

    image: Tensor
    sketch: Tensor
    semantic: Tensor
    color: Tensor

    def __post_init__(self) -> None:
        batch, _, *sides = self.image.shape
        for name, width in WIDTHS.items():
            shape = tuple(getattr(self, name).shape)
            assert shape == (batch, width, *sides), f"{name} must be {(batch, width, *sides)}, got {shape}"

    def stack(self) -> Tensor:
        """(B, 26, S, S)."""
        return torch.cat([getattr(self, name) for name in WIDTHS], 1)

    @classmethod
    def split(cls, stacked: Tensor) -> Layers:
        """The inverse of :meth:`stack`."""
        assert stacked.shape[1] == CHANNELS, f"expected {CHANNELS} channels, got {stacked.shape[1]}"
        return cls(*torch.split(stacked, list(WIDTHS.values()), 1))

    def within(self, areas: Mapping[str, Tensor]) -> Layers:
        """Sets modalities to 0 outside their areas.

        Args:
            areas: (B, 1, S, S) in [0, 1] by name; names that are missing stay whole.
        """
        kept = {f.name: getattr(self, f.name) for f in fields(self)}
        return Layers(**{name: value * areas[name] if name in areas else value for name, value in kept.items()})

    def to(self, device: torch.device | str) -> Layers:
        """The same on another device."""
        return Layers(*(getattr(self, f.name).to(device) for f in fields(self)))


def from_conditions(image: UInt8, conditions: Conditions) -> Layers:
    """One user's conditions as a batch of one.

    Args:
        image: (S, S, 3) uint8, the aligned crop; it is zeroed where the mask is above 0.
        conditions: maps of side S.

    Raises:
        ValueError: the maps have another side than the image.
    """
    side = image.shape[0]
    if conditions.size not in (None, side):
        raise ValueError(f"conditions of side {conditions.size} do not fit an image of side {side}")
    picture = to_tensor(image)
    if conditions.mask is not None:
        picture = picture * torch.from_numpy(conditions.mask == 0)
    empty = torch.zeros(1, 1, side, side)
    sketch = empty if conditions.sketch is None else torch.from_numpy(conditions.sketch).float()[None, None]
    semantic = empty.expand(-1, COUNT, -1, -1)
    if conditions.semantic is not None:
        semantic = one_hot(torch.from_numpy(conditions.semantic)[None])
    color = empty.expand(-1, 3, -1, -1)
    if conditions.color is not None:
        valid = torch.from_numpy(conditions.color[..., 3] > 0)
        color = to_tensor(np.ascontiguousarray(conditions.color[..., :3])) * valid
    return Layers(picture, sketch, semantic, color)
