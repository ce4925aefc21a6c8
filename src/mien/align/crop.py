"""From a photo to an upright, square crop of one face, and the matrix that leads back.

Convention:
    Everything is in the continuous pixels of :mod:`mien.types`: (x, y), the first pixel's center at (0.5, 0.5). A quad
    is (4, 2): top-left, bottom-left, bottom-right, top-right corner *as seen in the crop*. A matrix is (2, 3) and maps
    crop to photo: photo = matrix @ (x, y, 1). OpenCV puts a pixel's center at whole numbers instead; matrices are
    converted where it is called, by :func:`between_pixels`, and nowhere else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.align import mesh
from mien.errors import FaceSelectionError
from mien.interrupt import checkpoint
from mien.photos.color import to_srgb
from mien.types import AlignedFace, Face, Float64, Photo, UInt8

WARP = cv2.INTER_LANCZOS4
"""OpenCV's cubic (a = -0.75) shifts a picture by up to 0.05 pixels, its Lanczos by 0.015, Pillow's cubic by nothing."""

_MARGIN = 5  # pixels around the quad, for the reach of the resampling
_LARGEST_OVERHANG = 8  # photo sides that a crop may span; more than that is a mistake
_STRIP_PIXELS = 1 << 22


def ffhq_quad(landmarks: NDArray[np.floating]) -> Float64:
    """The square of the FFHQ alignment rule (Karras et al. 2019, the dataset's ``recreate_aligned_images``).

    Args:
        landmarks: (478, 2 or more) face-mesh points.

    Returns:
        (4, 2) corners in the landmarks' pixels.
    """
    points = np.asarray(landmarks, np.float64)[:, :2]
    eye_left, eye_right = points[list(mesh.LEFT_EYE)].mean(0), points[list(mesh.RIGHT_EYE)].mean(0)
    mouth = points[list(mesh.MOUTH_CORNERS)].mean(0)
    eyes, eye_to_eye = (eye_left + eye_right) / 2, eye_right - eye_left
    eye_to_mouth = mouth - eyes
    x = eye_to_eye - _turned(eye_to_mouth)
    x *= max(np.hypot(*eye_to_eye) * 2.0, np.hypot(*eye_to_mouth) * 1.8) / np.hypot(*x)
    y = _turned(x)
    centre = eyes + eye_to_mouth * 0.1
    return np.stack([centre - x - y, centre - x + y, centre + x + y, centre + x - y])


def square_quad(cx: float, cy: float, side: float, roll: float = 0.0) -> Float64:
    """A square around (cx, cy); ``roll`` in degrees leans it clockwise, as :class:`mien.types.Pose` does."""
    angle = np.deg2rad(roll)
    x = np.array([np.cos(angle), np.sin(angle)]) * (side / 2)
    y, centre = _turned(x), np.array([cx, cy], np.float64)
    return np.stack([centre - x - y, centre - x + y, centre + x + y, centre + x - y])


def quad_to_matrix(quad: NDArray[np.floating], size: int) -> Float64:
    """The (2, 3) matrix from a crop of ``size`` pixels to the photo.

    Raises:
        ValueError: the corners are not those of a parallelogram with an area, or not finite.
    """
    corners = np.asarray(quad, np.float64)
    if corners.shape != (4, 2) or not np.isfinite(corners).all():
        raise ValueError(f"a quad is four finite (x, y) corners, got {corners.tolist()}")
    top_left, bottom_left, bottom_right, top_right = corners
    matrix = np.column_stack([(top_right - top_left) / size, (bottom_left - top_left) / size, top_left])
    gap = np.abs(top_left + bottom_right - bottom_left - top_right).max()
    if gap > 1e-3 * max(1.0, np.abs(matrix[:, :2]).max() * size) or abs(np.linalg.det(matrix[:, :2])) < 1e-12:
        raise ValueError(f"the corners {corners.tolist()} are not those of a parallelogram")
    return matrix


def matrix_to_quad(matrix: Float64, size: float) -> Float64:
    """The (4, 2) corners in the photo of a crop of ``size`` pixels."""
    corners = np.array([[0, 0, 1], [0, size, 1], [size, size, 1], [size, 0, 1]], np.float64)
    return corners @ matrix.T


def check_matrix(matrix: Float64) -> None:
    """Refuses a matrix that cannot lead from a crop to a photo and back.

    Raises:
        ValueError: not (2, 3), not finite, or not invertible.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        area = np.linalg.det(matrix[:, :2]) if matrix.shape == (2, 3) and np.isfinite(matrix).all() else 0.0
    if not 1e-12 <= abs(area) < np.inf:
        raise ValueError(f"a matrix is (2, 3), finite and invertible, got {matrix.tolist()}")


def pixel_scale(matrix: Float64) -> float:
    """Photo pixels per crop pixel."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))


def crop_face(
    photo: Photo | UInt8, quad: NDArray[np.floating], size: int = 256, face: Face | None = None
) -> AlignedFace:
    """Cuts out a quad, upright. What lies outside the photo is its mirror image.

    Reduction is anti-aliased: to within two to three times the crop's resolution by averaging whole pixels, then
    turned, then averaged down to ``size``. Only the part of the photo that is needed is touched.

    Args:
        photo: a photo, or its sRGB bytes (H, W, 3).
        quad: (4, 2) corners, see the Convention above.
        size: side of the crop, pixels.
        face: the detection, carried along.

    Raises:
        FaceSelectionError: the quad lies outside the photo, or reaches absurdly far beyond it.
        ValueError: the corners do not form a quad.
    """
    checkpoint()
    picture = photo if isinstance(photo, Photo) else Photo(photo)
    matrix = quad_to_matrix(quad, size)
    shrink = max(1, int(pixel_scale(matrix) // 2))
    region, origin = _region(picture, matrix_to_quad(matrix, size), shrink)
    local = np.column_stack([matrix[:, :2], matrix[:, 2] - origin]) / shrink
    side = max(size, round(size * pixel_scale(local)))
    turned = cv2.warpAffine(
        region,
        between_pixels(_scaled(local, size / side)),
        (side, side),
        flags=(cv2.INTER_LINEAR if side >= 2 * size else WARP) | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    pixels: Any = turned if side == size else cv2.resize(turned, (size, size), interpolation=cv2.INTER_AREA)
    return AlignedFace(pixels, matrix, (picture.width, picture.height), face)


def scaled(face: AlignedFace, size: int) -> AlignedFace:
    """The same crop at another size, anti-aliased, with the matrix to match."""
    if size == face.size:
        return face
    pixels = np.asarray(Image.fromarray(face.pixels).resize((size, size), Image.Resampling.BICUBIC))
    return replace(face, pixels=pixels, matrix=_scaled(face.matrix, face.size / size))


def between_pixels(matrix: Float64) -> Float64:
    """A matrix between continuous coordinates, rewritten for coordinates that count from pixel centers (OpenCV's)."""
    linear = matrix[:, :2]
    return np.column_stack([linear, matrix[:, 2] + linear @ (0.5, 0.5) - 0.5])


def inverse(matrix: Float64) -> Float64:
    """The (2, 3) matrix that leads back: photo to crop."""
    linear = np.linalg.inv(matrix[:, :2])
    return np.column_stack([linear, -linear @ matrix[:, 2]])


def _scaled(matrix: Float64, factor: float) -> Float64:
    """The matrix for crop coordinates that are 1 / factor as large."""
    return np.column_stack([matrix[:, :2] * factor, matrix[:, 2]])


def _turned(vector: Float64) -> Float64:
    """A quarter turn clockwise on screen: x to the right becomes y down."""
    return np.flipud(vector) * [-1, 1]


def _region(photo: Photo, quad: Float64, shrink: int) -> tuple[UInt8, Float64]:
    """The sRGB bytes around a quad, mirrored at the photo's edges and averaged over squares of ``shrink`` pixels.

    Returns:
        The reduced region, and the photo coordinates of its top-left corner.
    """
    low = np.floor(quad.min(0)) - _MARGIN * shrink
    high = low + np.ceil((quad.max(0) + _MARGIN * shrink - low) / shrink) * shrink
    _check_place(quad, photo)
    columns = _mirrored(int(low[0]), int(high[0]), photo.width)
    rows = _mirrored(int(low[1]), int(high[1]), photo.height)
    x0, y0 = int(columns.min()), int(rows.min())
    source = to_srgb(photo, (x0, y0, int(columns.max()) + 1, int(rows.max()) + 1))
    step = shrink * max(1, _STRIP_PIXELS // (len(columns) * shrink))
    strips = (_across(source[rows[top : top + step] - y0], columns - x0) for top in range(0, len(rows), step))
    return np.concatenate([_averaged(strip, shrink) for strip in strips]), low


def _across(strip: UInt8, columns: NDArray[np.intp]) -> UInt8:
    """Some columns of a strip, one beside the other or mirrored at its edges."""
    width = strip.shape[1]
    start = int(np.argmin(columns))  # mirrored on the left, all of the strip, mirrored on the right
    start += int((columns[start : start + 2] == 0).sum() == 2)  # the edge is there twice
    after = len(columns) - start - width
    whole = after >= 0 and bool((columns[start : start + width] == np.arange(width)).all())
    if not whole or max(start, after) > width:  # mirrored more than once
        return strip[:, columns]
    if not start and not after:
        return strip
    made: Any = cv2.copyMakeBorder(strip, 0, 0, start, after, cv2.BORDER_REFLECT)
    return made  # type: ignore[no-any-return]


def _check_place(quad: Float64, photo: Photo) -> None:
    size = np.array([photo.width, photo.height])
    low, high = quad.min(0), quad.max(0)
    place = ",".join(f"{value:.0f}" for value in (*low, *high))
    if (high <= 0).any() or (low >= size).any():
        raise FaceSelectionError(f"The crop at {place} lies outside the photo; choose a box within it.")
    if (high - low > _LARGEST_OVERHANG * max(size)).any():
        raise FaceSelectionError(f"The crop at {place} is far larger than the photo; choose a smaller box.")


def _averaged(strip: UInt8, shrink: int) -> UInt8:
    if shrink == 1:
        return strip
    height, width = strip.shape[:2]
    mean: Any = cv2.resize(strip, (width // shrink, height // shrink), interpolation=cv2.INTER_AREA)
    return mean  # type: ignore[no-any-return]


def _mirrored(start: int, stop: int, length: int) -> NDArray[np.intp]:
    """Indices of start...stop - 1 in a row of ``length`` pixels that goes on as its own mirror image, for ever.

    The mirror is the edge itself, so that mirroring and resizing commute.
    """
    folded = np.arange(start, stop) % (2 * length)
    return np.minimum(folded, 2 * length - 1 - folded)
