from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mien.conditions.colors import parse_color
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.dyes.brow_dye import dyed_brows
from mien.guides.dyes.coloring import SETTINGS
from mien.guides.dyes.dark_roots import KEPT, dark_roots
from mien.guides.dyes.drawn_strands import drawn_strands
from mien.guides.dyes.dye import dye, mean_color
from mien.guides.dyes.lift import LEVELS, Lift, detail, tones
from mien.guides.dyes.rim import calmed, shaded
from mien.guides.hair.shades import at, locks, shades
from mien.guides.light import beard_after, beside_skin, brows_after, under_light
from mien.guides.regions import region_matte
from mien.types import Face, Photo

skimage = pytest.importorskip("skimage.color")


@pytest.fixture(scope="module")
def hair(portrait: Photo, face: Face, parser: FaceParser) -> np.ndarray:
    return region_matte(portrait, face, "hair", parser)


@pytest.mark.parametrize("color", ["auburn", "blond", "#3050c0", (190, 190, 195)])
def test_the_regions_mean_comes_to_the_color_and_nothing_else_changes(
    portrait: Photo, hair: np.ndarray, color: str
) -> None:
    wanted = parse_color(color)
    dyed, area = dye(portrait, hair, wanted).over(portrait)
    assert (dyed.pixels[~area] == portrait.pixels[~area]).all()
    assert not area[hair == 0].any()
    weight = np.where(hair > 0.5, hair, 0)
    mean = np.tensordot(weight / weight.sum(), skimage.rgb2lab(dyed.pixels), 2)
    aim = skimage.rgb2lab(np.array(wanted)[None, None] / 255)[0, 0]
    assert skimage.deltaE_ciede2000(mean, aim) <= 6


def test_strands_stay(portrait: Photo, hair: np.ndarray) -> None:
    inside = hair > 0.95
    light = portrait.pixels.astype(np.float32).mean(2)
    dyed = dye(portrait, hair, (120, 50, 30)).over(portrait)[0].pixels.astype(np.float32).mean(2)
    assert np.corrcoef(light[inside], dyed[inside])[0, 1] > 0.9


def test_the_matte_covers_hair_and_no_face(portrait: Photo, face: Face, hair: np.ndarray) -> None:
    x, y = face.landmarks[4, :2].astype(int)
    assert hair[y, x] == 0
    assert hair.max() > 0.99 and 0.01 < hair.mean() < 0.3


@pytest.mark.parametrize("region", ["irises", "lips", "brows", "skin"])
def test_small_regions_lie_in_the_face(portrait: Photo, face: Face, parser: FaceParser, region: str) -> None:
    found = region_matte(portrait, face, region, parser)
    ys, xs = np.nonzero(found > 0.5)
    x0, y0, x1, y1 = face.box
    room = 0.2 * (y1 - y0)
    assert xs.size and xs.min() > x0 - room and xs.max() < x1 + room and ys.min() > y0 - room and ys.max() < y1 + room


def test_unknown_regions_and_colors_are_named(portrait: Photo, face: Face, parser: FaceParser) -> None:
    with pytest.raises(LayerError, match="hair"):
        region_matte(portrait, face, "tail", parser)
    with pytest.raises(LayerError, match="auburn"):
        parse_color("quite red")
    assert parse_color("Dark Brown") == parse_color("dark-brown") and parse_color("1,2,3") == (1, 2, 3)


def test_black_hair_becomes_blond_with_strands_and_brown_shadows() -> None:
    ys, xs = np.mgrid[:160, :160]
    strands = 22 + 10 * np.sin(xs / 2.0 + ys / 9.0) + 40 * (np.hypot(xs - 80, ys - 40) < 12)
    photo = Photo(np.dstack([strands * 1.05, strands, strands * 0.95]).clip(0, 255).astype(np.uint8))
    matte = np.zeros((160, 160), np.float32)
    matte[20:140, 20:140] = 1
    lab = skimage.rgb2lab(dye(photo, matte, parse_color("blond"), SETTINGS["hair"]).over(photo)[0].pixels)[
        20:140, 20:140
    ]
    assert lab[..., 0].std() > 6
    dark = lab[..., 0] < np.percentile(lab[..., 0], 20)
    assert lab[dark][:, 1].mean() > 1, "not olive"


