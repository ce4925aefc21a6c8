"""What replaces a beard, corrected by a network that has seen beards put on shaven men.

It sees 56 pixels between the outer corners of the eyes: pores and all that is finer stay as they were made.

Convention:
    That of :mod:`mien.guides.beards.lower`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.conditions.shaven_chin import Planes
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.chin_frame import EYES, FACE, chin_matrix, chin_planes, from_frame, to_frame
from mien.guides.beards.edge import blurred, larger
from mien.guides.beards.jaw import within_jaw
from mien.pixels import LEVELS
from mien.types import Face, Float32, Float64

MOST = 60.0
"""Levels by which anything is corrected at most."""

LIKE, DISTINCT = (0.1, 0.3), 30.0
"""Shares of the way back to the beard up to which the network is believed along the jaw, and from which it is not;
levels by which a beard is unlike skin at least."""

EDGE = (0.04, 0.1)
"""How far from the jaw's outline is along it, and from where on it is not, eye distances."""

TURNED, TOO_FAR = 20.0, 30.0
"""Yaw, degrees, up to which the network has seen heads, and from which nothing is corrected."""


def lacking(
    here: AroundBeard,
    face: Face,
    picture: Float32,
    replaced: tuple[Float32, Float32, Float32],
    network: Planes,
) -> Float32:
    """What is to be added to what replaces a beard, (h, w, 3) levels.

    Args:
        here: what is seen.
        face: the same face in the photo.
        picture: the part of the photo, at any size.
        replaced: at that size, how much is replaced (h, w), how much of that is skin, and what replaces it (h, w, 3).
        network: says it.
    """
    weight, share, made = replaced
    believed = np.float32(np.clip((TOO_FAR - abs(face.pose.yaw)) / (TOO_FAR - TURNED), 0, 1))
    if not believed:
        return np.zeros_like(picture)
    matrix = matrix_in(here, face, picture.shape)
    result = (picture + weight[..., None] * (made - picture)).clip(0, 255)
    areas = weight, share, within_jaw(here, picture.shape), larger(here.lips, picture.shape).clip(0, 1)
    planes = chin_planes(*(to_frame(one, matrix) for one in (result, picture, *areas)))
    (told,) = network(planes[None])
    added = believed * (np.float32(LEVELS) * told[0].transpose(1, 2, 0)).clip(-MOST, MOST)
    return from_frame(unlike_beard(added, planes), matrix, picture.shape)


def beside_skin(here: AroundBeard, added: Float32, share: Float32) -> Float32:
    """What is added (h, w, 3), but where no skin is made: nothing to a backdrop, which would glow, no hue to clothes.

    Args:
        here: what is seen.
        added: by the network, levels, at any size.
        share: (h, w) in [0, 1], how much of what is made is skin.
    """
    backdrop, clothes = (
        (larger(here.below[one], share.shape).clip(0, 1) * (1 - share))[..., None] for one in ("background", "clothes")
    )
    added = added + clothes * (added.mean(2, keepdims=True) - added)
    return np.asarray(added * (1 - backdrop), np.float32)


def unlike_beard(added: Float32, planes: Float32) -> Float32:
    """What is added (HIGH, WIDE, 3), less of it along the jaw where it would bring the beard back.

    Args:
        added: by the network, levels.
        planes: what it has seen.
    """
    beard = np.float32(LEVELS) * (planes[3:6] - planes[:3]).transpose(1, 2, 0)
    toward = (added * beard).sum(2) / np.maximum((beard**2).sum(2), DISTINCT**2)
    much = blurred(np.clip((toward - LIKE[0]) / (LIKE[1] - LIKE[0]), 0, 1).astype(np.float32), 1.0)
    face = planes[FACE] > 0
    sides = (cv2.distanceTransform(one.astype(np.uint8), cv2.DIST_L2, 5) for one in (face, ~face))
    along = np.clip((EDGE[1] - sum(sides) / EYES) / (EDGE[1] - EDGE[0]), 0, 1)
    return np.asarray(added * (1 - much * along)[..., None], np.float32)


def matrix_in(here: AroundBeard, face: Face, shape: tuple[int, ...]) -> Float64:
    """(2, 3) frame to the part of the photo that is worked on, at any size (h, w)."""
    x0, y0, x1, y1 = here.box
    by = np.array([shape[1] / (x1 - x0), shape[0] / (y1 - y0)])
    matrix = chin_matrix(face.landmarks)
    matrix[:, 2] -= (x0, y0)
    return np.asarray(matrix * by[:, None])
