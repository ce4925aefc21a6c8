"""Families of masks, configurations, groups."""

from __future__ import annotations

import numpy as np
import pytest

from mien.conditions.labels import INDEX
from mien.conditions.types import Conditions
from mien.errors import ConfigError
from mien.evaluation.protocol.configurations import ALL, USUAL, configuration, configurations
from mien.evaluation.protocol.families import FAMILIES, family_mask, family_names, rng_of
from mien.evaluation.protocol.groups import groups_of, typology_angle

SIDE = 64


@pytest.fixture
def labels() -> np.ndarray:
    found = np.full((SIDE, SIDE), INDEX["background"], np.uint8)
    found[20:50, 20:44] = INDEX["skin"]
    found[5:20, 18:46] = INDEX["hair"]
    found[35:38, 28:36] = INDEX["mouth"]
    return found


def test_every_family_covers_what_it_says(labels: np.ndarray) -> None:
    masks = {name: family_mask(name, labels, rng_of(0, name)) for name in FAMILIES}
    shares = {name: mask.mean() for name, mask in masks.items() if mask is not None}
    assert shares.keys() == FAMILIES.keys()
    assert shares["centre"] == 0.25 and masks["centre"][16:48, 16:48].all()
    assert (masks["hair"] == (labels == INDEX["hair"])).all()
    assert (masks["face"] == np.isin(labels, (INDEX["skin"], INDEX["mouth"]))).all()
    assert (masks["foreground"] == (labels > 0)).all()
    for low in (20, 30, 40, 50):
        assert low / 100 <= shares[f"irregular-{low}-{low + 10}"] < (low + 10) / 100


def test_what_a_face_lacks_has_no_mask(labels: np.ndarray) -> None:
    bald = np.where(labels == INDEX["hair"], np.uint8(0), labels)
    assert family_mask("hair", bald, rng_of(0)) is None
    bald[0, :10] = INDEX["hair"]  # ten stray pixels
    assert family_mask("hair", bald, rng_of(0)) is None
    nothing = np.zeros_like(labels)
    assert all(family_mask("mixed", nothing, rng_of(0, str(seed))) is not None for seed in range(20))


def test_mixed_takes_every_kind(labels: np.ndarray) -> None:
    fixed = {name: family_mask(name, labels, rng_of(0)).tobytes() for name in ("hair", "face", "foreground", "centre")}
    drawn = [family_mask("mixed", labels, rng_of(0, str(number))) for number in range(200)]
    kinds = [next((name for name, mask in fixed.items() if mask == one.tobytes()), "irregular") for one in drawn]
    assert all(0.1 < kinds.count(name) / 200 < 0.3 for name in (*fixed, "irregular"))


def test_masks_depend_on_seed_and_names_alone(labels: np.ndarray) -> None:
    first, again, other = (
        family_mask("irregular-30-40", labels, rng_of(seed, "irregular-30-40", "x")) for seed in (3, 3, 4)
    )
    assert (first == again).all() and (first != other).any()


def test_names_of_families() -> None:
    assert family_names(["centre", "hair"]) == ("hair", "centre")
    assert len(family_names(["irregular"])) == 4 and len(family_names(["all"])) == 9
    with pytest.raises(ConfigError, match="'chin' is no family"):
        family_names(["chin"])
    with pytest.raises(ConfigError, match="No family"):
        family_names([])


def test_the_subsets() -> None:
    assert len({one.name for one in ALL}) == 32 and ALL[0].name == "none" and ALL[-1].name == "+Sk+Se+Co+Ex+Te"
    assert all(configuration(one.name) == one for one in ALL)
    assert configuration(" co+Sk ").name == "+Sk+Co"
    assert configurations(["+Ex", "none", "ex"]) == (configuration("+Ex"), configuration("none"))
    assert configurations([]) == configurations(["usual"]) == USUAL and len(configurations(["all"])) == 32
    for wrong in ("+Sx", "+", "none+Sk", ""):
        with pytest.raises(ConfigError, match="is no modality"):
            configuration(wrong)


def test_a_configuration_keeps_the_mask_and_its_own() -> None:
    plane = np.zeros((8, 8), np.uint8)
    everything = Conditions(
        mask=np.ones((8, 8), np.float32),
        sketch=plane > 0,
        semantic=plane,
        color=np.zeros((8, 8, 4), np.uint8),
        exemplar=np.zeros((9, 9, 3), np.uint8),
        text="a smile",
    )
    assert configuration("none").of(everything).given == ("mask",)
    assert configuration("+Se+Ex").of(everything).given == ("mask", "semantic", "exemplar")
    assert ALL[-1].of(everything).given == everything.given


@pytest.mark.parametrize(
    ("color", "group"), [((245, 224, 210), "very light"), ((224, 172, 132), "intermediate"), ((90, 55, 40), "dark")]
)
def test_skin_tone(color: tuple[int, int, int], group: str) -> None:
    import skimage.color

    labels = np.full((SIDE, SIDE), INDEX["skin"], np.uint8)
    labels[:, 40:] = INDEX["hair"]
    image = np.where((labels == INDEX["skin"])[..., None], np.array(color, np.uint8), np.uint8(0))
    angle = typology_angle(image, labels)
    lightness, _, yellow = skimage.color.rgb2lab(np.array(color, np.uint8)[None, None])[0, 0]
    assert angle == pytest.approx(np.degrees(np.arctan((lightness - 50) / yellow)), abs=1e-4)
    assert groups_of({}, angle) == (f"skin tone: {group}",)
    assert typology_angle(image, np.zeros_like(labels)) is None


def test_groups_say_what_the_index_says() -> None:
    assert groups_of({"gender": "female", "age": "29"}, None) == (
        "skin tone: unknown",
        "gender presentation: female",
        "age: under 30",
    )
    assert groups_of({"age": "50", "birth_year": "1950"}, 5.0)[1:] == ("age: 50 and over",)
    assert groups_of({"age": "", "birth_year": "1957", "gender": " "}, 5.0) == (
        "skin tone: brown",
        "born: 1940 to 1959",
    )
