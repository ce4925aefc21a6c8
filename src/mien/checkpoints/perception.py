"""The detector and the landmark network out of a folder, ready for inference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from torch import nn

from mien.checkpoints.filling import fill
from mien.checkpoints.store import BUNDLED, load_folder
from mien.models.perception.border import BorderConfig, BorderNet
from mien.models.perception.detector import DetectorConfig, DetectorNet
from mien.models.perception.landmarks import LandmarkConfig, LandmarkNet
from mien.models.perception.layers import fuse_batch_norms
from mien.models.perception.matte import MatteConfig, MatteNet
from mien.models.perception.reader import ReaderConfig, ReaderNet
from mien.models.perception.uncover import ChinConfig, UncoverConfig, UncoverNet

Network = TypeVar("Network", bound=nn.Module)


def load_detector(folder: Path = BUNDLED / "face-detector") -> DetectorNet:
    """The face detector in evaluation mode, batch normalization folded into the convolutions.

    Raises:
        CheckpointError: the folder is missing, damaged, or holds something else.
    """
    return load_network(folder, "face-detector", lambda config: DetectorNet(DetectorConfig.from_dict(config)))


def load_landmarks(folder: Path = BUNDLED / "face-landmarks") -> LandmarkNet:
    """The landmark network in evaluation mode, batch normalization folded into the convolutions.

    Raises:
        CheckpointError: the folder is missing, damaged, or holds something else.
    """
    return load_network(folder, "face-landmarks", lambda config: LandmarkNet(LandmarkConfig.from_dict(config)))


def load_reader(folder: Path = BUNDLED / "face-reader") -> ReaderNet:
    """The face reader in evaluation mode, batch normalization folded into the layers before it; errors as above."""
    return load_network(folder, "face-reader", lambda config: ReaderNet(ReaderConfig.from_dict(config)))


def load_matte(folder: Path = BUNDLED / "hair-matte") -> MatteNet:
    """The hair matte in evaluation mode, batch normalization folded into the layers before it; errors as above."""
    return load_network(folder, "hair-matte", lambda config: MatteNet(MatteConfig.from_dict(config)))


def load_uncovered(folder: Path = BUNDLED / "uncovered-eyes") -> UncoverNet:
    """What lies behind glasses, in evaluation mode, batch normalization folded; errors as above."""
    return load_network(folder, "uncovered-eyes", lambda config: UncoverNet(UncoverConfig.from_dict(config)))


def load_chin(folder: Path = BUNDLED / "shaven-chin") -> UncoverNet:
    """What lies below beards, in evaluation mode, batch normalization folded; errors as above."""
    return load_network(folder, "shaven-chin", lambda config: UncoverNet(ChinConfig.from_dict(config)))


def load_border(folder: Path = BUNDLED / "hair-border") -> BorderNet:
    """What the border of dyed hair lacks, in evaluation mode, batch normalization folded; errors as above."""
    return load_network(folder, "hair-border", lambda config: BorderNet(BorderConfig.from_dict(config)))


def load_network(folder: Path, kind: str, build: Callable[[dict[str, Any]], Network]) -> Network:
    """Any of our inference networks: built from its configuration, filled, and folded for speed.

    Raises:
        CheckpointError: the folder is missing, damaged, holds something else, or its weights do not fit.
    """
    config, state = load_folder(folder, kind)
    network = fill(lambda: build(config), state, str(folder))
    fuse_batch_norms(network)
    return network
