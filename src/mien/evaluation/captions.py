"""A sentence about a face, from its labels and colors alone, for sets that come without any. Legend: S side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from mien.conditions.regions import parse_region
from mien.evaluation.metrics.color import delta_e
from mien.types import UInt8

HAIR: Mapping[str, tuple[int, int, int]] = {
    "black": (25, 22, 22),
    "brown": (80, 55, 40),
    "red": (140, 72, 42),
    "blond": (190, 155, 105),
    "gray": (130, 128, 126),
    "white": (215, 212, 210),
}
"""Mean colors of hair, sRGB."""

SEEN: Mapping[str, tuple[str, float]] = {
    "glasses": ("glasses", 0.003),
    "a hat": ("hat", 0.01),
    "earrings": ("earring", 0.0005),
    "an open mouth": ("inner_mouth", 0.002),
}
"""What is said where a region covers so much of the crop."""

ENOUGH = 0.01
"""Fraction of the crop from which hair has a color."""


def caption(image: UInt8, labels: UInt8) -> str:
    """Such as "A portrait of a person with brown hair, glasses and an open mouth."

    Args:
        image: (S, S, 3) uint8 sRGB.
        labels: (S, S) uint8.
    """
    parts = list(_parts(image, labels))
    listed = " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
    return "A portrait of a person" + (f" with {listed}." if listed else ".")


def _parts(image: UInt8, labels: UInt8) -> Iterator[str]:
    hair = labels == int(np.flatnonzero(parse_region("hair"))[0])
    if hair.mean() >= ENOUGH:
        names, known = list(HAIR), np.array(list(HAIR.values())) / 255
        mean = np.broadcast_to(image[hair].mean(0) / 255, known.shape)
        yield f"{names[int(np.argmin(delta_e(known, mean)))]} hair"
    for words, (region, least) in SEEN.items():
        known_labels = np.append(parse_region(region), np.zeros(256 - len(parse_region(region)), np.bool_))
        if known_labels[labels].mean() >= least:
            yield words
