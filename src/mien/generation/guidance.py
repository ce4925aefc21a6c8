"""How much words count beside what else is given. Legend: L codes of W+."""

from __future__ import annotations

import numpy as np

from mien.engine.mapping import Wanted
from mien.types import Float32

COARSE = 3
"""Codes of W+ that place the head and its parts."""

BESIDE_MAP, BESIDE_SHAPE, ELSEWHERE = (0.5, 1.5), (0.0, 0.9), (1.0, 1.0)
"""How much words count in the coarse codes and in the fine ones: beside a map; beside a sketch or a mesh without a map;
beside a pose."""


def weights_of_words(wanted: Wanted, text_weight: float, codes: int) -> Float32:
    """(L, 1) of words beside what else is given."""
    shaped = wanted.sketch is not None or wanted.points is not None
    coarse, fine = BESIDE_MAP if wanted.semantic is not None else BESIDE_SHAPE if shaped else ELSEWHERE
    weights = np.full((codes, 1), text_weight * fine, np.float32)
    weights[:COARSE] = min(1.0, text_weight) * coarse
    return weights
