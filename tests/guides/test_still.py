"""Glasses, teeth and the scene behind the head keep their shape."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.align.crop import quad_to_matrix
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.move import move
from mien.guides.still import Labelled, behind, kept
from mien.types import Face, Float64, Photo

UNIT = 100.0
BOX = (20, 30, 420, 430)


def labelled(**areas: tuple[int, int, int, int]) -> Labelled:
    labels = np.full((450, 450), INDEX["skin"], np.uint8)
    for name, (x0, y0, x1, y1) in areas.items():
        labels[y0:y1, x0:x1] = INDEX[name]
    return Labelled(labels, np.eye(2, 3))


def bulge() -> np.ndarray:
    ys, xs = np.mgrid[BOX[1] : BOX[3], BOX[0] : BOX[2]].astype(np.float32)
    near = np.exp(-((xs - 220) ** 2 + (ys - 200) ** 2) / (2 * 60**2))
    return np.dstack([-0.15 * (xs - 220) * near + 3 * near, -0.25 * (ys - 200) * near]).astype(np.float32)


def bent(offsets: np.ndarray, places: Float64) -> float:
    """How far displaced points lie from the best similarity of where they were, pixels."""
    moved = places + offsets[places[:, 1].astype(int) - BOX[1], places[:, 0].astype(int) - BOX[0]]
    a, b = places - places.mean(0), moved - moved.mean(0)
    z = (a[:, 0] + 1j * a[:, 1]).conj() @ (b[:, 0] + 1j * b[:, 1]) / (np.abs(a) ** 2).sum()
    return float(np.abs((a[:, 0] + 1j * a[:, 1]) * z - (b[:, 0] + 1j * b[:, 1])).max())


def test_a_frame_moves_as_a_whole_and_the_rest_as_it_was() -> None:
    rim = np.array([(x, y) for x in range(162, 280, 6) for y in (172, 228)], np.float64)
    points = np.zeros((478, 2))
    known = labelled(glasses=(160, 170, 282, 231))
    before = bulge()
    after = kept(before, known, BOX, points, UNIT)
    assert bent(before, rim) > 1.5 and bent(after, rim) < 0.4
    np.testing.assert_allclose(after[:90], before[:90], atol=1e-3)
    assert np.abs(kept(before, labelled(), BOX, points, UNIT) - before).max() == 0


def test_what_lies_behind_the_head_stays() -> None:
    weight = behind(labelled(background=(20, 30, 120, 430)), BOX, UNIT)
    assert (weight[:, :60] == 0).all() and weight[:, 110:].min() > 0.9
    assert (np.diff(weight[200]) >= -1e-4).all()


@pytest.fixture(scope="module")
def seen(portrait: Photo, face: Face, parser: FaceParser) -> Labelled:
    from mien.align.crop import crop_face

    return Labelled(parser.parse_crop(crop_face(portrait, face.quad, 256).pixels), quad_to_matrix(face.quad, 256))


def test_teeth_keep_their_shape_and_lips_move(portrait: Photo, face: Face, seen: Labelled) -> None:
    plain, shaped = (move(portrait, face, {"smile": 1.3}, labelled=one).guide.over(portrait)[0] for one in (None, seen))
    apart = np.abs(plain.pixels.astype(np.float32) - shaped.pixels).mean(2)
    x, y = face.landmarks[13, :2].astype(int)
    assert apart[y - 3 : y + 6, x - 8 : x + 9].max() > 3
    assert (shaped.pixels != portrait.pixels).any()


def test_a_shut_mouth_is_not_opened(portrait: Photo, face: Face) -> None:
    from dataclasses import replace

    with pytest.raises(LayerError, match="shut"):
        move(portrait, replace(face, mouth_openness=0.0), {"mouth-open": 1.0})


def test_a_mask_still_holds_what_keeps_its_shape(portrait: Photo, face: Face, seen: Labelled) -> None:
    mask = np.zeros(portrait.pixels.shape[:2], np.bool_)
    mask[100:180, 190:240] = True
    moved, _ = move(portrait, face, {"smile": 1.0}, mask=mask, labelled=seen).guide.over(portrait)
    assert (moved.pixels[~mask] == portrait.pixels[~mask]).all()
    assert cv2.countNonZero((moved.pixels != portrait.pixels).any(2).astype(np.uint8)) > 0
