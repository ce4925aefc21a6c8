"""The 19 semantic classes: names, the two orders found in the wild, palettes.

Convention:
    Our index order is that of the face-parsing network (BiSeNet), which is also the order of the semantic channels.
    Left and right are the picture's, not the person's. ``UNKNOWN`` marks pixels about which nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mien.types import UInt8

CLASSES = (
    "background",
    "skin",
    "left_brow",
    "right_brow",
    "left_eye",
    "right_eye",
    "glasses",
    "left_ear",
    "right_ear",
    "earring",
    "nose",
    "mouth",
    "upper_lip",
    "lower_lip",
    "neck",
    "necklace",
    "cloth",
    "hair",
    "hat",
)
"""Names in our order; the index of a name is its label and its channel."""

COUNT = len(CLASSES)
UNKNOWN = 255
INDEX: Mapping[str, int] = {name: index for index, name in enumerate(CLASSES)}

FACE_PARSING: tuple[str, ...] = (
    "background",
    "skin",
    "l_brow",
    "r_brow",
    "l_eye",
    "r_eye",
    "eye_g",
    "l_ear",
    "r_ear",
    "ear_r",
    "nose",
)
FACE_PARSING += ("mouth", "u_lip", "l_lip", "neck", "neck_l", "cloth", "hair", "hat")
"""The order of BiSeNet face-parsing networks, in their spelling."""

CELEBAMASK_HQ: tuple[str, ...] = (
    "background",
    "skin",
    "nose",
    "eye_g",
    "l_eye",
    "r_eye",
    "l_brow",
    "r_brow",
    "l_ear",
    "r_ear",
    "mouth",
)
CELEBAMASK_HQ += ("u_lip", "l_lip", "hair", "hat", "ear_r", "neck_l", "neck", "cloth")
"""The order of the CelebAMask-HQ annotation, in its spelling."""

ALIASES: Mapping[str, str] = {
    **dict(zip(FACE_PARSING, CLASSES, strict=True)),
    "eye_glasses": "glasses",
    "eyeglasses": "glasses",
    "ear_ring": "earring",
    "inner_mouth": "mouth",
    "clothes": "cloth",
    "clothing": "cloth",
}
"""Other spellings of our names. ``l_lip`` is the *lower* lip, every other ``l_`` is left."""

SWAPPED = ("left_brow", "right_brow"), ("left_eye", "right_eye"), ("left_ear", "right_ear")

PALETTE: Mapping[str, tuple[int, int, int]] = {
    "background": (24, 26, 32),
    "skin": (240, 196, 168),
    "left_brow": (122, 84, 58),
    "right_brow": (164, 118, 78),
    "left_eye": (64, 140, 232),
    "right_eye": (40, 92, 196),
    "glasses": (120, 224, 224),
    "left_ear": (232, 140, 120),
    "right_ear": (204, 104, 92),
    "earring": (252, 220, 72),
    "nose": (248, 160, 96),
    "mouth": (120, 16, 40),
    "upper_lip": (228, 72, 96),
    "lower_lip": (196, 40, 72),
    "neck": (216, 168, 140),
    "necklace": (216, 176, 40),
    "cloth": (96, 152, 88),
    "hair": (88, 56, 112),
    "hat": (176, 120, 208),
}
"""Ours: colors that a painter can tell apart and that hint at what they stand for."""

CELEBAMASK_HQ_COLORS: Mapping[str, tuple[int, int, int]] = {
    "background": (0, 0, 0),
    "skin": (204, 0, 0),
    "nose": (76, 153, 0),
    "glasses": (204, 204, 0),
    "left_eye": (51, 51, 255),
    "right_eye": (204, 0, 204),
    "left_brow": (0, 255, 255),
    "right_brow": (255, 204, 204),
    "left_ear": (102, 51, 0),
    "right_ear": (255, 0, 0),
    "mouth": (102, 204, 0),
    "upper_lip": (255, 255, 0),
    "lower_lip": (0, 0, 153),
    "hair": (0, 0, 204),
    "hat": (255, 51, 153),
    "earring": (0, 204, 204),
    "necklace": (0, 51, 0),
    "neck": (255, 153, 51),
    "cloth": (0, 204, 0),
}
"""The colors that CelebAMask-HQ's own tools draw with."""

PALETTES: Mapping[str, Mapping[str, tuple[int, int, int]]] = {"mien": PALETTE, "celebamask-hq": CELEBAMASK_HQ_COLORS}


def canonical(name: str) -> str | None:
    """Our spelling of a class name, or None when it is not one: ``"l_eye"`` -> ``"left_eye"``."""
    lowered = name.strip().lower().replace("-", "_").replace(" ", "_")
    return lowered if lowered in INDEX else ALIASES.get(lowered)


def table(source: Sequence[str]) -> UInt8:
    """(256,) lookup from labels in the order ``source`` (names, any spelling) to ours.

    Labels beyond the list, and 255 itself, become ``UNKNOWN``.

    Raises:
        ValueError: a name that is no class.
    """
    names = [canonical(name) for name in source]
    if None in names:
        raise ValueError(f"'{source[names.index(None)]}' is none of the 19 classes")
    lookup = np.full(256, UNKNOWN, np.uint8)
    lookup[: len(names)] = [INDEX[name] for name in names if name is not None]
    return lookup


def colors(palette: Mapping[str, tuple[int, int, int]] = PALETTE) -> UInt8:
    """(19, 3) uint8 RGB in our order."""
    return np.array([palette[name] for name in CLASSES], np.uint8)


def mirror_table() -> UInt8:
    """(256,) lookup that swaps left and right, for maps that are flipped."""
    lookup = np.arange(256, dtype=np.uint8)
    for left, right in SWAPPED:
        lookup[[INDEX[left], INDEX[right]]] = INDEX[right], INDEX[left]
    return lookup
