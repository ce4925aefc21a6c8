"""Pose against rotations that are known, openness against lids that are moved."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.align import mesh
from mien.align.measure import eye_openness, head_pose, interocular, mouth_openness
from mien.checkpoints.perception import load_landmarks
from mien.types import Float32


@pytest.fixture(scope="module")
def mean_face() -> Float32:
    mean: Float32 = load_landmarks().mean.numpy()
    return mean


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Written out from the convention in words: nose right, nose up, head clockwise are positive; y points down."""
    y, p, r = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


@given(yaw=st.floats(-80, 80), pitch=st.floats(-60, 60), roll=st.floats(-170, 170), scale=st.floats(0.5, 500))
def test_pose_recovers_a_rotation(mean_face: Float32, yaw: float, pitch: float, roll: float, scale: float) -> None:
    turned = (mean_face @ rotation(yaw, pitch, roll).T * scale + (30, 50, 7)).astype(np.float32)
    pose = head_pose(turned, mean_face)
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx((yaw, pitch, roll), abs=0.1)


def test_signs_of_the_pose_are_what_a_viewer_sees(mean_face: Float32) -> None:
    nose, bridge, left, right = 1, 168, 234, 454
    right_turn = mean_face @ rotation(30, 0, 0).T
    assert right_turn[nose, 0] > (right_turn[left, 0] + right_turn[right, 0]) / 2 + 0.05
    upward = mean_face @ rotation(0, 20, 0).T
    assert upward[nose, 1] - upward[bridge, 1] < mean_face[nose, 1] - mean_face[bridge, 1]
    clockwise = mean_face @ rotation(0, 0, 20).T
    assert clockwise[263, 1] > clockwise[33, 1]


def test_openness_follows_the_lids(mean_face: Float32) -> None:
    shut = mean_face.copy()
    for upper, lower in mesh.LEFT_EYE_LIDS:
        shut[upper] = shut[lower]
    assert eye_openness(shut)[0] == pytest.approx(0, abs=1e-6)
    assert eye_openness(shut)[1] == eye_openness(mean_face)[1] > 0.15
    talking = mean_face.copy()
    for _, lower in mesh.INNER_LIPS:
        talking[lower, 1] += 0.1
    assert mouth_openness(talking) > mouth_openness(mean_face) + 0.2


def test_openness_does_not_change_when_the_head_turns(mean_face: Float32) -> None:
    turned = (mean_face @ rotation(40, 0, 0).T).astype(np.float32)
    assert eye_openness(turned) == pytest.approx(eye_openness(mean_face), rel=1e-4)


def test_interocular_is_a_length(mean_face: Float32) -> None:
    assert interocular(mean_face * 7) == pytest.approx(7 * interocular(mean_face), rel=1e-5)
