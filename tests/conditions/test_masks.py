from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.conditions.areas import teeth
from mien.conditions.labels import INDEX, UNKNOWN
from mien.conditions.masks import box_mask, draw_mask, feather, grow, polygon_mask, read_mask, write_mask
from mien.conditions.pictures import validate_mask
from mien.conditions.protection import protect, protected
from mien.conditions.regions import (
    REGIONS,
    check_region,
    classes_of,
    is_expression,
    named,
    parse_region,
    region_mask,
    terms,
)
from mien.errors import LayerError
from mien.types import UInt8


@pytest.fixture
def face() -> UInt8:
    """(64, 64) labels: hair above, skin below, two eyes, glasses, a mouth."""
    labels = np.full((64, 64), INDEX["background"], np.uint8)
    labels[8:20, 12:52] = INDEX["hair"]
    labels[20:60, 12:52] = INDEX["skin"]
    labels[26:34, 16:48] = INDEX["glasses"]
    labels[28:32, 18:26], labels[28:32, 38:46] = INDEX["left_eye"], INDEX["right_eye"]
    labels[46:54, 24:40] = INDEX["mouth"]
    return labels


def test_unions_differences_and_intersections_go_from_left_to_right(face: UInt8) -> None:
    without = region_mask(face, "face-eyes") > 0
    assert not without[28:32, 18:26].any()
    assert without[40, 20]
    assert without[27, 20]  # the glasses belong to the face
    both = region_mask(face, "hair + left_eye") > 0
    assert (both == np.isin(face, [INDEX["hair"], INDEX["left_eye"]])).all()
    assert (region_mask(face, "face & eyes") == region_mask(face, "eyes")).all()
    assert (region_mask(face, "all-foreground") > 0)[0, 0]


def test_every_region_is_made_of_classes() -> None:
    for name in REGIONS:
        assert classes_of(name)
        assert named(name.replace("_", "-").upper()) == named(name)
    assert classes_of("l_eye") == {INDEX["left_eye"]}


@pytest.mark.parametrize("expression", ["", "beard", "beardd", "-hair", "hair+", "hair eyes", "hair/eyes", "eyes-face"])
def test_bad_expressions_are_refused_by_name(expression: str) -> None:
    with pytest.raises(LayerError) as error:
        parse_region(expression)
    assert expression in str(error.value) or "'beard'" in str(error.value)


def test_names_of_several_words_and_nearly_right_ones() -> None:
    assert terms("Under-Eyes - left-brow+lower face") == [("", "under_eyes"), ("-", "left_brow"), ("+", "lower_face")]
    assert is_expression("under-eyes") and not is_expression("under-eyes.png")
    check_region("beard+teeth-irises")
    for wrong, near in (("forhead", "forehead"), ("check", "cheek"), ("eyelash", "eyelid"), ("glases", "glasses")):
        with pytest.raises(LayerError, match=f"'{wrong}' is no region; did you mean .*{near}"):
            check_region(f"hair+{wrong}")


def test_an_absent_region_is_an_error_that_names_it(face: UInt8) -> None:
    with pytest.raises(LayerError, match="no 'hat' in this face"):
        region_mask(face, "hat")
    assert not parse_region("foreground")[UNKNOWN]


def test_growing_is_round_and_shrinking_is_its_counterpart() -> None:
    dot = np.zeros((31, 31), bool)
    dot[15, 15] = True
    y, x = np.mgrid[:31, :31] - 15
    assert (grow(dot, 6) == (np.hypot(x, y) <= 6)).all()
    block = np.zeros((31, 31), bool)
    block[5:26, 5:26] = True
    assert grow(block, -3).sum() == 15 * 15
    assert not grow(dot, -2).any()
    assert grow(np.ones((4, 4), bool), 3).all()


def test_feathering_never_reaches_beyond_the_area(face: UInt8) -> None:
    hard = region_mask(face, "hair", grow_by=4)
    soft = region_mask(face, "hair", grow_by=4, feather_by=3)
    assert ((soft > 0) == (hard > 0)).all()
    assert soft.max() == 1
    rows = soft[:, 30]
    assert rows[4] == pytest.approx(1 / 4)
    assert (np.diff(rows[4:8]) > 0).all()


def test_the_edge_of_the_picture_is_no_edge_of_the_area() -> None:
    area = np.zeros((20, 20), bool)
    area[:, :10] = True
    soft = feather(area, 4)
    assert (soft[:, 0] == 1).all()
    assert (feather(np.ones((5, 5), bool), 3) == 1).all()


