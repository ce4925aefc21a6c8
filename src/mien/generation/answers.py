"""What the mapping network says of faces, in as few runs as can be: two faces take it hardly longer than one.

Legend: B faces, L W+ codes, C length of a code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mien.engine.mapping import Wanted
from mien.types import Float32

if TYPE_CHECKING:
    from mien.generation.generator import MultimodalGenerator

KINDS = ("text", "points")
"""What is heard alone, too, since a map or lines beside it would hold it back."""


@dataclass(frozen=True, eq=False)
class Answers:
    """Codes (B, L, C).

    Attributes:
        whole: of all that is given of each face.
        words, shape: of its words and of its mesh alone; 0 where there are none, or nothing else: ``whole`` knows that.
    """

    whole: Float32
    words: Float32
    shape: Float32


def answers(
    make: MultimodalGenerator, wanted: Sequence[Wanted], seeds: Sequence[int], text_weight: float = 1.0
) -> Answers:
    """Of B faces, each with the seed of its noise.

    Args:
        make: whose network it is.
        wanted, seeds: of the faces.
        text_weight: see :class:`MultimodalGenerator`.
    """
    beside = [
        (kind, row)
        for kind in KINDS
        for row, one in enumerate(wanted)
        if getattr(one, kind) is not None and len(one.given) > 1
    ]
    alone = [Wanted(**{kind: getattr(wanted[row], kind)}) for kind, row in beside]
    codes = make.mapped([*wanted, *alone], [*seeds, *(seeds[row] for _, row in beside)], text_weight)
    whole, rest = codes[: len(wanted)], codes[len(wanted) :]
    parts = {kind: np.zeros_like(whole) for kind in KINDS}
    for (kind, row), code in zip(beside, rest, strict=True):
        parts[kind][row] = code
    return Answers(whole, parts["text"], parts["points"])
