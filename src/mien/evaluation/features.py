"""Feature spaces by file. What a space is called follows from what the file holds, never from what it is named.

A file that is known by its checksum carries its network's name, and only published Inception and VGG-16 weights give
the published names (FID, KID, precision, ...). Any other file is called after itself: ``FD-<stem>``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mien.checkpoints.script import load_script
from mien.errors import UnknownCheckpointError
from mien.evaluation.files import Known, checksum, is_script, known_file, load_state
from mien.evaluation.layouts import Embed, build_features
from mien.pixels import to_tensor
from mien.types import Float32, UInt8

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


def load_features(file: Path, device: torch.device | None = None) -> FeatureSpace:
    """The feature space of a file: TorchScript (pictures -> one vector each), or weights in a layout that is known.

    Layouts: Inception as pytorch-fid publishes it, VGG-16 as torchvision does, ArcFace's IR-SE-50, and SqueezeNet with
    LPIPS's heads (safetensors). See docs/evaluation.md.

    Args:
        file: what the user gives.
        device: where to run; the CPU if None.

    Raises:
        UnknownCheckpointError: missing, another layout, or a network that is not a feature space.
        UnsafeCheckpointError: the file asks to execute code.
        CorruptCheckpointError: damaged.
    """
    place = device or torch.device("cpu")
    digest = checksum(file)
    known = known_file(file, digest)
    if is_script(file):
        embed = _script(file, place)
        known = known or Known(file.stem, "as the network itself does")
    else:
        embed, layout = build_features(load_state(file), file.name, place)
        known = layout if known else Known(f"{layout.label}[{file.stem}]", layout.resize)
    return FeatureSpace(known.label, known.resize, digest, file.name, embed, known.published)


def _script(file: Path, device: torch.device) -> Embed:
    network = load_script(file, device)
    complaint = f"{file.name} is not a feature network; give one that turns a batch of pictures into a vector each."
    try:
        with torch.inference_mode():
            probe = network(torch.zeros(2, 3, 64, 64, device=device))
    except RuntimeError as error:
        raise UnknownCheckpointError(complaint) from error
    if not isinstance(probe, Tensor) or probe.ndim != 2 or len(probe) != 2:
        raise UnknownCheckpointError(complaint)
    return lambda pictures: network(pictures.to(device))
