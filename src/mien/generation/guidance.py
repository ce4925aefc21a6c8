"""How much words count beside what else is given, and how long codes descend. Legend: L codes of W+."""

from __future__ import annotations

import numpy as np

from mien.engine.mapping import Wanted
from mien.packages import has_torch
from mien.types import Float32

COARSE = 3
"""Codes of W+ that place the head and its parts."""

BESIDE_MAP, BESIDE_SHAPE, ELSEWHERE = (0.5, 1.5), (0.0, 0.9), (1.0, 1.0)
"""How much words count in the coarse codes and in the fine ones: beside a map; beside a sketch or a mesh without a map;
beside a pose."""

ROUNDS, STEPS = 4, 20
"""Of looking and of descent for a map or a sketch: to be twice as near as random faces are takes so many."""


def weights_of_words(wanted: Wanted, text_weight: float, codes: int) -> Float32:
    """(L, 1) of words beside what else is given."""
    shaped = wanted.sketch is not None or wanted.points is not None
    coarse, fine = BESIDE_MAP if wanted.semantic is not None else BESIDE_SHAPE if shaped else ELSEWHERE
    weights = np.full((codes, 1), text_weight * fine, np.float32)
    weights[:COARSE] = min(1.0, text_weight) * coarse
    return weights


def effort(wanted: Wanted, refine: int, descend: int | None, finish: str, notes: list[str]) -> tuple[int, int]:
    """Rounds of looking, and steps of descent where nobody says how many (``descend`` is None).

    A map or a sketch descends, :data:`ROUNDS` and :data:`STEPS`, and is followed much better then. Nothing descends
    without torch, which the notes say, nor without rounds, nor for a face that lends its outlines alone.
    """
    if descend is not None:
        return refine, descend
    if not refine or finish != "none" or (wanted.semantic is None and wanted.sketch is None):
        return refine, 0
    if not has_torch():
        notes.append('maps and sketches are followed better with PyTorch; run: pip install "mien[paint]"')
        return refine, 0
    return max(refine, ROUNDS), STEPS
