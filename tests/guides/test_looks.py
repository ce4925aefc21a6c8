"""What the parser sees is looked at once for each photo, and what is small is worked on in its box."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from mien.conditions.labels import CLASSES
from mien.guides.looked import KEPT, Looks, unchanged_photos
from mien.guides.looks import beyond, close_to, reaching, square_of, square_within
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


def test_within_an_edit_a_square_is_not_even_cut_out_again() -> None:
    looks, parser, rng = Looks(), CountingParser(), np.random.default_rng(0)
    photo = Photo(rng.integers(0, 255, (300, 300, 3), np.uint8))
    quad = np.array([(20.0, 20), (20, 276), (276, 276), (276, 20)])
    with unchanged_photos():
        one = looks.shares(photo, quad, parser)  # type: ignore[arg-type]
        looks._kept.clear()
        assert looks.shares(photo, quad.copy(), parser) is one and parser.looks == 1  # type: ignore[arg-type]
    photo.pixels[:] = 7
    with unchanged_photos():
        assert not np.array_equal(looks.shares(photo, quad, parser), one)  # type: ignore[arg-type]


def test_faint_specks_far_away_make_no_part_larger() -> None:
    likely = np.zeros((200, 200), np.float32)
    likely[40:90, 50:100] = 0.9
    alone, box = close_to([likely], (0, 0, 400, 400), 20.0)
    speckled = likely.copy()
    speckled[180:184, 170:174] = 0.2
    again, same = close_to([speckled], (0, 0, 400, 400), 20.0)
    assert same == box and np.array_equal(alone[0], again[0])
    speckled[180:184, 170:174] = 0.6
    assert close_to([speckled], (0, 0, 400, 400), 20.0)[1] != box


def test_maps_are_cut_to_what_is_seen_with_the_photo_s_box() -> None:
    seen = np.zeros((100, 80), np.float32)
    seen[40:50, 30:40] = 1
    (cut, other), box = close_to([seen, seen + 1], (100, 200, 260, 400), 10.0)
    assert box == (150, 270, 190, 310) and cut.shape == (20, 20) == other.shape and cut.sum() == seen.sum()
    (nothing,), whole = close_to([np.zeros((5, 5), np.float32)], (0, 0, 10, 10), 3.0)
    assert whole == (0, 0, 10, 10) and nothing.shape == (5, 5)


class ColorParser:
    """What is red is cloth, all else background."""

    def shares(self, pixels: Any) -> Any:
        shares = np.zeros((len(CLASSES), *pixels.shape[:2]), np.float32)
        shares[CLASSES.index("cloth")] = pixels[..., 0] > 128
        shares[CLASSES.index("background")] = pixels[..., 0] <= 128
        return shares


def tilted(x: float, y: float, side: float, degrees: float) -> Any:
    turn = np.radians(degrees)
    across, down = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    corners = [(-0.5, -0.5), (-0.5, 0.5), (0.5, 0.5), (0.5, -0.5)]
    return SimpleNamespace(quad=np.array([(x, y) + side * (u * across + v * down) for u, v in corners]))


@pytest.mark.parametrize("degrees", [0.0, 7, -40, 90, 178])
@pytest.mark.parametrize("size, side", [((360, 480), 110), ((500, 300), 100), ((290, 290), 150)])
def test_clothes_and_backdrops_go_on_past_a_tilted_square(size: tuple[int, int], side: int, degrees: float) -> None:
    pixels = np.zeros((*size, 3), np.uint8)
    pixels[size[0] // 2 :, size[1] // 5 :, 0] = 255
    photo, face = Photo(pixels), tilted(0.45 * size[1], 0.4 * size[0], side, degrees)
    truth = {"cloth": pixels[..., 0] > 128, "background": pixels[..., 0] <= 128}
    for name, there in truth.items():
        (found,), (x0, y0, x1, y1) = reaching(photo, face, (name,), ColorParser())  # type: ignore[arg-type]
        whole = np.zeros(size, np.bool_)
        whole[y0:y1, x0:x1] = found > 0.5
        assert (whole != there).mean() < 0.03
        assert (whole[[0, -1]] != there[[0, -1]]).mean() < 0.06  # corners, too
        assert (whole[:, [0, -1]] != there[:, [0, -1]]).mean() < 0.06


def test_a_backdrop_goes_on_beyond_the_widest_look_and_clothes_end_there() -> None:
    photo = Photo(np.zeros((1000, 1000, 3), np.uint8))
    face = tilted(700, 400, 60, 5)
    (found,), box = reaching(photo, face, ("background",), ColorParser())  # type: ignore[arg-type]
    assert box == (0, 0, 1000, 1000) and found.min() > 0.9
    photo.pixels[..., 0] = 255
    (_,), (x0, _, x1, _) = reaching(photo, face, ("cloth",), ColorParser())  # type: ignore[arg-type]
    assert x1 - x0 == 450


@pytest.mark.parametrize("degrees, first", [(0, 0), (44, 0), (80, 3), (-90, 1), (180, 2)])
def test_wide_squares_lie_along_the_photo_and_as_much_of_it_as_there_is(degrees: float, first: int) -> None:
    photo = Photo(np.zeros((400, 500, 3), np.uint8))
    square = square_within(photo, tilted(450, 100, 100, degrees), 3.45)  # type: ignore[arg-type]
    assert np.allclose(square[0], [(155, 0), (155, 345), (500, 345), (500, 0)][first])
    assert np.allclose(square_within(photo, tilted(450, 100, 100, 0), 7)[[0, 2]], [(0, -50), (500, 450)])  # type: ignore[arg-type]


def test_what_lies_beyond_the_widest_look_is_told_as_a_share() -> None:
    photo, face = Photo(np.zeros((1000, 1000, 3), np.uint8)), tilted(500, 400, 60, 5)
    square = square_of(face, 7.5)
    inside = cv2.fillConvexPoly(np.zeros((1000, 1000), np.uint8), np.round(square).astype(int), 1).astype(np.float32)
    everywhere = beyond(photo, face, square, inside)
    assert abs(everywhere - (1 - inside.mean())) < 0.02
    ends = inside * (np.arange(1000)[:, None] < 500)  # meets three sides, two of them by about three quarters
    assert 0.5 < beyond(photo, face, square, ends) < everywhere
    within = inside * (np.hypot(*(np.mgrid[:1000, :1000] - 450)) < 100)
    assert beyond(photo, face, square, within) == 0
