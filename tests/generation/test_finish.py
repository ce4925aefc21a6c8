"""Generated faces in the pixels of heads of nobody."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.align.measure import head_pose
from mien.conditions.areas import Seen
from mien.conditions.labels import INDEX
from mien.errors import ConfigError
from mien.generation.finish import inside, layers_of, rendered, staged
from mien.generation.generator import MultimodalGenerator
from mien.generation.heads import Head, heads, labels_of, points_of, smiling, speaking
from mien.generation.lent_teeth import lit
from mien.generation.pairs import resized
from mien.generation.registration import registered
from mien.generation.sentences import understood
from mien.generation.wished_heads import Wished
from mien.generation.wished_shapes import shaped
from mien.guides.traits import ALIGNED, Traits, lab_of


@pytest.fixture(scope="module")
def generator() -> MultimodalGenerator:
    return MultimodalGenerator.from_pretrained()


def head(name: str, *, flipped: bool = False) -> Head:
    return next(one for one in heads() if one.entry.path.stem == name and one.flipped == flipped)


def shares(generator: MultimodalGenerator, one: Head) -> np.ndarray:
    labels = labels_of(one, generator.feedback.look.parser)
    return (labels[None] == np.arange(19)[:, None, None]).astype(np.float32)


def points(generator: MultimodalGenerator, one: Head) -> np.ndarray:
    return points_of(one, generator.feedback.look)[:, :2].astype(np.float64)


def test_a_head_is_brought_to_itself_without_any_move(generator: MultimodalGenerator) -> None:
    same, where = shares(generator, head("2133")), points(generator, head("2133"))
    found = registered(same, same, where, where, 64)
    grid = (np.arange(64) + 0.5) / 64
    assert np.abs(found.places - np.dstack(np.meshgrid(grid, grid))).max() < 0.01
    assert found.strain < 0.02


def test_outlines_follow_another_head_and_nothing_is_torn(generator: MultimodalGenerator) -> None:
    wanted, lent = head("2123"), head("2133")
    found = registered(
        shares(generator, wanted), shares(generator, lent), points(generator, wanted), points(generator, lent)
    )
    before = registered(
        *(shares(generator, one) for one in (lent, lent)), points(generator, wanted), points(generator, lent)
    )
    x, y = found.places[..., 0], found.places[..., 1]
    areas = np.gradient(x, axis=1) * np.gradient(y, axis=0) - np.gradient(x, axis=0) * np.gradient(y, axis=1)
    assert (areas > 0).mean() > 0.995
    hair = [
        cv2.remap(shares(generator, lent)[17], *(128 * one.places - 0.5).transpose(2, 0, 1), 1)
        for one in (found, before)
    ]
    asked = cv2.resize(shares(generator, wanted)[17], (96, 96), interpolation=cv2.INTER_AREA)
    agree = [np.minimum(one, asked).sum() / np.maximum(one, asked).sum() for one in hair]
    assert agree[0] > agree[1] + 0.05


def test_a_flipped_head_is_the_mirrored_one(generator: MultimodalGenerator) -> None:
    plain, other = head("2131"), head("2131", flipped=True)
    assert np.abs(other.crop.pixels[:, ::-1].astype(int) - plain.crop.pixels).mean() < 2
    assert other.face.pose.yaw == -plain.face.pose.yaw
    assert np.array_equal(other.hair, plain.hair[:, ::-1])


def test_finished_faces_obey_and_do_not_depend_on_each_other(generator: MultimodalGenerator) -> None:
    made = generator(text="a woman", n=2, seed=3, finish="bank", size=96)
    look = generator.feedback.look
    for finished, drawn in zip(made.pictures, generator.pictures(made.codes), strict=True):
        assert finished.pixels.shape == (96, 96, 3)
        wide = resized(np.asarray(finished.pixels)[None], 128)
        away = look.points(wide)[0] - look.points(np.asarray(drawn.pixels)[None])[0]
        assert np.linalg.norm(away[:, :2], axis=1).mean() < 0.025
    assert any("a face of nobody" in note for note in made.notes)
    second = generator(text="a woman", seed=4, finish="bank", size=96)
    assert np.array_equal(second.pictures[0].pixels, made.pictures[1].pixels)


def test_above_a_picture_hair_is_closed_and_what_is_behind_goes_on() -> None:
    one, entry = head("3203"), head("3203").entry
    before, after = np.asarray(entry.photo().pixels), np.asarray(one.photo.pixels)
    room = len(after) - len(before)
    assert room > 0 and np.array_equal(after[-len(before) // 2 :], before[-len(before) // 2 :])
    assert np.allclose(one.face.landmarks[:, 1], entry.face.landmarks[:, 1] + room)
    top, middle = after[: room // 4].astype(int), after.shape[1] // 2
    assert np.abs(np.diff(top, axis=1)).max() < 12  # no hair is drawn up
    assert np.abs(after[room - 4, middle].astype(int) - top[0, middle]).sum() > 20  # but goes on above where it was cut


def test_ears_keep_their_shape(generator: MultimodalGenerator) -> None:
    wanted, lent = head("2121"), head("3203")
    theirs = shares(generator, lent)
    found = registered(shares(generator, wanted), theirs, points(generator, wanted), points(generator, lent))
    both = theirs[[INDEX["left_ear"], INDEX["right_ear"]]].sum(0)
    ears = cv2.remap(both, *(128 * found.places - 0.5).transpose(2, 0, 1), 1)
    x, y = found.places[..., 0], found.places[..., 1]
    areas = np.gradient(x, axis=1) * np.gradient(y, axis=0) - np.gradient(x, axis=0) * np.gradient(y, axis=1)
    seen = areas[ears > 0.7]
    assert len(seen) > 10 and np.percentile(seen, 90) < 2 * np.percentile(seen, 10)


def test_lips_part_without_teeth_and_the_rest_stays(generator: MultimodalGenerator) -> None:
    one, parser = head("2567"), generator.feedback.look.parser
    other = speaking(one)
    before, after = (np.asarray(each.photo.pixels).astype(int) for each in (one, other))
    labels = labels_of(other, parser)
    light = lab_of(resized(other.crop.pixels[None], 128)[0])[..., 0]
    assert (labels == INDEX["mouth"]).sum() > 20 and light[labels == INDEX["mouth"]].mean() < 30
    eyes = one.face.landmarks[[33, 263], 1].min()
    assert np.array_equal(before[: int(eyes) - 40], after[: int(eyes) - 40])


def test_hair_before_a_wall_has_no_light_of_its_backdrop(generator: MultimodalGenerator) -> None:
    layers = layers_of(head("2567"), generator.feedback.look.parser)
    area = (layers.hair > 0.3) & (layers.alpha[..., 0] > 0.3)
    labs = [lab_of(np.clip(one.front, 0, 255).astype(np.uint8)) for one in (layers, layers.cleaned())]
    red = [np.percentile(lab[area][:, 1], 95) for lab in labs]
    assert red[1] < 0.7 * red[0]


def test_a_mouth_that_opens_leaves_the_borders_of_a_parted_head_as_they_are(generator: MultimodalGenerator) -> None:
    one, parser = head("2567"), generator.feedback.look.parser
    opened = speaking(one)
    changed = np.asarray(opened.photo.pixels, np.float32) - one.photo.pixels
    assert changed.any()
    assert np.allclose(layers_of(opened, parser).front - layers_of(one, parser).front, changed, atol=1e-3)


def test_a_plain_backdrop_is_kept_where_it_suits(generator: MultimodalGenerator) -> None:
    one, parser = head("3203"), generator.feedback.look.parser
    gray, blue = (lab_of(np.uint8([[rgb]]))[0, 0] for rgb in ((150, 148, 146), (56, 83, 142)))
    assert np.array_equal(staged(one, gray, parser)[0], one.photo.pixels)
    assert not np.array_equal(staged(one, blue, parser)[0], one.photo.pixels)


def test_hair_that_has_the_color_already_comes_first(generator: MultimodalGenerator) -> None:
    for text in ("a person, with brown hair", "a person, with brown hair, with a blue background"):
        best = min(heads(), key=wished(generator, text).cost)
        assert best.entry.traits.hair[0] > 15, best.entry.path.stem


def test_gray_and_brown_hair_are_lent_by_who_is_seen_to_have_it(generator: MultimodalGenerator) -> None:
    for word, name in (("grey", "2412"), ("white", "3130"), ("brown", "2495")):
        asked = wished(generator, f"a person, with {word} hair")
        assert asked.costs(head("3004"))["unlike"] > 0 == asked.costs(head(name))["unlike"]
    for word in ("black", "blond", "red"):
        assert wished(generator, f"a person, with {word} hair").costs(head("3004"))["unlike"] == 0


def wished(generator: MultimodalGenerator, text: str) -> Wished:
    one, look = head("2133"), generator.feedback.look
    labels, where = labels_of(one, look.parser), points_of(one, look)
    pose = head_pose(where, look.landmarks.weight("mean"))
    seen = Seen(labels, where.astype(np.float64) * 128, resized(one.crop.pixels[None], 128)[0])
    hair = np.zeros((ALIGNED, ALIGNED), np.float32)
    return Wished(hair, where, pose.yaw, pose.pitch, Traits.of(seen), understood(text), 0.0, 45.0)


def test_words_choose_whose_head_it_is(generator: MultimodalGenerator) -> None:
    for text, woman, ages in (("an old woman", True, (45, 99)), ("a young man", False, (0, 35))):
        asked = wished(generator, text)
        best = sorted(heads(), key=asked.cost)[:2]
        assert all(one.woman == woman and ages[0] <= one.age <= ages[1] for one in best), text


def everywhere(low: float, high: float) -> np.ndarray:
    across = np.linspace(low, high, 32, dtype=np.float32)
    return np.dstack(np.meshgrid(across, across)).astype(np.float32)


def test_backdrops_get_the_color_that_is_asked_for_and_faces_keep_theirs(generator: MultimodalGenerator) -> None:
    one, parser = head("2567"), generator.feedback.look.parser
    blue = lab_of(np.uint8([[[70, 90, 130]]]))[0, 0]
    done, soft = (rendered(*staged(one, color, parser), everywhere(0, 1), 256) for color in (blue, None))
    seen = lab_of(np.clip(done, 0, 255).astype(np.uint8))
    assert np.abs(seen[4:40, 4:40].mean((0, 1)) - blue)[1:].max() < 8
    assert np.abs(done[110:160, 110:150] - soft[110:160, 110:150]).max() < 2


def test_hair_is_drawn_out_where_a_picture_ends(generator: MultimodalGenerator) -> None:
    where, places = points(generator, head("2230")), everywhere(0, 1)
    corners = np.array([[-1.0, 0.03], [2.0, 2.0]])
    found = inside(places, where, corners)
    assert found[..., 1].min() >= 0.03 - 1e-3 and np.array_equal(found[..., 0], places[..., 0])
    assert (np.diff(found[..., 1], axis=0) > 0).all() and np.array_equal(found[12:], places[12:])


def test_teeth_that_are_lent_are_lighter_than_skin_and_nothing_else_changes(generator: MultimodalGenerator) -> None:
    one, plain, parser = smiling(head("2266")), head("2266"), generator.feedback.look.parser
    labels, light = parser.parse(one.crop.pixels[None])[0], lab_of(one.crop.pixels)[..., 0]
    assert np.quantile(light[labels == INDEX["mouth"]], 0.8) > np.median(light[labels == INDEX["skin"]])
    assert np.array_equal(lit(plain.photo, plain.face, parser).pixels[:200], plain.photo.pixels[:200])


def test_a_picture_that_ends_is_not_mirrored() -> None:
    one = head("2230")
    picture = rendered(np.asarray(one.photo.pixels), one.crop.matrix, everywhere(-0.6, 1.6), 64)
    assert np.abs(picture[:3] - picture[3:6]).mean() < 12


def test_what_cannot_be_finished_is_told(generator: MultimodalGenerator) -> None:
    for settings in ({"finish": "gold"}, {"finish": "bank", "size": 5000}):
        with pytest.raises(ConfigError):
            generator(text="a woman", **settings)


def test_features_that_words_name_get_their_shape(generator: MultimodalGenerator) -> None:
    one, look = head("2567"), generator.feedback.look
    picture, found, mean = one.crop.pixels, points_of(one, look) * len(one.crop.pixels), look.landmarks.weight("mean")
    full = shaped(picture, found, mean, {"lip-fullness": 1.0, "age": 1.0}, look.parser)

    def lips(seen: np.ndarray) -> float:
        return float(look.parser.shares(seen)[[INDEX["upper_lip"], INDEX["lower_lip"]]].sum())

    assert lips(full) > 1.1 * lips(picture)
    assert np.array_equal(full[:20], picture[:20])
    assert shaped(picture, found, mean, {"age": 1.0}, look.parser) is picture
