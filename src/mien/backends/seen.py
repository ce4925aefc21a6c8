"""What the networks see of a crop.

Legend: B crops of a batch, S side, I channels of all modalities, N modalities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mien.conditions.layers import from_conditions, guide_of
from mien.conditions.types import Conditions
from mien.editing.cache import digest
from mien.models.editing import AggregationConfig
from mien.types import Bool, Float32, UInt8


@dataclass(frozen=True, eq=False)
class Seen:
    """Of one crop.

    Attributes:
        layers: (1, I, S, S).
        area: (S, S), what changes.
        guide: (1, 4, S, S), 0 where nothing is known; None for networks that know no guides.
        key: stands for all of it.
    """

    layers: Tensor
    area: Bool
    guide: Tensor | None
    key: bytes

    @classmethod
    def of(
        cls, image: UInt8, conditions: Conditions, config: AggregationConfig, networks: bytes, device: torch.device
    ) -> Seen:
        """Of a crop (S, S, 3) and what is given; ``networks`` is their fingerprint."""
        assert conditions.mask is not None, "an edit needs a mask"
        area = conditions.mask > 0
        visible = np.where(area[..., None], np.uint8(0), image)
        guide = guide_of(conditions, len(area)).to(device) if config.guide else None
        drawn = [part for pair in conditions.maps.items() for part in pair]
        key = digest(networks, visible, area, *drawn, *([conditions.guide] if config.guide else []))
        return cls(from_conditions(image, conditions).to(device).stack(config.names), area, guide, key)


def guides_of(seen: Sequence[Seen]) -> Tensor | None:
    """(B, 4, S, S); None for networks that know no guides."""
    guides = [one.guide for one in seen if one.guide is not None]
    return torch.cat(guides) if guides else None


def stacked_weights(weights: Sequence[Float32 | None], like: Tensor) -> Tensor | None:
    """(B, N, 1, 1) or (B, N, S, S), neutral where nothing is weighted; None where none is."""
    if all(w is None for w in weights):
        return None
    shape = np.broadcast_shapes(*(w.shape for w in weights if w is not None))
    each = [np.broadcast_to(np.float32(1) if w is None else w, shape) for w in weights]
    return torch.from_numpy(np.stack(each)).to(like)
