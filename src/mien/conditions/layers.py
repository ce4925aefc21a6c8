"""The channels that the networks see, 26 with the modalities that come with mien.

Legend: B batch, S side.
Channels, in the order of :data:`mien.conditions.modalities.MODALITIES`: image 3, sketch 1, semantic 19, color 3. Image
and color are in [-1, 1], sketch in {0, 1}, semantics one-hot. A modality that is missing is 0, and so is everything
outside its valid area.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from mien.conditions.modalities import channels
from mien.conditions.modalities.guide import Guide
from mien.conditions.planes import planes_of
from mien.conditions.types import Conditions
from mien.types import UInt8


class Layers:
    """A batch of pixel-wise modalities: (B, C, S, S) by name.

    Args:
        image: (B, 3, S, S) in [-1, 1].
        others: further modalities; those that are left out are 0.
    """

    def __init__(self, image: Tensor, others: Mapping[str, Tensor]) -> None:
        batch, _, *sides = image.shape
        self._maps = {"image": image}
        for name, width in channels().items():
            if name != "image":
                empty = image.new_zeros(batch, 1, 1, 1).expand(batch, width, *sides)
                self._maps[name] = others.get(name, empty)
            shape = tuple(self._maps[name].shape)
            assert shape == (batch, width, *sides), f"{name} must be {(batch, width, *sides)}, got {shape}"

    def __getitem__(self, name: str) -> Tensor:
        return self._maps[name]

    @property
    def image(self) -> Tensor:
        """(B, 3, S, S)."""
        return self._maps["image"]

    def stack(self, names: Iterable[str] | None = None) -> Tensor:
        """All channels together, (B, 26, S, S), in channels_last, as convolutions want it.

        Args:
            names: the modalities that a network knows, in its order; None takes all.
        """
        every = torch.cat([self._maps[name] for name in names or self._maps], 1)
        return every.contiguous(memory_format=torch.channels_last)

    def replaced(self, **maps: Tensor) -> Layers:
        """The same with some modalities replaced."""
        others = {**self._maps, **maps}
        return Layers(others.pop("image"), others)

    def within(self, areas: Mapping[str, Tensor]) -> Layers:
        """Sets modalities to 0 outside their areas.

        Args:
            areas: (B, 1, S, S) in [0, 1] by name; names that are missing stay whole.
        """
        return self.replaced(**{name: self._maps[name] * area for name, area in areas.items()})

    def to(self, device: torch.device | str) -> Layers:
        """The same on another device."""
        return self.replaced(**{name: one.to(device) for name, one in self._maps.items()})


def from_conditions(image: UInt8, conditions: Conditions) -> Layers:
    """One user's conditions as a batch of one.

    Args:
        image: (S, S, 3) uint8, the aligned crop; it is zeroed where the mask is above 0.
        conditions: maps of side S.

    Raises:
        ValueError: the maps have another side than the image.
    """
    found = {name: torch.from_numpy(one) for name, one in planes_of(image, conditions).items()}
    return Layers(found.pop("image"), found)


def guide_of(conditions: Conditions, side: int) -> Tensor:
    """A user's guide as networks see it that learned from guides: (1, 4, S, S), 0 where there is none."""
    value = conditions.guide
    return torch.zeros(1, 4, side, side) if value is None else torch.from_numpy(Guide().encode(value, side))
