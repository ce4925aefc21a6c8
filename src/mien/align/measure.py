"""What can be read off the 478 points: head pose, how far the eyes and the mouth are open, the distance of the eyes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mien.align import mesh
from mien.align.crop import ffhq_quad
from mien.types import Face, Float32, Pose


def interocular(landmarks: Float32) -> float:
    """Distance between the outer corners of the eyes, in the unit of ``landmarks`` (478, 2 or 3)."""
    left, right = mesh.OUTER_EYE_CORNERS
    return float(np.linalg.norm(landmarks[left, :2] - landmarks[right, :2]))


def openness(landmarks: Float32, lids: Sequence[tuple[int, int]], corners: tuple[int, int]) -> float:
    """Mean distance of the lid (or lip) pairs over the distance of the corners (the eye aspect ratio, Soukupova 2016).

    Three-dimensional, so that turning the head does not close an eye.
    """
    gaps = [np.linalg.norm(landmarks[a] - landmarks[b]) for a, b in lids]
    return float(np.mean(gaps) / max(float(np.linalg.norm(landmarks[corners[0]] - landmarks[corners[1]])), 1e-6))


def eye_openness(landmarks: Float32) -> tuple[float, float]:
    """(eye on the picture's left, eye on its right); about 0.3 is open, below 0.12 shut."""
    left = openness(landmarks, mesh.LEFT_EYE_LIDS, mesh.LEFT_EYE_CORNERS)
    return left, openness(landmarks, mesh.RIGHT_EYE_LIDS, mesh.RIGHT_EYE_CORNERS)


def mouth_openness(landmarks: Float32) -> float:
    """0 is closed; a wide laugh is about 0.5."""
    return openness(landmarks, mesh.INNER_LIPS, mesh.INNER_MOUTH_CORNERS)


def smile(landmarks: Float32) -> float:
    """Width of the mouth and twice how far its corners lie above the middle of the lips, in distances of the eyes."""
    left, right = landmarks[mesh.MOUTH_CORNERS[0], :2], landmarks[mesh.MOUTH_CORNERS[1], :2]
    middle = landmarks[[13, 14], :2].mean(0)
    lift = float(middle[1] - (left[1] + right[1]) / 2)
    return (float(np.linalg.norm(right - left)) + 2.0 * lift) / interocular(landmarks)


def head_pose(landmarks: Float32, mean_shape: Float32) -> Pose:
    """Rotation from the mean face to this one (Kabsch 1976), as angles in degrees.

    Convention:
        x right, y down, z towards the back. R = Rz(roll) Ry(yaw) Rx(pitch), applied to the mean face; signs as in
        :class:`mien.types.Pose`. Zero is the mean face of the training portraits, which looks at the camera.

    Args:
        landmarks: (478, 3) in any unit, z in the same unit.
        mean_shape: (478, 3) the mean face, any unit.
    """
    rigid = list(mesh.RIGID)
    source = mean_shape[rigid].astype(np.float64)
    target = landmarks[rigid].astype(np.float64)
    source, target = source - source.mean(0), target - target.mean(0)
    u, _, vt = np.linalg.svd(target.T @ source)
    sign = np.sign(np.linalg.det(u @ vt))
    rotation = u @ np.diag([1.0, 1.0, sign]) @ vt
    yaw = np.arcsin(np.clip(rotation[2, 0], -1, 1))
    pitch = np.arctan2(-rotation[2, 1], rotation[2, 2])
    roll = np.arctan2(rotation[1, 0], rotation[0, 0])
    return Pose(*(float(np.degrees(angle)) for angle in (yaw, pitch, roll)))


def describe_face(landmarks: Float32, score: float, mean_shape: Float32) -> Face:
    """Everything that a :class:`mien.types.Face` says, from its points.

    Args:
        landmarks: (478, 3) photo pixels.
        score: confidence in [0, 1].
        mean_shape: (478, 3) the mean face, any unit.
    """
    x0, y0 = (float(v) for v in landmarks[:, :2].min(0))
    x1, y1 = (float(v) for v in landmarks[:, :2].max(0))
    return Face(
        box=(x0, y0, x1, y1),
        score=score,
        landmarks=landmarks,
        quad=ffhq_quad(landmarks),
        pose=head_pose(landmarks, mean_shape),
        eye_openness=eye_openness(landmarks),
        mouth_openness=mouth_openness(landmarks),
    )
