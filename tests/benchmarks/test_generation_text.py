"""Sentences that stand beside maps."""

from __future__ import annotations

import numpy as np

from benchmarks.generation_text import GLASSES, Measures, agreeing
from mien.generation.sentences import understood
from mien.words.types import Wish


def glasses_in(text: str) -> list[Wish]:
    return [wish for wish in understood(text).wishes if wish.attribute == "glasses"]


def test_maps_tell_whether_there_are_glasses() -> None:
    measures = object.__new__(Measures)
    names = ("age", "glasses", "smile", "mouth-open", "eye-size")
    measures.samples = {name: np.zeros(4, np.float32) for name in names}
    labels = np.ones((4, 32, 32), np.uint8)
    labels[1::2, 10:14, 8:24] = GLASSES
    texts, rows = agreeing(200, measures, labels)
    found = {
        (row % 2 == 1, wish.degree > 0) for text, row in zip(texts, rows, strict=True) for wish in glasses_in(text)
    }
    assert found == {(True, True), (False, False)}
