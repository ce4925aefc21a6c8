"""What the parser sees is looked at once for each photo, and what is small is worked on in its box."""

from __future__ import annotations

from typing import Any

import numpy as np

from mien.guides.looks import KEPT, Looks, close_to
from mien.types import Photo


class CountingParser:
    """Counts how often it looks."""

    def __init__(self) -> None:
        self.looks = 0

    def shares(self, pixels: Any) -> Any:
        self.looks += 1
        return pixels.transpose(2, 0, 1).astype(np.float32)


def test_a_look_is_taken_once_for_each_photo_and_square() -> None:
    looks, parser, rng = Looks(), CountingParser(), np.random.default_rng(0)
    photo, other = (Photo(rng.integers(0, 255, (300, 300, 3), np.uint8)) for _ in range(2))
    quad = np.array([(20.0, 20), (20, 276), (276, 276), (276, 20)])
    one = looks.shares(photo, quad, parser)  # type: ignore[arg-type]
    assert looks.shares(photo, quad.copy(), parser) is one and parser.looks == 1  # type: ignore[arg-type]
    assert not np.array_equal(looks.shares(other, quad, parser), one) and parser.looks == 2  # type: ignore[arg-type]
    photo.pixels[101:104, 101:104] = 7  # a few pixels, as a caller may write between two edits
    assert not np.array_equal(looks.shares(photo, quad, parser), one) and parser.looks == 3  # type: ignore[arg-type]
    for more in range(KEPT):
        looks.shares(photo, quad + more + 1, parser)  # type: ignore[arg-type]
    assert len(looks._kept) == KEPT


def test_maps_are_cut_to_what_is_seen_with_the_photo_s_box() -> None:
    seen = np.zeros((100, 80), np.float32)
    seen[40:50, 30:40] = 1
    (cut, other), box = close_to([seen, seen + 1], (100, 200, 260, 400), 10.0)
    assert box == (150, 270, 190, 310) and cut.shape == (20, 20) == other.shape and cut.sum() == seen.sum()
    (nothing,), whole = close_to([np.zeros((5, 5), np.float32)], (0, 0, 10, 10), 3.0)
    assert whole == (0, 0, 10, 10) and nothing.shape == (5, 5)
