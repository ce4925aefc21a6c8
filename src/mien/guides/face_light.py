"""How the skin of shaven faces is lit and coloured, by landmark: the mean of many, and the ways in which they differ.

From where skin is seen the rest follows: what is most likely, given that (a linear Gaussian model, as in Blanz and
Vetter's "A morphable model for the synthesis of 3D faces", 1999).

Convention:
    Light is (478, 3): 100 ln((L* + 16) / (L* of the face's skin + 16)), and a* and b* less those of the skin.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from mien.errors import CorruptCheckpointError
from mien.types import Bool, Float32, Float64

KIND = "face-light"
BUNDLED = Path(__file__).parent.parent / "bundled" / KIND

NOISE = 3.0
"""By how much what is seen at a landmark differs from all faces that the model knows."""


@dataclass(frozen=True, eq=False)
class FaceLight:
    """Attributes:
    mean: (478, 3).
    ways: (K, 478, 3) by which faces differ, each for one standard deviation.
    """

    mean: Float64
    ways: Float64

    @classmethod
    @cache
    def bundled(cls) -> FaceLight:
        """The one that comes with the package; errors as :meth:`load`."""
        return cls.load(BUNDLED)

    @classmethod
    def load(cls, folder: Path) -> FaceLight:
        """From a folder that ``recipes/face_light.py`` made.

        Raises:
            CorruptCheckpointError: it is damaged or incomplete.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            kind = json.loads((folder / "config.json").read_text(encoding="utf-8"))["kind"]
            arrays = load_file(folder / "model.safetensors")
            found = cls(arrays["mean"].astype(np.float64), arrays["ways"].astype(np.float64))
            if kind != KIND or found.mean.shape != (478, 3) or found.ways.shape[1:] != (478, 3):
                raise ValueError(kind)
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise CorruptCheckpointError(f"{folder} holds no face light, or is damaged; install mien again.") from error
        return found

    def of(self, light: Float32, seen: Bool) -> Float32:
        """The light (478, 3) of a face that is most likely, from what is seen (478,) of it (478, 3)."""
        ways = self.ways[:, seen].reshape(len(self.ways), -1)
        away = (light[seen] - self.mean[seen]).ravel()
        system = ways @ ways.T + NOISE**2 * np.eye(len(ways))
        found = np.linalg.solve(system, ways @ away) if seen.any() else np.zeros(len(ways))
        return np.asarray(self.mean + np.tensordot(found, self.ways, 1), np.float32)