def test_gray_stubble_is_not_blue() -> None:
    rng = np.random.default_rng(0)
    skin, hairs = np.array([214, 168, 140]), np.array([60, 44, 38])
    stubble = rng.random((120, 120, 1)) < 0.4
    photo = Photo(np.where(stubble, hairs, skin).astype(np.uint8))
    matte = np.where(stubble[..., 0], 1, 0.2).astype(np.float32)
    lab = skimage.rgb2lab(dye(photo, matte, parse_color("silver"), SETTINGS["beard"]).over(photo)[0].pixels)
    assert lab[stubble[..., 0]][:, 2].mean() > 0


def test_sixteen_bits_are_dyed_alike(portrait: Photo, hair: np.ndarray) -> None:
    deep = Photo(portrait.pixels.astype(np.uint16) * 257)
    a, b = (dye(p, hair, (120, 50, 30)).over(p)[0].pixels.astype(np.float32) for p in (portrait, deep))
    assert np.abs(a - b / 257).max() <= 1.01


def test_regions_may_be_expressions(portrait: Photo, face: Face, parser: FaceParser) -> None:
    both, lips = (region_matte(portrait, face, name, parser) for name in ("hair+lips", "lips"))
    assert (both >= lips).all() and both.sum() > lips.sum()
    assert not region_matte(portrait, face, "hair+lips-lips", parser)[lips == 1].any()


def test_a_dye_of_no_strength_gives_the_photo_back(portrait: Photo, hair: np.ndarray) -> None:
    for color in ("blond", "black"):
        faint = replace(SETTINGS["hair"], strength=0)
        assert (dye(portrait, hair, parse_color(color), faint).over(portrait)[0].pixels == portrait.pixels).all()


def test_brows_follow_hair_that_becomes_lighter_half_of_the_way() -> None:
    brows, black = (40, 34, 32), (28, 24, 22)
    ginger = brows_after(brows, black, parse_color("ginger"))
    assert ginger is not None and sum(brows) < sum(ginger) < sum(parse_color("ginger")) and ginger[0] > ginger[2] + 10
    assert brows_after(brows, black, parse_color("teal")) is None
    assert brows_after(brows, parse_color("blond"), black) is None


def test_hair_with_a_hue_of_its_own_tells_how_red_it_becomes(portrait: Photo, face: Face) -> None:
    pink, blond = Photo((portrait.pixels * np.array([1, 0.82, 0.95])).astype(np.uint8)), parse_color("blond")
    golden, gray = (beside_skin(blond, pink, face, hair) for hair in ((120, 96, 60), (110, 110, 110)))
    assert golden[1] > gray[1] and gray == beside_skin(blond, pink, face)


def test_gray_is_warm_in_warm_light(portrait: Photo, face: Face) -> None:
    warm = Photo((portrait.pixels * np.array([1, 0.9, 0.6])).astype(np.uint8))
    (red, _, blue), (_, _, cool) = (under_light((150, 150, 150), photo, face) for photo in (warm, portrait))
    assert red > blue + 5 and blue < cool
    gray, _, still = under_light((150, 150, 150), warm, face, (40, 40, 40))  # hair that is gray in it tells its light
    assert gray - still < red - blue - 5


def test_brown_is_redder_beside_pink_skin_and_other_colors_are_not(portrait: Photo, face: Face) -> None:
    pink = Photo((portrait.pixels * np.array([1, 0.8, 0.85])).astype(np.uint8))
    brown = (92, 64, 46)
    (red, green, blue), (_, usual, _) = (beside_skin(brown, photo, face) for photo in (pink, portrait))
    assert red > green and green < usual and blue > 0
    assert beside_skin((40, 60, 160), pink, face) == (40, 60, 160)


def test_lifted_black_has_the_depths_and_lights_of_fair_hair() -> None:
    light = np.abs(np.random.default_rng(0).normal(0, 8, 20000)).astype(np.float32)
    curve, spread = tones(light, 60.0)
    made = np.interp(light, LEVELS, curve)
    assert (np.diff(curve) > 0).all()
    assert abs(made.mean()) < 1
    assert np.percentile(made, 3) < -18
    assert np.percentile(made, 97) > 18
    assert tones(np.where(light < 8, np.float32(2), light), 60.0)[1][8] > spread[8] + 2, (
        "one black stands for many tones"
    )


