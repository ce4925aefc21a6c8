"""Rims that are closed before brows, and where a head ends behind glasses."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.align import mesh
from mien.guides.bank import Bank
from mien.guides.glasses.closed_rims import closed_rims, missed_lines
from mien.guides.glasses.frames import area_of
from mien.guides.glasses.kinds_behind import beside_outlines, hats_of, kinds_behind
from mien.guides.glasses.lines import MARGIN, SIDE, UNIT
from mien.guides.glasses.outline_behind import outlined
from mien.guides.glasses.seen import Seen
from mien.types import Bool, Float32, Float64

SKIN, AWAY = np.float32((200, 160, 140)), 10


@pytest.fixture(scope="module")
def points() -> Float64:
    """Landmarks in the plane."""
    face = next(one for one in Bank.bundled().entries if one.path.stem == "3052").face
    scale = (SIDE - 2 * MARGIN) / float(np.linalg.norm(face.quad[3] - face.quad[0]))
    return np.asarray((face.landmarks[:, :2] - face.quad[0]) * scale + MARGIN, np.float64)


def _ring(middle: Float64, width: int, first: float = 0, last: float = 360) -> Bool:
    """(SIDE, SIDE) an ellipse of some width, or a part of it by degrees; filled where the width is negative."""
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    size = (round(9 * UNIT), round(8 * UNIT))
    cv2.ellipse(drawn, np.round(middle).astype(int).tolist(), size, 0, first, last, 1, width)
    return drawn > 0


def test_a_rim_is_closed_above_its_lens_and_brows_stay(points: Float64) -> None:
    middle = points[[362, 263]].mean(0) + (0, 2 * UNIT)
    rim, gap = _ring(middle, 6), _ring(middle, 6, 250, 290)
    brow = _ring(middle - (0, 4 * UNIT), 14, 250, 290)
    rng = np.random.default_rng(0)
    picture = np.where(brow[..., None], SKIN - 60, SKIN) + rng.normal(0, 1, (SIDE, SIDE, 1))
    picture = np.where(rim[..., None], SKIN - 110, picture).astype(np.float32)
    worn, lenses, eyes = _ring(middle, -1), _ring(middle, -1) & ~_ring(middle, 30), np.zeros((SIDE, SIDE), np.bool_)
    found = closed_rims(picture, rim & ~gap, worn, lenses, eyes, points)
    assert found[gap].mean() > 0.8 and found[brow & ~rim].mean() < 0.2
    without = np.where((rim & ~gap)[..., None], picture, np.where(brow[..., None], SKIN - 60, SKIN)).astype(np.float32)
    assert closed_rims(without, rim & ~gap, worn, lenses, eyes, points)[gap].mean() < 0.3
    assert not closed_rims(np.full_like(picture, 150), rim & ~gap, worn, lenses, eyes, points).any()


def test_a_rim_before_lids_goes_where_a_network_sees_it(points: Float64) -> None:
    rim, gap = (_ring(points[[362, 263]].mean(0), 4, *ends) for ends in ((0, 360), (255, 285)))
    picture = np.where(rim[..., None], SKIN - 90, SKIN).astype(np.float32)
    near = cv2.dilate(rim.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    low, plain = np.zeros(rim.shape, np.bool_), np.zeros(rim.shape, np.float32)
    seen = Seen(near, near * np.float32(0.9), low, plain, plain, picture, plain)
    assert missed_lines(picture, rim & ~gap, seen)[gap].mean() > 0.7
    assert not missed_lines(picture, rim, seen).any() and not missed_lines(picture, low, seen).any()


def _scene(points: Float64) -> tuple[Float32, dict[str, Float32], Bool, Bool]:
    """A face before a backdrop, and a lens that stands out beyond it and shows the backdrop before the face, too."""
    face = area_of([points[list(mesh.OUTLINE)]])
    middle = points[[362, 263]].mean(0) + (AWAY * UNIT, UNIT)
    rim, lens = _ring(middle, 6), _ring(middle, -1)
    seen = face & ~(lens & (np.arange(SIDE) > points[263, 0]))
    picture = np.where(face[..., None], SKIN, np.float32((90, 60, 130))).astype(np.float32)
    likely = {"face": seen, "background": ~seen, "hair": seen & False, "ears": seen & False, "hat": seen & False}
    worn = lens & face
    return picture, {n: one.astype(np.float32) for n, one in likely.items()} | {"worn": worn * np.float32(1)}, rim, worn


def test_behind_a_lens_that_stands_out_the_outline_goes_on(points: Float64) -> None:
    picture, likely, frame, worn = _scene(points)
    outside, inside, bald, hidden = outlined(picture, likely, frame, worn, points)
    face = area_of([points[list(mesh.OUTLINE)]])
    assert hidden[_ring(points[[362, 263]].mean(0) + (AWAY * UNIT, UNIT), -1) & ~face].mean() > 0.9
    assert (outside & face).sum() < 0.1 * outside.sum() and (inside & ~face).sum() < 0.1 * inside.sum()
    assert not (bald & ~inside).any() and not hidden[:, : SIDE // 2].any()
    kinds = kinds_behind(likely, frame, worn & ~frame, face)
    kinds = beside_outlines(kinds, frame | worn | hidden, outside, inside, bald)
    assert kinds.shape == (SIDE, SIDE, 5) and np.allclose(kinds.sum(2), 1, atol=1e-4)
    assert (kinds.argmax(2)[outside & hidden] == 3).all() and (
        kinds.argmax(2)[inside & (frame | worn)] == 0
    ).mean() > 0.9


def test_an_ear_beside_a_frame_stays(points: Float64) -> None:
    picture, likely, frame, worn = _scene(points)
    ear = likely["background"] * (frame | _ring(points[[362, 263]].mean(0) + (AWAY * UNIT, UNIT), -1))
    colored = np.where(ear[..., None] > 0, SKIN - 30, picture).astype(np.float32)
    assert not outlined(colored, likely | {"ears": ear}, frame, worn, points)[3].any()


def test_scarves_are_no_hats(points: Float64) -> None:
    hat = np.zeros((SIDE, SIDE), np.float32)
    hat[: round(points[10, 1])] = 1
    scarf = np.ones((SIDE, SIDE), np.float32)
    assert (hats_of(hat, points) == hat).all() and not hats_of(scarf, points).any()
