"""MediaPipe's own landmarker in place of the bundled networks, for users who have its model (``mien[mediapipe]``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mien.align.measure import describe_face
from mien.engine import load_landmarks
from mien.errors import CheckpointError, ConfigError
from mien.photos.color import to_srgb
from mien.types import Face, Photo


class MediaPipeFinder:
    """Finds faces with a ``face_landmarker.task`` file; the same answers as :class:`mien.align.finder.FaceFinder`.

    MediaPipe looks for faces that fill a fair part of the photo; for groups and large photos the bundled finder sees
    more. It states no score, so that every face has 1.0.

    Raises:
        ConfigError: the ``mediapipe`` package is not installed.
        CheckpointError: the model file is missing, or MediaPipe cannot use it.
    """

    def __init__(self, model: Path, max_faces: int = 16) -> None:
        try:
            import mediapipe
        except ImportError as error:
            raise ConfigError("MediaPipe is not installed; run: pip install 'mien[mediapipe]'.") from error
        if not model.is_file():
            raise CheckpointError(f"{model} is not a file; give the path of MediaPipe's face_landmarker.task.")
        tasks = mediapipe.tasks
        options = tasks.vision.FaceLandmarkerOptions(
            base_options=tasks.BaseOptions(model_asset_path=str(model)), num_faces=max_faces
        )
        try:
            self._landmarker = tasks.vision.FaceLandmarker.create_from_options(options)
        except (RuntimeError, ValueError) as error:
            raise CheckpointError(f"MediaPipe cannot use {model}; give its face_landmarker.task.") from error
        self._image = mediapipe.Image
        self._srgb = mediapipe.ImageFormat.SRGB
        self._mean_shape = load_landmarks().weight("mean")

    def find(self, photo: Photo) -> list[Face]:
        """All faces, largest first."""
        image = self._image(image_format=self._srgb, data=np.ascontiguousarray(to_srgb(photo)))
        # MediaPipe's units: x of the width, y of the height, z of the width like x.
        scale = np.array([photo.width, photo.height, photo.width], np.float32)
        found = [
            np.array([[point.x, point.y, point.z] for point in points], np.float32) * scale
            for points in self._landmarker.detect(image).face_landmarks
        ]
        return sorted((describe_face(points, 1.0, self._mean_shape) for points in found), key=lambda face: -face.size)
