"""Areas that landmarks and labels tell, on a real face."""

from __future__ import annotations

import numpy as np
import pytest

from mien.align.finder import FaceFinder
from mien.conditions.areas import AREAS, Seen
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.types import Photo, UInt8


@pytest.fixture(scope="module")
def seen(astronaut: UInt8) -> Seen:
    photo = Photo(astronaut)
    face = FaceFinder.bundled().find(photo)[0]
    labels = FaceParser.bundled().parse_photo(photo, face.quad)
    return Seen(labels, face.landmarks.astype(np.float64), astronaut)


@pytest.mark.parametrize(
    ("name", "point", "below"),
    [
        ("left_iris", 469, 0.1),
        ("right_pupil", 473, 0.02),
        ("left_under_eye", 230, 0.1),
        ("right_cheek", 280, 0.3),
        ("forehead", 9, 0.8),
        ("chin", 199, 0.8),
        ("lower_face", 17, 2.0),
        ("eyelids", 223, 0.3),
    ],
)
def test_an_area_has_its_landmark_and_a_plausible_size(seen: Seen, name: str, point: int, below: float) -> None:
    area = AREAS[name](seen)
    x, y = seen.points[point, :2].astype(int)
    assert area[y - 4 : y + 5, x - 4 : x + 5].any()
    assert 0 < area.sum() < below * seen.unit**2


def test_sides_are_the_pictures_and_make_up_the_whole(seen: Seen) -> None:
    for both, one in (("irises", "iris"), ("pupils", "pupil"), ("under_eyes", "under_eye"), ("cheeks", "cheek")):
        left, right = AREAS[f"left_{one}"](seen), AREAS[f"right_{one}"](seen)
        assert np.nonzero(left)[1].max() < np.nonzero(right)[1].min()
        assert (AREAS[both](seen) == left | right).all()
    assert not (AREAS["irises"](seen) & AREAS["pupils"](seen)).any()


def test_teeth_lie_in_the_mouth_and_a_face_without_beard_or_glasses_has_none(seen: Seen) -> None:
    assert (seen.labels[AREAS["teeth"](seen)] == INDEX["mouth"]).all() and AREAS["teeth"](seen).any()
    for name in ("beard", "moustache", "glasses"):
        assert not AREAS[name](seen).any()


def test_a_beard_is_no_hair_and_hair_on_the_shoulders_is_no_beard(seen: Seen) -> None:
    labels = seen.labels.copy()
    labels[AREAS["chin"](seen)] = INDEX["hair"]
    x, y = seen.points[152, :2].astype(int)
    shoulder = np.s_[y + 8 : y + 14, x + 30 : x + 40]
    labels[y + 2 : y + 7] = INDEX["neck"]
    labels[shoulder] = INDEX["hair"]
    bearded = Seen(labels, seen.points, seen.picture)
    assert AREAS["beard"](bearded).sum() > 0.8 * AREAS["chin"](seen).sum()
    assert not AREAS["hair"](bearded)[AREAS["beard"](bearded)].any()
    assert AREAS["hair"](bearded)[shoulder].all() and not AREAS["beard"](bearded)[shoulder].any()


def test_glasses_have_a_bridge_temples_and_a_shadow(seen: Seen) -> None:
    labels = seen.labels.copy()
    for eye in (159, 386):
        x, y = seen.points[eye, :2].astype(int)
        labels[y - 5 : y + 7, x - 9 : x + 10] = INDEX["glasses"]
    found = AREAS["glasses"](Seen(labels, seen.points, seen.picture))
    assert found[labels == INDEX["glasses"]].all()
    x, y = seen.points[6, :2].astype(int)
    assert found[y - 3 : y + 4, x].any(), "the bridge"
    assert found.sum() > 1.3 * (labels == INDEX["glasses"]).sum()
