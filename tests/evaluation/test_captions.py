"""Sentences say what the labels and colors say."""

from __future__ import annotations

import numpy as np
import pytest

from mien.conditions.labels import INDEX, UNKNOWN
from mien.evaluation.captions import HAIR, caption

SIDE = 64


def face(**areas: int) -> np.ndarray:
    """Labels with so many rows of each class, one below the other."""
    labels, row = np.full((SIDE, SIDE), INDEX["background"], np.uint8), 0
    for name, rows in areas.items():
        labels[row : row + rows] = INDEX[name]
        row += rows
    return labels


def test_nothing_to_say() -> None:
    gray = np.full((SIDE, SIDE, 3), 128, np.uint8)
    assert caption(gray, face(skin=30)) == "A portrait of a person."
    assert caption(gray, np.full((SIDE, SIDE), UNKNOWN, np.uint8)) == "A portrait of a person."


@pytest.mark.parametrize("color", HAIR)
def test_hair_has_the_nearest_color(color: str) -> None:
    labels = face(hair=20, skin=20)
    image = np.where((labels == INDEX["hair"])[..., None], np.array(HAIR[color]) + 6, 200).astype(np.uint8)
    assert caption(image, labels) == f"A portrait of a person with {color} hair."


def test_everything() -> None:
    labels = face(hat=4, hair=8, glasses=3, earring=1, skin=20, mouth=2)
    said = caption(np.zeros((SIDE, SIDE, 3), np.uint8), labels)
    assert said == "A portrait of a person with black hair, glasses, a hat, earrings and an open mouth."
