"""The face reader: what an aligned face looks like, in numbers that words can be held against.

Presentation is what a picture shows; nothing here says who somebody is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from mien.align.crop import crop_face
from mien.checkpoints.perception import load_network
from mien.checkpoints.store import BUNDLED, load_config
from mien.errors import CorruptCheckpointError
from mien.finding.axes import PRESENT
from mien.finding.match import Look
from mien.models.perception.reader import ReaderConfig, ReaderNet
from mien.pixels import to_tensor
from mien.types import Face, Photo, UInt8

KIND = "face-reader"


@dataclass(frozen=True, eq=False)
class FaceReader:
    """Build it once and use it for many faces.

    Attributes:
        network: in evaluation mode.
        names: of its numbers.
        mean, spread: of each among the portraits it was trained on.
    """

    network: ReaderNet
    names: tuple[str, ...]
    mean: tuple[float, ...]
    spread: tuple[float, ...]

    @classmethod
    def bundled(cls) -> FaceReader:
        """The network that comes with mien; nothing is downloaded."""
        return cls.load(BUNDLED / KIND)

    @classmethod
    def load(cls, folder: Path) -> FaceReader:
        """From a folder of our store.

        Raises:
            CheckpointError: it is missing, damaged, or holds something else.
        """
        config: dict[str, Any] = load_config(folder, KIND)
        network = load_network(folder, KIND, lambda one: ReaderNet(ReaderConfig.from_dict(one)))
        try:
            names = tuple(str(name) for name in config["names"])
            mean, spread = (tuple(float(v) for v in config[key]) for key in ("mean", "spread"))
        except (KeyError, TypeError, ValueError) as error:
            raise CorruptCheckpointError(f"{folder} does not say what its numbers mean; train it again.") from error
        if not len(names) == len(mean) == len(spread) == network.config.numbers:
            raise CorruptCheckpointError(f"{folder} names {len(names)} of {network.config.numbers} numbers.")
        return cls(network, names, mean, spread)

    def looks(self, faces: Sequence[tuple[Photo, Face]]) -> list[Look]:
        """What faces look like; each is read as it is and mirrored."""
        side = self.network.config.size
        return self.of_crops([crop_face(photo, face.quad, side).pixels for photo, face in faces])

    def of_crops(self, crops: Sequence[UInt8]) -> list[Look]:
        """Of aligned faces (S, S, 3) uint8 sRGB, S any."""
        if not crops:
            return []
        side = (self.network.config.size,) * 2
        small = np.stack([cv2.resize(crop, side, interpolation=cv2.INTER_AREA) for crop in crops])
        with torch.inference_mode():
            told = self.numbers(to_tensor(small)).numpy()
        return [self._look(row) for row in told.astype(float)]

    def numbers(self, pictures: Tensor) -> Tensor:
        """(B, 3, S, S) in [-1, 1] of the network's size -> (B, K), the mean of both mirrorings; differentiable."""
        told: Tensor = (self.network(pictures) + self.network(pictures.flip(3))) / 2
        return told

    def _look(self, row: Any) -> Look:
        values: Mapping[str, float] = dict(zip(self.names, map(float, row), strict=True))
        scales = zip(self.names, self.mean, self.spread, strict=True)
        raw = {name: mean + spread * values[name] for name, mean, spread in scales if name not in PRESENT}
        return Look(values, raw)