def test_lips_become_little_lighter_in_dim_light(portrait: Photo, face: Face, parser: FaceParser) -> None:
    dim = replace(portrait, pixels=(portrait.pixels * 0.4).astype(portrait.pixels.dtype))
    matte = region_matte(portrait, face, "lips", parser)
    before, after = (
        skimage.rgb2lab(photo.pixels)[matte > 0.6].mean(0)
        for photo in (dim, dye(dim, matte, (220, 108, 90), SETTINGS["lips"]).over(dim)[0])
    )
    assert after[0] < before[0] + 12
    assert after[1] > before[1] + 3


def test_a_beard_becomes_gray_in_part_beside_gray_hair_alone() -> None:
    brown, black = (60, 42, 34), (24, 21, 21)
    gray = beard_after(brown, black, parse_color("gray"))
    assert gray is not None
    assert brown[0] + 15 < gray[0] < parse_color("gray")[0] - 15
    assert max(gray) - min(gray) < max(brown) - min(brown)
    assert beard_after(brown, black, parse_color("blond")) is None
    assert beard_after((150, 148, 146), black, parse_color("gray")) is None


def test_brows_change_hair_by_hair_and_skin_between_stays() -> None:
    skin = np.full((80, 160, 3), (200, 150, 130), np.uint8)
    alpha = np.zeros((80, 160), np.float32)
    alpha[30:46, 40:120] = 1
    for x in range(42, 118, 4):
        skin[30:46, x : x + 2] = (50, 35, 30)
    photo = Photo(skin)
    result, area = dyed_brows(photo, alpha, (120, 80, 50), 1.0).over(photo)
    hairs, between = np.s_[32:44, 42:118:4], np.s_[32:44, 44:118:4]
    assert result.pixels[hairs].mean() > photo.pixels[hairs].mean() + 15
    assert np.abs(result.pixels[between].astype(int) - photo.pixels[between]).max() < 8
    assert not area[:12].any()


def test_lips_have_less_of_a_color_at_their_border(portrait: Photo, face: Face, parser: FaceParser) -> None:
    matte = region_matte(portrait, face, "lips", parser)
    away = cv2.distanceTransform((matte > 0.3).astype(np.uint8), cv2.DIST_L2, 5)
    assert matte[(away > 0) & (away < 2)].mean() < 0.8 * matte[away > 0.8 * away.max()].mean()


def test_shine_of_lips_stays_bright_where_they_become_darker() -> None:
    xs = np.mgrid[:60, :90][1]
    light = 150 + 6 * np.cos(xs / 7.0)
    lips = Photo(np.dstack([light * 1.2, light * 0.9, light * 0.9]).clip(0, 255).astype(np.uint8))
    made = dye(lips, np.ones((60, 90), np.float32), (120, 20, 40), SETTINGS["lips"]).over(lips)[0]
    before, after = (np.quantile(p.pixels[..., 1].astype(float), (0.5, 0.99)) for p in (lips, made))
    assert np.diff(after)[0] > 1.2 * np.diff(before)[0]


def test_the_blue_rim_of_a_black_brow_goes_with_its_color() -> None:
    ys, xs = np.mgrid[:90, :200]
    far = np.hypot((xs - 100) / 60, (ys - 45) / 14)
    share = np.clip((1.25 - far) / 0.4, 0, 1)[..., None]
    picture = np.array([200, 160, 130]) * (1 - share) + np.array([22, 26, 34]) * share
    rim = ((far > 0.95) & (far < 1.15))[..., None]
    photo = Photo(np.where(rim, (104, 118, 130), picture).astype(np.uint8))
    made = dyed_brows(photo, (far < 1).astype(np.float32), (96, 62, 40), 1.0).over(photo)[0].pixels.astype(int)
    assert (made[..., 2] - made[..., 0])[rim[..., 0]].mean() < 0


