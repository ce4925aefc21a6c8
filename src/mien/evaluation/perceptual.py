"""Perceptual distances by file: LPIPS (Zhang et al., 2018) where the file is that, otherwise named after itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from mien.checkpoints.judges import load_judge

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


def load_distance(file: Path, device: torch.device | None = None, *, trust_code: bool = False) -> PerceptualDistance:
    """The distance of a file: LPIPS's weights, or TorchScript (two batches -> (B,)).

    Args:
        file: what the user gives; see :func:`mien.checkpoints.judges.load_judge`.
        device: where to run; the CPU if None.
        trust_code: whether a program in the file may be run.

    Raises:
        UnknownCheckpointError: missing, another layout, or a network that is not a distance.
        UnsafeCheckpointError: the file is a program that is not trusted.
        CorruptCheckpointError: damaged.
    """
    judge = load_judge(file, device, trust_code=trust_code)
    network: Distance = judge.method("distance")
    try:
        probe = torch.zeros(2, 3, 64, 64, device=device)
        with torch.inference_mode():
            shape = network(probe, probe).shape
    except (RuntimeError, AttributeError) as error:
        raise judge.unfit("distance") from error
    if shape != (2,):
        raise judge.unfit("distance")
    return PerceptualDistance(judge.known.label, judge.sha256, judge.file, network)
