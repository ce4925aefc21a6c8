from __future__ import annotations

import numpy as np
import pytest

from mien.align.crop import crop_face, quad_to_matrix
from mien.align.finder import FaceFinder
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.errors import ConfigError, LayerError
from mien.guides.move import AIMED, SHUT, is_shut, move, reached
from mien.guides.shapes import Shapes, canonical
from mien.guides.still import Labelled
from mien.types import Face, Photo

LEAST = 0.002
"""Eye distances by which landmarks found anew may differ on the same face: brows are hardly told from higher ones."""


def found_again(photo: Photo) -> np.ndarray:
    face = FaceFinder.bundled().find(photo)[0]
    return canonical(face.landmarks[None], Shapes.bundled().mean)[0]


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("smile", lambda x: -(x[61, 1] + x[291, 1]) / 2 + (x[0, 1] + x[17, 1]) / 2),
        ("mouth-width", lambda x: x[291, 0] - x[61, 0]),
        ("nose-width", lambda x: x[358, 0] - x[129, 0]),
        ("jaw-width", lambda x: x[397, 0] - x[172, 0]),
        ("brow-height", lambda x: -(x[105, 1] + x[334, 1]) / 2),
    ],
)
def test_what_is_moved_measures_as_moved(portrait: Photo, face: Face, name: str, measure: object) -> None:
    figures = []
    for strength in (-1.0, 0.5, 1.0):
        moved = move(portrait, face, {name: strength}).guide.over(portrait)[0]
        figures.append(measure(found_again(moved)))  # type: ignore[operator]
    assert figures[0] < figures[2]
    assert figures[0] - LEAST <= figures[1] <= figures[2] + LEAST


def test_outside_of_the_area_and_of_the_mask_no_sample_changes(portrait: Photo, face: Face) -> None:
    mask = np.zeros(portrait.pixels.shape[:2], np.bool_)
    mask[100:180, 190:260] = True
    for allowed in (None, mask):
        moved, area = move(portrait, face, {"smile": 1.0}, mask=allowed).guide.over(portrait)
        assert (moved.pixels[~area] == portrait.pixels[~area]).all()
        assert (moved.pixels != portrait.pixels).any()
        if allowed is not None:
            assert not area[~mask].any()


def test_a_drag_pulls_what_it_was_given(portrait: Photo, face: Face) -> None:
    corner = face.landmarks[61, :2]
    pull = (float(corner[0]), float(corner[1]), float(corner[0]), float(corner[1]) - 6)
    moved = move(portrait, face, {}, drags=[pull]).guide.over(portrait)[0]
    again = FaceFinder.bundled().find(moved)[0].landmarks[61, 1]
    assert again < face.landmarks[61, 1] - 1


def test_sixteen_bits_and_gray_are_moved_alike(portrait: Photo, face: Face) -> None:
    deep = Photo(portrait.pixels.astype(np.uint16) * 257)
    a, b = (move(p, face, {"smile": 1.0}).guide.over(p)[0].pixels for p in (portrait, deep))
    assert np.abs(a.astype(np.float32) - b / np.float32(257)).max() <= 1
    gray = Photo(portrait.pixels[..., :1].copy())
    assert move(gray, face, {"smile": 1.0}).guide.over(gray)[0].pixels.shape == gray.pixels.shape


def test_what_cannot_be_done_is_said(portrait: Photo, face: Face) -> None:
    with pytest.raises(ConfigError, match="choose from"):
        move(portrait, face, {"nonsense": 1.0})
    with pytest.raises(ConfigError, match="Nothing"):
        move(portrait, face, {"smile": 0.0})
    with pytest.raises(LayerError, match="mask"):
        move(portrait, face, {"smile": 1.0}, mask=np.zeros(portrait.pixels.shape[:2], np.bool_))
    assert "taken as" in " ".join(move(portrait, face, {"smile": 9.0}).guide.notes)


