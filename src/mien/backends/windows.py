"""The window painter at work: parts of a face at the photo's scale, after a pass over the whole face.

Legend: B windows of a batch, S side of a window, F side of the whole face.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from mien.conditions.layers import from_conditions
from mien.conditions.modalities import maps
from mien.conditions.types import Conditions
from mien.models.editing.window import WindowInputs, WindowPainter
from mien.pixels import to_levels, to_tensor
from mien.types import Bool, Float32, UInt8

SIZE = 128
"""S, pixels: the side that it was trained at."""


@dataclass(frozen=True, eq=False)
class Window:
    """One window and what is known of it.

    Attributes:
        photo: (S, S, 3) uint8, as it was.
        area: (S, S) bool, what is to be painted.
        first: (S, S, 3) uint8, after the first pass.
        mirror: (S, S, 3) uint8, the same window of the mirrored photo.
        hidden: (S, S) bool, where that is masked.
        conditions: of side S; only its maps count.
        place: centre x, centre y and side in the aligned square, whose side is 1.
        face: (F, F, 3) uint8, the whole face after the first pass.
        face_area: (F, F) bool.
    """

    photo: UInt8
    area: Bool
    first: UInt8
    mirror: UInt8
    hidden: Bool
    conditions: Conditions
    place: tuple[float, float, float]
    face: UInt8
    face_area: Bool


class WindowNetwork:
    """A window painter, ready to use.

    Args:
        network: in any mode; it must not change any more.
    """

    def __init__(self, network: WindowPainter) -> None:
        self.network = network.eval().requires_grad_(False).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def paint(self, windows: Sequence[Window]) -> list[Float32]:
        """The pictures of B windows, each (S, S, 3) float32 in [0, 255]."""
        device = next(self.network.parameters()).device
        with torch.inference_mode():
            return list(to_levels(self.network(_inputs(windows, device))))


def _inputs(windows: Sequence[Window], device: torch.device) -> WindowInputs:
    def pictures(name: str) -> torch.Tensor:
        return to_tensor(np.stack([getattr(one, name) for one in windows])).to(device)

    def areas(name: str) -> torch.Tensor:
        return torch.from_numpy(np.stack([getattr(one, name) for one in windows]))[:, None].float().to(device)

    mask, known, everywhere = areas("area"), 1 - areas("hidden"), torch.ones_like(areas("area"))
    layers = [from_conditions(one.photo, one.conditions) for one in windows]
    return WindowInputs(
        pictures("photo") * (1 - mask),
        mask,
        torch.cat([pictures("mirror") * known, known], 1),
        torch.cat([pictures("first"), everywhere], 1),
        torch.zeros_like(everywhere).expand(-1, 4, -1, -1),
        {name: torch.cat([one[name] for one in layers]).to(device) for name in maps()},
        torch.tensor([one.place for one in windows], dtype=torch.float32, device=device),
        torch.cat([pictures("face"), areas("face_area")], 1),
    )
