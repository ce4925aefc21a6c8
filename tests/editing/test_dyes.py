"""What may be dyed, and colors out of other pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.editing.context import EditContext
from mien.editing.dyes import check_dyes, shaded
from mien.editing.request import Request
from mien.editing.swatches import dye_color
from mien.editor import Editor
from mien.errors import LayerError, UnreadablePhotoError
from mien.types import Photo, UInt8


def test_skin_keeps_its_tone_until_somebody_says_otherwise() -> None:
    for region in ("skin", "face-eyes", "hair+neck", "under-eyes", "left-under-eye"):
        with pytest.raises(LayerError, match="--skin-tone"):
            check_dyes(Request(dye={region: "tan"}))
        check_dyes(Request(dye={region: "tan"}, skin_tone=True))
    check_dyes(Request(dye={"hair-face": "tan", "cheeks": "rose", "lips": (1, 2, 3)}))


def test_what_can_be_no_dye_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="did you mean hair"):
        check_dyes(Request(dye={"hairs": "auburn"}))
    with pytest.raises(LayerError, match="no color"):
        check_dyes(Request(dye={"hair": "quite red"}))
    for value in (f"@{tmp_path}/none.png", f"{tmp_path}/none.jpg:hair"):
        with pytest.raises(UnreadablePhotoError, match="none"):
            check_dyes(Request(dye={"hair": value}))


def test_a_file_that_is_given_as_a_color_is_told_how(tmp_path: Path) -> None:
    (tmp_path / "other.jpg").touch()
    with pytest.raises(LayerError, match=r"is a file; write .*other\.jpg:hair for .*, @.*other\.jpg for"):
        check_dyes(Request(dye={"hair": f"{tmp_path}/other.jpg"}))


def test_a_swatch_is_the_mean_of_what_is_opaque(tmp_path: Path) -> None:
    swatch = np.zeros((20, 30, 4), np.uint8)
    swatch[5:15, 5:15] = 112, 50, 32, 255
    Image.fromarray(swatch).save(tmp_path / "swatch.png")
    found = dye_color(f"@{tmp_path}/swatch.png", EditContext(Editor.from_pretrained("opencv:telea")))
    assert np.abs(np.subtract(found, (112, 50, 32))).max() <= 2


def test_somebodys_hair_is_a_swatch(tmp_path: Path, astronaut: UInt8) -> None:
    Image.fromarray(astronaut).save(tmp_path / "other.png")
    context = EditContext(Editor.from_pretrained("opencv:telea"))
    red, green, blue = dye_color(f"{tmp_path}/other.png:hair", context)
    assert 40 < red < 160 and red > green > blue


def test_a_name_goes_less_far_than_its_numbers_on_dark_hair(astronaut: UInt8) -> None:
    editor, photo = Editor.from_pretrained("opencv:telea"), Photo(astronaut)
    named, numbers = (editor(photo, dye={"hair": color}).photo.pixels for color in ("platinum", "#d7c7b7"))
    changed = (named != numbers).any(2)
    assert changed.mean() > 0.02 and named[changed].mean() < numbers[changed].mean() - 15


def test_black_hair_gets_brown_and_gray_hair_stays_gray() -> None:
    red, green, blue = shaded((28, 25, 24), "lighter")
    assert red > green > blue and red - blue > 30
    red, green, blue = shaded((150, 150, 150), "lighter")
    assert min(red, green, blue) > 160 and red - blue < 15


def test_hair_of_a_large_head_is_dyed_in_a_smaller_photo(
    editor: Editor, portrait: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    mask = np.zeros((portrait.height, portrait.width), np.bool_)
    mask[:, 100:220] = True
    before = portrait.pixels.astype(int)
    made = [editor(portrait, dye={"hair": "blond"}, mask=mask)]
    monkeypatch.setattr("mien.guides.finer.SIDE", 100)  # the head is not large
    made.append(editor(portrait, dye={"hair": "blond"}, mask=mask))
    direct, carried = (one.photo.pixels.astype(int) - before for one in made)
    assert not carried[~mask].any() and np.array_equal(made[1].photo.pixels.shape, portrait.pixels.shape)
    both = (direct != 0).any(2) & (carried != 0).any(2)
    assert both.sum() > 0.8 * (direct != 0).any(2).sum()
    assert np.abs(direct - carried)[both].mean() < 0.3 * np.abs(direct)[both].mean()
    assert made[0].faces[0].operations == made[1].faces[0].operations
