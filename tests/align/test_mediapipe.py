"""The MediaPipe adapter against a stand-in package with the published interface."""

from __future__ import annotations

import builtins
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mien.align.mediapipe import MediaPipeFinder
from mien.checkpoints.perception import load_landmarks
from mien.errors import CheckpointError, ConfigError
from mien.types import Photo


def package(points: np.ndarray, seen: dict[str, Any]) -> ModuleType:
    """``mediapipe`` as far as the adapter uses it; answers with one face at normalized ``points``."""

    class FaceLandmarker:
        @classmethod
        def create_from_options(cls, options: SimpleNamespace) -> FaceLandmarker:
            if Path(options.base_options.model_asset_path).read_bytes() != b"model":
                raise ValueError("Unable to open zip archive.")
            return cls()

        def detect(self, image: SimpleNamespace) -> SimpleNamespace:
            seen["image"] = image
            return SimpleNamespace(face_landmarks=[[SimpleNamespace(x=x, y=y, z=z) for x, y, z in points]])

    module = ModuleType("mediapipe")
    vision = SimpleNamespace(FaceLandmarker=FaceLandmarker, FaceLandmarkerOptions=SimpleNamespace)
    module.tasks = SimpleNamespace(vision=vision, BaseOptions=SimpleNamespace)  # type: ignore[attr-defined]
    module.Image = SimpleNamespace  # type: ignore[attr-defined]
    module.ImageFormat = SimpleNamespace(SRGB="srgb")  # type: ignore[attr-defined]
    return module


def test_points_come_back_in_photo_pixels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mean = load_landmarks().mean.numpy()
    wanted = mean * 60 + np.array([120, 90, 0], np.float32)  # in a photo of 300 x 200 pixels
    seen: dict[str, Any] = {}
    monkeypatch.setitem(sys.modules, "mediapipe", package(wanted / (300, 200, 300), seen))
    model = tmp_path / "face_landmarker.task"
    model.write_bytes(b"model")
    (face,) = MediaPipeFinder(model).find(Photo(np.zeros((200, 300, 3), np.uint8)))
    np.testing.assert_allclose(face.landmarks, wanted, atol=1e-3)
    assert abs(face.pose.yaw) < 0.5 and abs(face.pose.roll) < 0.5 and face.score == 1.0
    assert seen["image"].data.shape == (200, 300, 3) and seen["image"].image_format == "srgb"


def test_missing_or_wrong_model_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "mediapipe", package(np.zeros((478, 3)), {}))
    with pytest.raises(CheckpointError, match=r"absent\.task is not a file"):
        MediaPipeFinder(tmp_path / "absent.task")
    broken = tmp_path / "broken.task"
    broken.write_bytes(b"something else")
    with pytest.raises(CheckpointError, match="cannot use"):
        MediaPipeFinder(broken)


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    original = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name == "mediapipe":
            raise ImportError(name)
        return original(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ConfigError, match=r"mien\[mediapipe\]"):
        MediaPipeFinder(tmp_path / "face_landmarker.task")
