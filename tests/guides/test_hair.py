"""Hair on drawn heads: flat colors, one per class, which a parser of colors finds again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from mien.errors import LayerError
from mien.guides.hair.another import hair
from mien.guides.hair.backdrop import as_soft, evened
from mien.guides.hair.bare import held
from mien.guides.hair.ears import going, kept, pairs
from mien.guides.hair.fit import _holes, ended, fitted
from mien.guides.hair.lent import clear, pure, within
from mien.guides.hair.light import lit
from mien.guides.hair.refused import check_light, nearer_mirrored
from mien.guides.hair.roots import in_colors, shown, told
from mien.guides.hair.strands import toned
from mien.guides.scene import Scene, _reduced
from mien.types import Face, Photo
from tests.guides.heads import COLORS, OTHER, ColorParser, head, share


@pytest.fixture(scope="module")
def done(face: Face) -> tuple[Photo, Photo, Any]:
    long, short = head(face, COLORS, down=1.2), head(face, OTHER, down=0.2)
    result, area = hair(long, face, short, face, ColorParser()).over(long)  # type: ignore[arg-type]
    return long, result, area


def test_the_old_hair_is_gone_and_the_new_is_there(done: tuple[Photo, Photo, Any]) -> None:
    before, after, _ = done
    assert share(before, COLORS["hair"]) > 0.02
    assert share(after, COLORS["hair"]) < 0.001
    assert share(after, OTHER["hair"]) > 0.01
    assert share(after, COLORS["background"]) > share(before, COLORS["background"]) + 0.005, "backdrop beside the neck"


def test_nothing_changes_outside_of_the_area_or_on_the_features(done: tuple[Photo, Photo, Any], face: Face) -> None:
    before, after, area = done
    assert (before.pixels[~area] == after.pixels[~area]).all()
    for point in (468, 473, 4, 13):
        x, y = face.landmarks[point, :2].astype(int)
        assert (before.pixels[y - 3 : y + 4, x - 3 : x + 4] == after.pixels[y - 3 : y + 4, x - 3 : x + 4]).all()


def test_the_matte_holds_hair_alone(face: Face) -> None:
    photo = head(face, COLORS, down=2.2)
    scene = Scene.of(photo, face, ColorParser())  # type: ignore[arg-type]
    x0, y0, x1, y1 = scene.box
    labels = photo.pixels[y0:y1, x0:x1]
    for name, least, most in (
        ("hair", 0.75, 1.0),
        ("skin", 0.0, 0.03),
        ("cloth", 0.0, 0.03),
        ("background", 0.0, 0.03),
    ):
        inside = np.all(labels == COLORS[name], 2)
        assert least <= float(scene.hair[inside].mean()) <= most, name


def test_what_cannot_be_done_is_refused_in_words(face: Face) -> None:
    photo, other = head(face, COLORS, down=1), head(face, OTHER, down=1)
    parser: Any = ColorParser()
    turned = replace(face, pose=replace(face.pose, yaw=face.pose.yaw + 60))
    with pytest.raises(LayerError, match="degrees apart"):
        hair(photo, turned, other, face, parser)
    with pytest.raises(LayerError, match="hat on the other"):
        hair(photo, face, head(face, OTHER, down=1, hat=True), face, parser)
    with pytest.raises(LayerError, match="hat on this"):
        hair(head(face, COLORS, down=1, hat=True), face, other, face, parser)
    with pytest.raises(LayerError, match="no fringe"):
        hair(photo, face, other, face, parser, part="fringe")
    points = face.landmarks.copy()
    points[:, 1] -= points[10, 1] - 2
    cut = replace(face, landmarks=points, quad=face.quad - (0, face.landmarks[10, 1] - 2))
    with pytest.raises(LayerError, match="cuts it off"):
        hair(photo, face, other.with_pixels(other.pixels[int(face.landmarks[10, 1]) - 2 :]), cut, parser)


def test_a_bald_head_takes_the_hair_away(face: Face) -> None:
    photo, other = head(face, COLORS, down=1.5), head(face, OTHER, down=1)
    shaved = np.all(other.pixels == OTHER["hair"], 2)[..., None]
    bald = other.with_pixels(np.where(shaved, OTHER["background"], other.pixels).astype(np.uint8))
    result = hair(photo, face, bald, face, ColorParser()).over(photo)[0]  # type: ignore[arg-type]
    assert share(result, COLORS["hair"]) < 0.001
    assert share(result, COLORS["background"]) > share(photo, COLORS["background"]) + 0.01


def test_others_hair_takes_on_the_contrast_and_light_of_this() -> None:
    rng, shape, ys = np.random.default_rng(0), (120, 120), np.mgrid[:120, :120][0]
    strands = np.repeat(rng.normal(0, 1, shape[1])[None], shape[0], 0).astype(np.float32)[..., None]
    mine, theirs = (
        np.clip(np.array(c, np.float32) * (1 + by * strands), 0, 255)
        for c, by in (((150, 110, 70), 0.1), ((30, 25, 25), 0.3))
    )
    made = toned(mine, ys < 60, theirs, np.ones(shape, np.float32), 100.0)
    assert np.abs(made.mean((0, 1)) - mine.mean((0, 1))).max() < 12
    assert 0.5 < made[..., 1].std() / mine[..., 1].std() < 1.6


def test_hair_that_would_not_be_believed_is_refused(face: Face) -> None:
    photo, other = head(face, COLORS, down=1), head(face, OTHER, down=1)
    parser: Any = ColorParser()
    xs = np.where(np.arange(512) < face.landmarks[4, 0], 1.0, 0.3)[None, :, None]
    shaded = other.with_pixels((other.pixels * xs).astype(np.uint8))
    lit_left = photo.with_pixels((photo.pixels * xs).astype(np.uint8))
    from_right = other.with_pixels((other.pixels * (1.3 - xs)).astype(np.uint8))
    assert nearer_mirrored(lit_left, face, from_right, face)
    assert not nearer_mirrored(lit_left, face, shaded, face)
    with pytest.raises(LayerError, match="lit from another side"):
        check_light(photo, face, shaded, face)
    with pytest.raises(LayerError, match="much shorter or narrower"):
        hair(head(face, COLORS, down=2.2), face, head(face, OTHER, down=0.2), face, parser)


def test_hair_keeps_its_texture_where_the_matte_is_not_whole(face: Face) -> None:
    scene = Scene.of(head(face, COLORS, down=1.0), face, ColorParser())
    strands = np.random.default_rng(0).normal(0, 25, scene.shape).astype(np.float32)
    textured = replace(scene, picture=np.clip(scene.picture + strands[..., None], 0, 255))
    matte = np.where(scene.hair > 0.9, np.float32(0.95), np.float32(0))
    seen = pure(textured, matte)[matte > 0.9]
    assert seen.std(0).mean() > 0.8 * textured.picture[matte > 0.9].std(0).mean()


def test_skin_comes_with_the_hair_that_grows_out_of_it(face: Face) -> None:
    """Down at a hairline is no hair to a matte: the other's skin is shown with it, in this face's color."""
    here = Scene.of(head(face, COLORS, down=0.3), face, ColorParser())
    pale = {**OTHER, "skin": (225, 170, 150)}
    there = Scene.of(head(face, pale, down=0.3), face, ColorParser())
    fit = lit(here, fitted(here, there))
    x, y = here.points[10, :2].astype(int) + (0, round(0.05 * here.unit))
    down = fit.picture.copy()
    down[y, x - 4 : x + 5] -= 40
    fit = replace(fit, picture=down)
    weight, made = shown(here, fit), in_colors(here, fit, held(here), told(fit, here.unit)[0])
    assert weight[y, x] > 0.9
    assert np.abs(made[y + 3, x] - COLORS["skin"]).max() < 12
    assert (made[y + 3, x] - made[y, x]).min() > 25
    eye = here.points[468, :2].astype(int)
    assert weight[eye[1], eye[0]] == 0


def test_a_blurred_backdrop_is_made_as_soft_and_nothing_of_the_head_comes_in() -> None:
    rng = np.random.default_rng(0)
    soft = cv2.GaussianBlur(rng.normal(120, 400, (160, 160, 3)).astype(np.float32), (0, 0), 12)
    made, hole, known = soft.copy(), np.zeros((160, 160), np.bool_), np.zeros((160, 160), np.bool_)
    known[:, :60], hole[:, 60:110] = True, True
    made[:, 60:110] = np.kron(rng.normal(120, 20, (20, 7, 3)), np.ones((8, 8, 1)))[:160, :50]  # patches' edges
    made[:, 110:] = 0  # the head
    filled = as_soft(made, hole, known, 100.0)
    assert (filled[~hole] == made[~hole]).all()
    steps = [np.abs(np.diff(one[:, 62:108].mean(2), axis=1)).max() for one in (filled, made)]
    assert steps[0] < 0.4 * steps[1]
    assert filled[:, 100:110].mean() > 90


def test_a_shadow_on_one_side_of_a_backdrop_does_not_spread_to_the_other() -> None:
    picture = np.full((160, 240, 3), 220, np.float32)
    picture[60:, :70] = 90
    hole, known = np.zeros((160, 240), bool), np.ones((160, 240), bool)
    hole[30:, 70:170], known[30:, 60:180] = True, False
    known[100:, 100:140] = False
    picture[hole] = 150
    made = evened(picture, hole, known, 60.0)
    assert made[34:40, 90:160].mean() > 200 and made[60:, 155:168].mean() > 200
    assert made[120:, 72:80].mean() < 130


def test_hair_ends_softly_before_a_backdrop_and_nothing_light_is_in_its_border(face: Face) -> None:
    here, there = (Scene.of(head(face, one, down=1), face, ColorParser()) for one in (COLORS, OTHER))  # type: ignore[arg-type]
    fit = fitted(here, there)
    beside = np.maximum(fit.shares["face"] + fit.shares["ears"], here.shares["face"]) < 0.01
    alpha, front = fit.alpha.copy(), fit.front.copy()
    y, x = (int(n) for n in np.argwhere((alpha > 0.99) & beside)[0])
    alpha[max(0, y - 9) : y, x - 2 : x + 3] = 1  # a jag
    front[alpha < 0.9] = 250
    soft = ended(here, replace(fit, alpha=alpha, front=front))
    thin = (soft.alpha > 0.3) & (alpha < 0.6) & (alpha > 0.02)
    assert np.abs(np.diff(soft.alpha, axis=0)[beside[1:]]).max() < np.abs(np.diff(alpha, axis=0)[beside[1:]]).max()
    assert not thin.any() or soft.front[thin].mean() < 150


def test_an_ear_stays_where_the_other_shows_neither_ear_nor_hair(face: Face) -> None:
    here = Scene.of(head(face, COLORS, down=-0.2), face, ColorParser())
    ears = np.zeros(here.shape, np.float32)
    x, y = here.points[234, :2].astype(int)
    ears[y - 20 : y + 20, x - 12 : x] = 1
    here = replace(here, shares={**here.shares, "ears": ears})
    none = np.zeros(here.shape, np.float32)
    assert not going(here, {"ears": none}, none).any()
    assert going(here, {"ears": ears}, none)[y, x - 6] > 0.9
    assert going(here, {"ears": none}, none + 1)[y, x - 6] > 0.9


def test_a_whole_ear_is_kept_and_the_others_brought_to_it(face: Face) -> None:
    here = Scene.of(head(face, COLORS, down=-0.2), face, ColorParser())
    x, y = here.points[127, :2].astype(int)

    def with_ear(top: int) -> Scene:
        ears, picture = np.zeros(here.shape, np.float32), here.picture.copy()
        ears[top : y + 30, x - 16 : x] = 1
        picture[top : y + 30, x - 16 : x] = COLORS["skin"]
        loose = here.loose * (1 - ears)
        return replace(here, shares={**here.shares, "ears": ears}, picture=picture, loose=loose)

    one, other, hidden, none = with_ear(y - 16), with_ear(y - 8), with_ear(y + 8), np.zeros(here.shape, np.float32)
    mine, theirs = pairs(one, other)
    assert len(mine) == 3
    assert (theirs - mine)[0].tolist() == [0, 8]
    assert kept(one, other, none)[y, x - 8] == 1
    assert kept(one, here, none + 1)[y, x - 8] == 0  # hair lies over it
    assert not kept(hidden, other, none).any()
    assert len(pairs(hidden, other)[0]) == 0


def test_a_small_gap_that_hair_and_skin_enclose_is_hair() -> None:
    alpha, skin = np.zeros((100, 100), np.float32), np.zeros((100, 100), np.float32)
    alpha[10:60, 10:90], skin[60:, 10:90] = 1, 1
    alpha[30:90, 0:4] = 0
    alpha[40:45, 40:44] = 0
    filled = _holes(alpha, skin, 100.0)
    assert filled[42, 42] > 0.9
    assert filled[:30].max() == 0
    assert filled[:, :8].max() == 0


@pytest.mark.parametrize(("color", "stays"), [((20, 25, 40), False), ((150, 170, 165), False), ((20, 40, 150), True)])
def test_a_cool_cast_is_no_color_of_hair_but_a_dye_is(face: Face, color: tuple[int, ...], stays: bool) -> None:
    here, there = (Scene.of(head(face, one, down=0.2), face, ColorParser()) for one in (COLORS, OTHER))
    fit = fitted(here, there)
    fit = replace(fit, front=np.broadcast_to(np.float32(color), fit.front.shape))
    made = lit(here, fit).front[0, 0]
    assert (made.max() - made.min() > 4) == stays


def test_a_large_photo_is_looked_at_reduced(face: Face) -> None:
    large = replace(face, quad=face.quad * 9, landmarks=face.landmarks * 9)
    photo, small, times = _reduced(Photo(np.zeros((4611, 4608, 3), np.uint8)), large)
    assert times > 1
    assert (photo.height, photo.width) == (4611 // times, 4608 // times)
    np.testing.assert_allclose(small.quad * times, large.quad)
    assert _reduced(Photo(np.zeros((512, 512, 3), np.uint8)), face)[2] == 1


def test_a_bright_backdrop_between_curls_is_no_hair(face: Face) -> None:
    scene = Scene.of(head(face, COLORS, down=1.0), face, ColorParser())
    x = int(scene.points[10, 0])
    top = int(np.flatnonzero(scene.hair[:, x] > 0.9)[0])
    picture = scene.picture.copy()
    picture[top + 3 : top + 6, x - 3 : x + 3] = COLORS["background"]
    hair = scene.hair.copy()
    hair[top + 3 : top + 6, x - 3 : x + 3] = 1
    cleared = clear(replace(scene, picture=picture, hair=hair))
    assert cleared[top + 4, x] < 0.2
    assert cleared[top + 14, x] > 0.9


def test_hair_on_a_floor_of_its_color_ends_where_short_hair_does(face: Face) -> None:
    scene = Scene.of(head(face, OTHER, down=0.2), face, ColorParser())  # type: ignore[arg-type]
    assert float(within(scene, scene.hair).sum()) > 0.9 * float(scene.hair.sum()), "before another color it stays"
    middle = scene.points[[127, 356], :2].mean(0)
    ys, xs = np.mgrid[: scene.shape[0], : scene.shape[1]]
    away = np.hypot(xs - middle[0], ys - middle[1]) / scene.unit
    spread = ((away < 2.2) & (ys < middle[1])).astype(np.float32)
    floor = replace(scene, picture=np.full_like(scene.picture, 60.0), hair=spread)
    left = within(floor, spread)
    assert float(left[(ys < middle[1]) & (away < 0.6)].min()) > 0.9
    assert float(left[away > 1.85].max()) == 0
