"""Every face of a photo: detector, then landmarks, then what can be read off them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mien.align.crop import ffhq_quad, square_quad
from mien.align.detector import SQUARE_PER_FACE, detect
from mien.align.landmarker import locate
from mien.align.measure import describe_face
from mien.engine import Network, load_detector, load_landmarks
from mien.errors import ConfigError, FaceSelectionError, NoFaceError
from mien.models.perception.config import DetectorConfig, LandmarkConfig
from mien.photos.color import to_srgb
from mien.types import Face, Float32, Float64, Photo, UInt8

Box = tuple[float, float, float, float]

SURE = 0.85
"""Score from which a face is one beyond doubt; below it, a photo is looked at in other turns, too."""

ENOUGH = 0.6
"""Score of a detector's square from which on it may be all that is wanted; landmarks must make it sure."""

_TURNED_BACK = {
    1: (((0, -1), (1, 0)), (1, 0)),
    2: (((-1, 0), (0, -1)), (1, 1)),
    3: (((0, 1), (-1, 0)), (0, 1)),
}
"""By quarter turns of a photo to the left: matrix and shift, in sides of the photo, of the way back."""

NO_FACE = 0.02
"""Presence below which even a box drawn by hand is refused: drawings, masks and hard profiles score above it."""


@dataclass(frozen=True, eq=False)
class FaceFinder:
    """The two networks together. Build it once and use it for many photos.

    Attributes:
        detector: finds squares.
        landmarks: finds points in a square.
    """

    detector: Network[DetectorConfig]
    landmarks: Network[LandmarkConfig]

    @classmethod
    def bundled(cls, engine: str | None = None) -> FaceFinder:
        """The networks that come with mien; nothing is downloaded.

        Args:
            engine: see :mod:`mien.engine`.
        """
        return cls(load_detector(engine=engine), load_landmarks(engine=engine))

    @cached_property
    def fingerprint(self) -> bytes:
        """Hash of the weights, for caches."""
        return self.detector.fingerprint() + self.landmarks.fingerprint()

    def to(self, device: str) -> FaceFinder:
        """The same on another device."""
        return FaceFinder(self.detector.to(device), self.landmarks.to(device))

    @cached_property
    def mean(self) -> Float32:
        """(478, 3) the mean shape, in half sides of a crop."""
        return self.landmarks.weight("mean")

    def find(
        self, photo: Photo, *, min_size: float = 48.0, threshold: float = 0.5, largest: bool = False
    ) -> list[Face]:
        """All faces, largest first.

        The networks know faces that lean by up to about 60 degrees; where none is found for sure, the photo is looked
        at in all four turns.

        Args:
            photo: any size.
            min_size: smallest face to look for: longer side of its box, photo pixels.
            threshold: lowest score kept, in [0, 1].
            largest: whether the largest face is enough: where it is sure, much smaller ones are not looked for, which
                takes a small part of the time in large photos.

        Raises:
            ConfigError: ``min_size`` or ``threshold`` out of range.
        """
        if not (np.isfinite(min_size) and min_size >= 8):
            raise ConfigError(f"The smallest face must be at least 8 pixels, got {min_size:g}; the default is 48.")
        if not 0 < threshold < 1:
            raise ConfigError(f"The score threshold must lie between 0 and 1, got {threshold:g}; the default is 0.5.")
        image = to_srgb(photo)
        faces = self._upright(image, min_size, threshold, ENOUGH) if largest else []
        if all(score < SURE for _, score in faces):
            faces = self._upright(image, min_size, threshold)
        if all(score < SURE for _, score in faces):
            faces = self._turned(image, min_size, max(SURE, threshold)) or faces
        described = [describe_face(points, score, self.mean) for points, score in faces]
        return sorted(_distinct(described), key=lambda face: -face.size)

    def _turned(self, image: UInt8, min_size: float, threshold: float) -> list[tuple[Float32, float]]:
        """As :meth:`_upright`, for faces that are upright once the photo is turned by one to three quarters."""
        faces = []
        for turns, (back, shift) in _TURNED_BACK.items():
            upright = np.ascontiguousarray(np.rot90(image, turns))
            for points, score in self._upright(upright, min_size, threshold):
                points[:, :2] = points[:, :2] @ np.array(back).T + np.multiply(shift, image.shape[1::-1])
                faces.append((points, score))
        return faces

    def _upright(
        self, image: UInt8, min_size: float, threshold: float, enough: float | None = None
    ) -> list[tuple[Float32, float]]:
        """Points (478, 3) and scores of all faces that are about upright, or of the largest ones if they are enough."""
        squares = detect(self.detector, image, min_size=min_size, threshold=min(0.3, threshold), enough=enough)
        quads = np.array([square_quad(x, y, side, np.degrees(roll)) for x, y, side, roll, _ in squares])
        points, presence = locate(self.landmarks, image, quads.reshape(-1, 4, 2))
        # Detector and landmark network look at different things; their geometric mean is surer than either.
        agree = [_agree(square, one) for square, one in zip(squares, points, strict=True)]
        scores = np.sqrt(squares[:, 4] * presence * agree)
        return [(p, float(s)) for p, s in zip(points, scores, strict=True) if s >= threshold]

    def at_box(self, photo: Photo, box: Box) -> Face:
        """The face inside a box that the user gave, for photos in which none is found.

        Args:
            photo: any size.
            box: (x0, y0, x1, y1) around the face from brows to chin, photo pixels.

        Raises:
            FaceSelectionError: the box is empty, not finite, far larger than the photo, or outside it.
            NoFaceError: what is in the box is nothing like a face.
        """
        x0, y0, x1, y1 = box
        touches = x1 > x0 and y1 > y0 and x1 > 0 and y1 > 0 and x0 < photo.width and y0 < photo.height
        if not (np.isfinite(box).all() and touches and max(x1 - x0, y1 - y0) <= 2 * max(photo.width, photo.height)):
            raise FaceSelectionError(
                f"The box {x0:g},{y0:g},{x1:g},{y1:g} does not fit the photo, which is "
                f"{photo.width} x {photo.height}; give --box left,top,right,bottom in pixels."
            )
        # The face's box hangs a little below the middle of its FFHQ square (0.06 of the side, in the mean face).
        side = SQUARE_PER_FACE * max(x1 - x0, y1 - y0)
        quad = square_quad((x0 + x1) / 2, (y0 + y1) / 2 - 0.06 * side, side, 0.0)
        points, presence = locate(self.landmarks, to_srgb(photo), quad[None])
        if presence[0] < NO_FACE:
            raise NoFaceError(f"Nothing in the box {x0:g},{y0:g},{x1:g},{y1:g} looks like a face; draw it closer.")
        return describe_face(points[0], float(presence[0]), self.mean)


