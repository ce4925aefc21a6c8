"""What must survive an edit: glasses, earrings, teeth and the like are cut out of the mask."""

from __future__ import annotations

import cv2
import numpy as np

from mien.conditions.labels import INDEX
from mien.conditions.masks import grow
from mien.conditions.regions import parse_region
from mien.errors import LayerError
from mien.types import Bool, Float32, UInt8


def teeth(image: UInt8, labels: UInt8) -> Bool:
    """Teeth: what is bright and hardly coloured inside the mouth.

    Args:
        image: (S, S, 3) uint8 sRGB.
        labels: (S, S) uint8.

    Returns:
        (S, S) bool.
    """
    mouth = labels == INDEX["mouth"]
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    bright = hsv[..., 2] > 0.45 * np.percentile(hsv[..., 2], 99)
    found: Bool = mouth & bright & (hsv[..., 1] < 110)
    return found


def protected(image: UInt8, labels: UInt8, names: str, margin: float = 1.0) -> Bool:
    """Where the parser finds what is to be protected.

    Args:
        image: (S, S, 3) uint8 sRGB.
        labels: (S, S) uint8.
        names: separated by commas: ``teeth`` or regions, such as ``glasses,earrings,teeth``.
        margin: pixels around it that are kept too.

    Raises:
        LayerError: a name that is neither ``teeth`` nor a region.
    """
    area = np.zeros(labels.shape, np.bool_)
    for name in filter(None, (part.strip().lower() for part in names.split(","))):
        area |= teeth(image, labels) if name == "teeth" else parse_region(name)[labels]
    return grow(area, margin) if area.any() else area


def protect(mask: Float32, image: UInt8, labels: UInt8, names: str, margin: float = 1.0) -> Float32:
    """The mask without what is to be protected; arguments as those of :func:`protected`.

    Raises:
        LayerError: an unknown name, or nothing of the mask is left.
    """
    left: Float32 = np.where(protected(image, labels, names, margin), np.float32(0), mask)
    if mask.any() and not left.any():
        raise LayerError(f"Protecting {names} leaves nothing of the mask; protect less, or mask more.")
    return left
