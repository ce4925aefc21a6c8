"""How the lower half of a shaven man's face is lit and colored, its jaw and the neck in the jaw's shade included.

The mean of many men and the ways in which they differ. From where skin is seen, and from mouth and pose, the rest
follows: what is most likely, given that (a linear Gaussian model, as in Blanz and Vetter's "A morphable model for the
synthesis of 3D faces", 1999).

Convention:
    Everything is (HEIGHT, WIDTH, 3) in the frame of the mean face, whose outer corners of the eyes lie ``UNIT`` pixels
    apart: 100 ln((L* + 16) / (L* of the face's skin + 16)), and a* and b* less those of the skin.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from mien.align import mesh
from mien.errors import CorruptCheckpointError, PhotoError
from mien.guides.beards.edge import UNIT
from mien.guides.borrow import unit_of
from mien.guides.shapes import Shapes
from mien.photos.read import read_photo
from mien.types import Bool, Face, Float32, Float64

KIND = "face-light"
BUNDLED = Path(__file__).parents[2] / "bundled" / KIND
PICTURE = "light.webp"
"""One above the other, the mean first: L* of all, then a* and b* side by side at half the size; 128 is 0."""

WIDTH, HEIGHT, EYES = 112, 128, 0.55
"""Of the frame, pixels, and how far down the eyes lie, eye distances."""

NOISE, SEEN, LOOKS = 10.0, 100, 0.3
"""By how much what is seen differs from all faces that the model knows, how many places count at most, as neighbors
agree, and what mouth and pose count."""

USUAL = 1.5
"""Deviations by which mouth and pose count as different at most."""

HUES = 0.3
"""Share of what is known of colors that is believed: in another light gray is seen where it should not."""


def frame() -> Float64:
    """Where the landmarks lie in the frame; (478, 2)."""
    mean = Shapes.bundled().mean[:, :2]
    eyes = mean[list(mesh.OUTER_EYE_CORNERS)]
    scale = UNIT / np.linalg.norm(eyes[0] - eyes[1])
    return np.asarray((mean - eyes.mean(0)) * scale + (WIDTH / 2, EYES * UNIT))


def looks_of(face: Face) -> Float64:
    """(5,) how open, wide and raised a mouth is, yaw and pitch, each about as much as a place's light."""
    points, unit = face.landmarks[:, :2], unit_of(face)
    left, right = points[list(mesh.MOUTH_CORNERS)]
    raised = (points[[0, 17], 1].mean() - (left[1] + right[1]) / 2) / unit
    wide = float(np.linalg.norm(left - right)) / unit
    return np.array([100 * face.mouth_openness, 100 * wide, 200 * raised, face.pose.yaw / 1.5, face.pose.pitch / 3])


@dataclass(frozen=True, eq=False)
class FaceLight:
    """Attributes:
    mean: (HEIGHT, WIDTH, 3).
    ways: (K, HEIGHT, WIDTH, 3) by which faces differ, each for one standard deviation.
    looks: (K + 1, 5) of the mean, and of the ways, as of :func:`looks_of`.
    """

    mean: Float32
    ways: Float32
    looks: Float64

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
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            largest = np.array(config["largest"], np.float32)
            tiles = (read_photo(folder / PICTURE).pixels[..., 1].astype(np.float32) - 128) / 127
            light = tiles[: len(largest) * HEIGHT].reshape(-1, HEIGHT, WIDTH)
            hues = tiles[len(largest) * HEIGHT :].reshape(-1, HEIGHT // 2, 2, WIDTH // 2).transpose(0, 1, 3, 2)
            hues = np.stack([cv2.resize(one, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR) for one in hues])
            every = np.concatenate([light[..., None], hues], 3) * largest[:, None, None]
            found = cls(every[0], every[1:], np.array(config["looks"], np.float64))
            if config["kind"] != KIND or found.looks.shape != (len(every), 5):
                raise ValueError(config["kind"])
        except (OSError, ValueError, KeyError, TypeError, PhotoError) as error:
            raise CorruptCheckpointError(f"{folder} holds no face light, or is damaged; install mien again.") from error
        return found

    def of(self, light: Float32, seen: Bool, looks: Float64) -> Float32:
        """The light of a face that is most likely, from what is seen (HEIGHT, WIDTH) of it, and its looks (5,)."""
        ways = self.ways[:, seen].reshape(len(self.ways), -1).astype(np.float64)
        count = min(1.0, SEEN / max(1, int(seen.sum())))
        system = count * ways @ ways.T + NOISE**2 * np.eye(len(ways))
        system += LOOKS * self.looks[1:] @ self.looks[1:].T
        away = count * ways @ (light[seen] - self.mean[seen]).ravel()
        most = USUAL * np.sqrt((self.looks[1:] ** 2).sum(0))
        away += LOOKS * self.looks[1:] @ np.clip(looks - self.looks[0], -most, most)
        found = np.linalg.solve(system, away)
        result = self.mean + np.tensordot(found, self.ways, 1)
        return np.asarray(result * np.array([1, HUES, HUES]), np.float32)
