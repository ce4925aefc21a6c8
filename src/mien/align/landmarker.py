"""The 478 points of a face whose square is roughly known.

Convention:
    Points are (x, y, z): continuous photo pixels, z towards the back in the same unit.
"""

from __future__ import annotations

import numpy as np

from mien.align.crop import crop_face, ffhq_quad, pixel_scale
from mien.align.detector import sigmoid
from mien.engine.base import Network
from mien.errors import FaceSelectionError
from mien.models.perception.config import POINTS, LandmarkConfig
from mien.pixels import to_planes
from mien.types import AlignedFace, Float32, Float64, UInt8

BATCH = 32


def locate(network: Network[LandmarkConfig], image: UInt8, quads: Float64, passes: int = 2) -> tuple[Float32, Float64]:
    """Points and presence of every face.

    The first pass looks through the rough square, the following ones through the FFHQ crop of the points found so far,
    upright and at the scale the network knows best.

    Args:
        network: of the landmarks.
        image: (H, W, 3) uint8 sRGB.
        quads: (K, 4, 2) rough squares in the corner order of :class:`mien.types.Face`.
        passes: at least 1.

    Returns:
        points (K, 478, 3) and the probability that a face is there (K,), both of the last pass.
    """
    points = np.zeros((len(quads), POINTS, 3), np.float32)
    presence = np.zeros(len(quads))
    for _ in range(passes):
        quads = snapped(quads)
        for start in range(0, len(quads), BATCH):
            part = slice(start, start + BATCH)
            points[part], presence[part] = _look(network, image, quads[part])
        found = [ffhq_quad(one) if one.any() else quad for one, quad in zip(points, quads, strict=True)]
        quads = np.array(found).reshape(-1, 4, 2)
    return points, presence


def _look(network: Network[LandmarkConfig], image: UInt8, quads: Float64) -> tuple[Float32, Float64]:
    """One pass over a batch. A quad that leads nowhere, as false alarms sometimes do, has presence 0."""
    points = np.zeros((len(quads), POINTS, 3), np.float32)
    presence = np.zeros(len(quads))
    crops = {
        index: crop for index, quad in enumerate(quads) if (crop := crop_or_none(image, quad, network.config.size))
    }
    if not crops:
        return points, presence
    relative, logits = network(to_planes(np.stack([crop.pixels for crop in crops.values()])))
    presence[list(crops)] = sigmoid(logits)
    for index, crop, one in zip(crops, crops.values(), relative.astype(np.float64), strict=True):
        points[index] = in_photo(one, crop)
    return points, presence


def snapped(quads: Float64) -> Float64:
    """Corners (K, 4, 2) on a grid of about 1/512 of their side.

    Engines differ by rounding, and a crop that is cut elsewhere by a hundredth of a pixel has other samples: OpenCV's
    warp rounds places to 1/32 of a pixel. On the grid all of them look at the same crop.
    """
    sides = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1).clip(1e-6)
    grid = np.exp2(np.round(np.log2(sides / 512)))[:, None, None]
    rounded: Float64 = np.round(quads / grid) * grid
    rounded[:, 3] = rounded[:, 0] + rounded[:, 2] - rounded[:, 1]  # still a parallelogram
    return rounded


def in_photo(points: Float64, crop: AlignedFace) -> Float32:
    """(478, 3) points in half sides of a crop, as the network gives them -> photo pixels."""
    pixels = (points + (1, 1, 0)) * (crop.size / 2)
    xy = pixels[:, :2] @ crop.matrix[:, :2].T + crop.matrix[:, 2]
    return np.column_stack([xy, pixels[:, 2] * pixel_scale(crop.matrix)]).astype(np.float32)


def crop_or_none(image: UInt8, quad: Float64, size: int) -> AlignedFace | None:
    """The crop, or None where a quad leads nowhere."""
    try:
        return crop_face(image, quad, size)
    except (FaceSelectionError, ValueError):
        return None