def test_hair_beside_skin_is_no_lighter_than_the_hair_within() -> None:
    ys, xs = np.mgrid[:200, :200]
    away = 130 - 0.3 * np.abs(xs - 100) - ys  # pixels above a hairline
    glow = 8 + 30 * np.exp(-((away / 5.0) ** 2))  # light of the skin below is spread into black hair
    hair = glow + np.random.default_rng(0).normal(0, 2, glow.shape)
    picture = np.where((away > 0)[..., None], hair[..., None], (205, 155, 130))
    photo, matte = Photo(picture.clip(0, 255).astype(np.uint8)), (away > 0).astype(np.float32)
    lab = skimage.rgb2lab(dye(photo, matte, parse_color("pink"), SETTINGS["hair"]).over(photo)[0].pixels)
    assert lab[(away > 1) & (away < 6), 0].mean() < lab[away > 20, 0].mean() + 8


def test_fair_dye_leaves_no_shade_at_a_hairline() -> None:
    ys, _ = np.mgrid[:200, :200]
    matte = np.clip((130 - ys) / 30, 0, 1).astype(np.float32)
    skin, hair = np.array([205, 155, 130.0]), np.array([30, 26, 24.0])
    photo = Photo((hair + (1 - matte[..., None]) * (skin - hair)).clip(0, 255).astype(np.uint8))
    made = dye(photo, matte, parse_color("turquoise"), SETTINGS["hair"]).over(photo)[0].pixels.astype(float)
    assert np.abs(made[126:130] - skin).max() <= 10


def test_roots_stay_dark_at_a_hairline_and_the_mean_is_the_wish(face: Face) -> None:
    ys, xs = np.mgrid[:512, :512]
    points = face.landmarks[:, :2]
    middle, size = points.mean(0), np.ptp(points, 0)
    head = np.hypot((xs - middle[0]) / (0.75 * size[0]), (ys - middle[1]) / (0.95 * size[1])) < 1
    bare = np.hypot((xs - middle[0]) / (0.53 * size[0]), (ys - middle[1]) / (0.6 * size[1])) < 1
    alpha = (head & ~bare & (ys < middle[1])).astype(np.float32)
    noise = np.random.default_rng(0).normal(0, 4, (512, 512, 1))
    photo = Photo((np.where(alpha[..., None] > 0, (40, 30, 26), (200, 150, 125)) + noise).clip(0, 255).astype(np.uint8))
    roots, wish = dark_roots(alpha, face), (165, 120, 75)
    assert 0.9 * KEPT < roots[alpha > 0.5].max() <= KEPT and not roots[ys > points[4, 1]].any()
    made = dye(photo, alpha, wish, SETTINGS["hair"], roots).over(photo)[0].pixels
    assert made[roots * alpha > 0.7 * KEPT].mean() < 0.82 * made[(roots == 0) & (alpha > 0.5)].mean()
    mean = skimage.rgb2lab(made)[alpha > 0.5].mean(0)
    assert skimage.deltaE_ciede2000(mean, skimage.rgb2lab(np.array(wish)[None, None] / 255)[0, 0]) <= 6
    fringe = ((xs > 0) & (ys < points[105, 1])).astype(np.float32)
    assert not dark_roots(fringe, face).any()


def test_lights_of_hair_keep_their_chroma_and_turn_yellower_and_shadows_redder() -> None:
    table = shades(np.array([30.0, 21.0, 20.0]))
    chroma = np.hypot(*table.T)
    hue = np.degrees(np.arctan2(table[:, 1], table[:, 0]))
    assert 1.1 < chroma[550] / chroma[300] < 1.25 and chroma[100] < 0.65 * chroma[300] and chroma[990] < chroma[100]
    assert hue[550] > hue[300] + 4 and hue[100] < hue[300] - 4
    pink = shades(np.array([45.0, 36.0, -3.0]))
    assert np.arctan2(pink[650, 1], pink[650, 0]) < np.arctan2(pink[450, 1], pink[450, 0])
    assert np.allclose(at(table, np.float32([[30.0, 55.0]]))[0], table[[300, 550]])


def test_hair_of_the_wished_color_stays_as_it_is(portrait: Photo, hair: np.ndarray) -> None:
    inside = hair > 0.95
    mean = mean_color(portrait, hair)
    made = dye(portrait, hair, (mean[0] - 4, mean[1] - 4, mean[2] - 3), SETTINGS["hair"]).over(portrait)[0].pixels
    change = made[inside].astype(int) - portrait.pixels[inside]
    assert -6 < change.mean() < -2 and np.abs(change - change.mean(0)).mean() < 4


