"""How well a face fits a sentence: each wish that was read, against what a face looks like. No torch here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from mien.finding.axes import COLORS, NUMBERS, PRESENT
from mien.words.types import Reading, Wish

SLOPE = 2.5
"""Of the logistic curve by which a number comes to fit a wish, per standard deviation."""

PLAIN = 0.7
"""Standard deviations that one degree of a wish asks for."""

UNLIKE = np.array([26.0, 16.0, 16.0])
"""L*, a* and b* by which a color may differ before it fits badly: light changes lightness most."""

LEAST = 1e-3
"""No wish alone rules a face out."""


@dataclass(frozen=True, eq=False)
class Look:
    """What a face looks like.

    Attributes:
        values: presences as logits, all others in standard deviations, by the names of :mod:`mien.finding.axes`.
        raw: what is no presence in its unit: years, L*, a*, b*, probabilities, standard deviations of shapes.
    """

    values: Mapping[str, float]
    raw: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """For JSON: numbers by name, presences as probabilities."""
        there = {name: round(_logistic(value), 3) for name, value in self.values.items() if name in PRESENT}
        return {**{name: round(value, 2) for name, value in self.raw.items()}, **there}


@dataclass(frozen=True)
class Match:
    """Attributes:
    score: in (0, 1], the geometric mean of the wishes, weighted by how surely they were read; 0 without any.
    wishes: how well each fits, in (0, 1], in the order of the sentence.
    unread: attributes that were asked for and cannot be seen in a picture.
    """

    score: float
    wishes: tuple[tuple[str, float], ...]
    unread: tuple[str, ...] = ()


def match(look: Look, reading: Reading) -> Match:
    """How well a face fits what was read from a sentence."""
    fits = [(wish, fit(look, wish)) for wish in reading.wishes]
    seen = [(wish, float(value)) for wish, value in fits if value is not None]
    weight = sum(wish.confidence for wish, _ in seen)
    logs = sum(wish.confidence * math.log(max(value, LEAST)) for wish, value in seen)
    score = math.exp(logs / weight) if seen else 0.0
    return Match(score, tuple((str(wish), value) for wish, value in seen), unread(reading.wishes))


def unread(wishes: Iterable[Wish]) -> tuple[str, ...]:
    """Attributes of wishes that no number tells."""
    return tuple(dict.fromkeys(w.attribute for w in wishes if w.attribute not in NUMBERS and w.attribute not in COLORS))


def fit(look: Look, wish: Wish) -> float | None:
    """In (0, 1): 0.5 where it is open; None for what cannot be seen."""
    if wish.attribute in COLORS:
        return _colored(look, COLORS[wish.attribute], wish.color) if wish.color else None
    weights = NUMBERS.get(wish.attribute)
    if weights is None:
        return None
    value = sum(weight * look.values[name] for name, weight in weights.items())
    if set(weights) <= PRESENT:
        return _logistic(math.copysign(1.0, wish.degree) * value)
    asked = PLAIN * min(1.5, abs(wish.degree))
    return _logistic(SLOPE * (math.copysign(1.0, wish.degree) * value - asked))


def _colored(look: Look, part: str, color: str) -> float:
    has = np.array([look.raw[f"{part}-{axis}"] for axis in "Lab"])
    return float(np.exp(-0.5 * np.sum(((has - _lab(color)) / UNLIKE) ** 2)))


@cache
def _lab(color: str) -> Any:
    import cv2

    from mien.conditions.colors import parse_color

    rgb = np.array(parse_color(color), np.float32)[None, None] / np.float32(255)
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[0, 0].astype(float)


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))
