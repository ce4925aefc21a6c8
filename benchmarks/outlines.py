"""What a hand would draw or mask, made from a face: outlines of hair, spots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from mien import Editor
from mien.align.crop import quad_to_matrix
from mien.align.paste import mask_to_photo
from mien.conditions.labels import INDEX
from mien.types import Bool, Face, Photo
from recipes.edit_layers import Sitter, longer_hair

Wish = dict[str, Any]


def hair_outline(photo: Photo, face: Face, editor: Editor, kind: str) -> Wish:
    """A semantic map with longer hair, shorter hair, or a fringe."""
    sitter = Sitter.of(photo, face, face.quad, editor.parser)
    if kind == "longer":
        layers = longer_hair(sitter)
        assert layers.semantic is not None and layers.mask is not None
        return {"mask": layers.mask, "semantic": layers.semantic, "frame": "crop"}
    labels, points = sitter.labels.copy(), sitter.points
    ys, xs = np.mgrid[: len(labels), : len(labels)]
    if kind == "fringe":
        new: Bool = (ys < points[[105, 334], 1].mean() - 2) & sitter.region("face")
        labels[new & (abs(xs - points[9, 0]) < 0.8 * abs(points[33, 0] - points[263, 0]))] = INDEX["hair"]
    else:
        labels[sitter.region("hair") & (ys > points[[61, 291], 1].mean())] = INDEX["background"]
        matrix, size = quad_to_matrix(face.quad, len(labels)), (photo.width, photo.height)
        within = mask_to_photo(np.ones(labels.shape, np.float32), matrix, size) > 0
        changed = mask_to_photo((labels != sitter.labels).astype(np.float32), matrix, size) > 0
        changed[np.flatnonzero(changed.any(1))[0] :] |= ~within[np.flatnonzero(changed.any(1))[0] :]
        wide = np.ones((round(0.12 * np.linalg.norm(face.quad[3] - face.quad[0])),) * 2, np.uint8)
        return {"mask": cv2.dilate(changed.astype(np.uint8), wide) > 0, "semantic": labels}
    changed = cv2.dilate((labels != sitter.labels).astype(np.uint8), np.ones((61, 61), np.uint8)) > 0
    return {"mask": changed, "semantic": labels, "frame": "crop"}


def spots(photo: Photo, discs: Sequence[tuple[int, int, int]]) -> Bool:
    """(H, W) discs of (x, y, radius), photo pixels."""
    area = np.zeros((photo.height, photo.width), np.uint8)
    for x, y, radius in discs:
        cv2.circle(area, (x, y), radius, 1, -1)
    return np.asarray(area > 0)