def test_single_lights_of_black_hair_are_soft_once_it_is_fair() -> None:
    light = np.full((160, 160), 6.0, np.float32)
    light[:, 76:84] = 40
    light[:, :30] += np.linspace(0, 20, 30, dtype=np.float32)
    maps = Lift.of(light, np.full(light.shape, 1 / light.size), 45.0).maps
    made = detail(cv2.split(maps), light)[80]
    assert 5 < made[80] - made[60] < 34


def test_locks_are_this_hairs_and_differ_as_much_as_those_of_the_wished_color() -> None:
    ys, xs = np.mgrid[:120, :120]
    lab = np.dstack([20.0 + 5 * np.sin(ys / 3), 2 + 0.8 * np.sign(xs - 60.0), np.full((120, 120), 3.0)])
    weight = np.full((120, 120), 1 / 14400)
    fair, gray = (locks(lab.astype(np.float32), weight, np.array(color)) for color in ((60, 8, 22), (60, 0, 2)))
    assert fair[:, 80:110, 0].mean() > 1.3 and fair[:, 10:40, 0].mean() < -1.3 and abs(fair[..., 1]).max() < 0.2
    assert gray[:, 80:110, 0].mean() < 0.8 * fair[:, 80:110, 0].mean()


def test_curls_are_drawn_in_black_curly_hair_and_strands_in_straight_hair() -> None:
    rng = np.random.default_rng(1)
    ys, _ = np.mgrid[:160, :160].astype(np.float32)
    straight, curly = 20 + 10 * np.sin(ys), 20 + cv2.GaussianBlur(rng.normal(0, 60, (160, 160)), (0, 0), 2)
    straight[60:100, 60:100] = curly[60:100, 60:100] = 1
    inside, bare = np.ones((160, 160), np.float32), straight < 2
    one, other = (drawn_strands(light.astype(np.float32), inside, bare, 12.0) for light in (straight, curly))
    part = np.s_[65:95, 65:95]
    assert np.diff(one[part], axis=1).std() < 0.7 * np.diff(one[part], axis=0).std()
    assert other[part].std() > 0.4 and not other[:20].any()
    assert 0.7 < np.diff(other[part], axis=1).std() / np.diff(other[part], axis=0).std() < 1.4


def test_no_step_is_seen_where_thin_hair_lies_far_from_thick_hair() -> None:
    alpha = np.full((400, 400), np.float32(0.1))
    alpha[:120] = 1
    front = np.where(alpha[..., None] == 1, np.float32(0.2), np.float32(0.7)) * np.ones(3, np.float32)
    assert np.abs(np.diff(calmed(front, alpha)[125:, 200, 0])).max() < 0.02


def test_locks_are_not_as_dark_as_wide_hair_in_shade_beside_them() -> None:
    alpha = np.zeros((200, 400), np.float32)
    alpha[20:180, 20:220] = 1
    alpha[20:180, 260:284] = 1  # a lock
    maps = np.zeros((200, 400, 4), np.float32)
    maps[:, :240, 1] = -20
    shaded(maps, alpha, np.full(alpha.shape, 30, np.float32))
    assert maps[60:140, 266:278, 1].mean() > -8
    assert maps[60:140, 60:180, 1].mean() < -19


def test_lights_of_dark_cloth_are_held_back_and_no_more_vivid_than_the_dye() -> None:
    pixels = np.full((40, 40, 3), 45, np.uint8)
    pixels[:, 30:] = 240
    dyed = dye(Photo(pixels), np.ones((40, 40), np.float32), (0, 0, 128), SETTINGS["clothes"]).over(Photo(pixels))[0]
    lab = skimage.rgb2lab(dyed.pixels)
    dark, light, wish = lab[20, 5], lab[20, 35], skimage.rgb2lab(np.array([[[0, 0, 128]]]) / 255)[0, 0]
    assert 3 < dark[0] < wish[0] + 3 and dark[0] + 10 < light[0] < 50
    assert np.hypot(*light[1:]) < 1.2 * np.hypot(*wish[1:])
