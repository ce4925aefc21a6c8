"""Groups of faces by skin tone, age and gender reading, and how evenly a figure falls on them.

Letters: N faces, K values of a kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mien.types import Bool, Float64

Groups = Mapping[str, Mapping[str, Bool]]
"""Members (N,) by kind and name."""

LEAST = 4
"""Fewest faces of a group that counts."""

HALF = 0.5
"""Share of "masculine" above which a face is read so."""


def groups(told: Sequence[Mapping[str, float]]) -> Groups:
    """Thirds by ITA and by the age reading, halves by the gender reading.

    Args:
        told: ITA (degrees), age (years) and masculine (0 to 1) of every face before it is edited; who has no number is
            in no group of that kind.
    """
    men = np.array([one["masculine"] > HALF for one in told], np.bool_)
    return {
        "skin": _thirds([one["ITA"] for one in told], ("dark", "middle", "light")),
        "age": _thirds([one["age"] for one in told], ("young", "middle", "old")),
        "gender": {"feminine": ~men, "masculine": men},
    }


def _thirds(values: Sequence[float], names: Sequence[str]) -> dict[str, Bool]:
    known = np.asarray(values, np.float64)
    bounds = np.nanquantile(known, (1 / 3, 2 / 3))
    which = np.where(np.isnan(known), -1, np.searchsorted(bounds, known))
    return {name: which == k for k, name in enumerate(names)}


def means(values: Float64, of: Groups) -> dict[str, dict[str, float]]:
    """Mean by kind and group of the values (N,); NaN is left out, and so are groups of fewer than LEAST."""
    found: dict[str, dict[str, float]] = {}
    for kind, members in of.items():
        known = {name: values[there & ~np.isnan(values)] for name, there in members.items()}
        found[kind] = {name: float(some.mean()) for name, some in known.items() if len(some) >= LEAST}
    return found


def evenness(of: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The worst group's mean over the best's by kind; NaN where there are no two to compare."""
    return {
        kind: min(some.values()) / max(some.values()) if len(some) > 1 else float("nan") for kind, some in of.items()
    }


def kept(before: Sequence[float], after: Sequence[float]) -> float:
    """Share of faces whose gender reading (0 to 1 before and after) stays on its side of the middle."""
    return float(np.mean((np.asarray(before) > HALF) == (np.asarray(after) > HALF)))
