"""Perceptual distances by file: LPIPS (Zhang et al., 2018) where the file is that, otherwise named after itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from mien.checkpoints.script import load_script
from mien.errors import UnknownCheckpointError
from mien.evaluation.files import checksum, is_script, known_file, load_state
from mien.evaluation.layouts import build_lpips, is_lpips

Distance = Callable[[Tensor, Tensor], Tensor]
"""Two batches (B, 3, H, W) in [-1, 1] -> (B,)."""


@dataclass(frozen=True, eq=False)
class PerceptualDistance:
    """A distance of two pictures that a network computes.

    Attributes:
        label: "LPIPS-alex", or the name of the file.
        sha256: of the file.
        file: its name.
        network: the distance itself.
        resize: what happens to the size of the pictures, in words.
    """

    label: str
    sha256: str
    file: str
    network: Distance
    resize: str = "none"

    def __call__(self, a: Tensor, b: Tensor, mask: Tensor | None = None) -> Tensor:
        """(B,), 0 for equal pictures.

        Args:
            a, b: (B, 3, H, W) in [-1, 1].
            mask: (B, 1, H, W) in [0, 1]; outside of it ``a`` is replaced by ``b``, as when an edit is pasted back.
        """
        made = a if mask is None else torch.lerp(b, a, mask.to(a))
        with torch.inference_mode():
            return self.network(made, b)

    def facts(self) -> dict[str, str]:
        """What a report says about the network."""
        return {"label": self.label, "file": self.file, "sha256": self.sha256, "resize": self.resize}


def load_distance(file: Path, device: torch.device | None = None) -> PerceptualDistance:
    """The distance of a file: TorchScript (two batches -> (B,)), or SqueezeNet's weights with LPIPS's heads.

    Raises:
        UnknownCheckpointError: missing, another layout, or a network that is not a distance.
        UnsafeCheckpointError: the file asks to execute code.
        CorruptCheckpointError: damaged.
    """
    place = device or torch.device("cpu")
    digest = checksum(file)
    known = known_file(file, digest)
    complaint = (
        f"{file.name} is not a perceptual distance; give one that turns two batches of pictures into a number each."
    )
    if is_script(file):
        network: Distance = load_script(file, place)
    else:
        state = load_state(file)
        if not is_lpips(state):
            raise UnknownCheckpointError(complaint)
        network = build_lpips(state, file.name, place)
    try:
        probe = torch.zeros(2, 3, 64, 64, device=place)
        with torch.inference_mode():
            shape = network(probe, probe).shape
    except (RuntimeError, AttributeError) as error:
        raise UnknownCheckpointError(complaint) from error
    if shape != (2,):
        raise UnknownCheckpointError(complaint)
    return PerceptualDistance(known.label if known else file.stem, digest, file.name, network)
