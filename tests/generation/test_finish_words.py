"""Words that finished faces obey where a stranger sees it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.generation.backdrops import wall
from mien.generation.furrows import furrowed
from mien.generation.generator import MultimodalGenerator
from mien.generation.heads import GLOWING, SOLID, Head, heads, labels_of, points_of
from mien.generation.jaw_lines import JAW, without_jaw_line
from mien.generation.red_lids import without_redness
from mien.generation.registration import registered
from mien.generation.seen_features import seen_features
from mien.generation.seen_heads import (
    BLONDED,
    BLUNT,
    BROWNED,
    CHILDISH,
    CHUCKLING,
    CONTENT,
    EAGER,
    EITHER,
    FAINT,
    FRINGED,
    FULL_LIPPED,
    GRAYED,
    LIGHT_BROWN,
    LINED,
    LONG,
    SHORT,
    THIN_LIPPED,
    TOPLESS,
    WIDE_NOSED,
    WIGS,
)
from mien.generation.sentences import understood
from mien.generation.wished_shapes import shaped
from mien.guides.traits import lab_of


@pytest.fixture(scope="module")
def generator() -> MultimodalGenerator:
    return MultimodalGenerator.from_pretrained()


def head(name: str) -> Head:
    return next(one for one in heads() if one.entry.path.stem == name)


def test_a_white_wall_is_white_and_others_keep_their_color() -> None:
    for color, least, most in (((91, 0, 2), 93, 98), ((61, 0, 1), 50, 63), ((36, 4, -34), 28, 38)):
        seen = lab_of(np.clip(wall(np.array(color, np.float32), 64, 64), 0, 255).astype(np.uint8))
        assert least < seen[..., 0].min() and seen[..., 0].max() < most, color


def test_a_laugh_is_more_than_a_smile() -> None:
    degrees = [
        next(wish.degree for wish in understood(f"a woman, {words}").wishes if wish.attribute == "smile")
        for words in ("smiling", "laughing", "with a wide smile", "grinning", "not smiling")
    ]
    assert degrees[1] == degrees[2] == degrees[3] > degrees[0] > 0 > degrees[4]


def test_lists_of_heads_name_heads() -> None:
    known = {one.entry.path.stem for one in heads()}
    assert not LONG & SHORT
    assert known >= LONG | SHORT | FRINGED | FAINT | EAGER | LINED | EITHER | LIGHT_BROWN
    assert known >= BROWNED | CHUCKLING | FULL_LIPPED | GRAYED | TOPLESS | WIDE_NOSED
    assert known >= BLONDED | BLUNT | CHILDISH | CONTENT | THIN_LIPPED | GLOWING | SOLID | WIGS
    assert not BROWNED & GRAYED and not THIN_LIPPED & FULL_LIPPED


def test_a_dark_line_along_the_jaw_goes_and_the_rest_stays() -> None:
    one = head("2123")
    photo, face = one.photo, one.face
    drawn = photo.pixels.copy()
    jaw = np.round(face.landmarks[list(JAW), :2]).astype(np.int32)
    cv2.polylines(drawn, [jaw], isClosed=False, color=(30, 20, 20), thickness=2)
    made = without_jaw_line(photo.with_pixels(drawn), face).pixels
    line = (drawn != photo.pixels).any(2)
    before, after = (np.abs(lab_of(p)[line][:, 0] - lab_of(photo.pixels)[line][:, 0]).mean() for p in (drawn, made))
    assert after < 0.6 * before
    top = int(face.landmarks[:, 1].min() + 0.4 * np.ptp(face.landmarks[:, 1]))
    assert np.array_equal(made[:top], drawn[:top])


def test_eyes_painted_red_are_as_the_forehead_and_the_mouth_stays() -> None:
    one = head("2123")
    photo, face = one.photo, one.face
    eye, mouth = (face.landmarks[list(at), :2].mean(0).astype(int) for at in ((33, 133), (13, 14)))
    sore = photo.pixels.copy()
    for x, y in (eye, mouth):
        sore[y - 6 : y + 7, x - 6 : x + 7] = (200, 60, 60)
    made = without_redness(photo.with_pixels(sore), face).pixels
    there, kept = (np.s_[y - 4 : y + 5, x - 4 : x + 5] for x, y in (eye, mouth))
    forehead = face.landmarks[151, :2].astype(int)
    skin = lab_of(photo.pixels[forehead[1] - 3 : forehead[1] + 4, forehead[0] - 3 : forehead[0] + 4])[..., 1].mean()
    before, after = (lab_of(p[there])[..., 1].mean() - skin for p in (sore, made))
    assert after < 0.4 * before
    assert np.array_equal(made[kept], sore[kept])


def test_a_head_that_follows_nothing_keeps_its_proportions(generator: MultimodalGenerator) -> None:
    one, other, look = head("2123"), head("2133"), generator.feedback.look
    labels = [labels_of(each, look.parser) for each in (one, other)]
    shares = [(each[None] == np.arange(19)[:, None, None]).astype(np.float32) for each in labels]
    points = [points_of(each, look)[:, :2].astype(np.float64) for each in (one, other)]
    strains = [registered(*shares, *points, 32, follow=follow).strain for follow in (0.0, 1.0)]
    assert strains[0] < strains[1]


def test_eyes_that_narrow_do_so_behind_bags_that_look_like_glasses(generator: MultimodalGenerator) -> None:
    one, look = head("3102"), generator.feedback.look
    picture, mean = one.crop.pixels, look.landmarks.weight("mean")
    found = points_of(one, look) * len(picture)
    narrow, large = (
        shaped(picture, found, mean, words, look.parser) for words in ({"eye-openness": -1}, {"eye-size": 1})
    )
    left, top = found[[33, 133], 0].astype(int), found[[159, 145], 1].astype(int)
    for made in (narrow, large):
        assert np.abs(made.astype(int) - picture)[top[0] - 4 : top[1] + 4, left[0] : left[1]].max() > 40


def test_furrows_lie_on_the_forehead_alone(generator: MultimodalGenerator) -> None:
    one, look = head("2123"), generator.feedback.look
    picture, found = one.crop.pixels, points_of(one, look) * len(one.crop.pixels)
    made = furrowed(picture, found, look.landmarks.weight("mean"), look.parser)
    away = np.abs(made.astype(int) - picture).max(2)
    eyes = int(found[[159, 386], 1].min())
    assert away[:eyes].max() > 10 and away[eyes:].max() == 0


def test_features_are_told_beside_other_heads() -> None:
    told = [seen_features(one.face.landmarks) for one in heads()[::7]]
    assert all(abs(value) < 4 for one in told for value in one.values())
