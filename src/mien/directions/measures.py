"""What can be measured in a picture of a face: pose, expression, hair, skin, by the bundled landmarks and parser.

Networks of the user's may add more, such as age. Legend: N pictures, S side, A attributes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from mien.align import mesh
from mien.align.landmarker import locate
from mien.align.measure import eye_openness, head_pose, interocular, mouth_openness, smile
from mien.conditions.areas import Seen
from mien.conditions.parser import FaceParser
from mien.engine import Network, load_landmarks
from mien.errors import ConfigError, MienError
from mien.guides.traits import Traits, lab_of
from mien.models.perception.config import LandmarkConfig
from mien.pixels import to_tensor
from mien.types import Float32, Float64, Pose, UInt8

PRESENT = 0.5
"""Probability that there is a face, below which nothing is measured."""


@dataclass(frozen=True, eq=False)
class Look:
    """One picture of a face.

    Attributes:
        points: (478, 3) landmarks.
        pose: of the head.
        seen: labels and landmarks.
        traits: what they tell.
    """

    points: Float32
    pose: Pose
    seen: Seen
    traits: Traits


def _brows(look: Look) -> float:
    """How far the brows lie above the middles of the eyes, in eye distances."""
    pairs = ((mesh.LEFT_BROW, mesh.LEFT_EYE_CORNERS), (mesh.RIGHT_BROW, mesh.RIGHT_EYE_CORNERS))
    gaps = [look.points[list(eye), 1].mean() - look.points[list(brow), 1].mean() for brow, eye in pairs]
    return float(np.mean(gaps)) / interocular(look.points)


def _width(look: Look) -> float:
    """Width of the face at the cheeks over the distance of the chin from the forehead."""
    left, right, top, chin = (look.points[index] for index in (234, 454, 10, 152))
    return float(np.linalg.norm(left - right) / max(float(np.linalg.norm(top - chin)), 1e-6))


def _tone(look: Look) -> float:
    """Individual typology angle (Chardon et al., 1991): above 41 light, below 10 brown, below -30 dark."""
    light, _, yellow = look.traits.skin
    return math.degrees(math.atan2(light - 50, max(yellow, 1e-6)))


def _lips(look: Look) -> float:
    """By how much lips are redder than the skin, CIE a*."""
    area = look.seen.of("upper_lip", "lower_lip")
    if not area.any():
        return math.nan
    return float(np.median(lab_of(look.seen.picture)[area][:, 1])) - look.traits.skin[1]


MEASURES: Mapping[str, tuple[str, Callable[[Look], float]]] = {
    "yaw": ("degrees", lambda look: look.pose.yaw),
    "pitch": ("degrees", lambda look: look.pose.pitch),
    "roll": ("degrees", lambda look: look.pose.roll),
    "smile": ("eye distances", lambda look: smile(look.points)),
    "mouth-openness": ("ratio", lambda look: mouth_openness(look.points)),
    "eye-openness": ("ratio", lambda look: float(np.mean(eye_openness(look.points)))),
    "brow-height": ("eye distances", _brows),
    "face-width": ("ratio", _width),
    "hair": ("share", lambda look: float(look.seen.of("hair").mean())),
    "hair-length": ("eye distances", lambda look: look.traits.length),
    "hair-lightness": ("L*", lambda look: look.traits.hair[0]),
    "fringe": ("share", lambda look: look.traits.fringe),
    "beard": ("share", lambda look: look.traits.beard),
    "moustache": ("share", lambda look: look.traits.moustache),
    "glasses": ("share", lambda look: look.traits.glasses),
    "hat": ("share", lambda look: look.traits.hat),
    "skin-tone": ("degrees ITA", _tone),
    "skin-texture": ("L*", lambda look: look.traits.texture),
    "lip-redness": ("a*", _lips),
}
"""Unit and function, by attribute."""


@dataclass(frozen=True, eq=False)
class Judge:
    """A network that measures more.

    Attributes:
        names: of its numbers, in their order; those called "-" are left out.
        network: aligned faces (B, 3, H, W) in [-1, 1] -> numbers (B,) or (B, K), or a tuple of these.
    """

    names: tuple[str, ...]
    network: Any

    def of(self, picture: UInt8) -> dict[str, float]:
        """Its numbers for one picture (S, S, 3).

        Raises:
            ConfigError: it gives another number of them.
        """
        try:
            with torch.inference_mode():
                given = self.network(to_tensor(picture))
            parts = list(given) if isinstance(given, tuple | list) else [given]
            numbers = torch.cat([part.float().reshape(1, -1) for part in parts], 1)[0].tolist()
        except (RuntimeError, AttributeError, TypeError) as error:
            raise ConfigError(f"The network for {', '.join(self.names)} does not turn faces into numbers.") from error
        if len(numbers) != len(self.names):
            raise ConfigError(f"The network for {', '.join(self.names)} gives {len(numbers)} numbers; name each.")
        return {name: value for name, value in zip(self.names, numbers, strict=True) if name != "-"}


@dataclass(frozen=True, eq=False)
class Measures:
    """Measures pictures. Build it once and use it for many.

    Attributes:
        landmarks: finds points.
        parser: labels regions.
        judges: networks of the user's.
    """

    landmarks: Network[LandmarkConfig] = field(default_factory=load_landmarks)
    parser: FaceParser = field(default_factory=FaceParser.bundled)
    judges: Sequence[Judge] = ()

    @property
    def units(self) -> dict[str, str]:
        """By attribute, in the order of the columns of :meth:`of`."""
        others = [name for judge in self.judges for name in judge.names if name != "-"]
        return {name: unit for name, (unit, _) in MEASURES.items()} | dict.fromkeys(others, "as the network gives")

    def of(self, pictures: UInt8, done: Callable[[], object] = lambda: None) -> Float64:
        """Aligned faces (N, S, S, 3) -> (N, A); a row of NaN where no face is seen; ``done`` is called after each."""
        rows = np.full((len(pictures), len(self.units)), np.nan)
        for row, picture in zip(rows, pictures, strict=True):
            row[:] = list(self._one(picture).values()) or np.nan
            done()
        return rows

    def _one(self, picture: UInt8) -> dict[str, float]:
        look = self._look(picture)
        if look is None:
            return {}
        found = {name: measure(look) for name, (_, measure) in MEASURES.items()}
        for judge in self.judges:
            found |= judge.of(picture)
        return found

    def _look(self, picture: UInt8) -> Look | None:
        side = float(picture.shape[0])
        quad = np.array([[[0, 0], [0, side], [side, side], [side, 0]]], np.float64)
        try:
            (points,), (presence,) = locate(self.landmarks, picture, quad)
            if presence < PRESENT:
                return None
            seen = Seen(self.parser.parse_crop(picture), points.astype(np.float64), picture)
            return Look(points, head_pose(points, self.landmarks.weight("mean")), seen, Traits.of(seen))
        except (MienError, ValueError):  # points that form no face
            return None