def test_boxes_and_polygons_agree_on_a_rectangle() -> None:
    box = box_mask((30, 20), (3, 4, 13, 9))
    assert box.shape == (20, 30)
    assert box.sum() == 10 * 5
    polygon = polygon_mask((30, 20), [(3, 4), (13, 4), (13, 9), (3, 9)])
    assert np.abs(polygon - box).sum() <= 2 * (10 + 5)
    assert box_mask((30, 20), (-5, -5, 100, 2.4)).sum() == 30 * 2


@pytest.mark.parametrize("box", [(5, 5, 5, 9), (40, 0, 50, 9), (9, 9, 3, 3)])
def test_empty_boxes_are_refused(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(LayerError, match="holds no pixel of 30 x 20"):
        box_mask((30, 20), box)


def test_polygons_need_three_points_and_an_inside() -> None:
    with pytest.raises(LayerError, match="at least three"):
        polygon_mask((30, 20), [(1, 1), (2, 2)])
    with pytest.raises(LayerError, match="holds no pixel"):
        polygon_mask((30, 20), [(100, 100), (120, 100), (110, 120)])


def test_round_trip_of_every_level(tmp_path: Path) -> None:
    mask = np.arange(256, dtype=np.float32).reshape(16, 16) / np.float32(255)
    write_mask(mask, tmp_path / "mask.png")
    assert (read_mask(tmp_path / "mask.png", 16) == mask).all()


def test_painted_masks_in_every_usual_form(tmp_path: Path) -> None:
    white = np.zeros((16, 16), np.uint8)
    white[4:8] = 255
    ink = np.zeros((16, 16, 4), np.uint8)
    ink[4:8] = 200, 0, 0, 255
    for name, picture in (("l", white), ("rgb", np.repeat(white[..., None], 3, 2)), ("rgba", ink)):
        Image.fromarray(picture).save(tmp_path / f"{name}.png")
        assert ((read_mask(tmp_path / f"{name}.png", 16) > 0) == (white > 0)).all()


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (np.zeros((4, 4)), "empty"),
        (np.full((4, 4), 2.0), "scale it to"),
        (np.full((4, 4, 3), 0.5), "two dimensions"),
        (np.where(np.eye(4) > 0, np.nan, 1), "NaN or infinity, first at x 0, y 0"),
    ],
)
def test_masks_from_python_are_checked(mask: np.ndarray, message: str) -> None:
    with pytest.raises(LayerError, match=message):
        validate_mask(mask)


def test_mask_files_are_checked(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((16, 16), np.uint8)).save(tmp_path / "m.png")
    with pytest.raises(LayerError, match=r"m\.png is empty"):
        read_mask(tmp_path / "m.png", 16)
    Image.fromarray(np.full((16, 16), 255, np.uint8)).save(tmp_path / "m.png")
    with pytest.raises(LayerError, match=r"m\.png is 16 x 16 pixels"):
        read_mask(tmp_path / "m.png", 32)


def test_protection_cuts_glasses_and_teeth_out(face: UInt8) -> None:
    image = np.full((64, 64, 3), 120, np.uint8)
    image[46:50, 24:40] = 235, 230, 225  # teeth
    image[50:54, 24:40] = 120, 20, 30  # tongue
    found = teeth(image, face)
    assert found[46:50, 24:40].all()
    assert not found[50:54].any()
    mask = region_mask(face, "face")
    left = protect(mask, image, face, "glasses, teeth")
    assert not left[26:34, 16:48][face[26:34, 16:48] == INDEX["glasses"]].any()
    assert not left[46:50, 24:40].any()
    assert left[40, 30] == 1
    assert left[53, 30] == 1
    assert not protected(image, face, "earrings").any()


def test_protection_names_what_it_does_not_know(face: UInt8) -> None:
    image = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(LayerError, match="'piercings'"):
        protect(region_mask(face, "face"), image, face, "glasses,piercings")
    with pytest.raises(LayerError, match="leaves nothing"):
        protect(region_mask(face, "hair"), image, face, "hair")


def test_drawing_tints_the_mask_only(face: UInt8) -> None:
    image = np.full((64, 64, 3), 100, np.uint8)
    drawn = draw_mask(image, region_mask(face, "mouth"))
    assert (drawn[0, 0] == 100).all()
    assert drawn[50, 30, 0] > 150


@pytest.mark.parametrize(
    ("asked", "instead"),
    [("glare", "--glasses"), ("stray-hairs", "mark it"), ("hair+flyaways", "mark it"), ("dust", "without a mask")],
)
def test_what_nothing_finds_as_a_region_says_what_to_do_instead(asked: str, instead: str) -> None:
    with pytest.raises(LayerError, match=f"is no region.*{instead}"):
        terms(asked)