def _agree(square: Float64, points: Float32) -> bool:
    """Whether the points' own square is about the one that led to them; where there is no face, they drift away."""
    if not points.any():
        return False
    quad = ffhq_quad(points)
    side = float(np.hypot(*(quad[3] - quad[0])))
    distance = float(np.hypot(*(quad.mean(0) - square[:2])))
    expected = float(square[2])
    return distance < 0.4 * max(side, expected) and 0.5 < side / expected < 2


def _distinct(faces: Sequence[Face]) -> list[Face]:
    """Drops a face whose box mostly coincides with that of a surer one: two squares may lead to the same points."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if all(_overlap(face.box, other.box) < 0.4 for other in kept):
            kept.append(face)
    return kept


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (areas - width * height)


def select_face(faces: Sequence[Face], which: str = "largest", name: str = "the photo") -> Face:
    """One of the faces that :meth:`FaceFinder.find` gave.

    Args:
        faces: largest first.
        which: "largest", a number counted from 0, "left" or "right" (the one farthest there in the picture), or a point
            "x,y" in photo pixels: the face whose box holds it.
        name: of the photo, for the error.

    Raises:
        NoFaceError: there are no faces.
        FaceSelectionError: no such number, no face at the point, or not a selection at all.
    """
    if not faces:
        raise NoFaceError(f"No face found in {name}; give its place with --box left,top,right,bottom.")
    if which == "largest":
        return faces[0]
    if which in ("left", "right"):
        return (min if which == "left" else max)(faces, key=lambda face: face.box[0] + face.box[2])
    if which.isdecimal():
        if int(which) >= len(faces):
            last = len(faces) - 1
            raise FaceSelectionError(f"There is no face {which} in {name}; choose 0 to {last}, or 'largest'.")
        return faces[int(which)]
    try:
        x, y = (float(part) for part in which.split(","))
    except ValueError:
        raise FaceSelectionError(
            f"'{which}' names no face; give a number, largest, left, right, or a point x,y."
        ) from None
    at = [face for face in faces if face.box[0] <= x <= face.box[2] and face.box[1] <= y <= face.box[3]]
    if not at:
        raise FaceSelectionError(f"No face at {which} in {name}; run 'mien faces' to see where the faces are.")
    return min(at, key=lambda face: np.hypot((face.box[0] + face.box[2]) / 2 - x, (face.box[1] + face.box[3]) / 2 - y))
