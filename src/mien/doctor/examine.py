"""Makes the fixed pictures in every way, and compares them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from mien.doctor.cases import CASES, source, stored
from mien.doctor.ways import Way
from mien.types import UInt8

MEAN, MOST = 1.0, 6
"""Levels of 255 that a picture may differ from torch's in float32, over the samples that an edit changes."""


@dataclass(frozen=True)
class Outcome:
    """One picture, made in one way.

    Attributes:
        way, case: which.
        mean, most: levels that it differs from the reference; None where there is no reference.
        first, second: milliseconds, when it was made for the first time, and again.
    """

    way: str
    case: str
    mean: float | None
    most: int | None
    first: float
    second: float

    @property
    def fits(self) -> bool:
        """Within the tolerances."""
        return self.mean is None or self.most is None or (self.mean <= MEAN and self.most <= MOST)


@dataclass(frozen=True)
class Examined:
    """All pictures, and the milliseconds after which each way had loaded what it needs for them."""

    outcomes: tuple[Outcome, ...]
    loaded: Mapping[str, float]


def examine(ways: Iterable[Way], cases: Iterable[str] | None = None) -> Examined:
    """Makes every picture twice in every way.

    Args:
        ways: of which torch's float32 on the CPU, where it is among them, is the reference of edits.
        cases: names out of :data:`mien.doctor.cases.CASES`; None for all of them.
    """
    names, reference = list(CASES if cases is None else cases), stored()
    order = sorted(ways, key=lambda way: way != Way("torch"))
    outcomes: list[Outcome] = []
    loaded: dict[str, float] = {}
    for way in order:
        with way.chosen():
            start = perf_counter()
            editor = way.editor()
            loaded[str(way)] = _since(start)
            for name in names:
                case = CASES[name]
                if way.precision != "float32" and not case.paints:
                    continue
                (picture, first), (_, second) = _timed(case.make, editor), _timed(case.make, editor)
                if way == Way("torch") and not case.networks:
                    reference[name] = picture
                mean, most = _apart(picture, reference[name]) if name in reference else (None, None)
                outcomes.append(Outcome(str(way), name, mean, most, first, second))
    return Examined(tuple(outcomes), loaded)


def _timed(make: Callable[..., UInt8], editor: object) -> tuple[UInt8, float]:
    start = perf_counter()
    return make(editor), _since(start)


def _since(start: float) -> float:
    return round((perf_counter() - start) * 1e3, 1)


def _apart(picture: UInt8, reference: UInt8) -> tuple[float, int]:
    """Mean and largest distance over what the reference changes of the photo, or over all of it."""
    assert picture.shape == reference.shape
    distance = np.abs(picture.astype(int) - reference)
    before = source(reference)
    changed = np.ones(reference.shape[:2], bool) if before is None else (before != reference).any(2)
    changed |= distance.any(2)
    return round(float(distance[changed].mean()), 3), int(distance.max())
