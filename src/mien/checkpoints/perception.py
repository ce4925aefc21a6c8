"""The detector and the landmark network out of a folder, ready for inference."""

from __future__ import annotations

from pathlib import Path

from mien.checkpoints.store import BUNDLED, load_folder
from mien.models.perception.detector import DetectorConfig, DetectorNet
from mien.models.perception.landmarks import LandmarkConfig, LandmarkNet
from mien.models.perception.layers import fuse_batch_norms


def load_detector(folder: Path = BUNDLED / "face-detector") -> DetectorNet:
    """The face detector in evaluation mode, batch normalisation folded into the convolutions.

    Raises:
        CheckpointError: the folder is missing, damaged, or holds something else.
    """
    config, state = load_folder(folder, "face-detector")
    network = DetectorNet(DetectorConfig.from_dict(config))
    network.load_state_dict(state)
    fuse_batch_norms(network.eval().requires_grad_(False))
    return network


def load_landmarks(folder: Path = BUNDLED / "face-landmarks") -> LandmarkNet:
    """The landmark network in evaluation mode, batch normalisation folded into the convolutions.

    Raises:
        CheckpointError: the folder is missing, damaged, or holds something else.
    """
    config, state = load_folder(folder, "face-landmarks")
    network = LandmarkNet(LandmarkConfig.from_dict(config))
    network.load_state_dict(state)
    fuse_batch_norms(network.eval().requires_grad_(False))
    return network
