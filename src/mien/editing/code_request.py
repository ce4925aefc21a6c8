"""What the codes of an edit depend on, whatever engine computes them.

Legend: S side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mien.conditions.types import Conditions
from mien.types import UInt8

VARIETY = (0.1, 0.5)
"""α of equation 20 for the coarsest and the finest code of a variant: pose and shape stay, colors and texture vary."""

PSI = 0.7
"""Truncation of random codes."""


@dataclass(frozen=True, eq=False)
class CodeRequest:
    """What the codes of one edit depend on, besides the layers.

    Attributes:
        source: (S, S, 3) uint8, whose look it is; None for that of the layers.
        turns: whether the source may look elsewhere than the face that is edited.
        seed: 0 mixes in no random codes.
        attributes: strength by name.
        text: a sentence, or None.
    """

    source: UInt8 | None
    turns: bool
    seed: int
    attributes: Mapping[str, float]
    text: str | None

    @classmethod
    def of(cls, conditions: Conditions, seed: int, image: UInt8 | None) -> CodeRequest:
        """Attributes and words change somebody's look: without an exemplar, that of the image, if there is one."""
        source = conditions.exemplar
        if source is None and (conditions.attributes or conditions.text):
            source = image
        turns = source is not None and not (image is not None and np.array_equal(source, image))
        return cls(source, turns, int(seed), conditions.attributes, conditions.text)
