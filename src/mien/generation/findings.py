"""What faces have become of a sentence, told to who asked: nobody should have to guess what was not heard, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mien.conditions.labels import INDEX
from mien.engine.mapping import Wanted
from mien.finding.axes import COLORS, NUMBERS, PRESENT
from mien.generation.agreement import Asked, missing
from mien.generation.sentences import hardly_known
from mien.models.mm2latent.config import MODALITIES
from mien.types import Float32, UInt8
from mien.words.types import Reading, Wish

if TYPE_CHECKING:
    from mien.generation.generator import MultimodalGenerator

OUTLINES = frozenset(
    ("brow-height", "eye-openness", "eye-size", "face-width", "feminine", "glasses", "hair-length", "lip-fullness")
) | {"mouth-open", "nose-width", "smile"}
"""What a map tells, or what its outlines nearly decide: words that are not heard beside one contradict it there."""

MISSED = {"color": 1.0, "degree": 1.5}
"""Standard deviations by which what was asked for is missed before it is told: nearly at the wrong side of the mean."""

ONLY_TEXT = np.array([name == "text" for name in MODALITIES], np.float32)

DRAWN = 0.002
"""Least share of a map that is more than a stray spot."""


def findings(make: MultimodalGenerator, wanted: Wanted, reading: Reading, pictures: UInt8) -> list[str]:
    """Notes on faces (n, S, S, 3) that were made of a sentence and whatever else was given."""
    asked = Asked.of([wanted], make.mapper.config, make.scale)
    numbers = make.feedback.seen(pictures, replace(asked, given=asked.given * ONLY_TEXT)).numbers
    if numbers is None:  # the network was trained with another reader
        return []
    away = missing(np, numbers, asked)
    unheard: dict[str, int] = {}
    for wish in reading.wishes:
        if not hardly_known(Reading((wish,)), make.scale) and (count := _missed(wish, numbers, away, make)):
            unheard[wish.attribute] = count
    against = {wish.attribute for wish in reading.wishes if _contradicted(wish, wanted)}
    against |= {name for name in unheard if wanted.semantic is not None and name in OUTLINES}
    notes = [f"the map shows something else: {', '.join(sorted(against))}"] if against else []
    left = {name: count for name, count in unheard.items() if name not in against}
    if left:
        told = [name if len(pictures) == 1 else f"{name} ({n} of {len(pictures)})" for name, n in sorted(left.items())]
        notes.append(f"hardly to be seen in the result: {', '.join(told)}")
    return notes


def _missed(wish: Wish, numbers: Float32, away: Float32, make: MultimodalGenerator) -> int:
    """In how many of the faces a wish is not seen; ``numbers`` are (n, K), and ``away`` what they fall short of."""
    scale, part = make.scale, COLORS.get(wish.attribute)
    weights = NUMBERS.get(wish.attribute, {}) if part is None else {f"{part}-{axis}": 1.0 for axis in "Lab"}
    names = {name: weight for name, weight in weights.items() if name in scale.names}
    index = [scale.names.index(name) for name in names]
    if not index:
        return 0
    if set(names) <= PRESENT:
        mean, spread = (np.array(one, np.float32)[index] for one in (scale.mean, scale.spread))
        there = numbers[:, index] * spread + mean > 0
        asked = np.array([wish.degree * weight > 0 for weight in names.values()])
        return int((there != asked).any(1).sum())
    return int((away[:, index].mean(1) > MISSED["degree" if part is None else "color"]).sum())


def _contradicted(wish: Wish, wanted: Wanted) -> bool:
    """Whether a map says the opposite outright: glasses, which are a class of it."""
    if wanted.semantic is None or wish.attribute not in ("glasses", "sunglasses"):
        return False
    return bool((wanted.semantic[INDEX["glasses"]].mean() > DRAWN) != (wish.degree > 0))
