"""Sentences as numbers of the face reader: what MM2Latent is given as text where there is no CLIP."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np

from mien.conditions.colors import parse_color
from mien.finding.axes import COLORS, NUMBERS, PRESENT
from mien.finding.match import unread
from mien.finding.tower import not_understood, with_guesses
from mien.models.mm2latent.text import TextScale
from mien.words.reader import read
from mien.words.types import Reading, Wish

THERE = 1.5
"""Degree by which what is there or not is asked for: rare things are not at the ninth decile of the samples."""


PERSONS = {
    **dict.fromkeys(("woman", "women", "lady", "girl", "female", "she"), 1.0),
    **dict.fromkeys(("man", "men", "gentleman", "guy", "boy", "male", "he"), -1.0),
}
"""Degrees of the attribute "feminine" by words that name who is shown; in edits they ask for nothing."""


LAUGHING, LAUGHS = re.compile(r"\b(laugh|grin)|\b(wide|broad|big|huge) smile"), 1.6
"""Words of a smile that is more than a smile, and its degree."""


def understood(text: str) -> Reading:
    """What a sentence asks of a face that does not exist yet: also who is shown, and guesses at words."""
    reading = with_guesses(text, read(text))
    if LAUGHING.search(text.lower()):
        grown = [replace(w, degree=LAUGHS) if w.attribute == "smile" and w.degree == 1 else w for w in reading.wishes]
        reading = replace(reading, wishes=tuple(grown))
    words = re.findall(r"[a-z]+", text.lower())
    degrees = [PERSONS[word] for word in words if word in PERSONS]
    if not degrees or any(wish.attribute == "feminine" for wish in reading.wishes):
        return reading
    unknown = tuple(word for word in reading.unknown if word not in PERSONS)
    return replace(reading, wishes=(Wish("feminine", degrees[0]), *reading.wishes), unknown=unknown)


def numbers_of(
    reading: Reading, scale: TextScale, reader: tuple[Sequence[float], Sequence[float]]
) -> Mapping[str, float]:
    """Numbers of the reader that a sentence asks for, by name; what it does not speak of is left out.

    Args:
        reading: of the sentence.
        scale: of the network.
        reader: mean and spread of the reader's numbers, in the order of ``scale.names``; colors are given in theirs.
    """
    found: dict[str, float] = {}
    for wish in reading.wishes:
        found |= _colored(wish, scale, reader) if wish.attribute in COLORS else _degrees(wish, scale)
    return found


def notes_of(reading: Reading) -> tuple[str, ...]:
    """What of a sentence is not heard, in words."""
    notes = not_understood(reading.unknown)
    left = unread(reading.wishes)
    return (*notes, *([f"not known to the generator: {', '.join(left)}"] if left else []), *reading.notes)


def hardly_known(reading: Reading, scale: TextScale) -> tuple[str, ...]:
    """What a sentence asks for that hardly any face of the generator has, in words.

    Of the samples that the scale was measured on, the 98 % quantile of what is there or not lies below "there".
    """
    asked = {
        wish.attribute
        for wish in reading.wishes
        for name, weight in NUMBERS.get(wish.attribute, {}).items()
        if name in PRESENT and name in scale.names and wish.degree * weight > 0 and scale.at(name, 2.0) < 0
    }
    if not asked:
        return ()
    return (f"this generator knows hardly any: {', '.join(sorted(asked))} (fewer than 2 in 100 of its faces)",)


def _degrees(wish: Wish, scale: TextScale) -> dict[str, float]:
    weights = NUMBERS.get(wish.attribute, {})
    found = {}
    for name, weight in weights.items():
        degree = math.copysign(1.0, weight) * wish.degree
        if name in PRESENT:
            degree = math.copysign(max(abs(degree), THERE), degree)
        if name in scale.names:
            found[name] = scale.at(name, degree)
    return found


def _colored(wish: Wish, scale: TextScale, reader: tuple[Sequence[float], Sequence[float]]) -> dict[str, float]:
    part = COLORS[wish.attribute]
    names = [f"{part}-{axis}" for axis in "Lab"]
    if not wish.color or any(name not in scale.names for name in names):
        return {}
    rgb = np.array(parse_color(wish.color), np.float32)[None, None] / np.float32(255)
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[0, 0]
    mean, spread = reader
    places = [scale.names.index(name) for name in names]
    return {name: (float(v) - mean[at]) / spread[at] for name, at, v in zip(names, places, lab, strict=True)}
