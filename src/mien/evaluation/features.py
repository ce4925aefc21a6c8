"""Feature spaces by file. What a space is called follows from what the file holds, never from what it is named.

A file that is known by its checksum carries its network's name, and only published Inception and VGG-16 weights give
the published names (FID, KID, precision, ...). Any other file is called after itself: ``FD-<stem>``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mien.checkpoints.judges import load_judge
from mien.pixels import to_tensor
from mien.types import Float32, UInt8

Embed = Callable[[Tensor], Tensor]
"""(B, 3, S, S) in [-1, 1] -> (B, D)."""

BATCH = 32


@dataclass(frozen=True, eq=False)
class FeatureSpace:
    """A network that turns pictures into vectors.

    Attributes:
        label: what its metrics are called after.
        resize: what happens to the picture's size on the way in, in words.
        sha256: of the file.
        file: its name.
        embed: the network.
        published: metrics that this very file is the published network of; these keep their published names.
    """

    label: str
    resize: str
    sha256: str
    file: str
    embed: Embed
    published: frozenset[str] = frozenset()

    def name(self, metric: str) -> str:
        """The honest name of a metric in this space: ``name("FD")`` is "FID" or "FD-MobileNetV2"."""
        if metric in self.published:
            return "FID" if metric == "FD" else metric
        return f"{metric}-{self.label}" if metric.isupper() else f"{metric} ({self.label})"

    def features(self, batches: Iterable[UInt8]) -> Float32:
        """Batches of (B, S, S, 3) uint8 -> (N, D), B pictures at a time."""
        with torch.inference_mode():
            vectors = [self.embed(to_tensor(batch)).float().cpu().numpy() for batch in batches]
        stacked: Float32 = np.concatenate(vectors)
        return stacked

    def facts(self) -> dict[str, str]:
        """What a report says about the network."""
        return {"label": self.label, "file": self.file, "sha256": self.sha256, "resize": self.resize}


def load_features(file: Path, device: torch.device | None = None, *, trust_code: bool = False) -> FeatureSpace:
    """The feature space of a file: weights in a layout that is known, or TorchScript (pictures -> one vector each).

    Args:
        file: what the user gives; see :func:`mien.checkpoints.judges.load_judge` and docs/evaluation.md.
        device: where to run; the CPU if None.
        trust_code: whether a program in the file may be run.

    Raises:
        UnknownCheckpointError: missing, another layout, or a network that is not a feature space.
        UnsafeCheckpointError: the file is a program that is not trusted.
        CorruptCheckpointError: damaged.
    """
    place = device or torch.device("cpu")
    judge = load_judge(file, device, trust_code=trust_code)
    embed = judge.method("embed")
    if judge.program:
        try:
            with torch.inference_mode():
                probe = embed(torch.zeros(2, 3, 64, 64, device=place))
        except RuntimeError as error:
            raise judge.unfit("embed") from error
        if not isinstance(probe, Tensor) or probe.ndim != 2 or len(probe) != 2:
            raise judge.unfit("embed")
    label = f"pooled {judge.known.label}" if hasattr(judge.network, "distance") else judge.known.label
    return FeatureSpace(
        label, judge.known.resize, judge.sha256, file.name, lambda x: embed(x.to(place)), judge.known.published
    )
