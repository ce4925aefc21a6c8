"""How far two head poses are apart, in degrees."""

from __future__ import annotations

from functools import cache, partial

import numpy as np

from mien.align.landmarker import locate
from mien.align.measure import head_pose
from mien.engine import Network, load_landmarks
from mien.evaluation.metrics.base import Metric, Pair
from mien.models.perception.config import LandmarkConfig
from mien.types import Float32, Float64, Pose, UInt8


def pose_error(a: Pose, b: Pose) -> dict[str, float]:
    """Degrees, none negative: differences of yaw, pitch and roll, and the angle of the rotation between both heads.

    Symmetric; the convention of the angles is that of :func:`mien.align.measure.head_pose`.
    """
    cosine = (np.trace(_rotation(a).T @ _rotation(b)) - 1) / 2
    angles = {name: _apart(getattr(a, name), getattr(b, name)) for name in ("yaw", "pitch", "roll")}
    return {**angles, "rotation": float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))}


def _apart(a: float, b: float) -> float:
    return abs((a - b + 180) % 360 - 180)


def _rotation(pose: Pose) -> Float64:
    """R = Rz(roll) Ry(yaw) Rx(pitch), with the signs of :class:`mien.types.Pose`."""
    x, y, z = np.radians([-pose.pitch, -pose.yaw, pose.roll])
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    product: Float64 = about_z @ about_y @ about_x
    return product


def pose_of(network: Network[LandmarkConfig], pixels: UInt8) -> Pose:
    """The head pose in an aligned face (S, S, 3) uint8."""
    side = float(pixels.shape[0])
    quad = np.array([[[0, 0], [0, side], [side, side], [side, 0]]], np.float64)
    return head_pose(locate(network, pixels, quad)[0][0], network.weight("mean"))


@cache
def landmarks() -> Network[LandmarkConfig]:
    """The bundled landmarks."""
    return load_landmarks()


def _measure(angle: str, pair: Pair, mask: Float32 | None) -> float:
    error = pair.once("pose", lambda: pose_error(*(pose_of(landmarks(), one) for one in (pair.made, pair.wanted))))
    return error[angle]


JUDGE = {"label": "bundled landmarks", "resize": "FFHQ crop, averaged to the network's size"}
POSE = tuple(
    Metric(f"pose error, {angle} (degrees)", partial(_measure, angle), lower_is_better=True, judge=JUDGE)
    for angle in ("yaw", "pitch", "roll", "rotation")
)
