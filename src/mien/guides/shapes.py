"""How faces differ and move: the mean face and, for each attribute, the displacement of its 478 points.

Convention:
    Shapes are in the mean face's frame: x right, y down, z towards the back, the origin between the eyes, the distance
    of the outer corners of the eyes is 1. One unit of an attribute is one standard deviation among people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from mien.align import mesh
from mien.errors import ConfigError, CorruptCheckpointError
from mien.types import Float32, Float64

KIND = "face-shapes"
BUNDLED = Path(__file__).parent.parent / "bundled" / KIND


@dataclass(frozen=True, eq=False)
class Placement:
    """Where the mean face lies in a picture: p = scale · rotation · m + shift.

    Attributes:
        scale: pixels per eye distance.
        rotation: (3, 3).
        shift: (3,) pixels.
    """

    scale: float
    rotation: Float64
    shift: Float64

    @classmethod
    def of(cls, landmarks: Float64, mean: Float64) -> Placement:
        """The similarity that takes the mean face's rigid points to those of a face (Umeyama, 1991)."""
        rigid = list(mesh.RIGID)
        source, target = mean[rigid].astype(np.float64), landmarks[rigid].astype(np.float64)
        s, t = source.mean(0), target.mean(0)
        u, d, vt = np.linalg.svd((target - t).T @ (source - s))
        flip = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
        rotation = u @ np.diag(flip) @ vt
        scale = float((d * flip).sum() / ((source - s) ** 2).sum())
        return cls(scale, rotation, t - scale * rotation @ s)

    def back(self, landmarks: Float64) -> Float64:
        """(..., 3) points of the picture in the mean face's frame."""
        return np.asarray((landmarks - self.shift) @ self.rotation / self.scale)


def canonical(landmarks: Float32, mean: Float64) -> Float64:
    """(N, 478, 3) faces without their place, size and pose."""
    return np.stack([Placement.of(one, mean).back(one.astype(np.float64)) for one in landmarks])


@dataclass(frozen=True, eq=False)
class Shapes:
    """Attributes:
    mean: (478, 3).
    moves: (478, 3) by attribute, for one unit.
    ranges: lowest and highest strength by attribute.
    """

    mean: Float64
    moves: Mapping[str, Float64]
    ranges: Mapping[str, tuple[float, float]]

    @classmethod
    @cache
    def bundled(cls) -> Shapes:
        """Those that come with the package."""
        return cls.load(BUNDLED)

    @classmethod
    def load(cls, folder: Path) -> Shapes:
        """From a folder of our store.

        Raises:
            CorruptCheckpointError: it is damaged or incomplete.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            arrays = load_file(folder / "model.safetensors")
            ranges = {name: (float(low), float(high)) for name, (low, high) in config["ranges"].items()}
            moves = {name: arrays[name].astype(np.float64) for name in ranges}
            mean = arrays["mean"].astype(np.float64)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
            raise CorruptCheckpointError(
                f"{folder} holds no face shapes, or is damaged; install mien again."
            ) from error
        return cls(mean, moves, ranges)

    def displacement(self, strengths: Mapping[str, float]) -> Float64:
        """(478, 3): all attributes together, in the mean face's frame.

        Raises:
            ConfigError: an attribute that is not known.
        """
        unknown = [name for name in strengths if name not in self.moves]
        if unknown:
            raise ConfigError(f"'{unknown[0]}' moves nothing; choose from {', '.join(self.moves)}.")
        total = np.zeros_like(self.mean)
        for name, strength in strengths.items():
            total += strength * self.moves[name]
        return total

    def strengths(self, landmarks: Float32) -> dict[str, Float64]:
        """(N,) by attribute, of faces (N, 478, 3): what all together explain of their difference from the mean."""
        basis = np.stack([move.ravel() for move in self.moves.values()], 1)
        away = (canonical(landmarks, self.mean) - self.mean).reshape(len(landmarks), -1)
        square = basis.T @ basis
        ridge = square + 1e-3 * np.trace(square) / len(self.moves) * np.eye(len(self.moves))
        return dict(zip(self.moves, np.linalg.solve(ridge, basis.T @ away.T), strict=True))

    def clamped(self, strengths: Mapping[str, float]) -> dict[str, float]:
        """The same strengths, none beyond its range."""
        return {n: float(np.clip(s, *self.ranges[n])) if n in self.ranges else s for n, s in strengths.items()}
