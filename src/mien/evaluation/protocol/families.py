"""Families of masks: hair, face, foreground, irregular strokes by ratio, the centered square, or one of them by chance.

Section III of the FACEMUG paper: "each mask was selected randomly from one of the following types"; that is ``mixed``.
The other families keep the types apart, since masks of different sizes give figures of different sizes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import partial

import numpy as np

from mien.conditions.freeform import centre_mask, irregular_mask
from mien.conditions.regions import parse_region
from mien.errors import ConfigError
from mien.types import Bool, UInt8

Draw = Callable[[UInt8, np.random.Generator], Bool]
"""Labels (S, S) of a face and a generator -> (S, S), True = edit; empty where the face has nothing of the kind."""

LEAST = 0.005
"""Regions that cover less of the picture are as good as absent."""

MIXED, IRREGULAR = "mixed", "irregular"


def _region(name: str, labels: UInt8, rng: np.random.Generator) -> Bool:
    area: Bool = parse_region(name)[labels]
    return area


def _strokes(low: int, high: int, labels: UInt8, rng: np.random.Generator) -> Bool:
    return irregular_mask(len(labels), rng, (low / 100, high / 100))


def _centre(labels: UInt8, rng: np.random.Generator) -> Bool:
    return centre_mask(len(labels), 0.25)


STROKES = {f"{IRREGULAR}-{low}-{low + 10}": partial(_strokes, low, low + 10) for low in (20, 30, 40, 50)}
FAMILIES: Mapping[str, Draw] = {
    **{name: partial(_region, name) for name in ("hair", "face", "foreground")},
    **STROKES,
    "centre": _centre,
}
"""By name, in the order of the tables; ``irregular-20-30`` covers 20 to 30 % of the picture."""

KINDS = (("hair",), ("face",), ("foreground",), tuple(STROKES), ("centre",))
"""What ``mixed`` chooses from: first a kind, then a family of it."""


def family_names(wanted: Iterable[str]) -> tuple[str, ...]:
    """Names in the order of the tables; ``irregular`` stands for its four ratios, ``all`` for everything.

    Raises:
        ConfigError: no such family, or none at all.
    """
    known = (MIXED, *FAMILIES)
    groups = {IRREGULAR: tuple(STROKES), "all": known}
    asked = {name for one in wanted for name in groups.get(one, (one,))}
    for name in sorted(asked - set(known)):
        raise ConfigError(f"'{name}' is no family of masks; choose from {', '.join((*known, *groups))}.")
    if not asked:
        raise ConfigError(f"No family of masks is named; choose from {', '.join((*known, *groups))}.")
    return tuple(name for name in known if name in asked)


def family_mask(family: str, labels: UInt8, rng: np.random.Generator) -> Bool | None:
    """The mask of a family for one face.

    Args:
        family: a name out of :func:`family_names`.
        labels: (S, S) uint8, the face's semantic map.
        rng: of the strokes and of the choice; see :func:`rng_of`.

    Returns:
        (S, S), True = edit; None where the face has nothing of the kind. ``mixed`` then takes the centered square.
    """
    if family == MIXED:
        kind = KINDS[int(rng.integers(len(KINDS)))]
        found = family_mask(kind[int(rng.integers(len(kind)))], labels, rng)
        return _centre(labels, rng) if found is None else found
    mask = FAMILIES[family](labels, rng)
    return mask if mask.mean() >= LEAST else None


def rng_of(seed: int, *names: str) -> np.random.Generator:
    """A generator that depends on the seed and the names alone, so that further pictures or families change nothing."""
    digest = hashlib.sha256("\0".join((str(seed), *names)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))
