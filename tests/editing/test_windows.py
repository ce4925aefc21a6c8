"""Coarse to fine: where windows lie, what they are given, and that nothing outside of the mask changes."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from mien.align.crop import crop_face
from mien.conditions.types import Conditions
from mien.editing.windows import LARGEST, MOST, SIZE, SMALLEST, Window, plan, refined
from mien.types import Bool, Float32, Photo

QUAD = np.array([[100.0, 60.0], [100.0, 572.0], [612.0, 572.0], [612.0, 60.0]])


class Recorder:
    """Paints one color, and keeps what it was given."""

    def __init__(self, color: tuple[int, int, int] | None) -> None:
        self.color, self.seen = color, list[Window]()

    def paint(self, windows: Sequence[Window]) -> list[Float32]:
        self.seen += windows
        return [
            one.first.astype(np.float32)
            if self.color is None
            else np.broadcast_to(np.float32(self.color), one.first.shape).copy()
            for one in windows
        ]


def _photo(width: int = 700, height: int = 640) -> Photo:
    knots = np.random.default_rng(0).integers(40, 216, (8, 8, 3)).astype(np.uint8)
    return Photo(np.asarray(cv2.resize(knots, (width, height), interpolation=cv2.INTER_CUBIC)))


def _circle(centre: tuple[int, int], radius: int) -> Bool:
    canvas = np.zeros((640, 700), np.uint8)
    cv2.circle(canvas, centre, radius, 1, -1)
    return canvas > 0


def _edit(mask: Bool, network: Recorder, **more: object) -> tuple[Photo, Photo]:
    photo = _photo()
    first = photo.with_pixels(np.where(mask[..., None], 255 - photo.pixels, photo.pixels).astype(np.uint8))
    return first, refined(photo, first, QUAD, mask, lambda side: Conditions(), network, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("radius", [20, 60, 200])
def test_nothing_changes_outside_of_the_mask(radius: int) -> None:
    mask = _circle((330, 320), radius)
    first, made = _edit(mask, Recorder((10, 200, 30)))
    assert np.array_equal(made.pixels[~mask], first.pixels[~mask])
    assert np.abs(made.pixels[mask].astype(int) - first.pixels[mask]).mean() > 5


@pytest.mark.parametrize("radius", [20, 200])
def test_a_painter_that_keeps_the_first_pass_changes_next_to_nothing(radius: int) -> None:
    mask = _circle((330, 320), radius)
    photo = _photo()
    made = refined(photo, photo, QUAD, mask, lambda side: Conditions(), Recorder(None))
    away = np.abs(made.pixels.astype(int) - photo.pixels)[mask]
    assert away.max() <= 3


def test_windows_cover_the_mask_and_are_not_finer_than_the_photo() -> None:
    area = np.zeros((128, 128), np.bool_)
    area[20:110, 30:100] = True
    area[4:8, 4:9] = True
    places = list(plan(area, 0.35))
    assert len(places) <= MOST
    left = area.copy()
    for x, y, side in places:
        assert max(SMALLEST, 0.35) <= side <= LARGEST
        rows, columns = (np.arange(128) + 0.5 for _ in range(2))
        near = (np.abs(rows[:, None] / 128 - y) <= side / 2) & (np.abs(columns[None] / 128 - x) <= side / 2)
        left &= ~near
    assert not left.any()
    assert places[0][2] == LARGEST and min(side for *_, side in places) == pytest.approx(0.35)


def test_a_small_part_takes_one_window() -> None:
    area = np.zeros((128, 128), np.bool_)
    area[60:72, 40:60] = True
    assert len(list(plan(area, 0.3))) == 1


def test_a_window_sees_the_photo_the_first_pass_and_the_other_side() -> None:
    mask = _circle((260, 300), 30)
    network = Recorder(None)
    first, _ = _edit(mask, network)
    (one,) = network.seen
    x, y, side = (v * 512 for v in one.place)
    left, top = 100 + x - side / 2, 60 + y - side / 2
    square = np.array([[left, top], [left, top + side], [left + side, top + side], [left + side, top]])
    assert np.abs(crop_face(_photo(), square, SIZE).pixels.astype(int) - one.photo).max() <= 1
    assert np.abs(crop_face(first, square, SIZE).pixels.astype(int) - one.first).max() <= 1
    across = square.copy()
    across[:, 0] = 712 - square[[3, 2, 1, 0], 0]
    assert np.abs(crop_face(_photo(), across, SIZE).pixels[:, ::-1].astype(int) - one.mirror).max() <= 1
    assert one.area.any() and not one.hidden.any()


def test_layers_are_those_of_the_window() -> None:
    def layers(side: int) -> Conditions:
        labels = (np.arange(side)[None] * 19 // side).astype(np.uint8).repeat(side, 0)
        return Conditions(semantic=labels)

    network, photo = Recorder(None), _photo()
    refined(photo, photo, QUAD, _circle((500, 300), 30), layers, network)
    (one,) = network.seen
    x, _, side = one.place
    middle = (x - side / 2 + side * (np.arange(SIZE) + 0.5) / SIZE) * 19
    assert np.abs(one.conditions.semantic[0].astype(int) - np.floor(middle)).max() <= 1


def test_a_photo_that_is_no_finer_than_the_first_pass_stays_as_it_is() -> None:
    photo = _photo(175, 160)
    mask = np.ones((160, 175), np.bool_)
    network = Recorder((0, 0, 0))
    assert refined(photo, photo, QUAD / 4, mask, lambda side: Conditions(), network) is photo


def test_half_the_strength_goes_most_of_the_way_and_none_goes_nowhere() -> None:
    mask = _circle((330, 320), 40)
    photo = _photo()
    whole, half, none = (
        refined(photo, photo, QUAD, mask, lambda side: Conditions(), Recorder((0, 255, 0)), strength)
        for strength in (1.0, 0.5, 0.0)
    )
    away = [
        np.abs(one.pixels[310:330, 320:340].astype(int) - photo.pixels[310:330, 320:340]).mean()
        for one in (whole, half, none)
    ]
    assert away[2] <= 1 and away[1] == pytest.approx(0.75 * away[0], rel=0.1)
