"""How near hair came to the outline that a map asked for."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.editing.hair_reached import EYES, SIDE, reached
from mien.types import Bool, Photo, UInt8


class Black:
    """Takes what is black for hair."""

    def parse_crop(self, pixels: UInt8) -> UInt8:
        return np.where(pixels.max(2) < 128, np.uint8(INDEX["hair"]), np.uint8(INDEX["skin"]))


def drawn(*areas: tuple[int, int]) -> Photo:
    """Black between rows."""
    pixels = np.full((SIDE, SIDE, 3), 255, np.uint8)
    for first, last in areas:
        pixels[first:last, 60:120] = 0
    return Photo(pixels)


@pytest.mark.parametrize(("line", "overlap", "missing"), [(200, 1.0, 0.0), (150, 0.5, 0.5), (100, 0.0, 1.0)])
def test_overlap_and_distance_from_the_line_are_measured_within_the_mask(
    line: int, overlap: float, missing: float
) -> None:
    quad = np.array([[0, 0], [0, SIDE], [SIDE, SIDE], [SIDE, 0]], np.float64)
    mask, shown = np.zeros((SIDE, SIDE), np.bool_), np.zeros((SIDE, SIDE), np.bool_)
    mask[100:, :], shown[:200, 60:120] = True, True
    parser = cast(FaceParser, Black())
    found = reached(drawn((20, 100)), drawn((20, line)), quad, parser, (shown, False, mask))
    assert found.after == pytest.approx(overlap, abs=0.03)
    assert found.missing == pytest.approx(missing, abs=0.03)
    assert found.away == pytest.approx((200 - line) / (EYES * SIDE), abs=0.03)
    gone: Bool = np.zeros_like(shown)
    gone[100:200, 60:120] = True
    apart = drawn((20, 100), (220, 240))  # a coat that looks like hair
    assert reached(drawn((20, 200)), apart, quad, parser, (gone, True, mask)).missing < 0.03