def test_lips_between_which_nothing_is_seen_are_shut_whatever_landmarks_say(
    portrait: Photo, face: Face, parser: FaceParser
) -> None:
    assert face.mouth_openness > SHUT
    labels = parser.parse_crop(crop_face(portrait, face.quad, 256).pixels)
    seen = Labelled(labels, quad_to_matrix(face.quad, 256))
    assert not is_shut(face, seen) and not is_shut(face)
    assert move(portrait, face, {"mouth-open": 0.4}, labelled=seen).strengths["mouth-open"] > 0
    inside = labels == INDEX["mouth"]
    for unseen in (np.zeros_like(inside), inside & (np.cumsum(inside).reshape(inside.shape) <= 0.1 * inside.sum())):
        shut = Labelled(np.where(inside & ~unseen, INDEX["lower_lip"], labels).astype(np.uint8), seen.matrix)
        with pytest.raises(LayerError, match="mouth is shut"):
            move(portrait, face, {"smile": 1.0, "mouth-open": 0.4}, labelled=shut)
        assert move(portrait, face, {"smile": 1.0}, labelled=shut).strengths["smile"] > 0


def test_points_beside_the_face_and_its_hair_cannot_be_dragged(portrait: Photo, face: Face, parser: FaceParser) -> None:
    seen = Labelled(parser.parse_crop(crop_face(portrait, face.quad, 256).pixels), quad_to_matrix(face.quad, 256))
    unit = float(np.linalg.norm(face.landmarks[33, :2] - face.landmarks[263, :2]))
    chin, crown, temple = (tuple(float(v) for v in face.landmarks[n, :2]) for n in (152, 10, 127))
    backdrop, clothes = (temple[0] - 0.7 * unit, temple[1] - 0.3 * unit), (chin[0], chin[1] + 0.6 * unit)
    for x, y in (backdrop, clothes, (2.0, 2.0), (-40.0, 9.0), (510.0, 510.0)):
        with pytest.raises(LayerError, match=r"is not on this face or its hair"):
            move(
                portrait,
                face,
                {"smile": 0.5},
                drags=[(chin[0], chin[1], chin[0], chin[1] + 2), (x, y, *chin)],
                labelled=seen,
            )
    for x, y in (chin, temple, (crown[0], crown[1] - 0.15 * unit)):
        assert move(portrait, face, {}, drags=[(x, y, x + 3, y)], labelled=seen).guide.confidence.any()


def test_every_attribute_has_a_range_and_folds_nowhere(portrait: Photo, face: Face) -> None:
    shapes = Shapes.bundled()
    assert set(shapes.moves) == set(shapes.ranges) and len(shapes.moves) >= 15
    for name, (low, high) in shapes.ranges.items():
        assert low < 0 < high
        assert np.isfinite(shapes.moves[name]).all()


def masked(x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    mask = np.zeros((600, 600), np.bool_)
    mask[y0:y1, x0:x1] = True
    return mask


@pytest.mark.parametrize(
    ("name", "mask", "meant"),
    [
        ("smile", masked(0, 0, 600, 130), False),  # hair
        ("smile", masked(150, 300, 450, 500), True),
        ("eye-openness", masked(100, 150, 270, 240), True),  # one of two
        ("nose-width", masked(0, 420, 600, 600), False),
        ("smile", masked(0, 0, 1, 1), False),
    ],
)
def test_a_mask_in_which_hardly_anything_of_a_move_lies_misses_it(name: str, mask: np.ndarray, meant: bool) -> None:
    known = Shapes.bundled()
    points, shift = 300 + 200 * known.mean[:, :2] - (0, 100), 200 * known.moves[name][:, :2]
    assert (reached(points, shift, (), 200, mask) >= AIMED) is meant


def test_a_point_may_be_dragged_in_a_small_mask() -> None:
    points = 300 + 200 * Shapes.bundled().mean[:, :2] - (0, 100)
    x, y = points[61]
    mask = masked(int(x) - 8, int(y) - 8, int(x) + 8, int(y) + 8)
    assert reached(points, np.zeros((478, 2)), ((x, y, x - 9, y),), 200, mask) > AIMED


def test_a_move_beside_its_mask_is_told_as_unreached(portrait: Photo, face: Face) -> None:
    mask = np.zeros((portrait.height, portrait.width), np.bool_)
    mask[: int(face.landmarks[10, 1]) + 4] = True
    try:
        assert move(portrait, face, {"mouth-width": 1}, mask=mask).unreached > 0.9
    except LayerError as error:
        assert "mask" in str(error)
    assert move(portrait, face, {"mouth-width": 1}).unreached == 0
