"""The window painter at work: parts of a face at the photo's scale, after a pass over the whole face.

Legend: B windows of a batch, S side of a window, F side of the whole face.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from mien.conditions.layers import from_conditions
from mien.conditions.modalities import maps
from mien.editing.windows import Window
from mien.models.editing.window import WindowInputs, WindowPainter
from mien.pixels import to_levels, to_tensor
from mien.types import Float32


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
