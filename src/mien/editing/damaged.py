"""Scratches and dust of a whole photo, with what all of its faces may have themselves left out."""

from __future__ import annotations

import numpy as np

from mien.align.crop import crop_face
from mien.align.paste import mask_to_photo
from mien.compose.morphology import grown
from mien.conditions.labels import CLASSES
from mien.editing.context import EditContext
from mien.guides.healing.damage import find_damage
from mien.types import Bool, Photo

SPOTS = "scratches and dust healed"
"""What is told of that."""

SKIN, WOVEN = ("skin", "nose"), ("hair", "cloth", "hat")
PLAIN = ("background", *SKIN, *WOVEN)
"""Classes of the parser; what is none of them are features."""

EYES, LIDS = ("left_eye", "right_eye"), 6
"""Around eyes lids shine, and lashes lie: so many pixels of the crop belong to them."""

SIDE, WIDER = 256, 1.5
"""Of the crop of a face with its surroundings, pixels; and how much wider than the face's square it is."""


def damaged(photo: Photo, context: EditContext) -> Bool:
    """(H, W): scratches and dust.

    Raises:
        LayerError: none are seen.
    """
    features, woven, skin = (np.zeros((photo.height, photo.width), np.bool_) for _ in range(3))
    for face in context.faces(photo):
        middle = face.quad.mean(0)
        crop = crop_face(photo, middle + WIDER * (face.quad - middle), SIDE)
        labels = np.array(CLASSES)[context.classes(crop.pixels)]
        lids = grown(np.isin(labels, EYES), LIDS)
        for area, chosen in (
            (features, ~np.isin(labels, PLAIN) | lids),
            (woven, np.isin(labels, WOVEN)),
            (skin, np.isin(labels, SKIN)),
        ):
            area |= mask_to_photo(chosen, crop.matrix, (photo.width, photo.height)) > 0
    return find_damage(photo, features, woven, skin)
