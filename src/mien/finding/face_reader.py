"""The face reader: what an aligned face looks like, in numbers that words can be held against.

Presentation is what a picture shows; nothing here says who somebody is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mien.align.crop import crop_face
from mien.checkpoints.store import BUNDLED, load_config
from mien.engine import Network, load_reader
from mien.errors import CorruptCheckpointError
from mien.finding.axes import PRESENT
from mien.finding.match import Look
from mien.models.perception.config import ReaderConfig
from mien.pixels import to_planes
from mien.types import Face, Photo, UInt8

KIND = "face-reader"


@dataclass(frozen=True, eq=False)
class FaceReader:
    """Build it once and use it for many faces.

    Attributes:
        network: (B, 3, S, S) in [-1, 1] -> (B, K).
        names: of its numbers.
        mean, spread: of each among the portraits it was trained on.
    """

    network: Network[ReaderConfig]
    names: tuple[str, ...]
    mean: tuple[float, ...]
    spread: tuple[float, ...]

    @classmethod
    @cache
    def bundled(cls) -> FaceReader:
        """The network that comes with mien; nothing is downloaded; loaded once."""
        return cls.load(BUNDLED / KIND)

    @classmethod
    def load(cls, folder: Path) -> FaceReader:
        """From a folder of our store.

        Raises:
            CheckpointError: it is missing, damaged, or holds something else.
        """
        config: dict[str, Any] = load_config(folder, KIND)
        network = load_reader(folder)
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
        planes = to_planes(small)
        told = (self.network(planes)[0] + self.network(np.ascontiguousarray(planes[..., ::-1]))[0]) / 2
        return [self._look(row) for row in told.astype(float)]

    def _look(self, row: Any) -> Look:
        values: Mapping[str, float] = dict(zip(self.names, map(float, row), strict=True))
        scales = zip(self.names, self.mean, self.spread, strict=True)
        raw = {name: mean + spread * values[name] for name, mean, spread in scales if name not in PRESENT}
        return Look(values, raw)
