from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien.align import mesh
from mien.align.finder import FaceFinder
from mien.compose.phases import textured
from mien.conditions.areas import JAW
from mien.editing.context import EditContext
from mien.editing.lenders import traits_of
from mien.editor import Editor
from mien.errors import LayerError
from mien.guides.bank import Bank
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.beardless import Beardless, alike_mouth, relief
from mien.guides.beards.edge import UNIT, alike, runs_on
from mien.guides.beards.face_light import HEIGHT, WIDTH, FaceLight, frame
from mien.guides.beards.jaw import with_jaw
from mien.types import Face, Photo


@pytest.fixture(scope="module")
def editor() -> Editor:
    return Editor.from_pretrained("opencv:telea")


@pytest.mark.parametrize("part", ["teeth", "lower-face"])
def test_nothing_changes_above_the_nose_or_beside_the_head(
    editor: Editor, portrait: Photo, face: Face, part: str
) -> None:
    result = editor(portrait, part=part, face=face)
    changed = (result.photo.pixels != portrait.pixels).any(2)
    assert changed.any()
    assert not changed[result.mask == 0].any()
    rows = np.flatnonzero(changed.sum(1) > 0)
    eyes = face.landmarks[[133, 362], 1].max()
    large = np.abs(result.photo.pixels.astype(np.int16) - portrait.pixels).max(2) > 24
    assert rows.max() < portrait.height and not large[: int(eyes)].any()


def test_a_smile_has_an_open_mouth_and_the_next_face_another(editor: Editor, portrait: Photo, face: Face) -> None:
    result = editor(portrait, part="teeth", face=face, n=2)
    first, second = result.variants
    assert (first.photo.pixels != second.photo.pixels).any()
    found = FaceFinder.bundled().find(first.photo)[0]
    assert found.mouth_openness > 0.1
    again = editor(portrait, part="teeth", face=face, seed=1)
    np.testing.assert_array_equal(again.photo.pixels, second.photo.pixels)
    with pytest.raises(LayerError, match="smaller seed"):
        editor(portrait, part="teeth", face=face, seed=1000)


def test_an_album_comes_before_the_bank(editor: Editor, portrait: Photo, face: Face, tmp_path: object) -> None:
    from PIL import Image

    Image.fromarray(portrait.pixels[:, ::-1]).save(f"{tmp_path}/me.png")
    result = editor(portrait, part="nose", face=face, album=str(tmp_path))
    assert "me.png" in result.operations[0]
    Image.fromarray(portrait.pixels[::2, ::2]).save(f"{tmp_path}/a-copy.png")  # the photo itself lends nothing
    assert "me.png" in editor(portrait, part="nose", face=face, album=str(tmp_path)).operations[0]
    with pytest.raises(LayerError, match="no folder"):
        editor(portrait, part="nose", face=face, album=f"{tmp_path}/none")


def test_a_beard_vanishes_and_what_is_above_it_stays(editor: Editor) -> None:
    entry = max(Bank.bundled().entries, key=lambda one: one.traits.beard)
    photo = entry.photo()
    face = editor.finder.find(photo)[0]
    result = editor(photo, part="lower-face", face=face)
    context = EditContext(editor)
    before, after = (traits_of(one, face, context) for one in (photo, result.photo))
    assert before.beard > 0.5 and after.beard < 0.1 and after.moustache < 0.1
    assert abs(after.skin[0] - before.skin[0]) < 3
    brows = int(face.landmarks[[105, 334], 1].max())
    np.testing.assert_array_equal(result.photo.pixels[:brows], photo.pixels[:brows])


def test_what_is_likely_agrees_with_what_is_seen_of_a_face() -> None:
    model = FaceLight.bundled()
    nothing = model.of(np.zeros_like(model.mean), np.zeros((HEIGHT, WIDTH), np.bool_), model.looks[0])
    assert nothing[..., 0] == pytest.approx(model.mean[..., 0], abs=1e-3)
    light = model.mean + 1.5 * model.ways[0] - model.ways[2]
    seen = np.zeros((HEIGHT, WIDTH), np.bool_)
    seen[20:60, 30:82] = True
    chin = np.s_[75:88, 45:67, 0]
    far = np.abs(model.mean - light)[chin].mean()
    found = model.of(light, seen, model.looks[0] + 1.5 * model.looks[1] - model.looks[3])
    assert np.abs(found - light)[chin].mean() < 0.4 * far


def test_a_chin_is_lighter_than_the_neck_in_its_shade() -> None:
    mean, chin = FaceLight.bundled().mean[..., 0], round(frame()[152, 1])
    assert mean[chin - 8, WIDTH // 2] > mean[chin + 4, WIDTH // 2] + 15


def test_folds_come_from_those_who_smile_alike(face: Face) -> None:
    points = face.landmarks.copy()
    points[[61, 291], 1] -= 0.1 * face.size
    smiling = replace(face, landmarks=points)
    assert alike_mouth(smiling, [face, face, face, face, smiling]) == 4


def test_a_jaw_ends_where_the_photo_ends_it(editor: Editor, portrait: Photo, face: Face) -> None:
    here = AroundBeard.of(portrait, face, editor.parser)
    backdrop, sides = here.shares["background"].copy(), here.points[list(JAW), 0]
    backdrop[:, : int(sides.min()) - 4] = backdrop[:, int(sides.max()) + 4 :] = 1
    wider = with_jaw(replace(here, shares={**here.shares, "background": backdrop}, hairs=np.ones_like(here.hairs)))
    assert np.abs(wider.points - here.points).max() < 0.15 * UNIT
    assert wider.points[list(mesh.OUTLINE), 1].max() > here.points[list(mesh.OUTLINE), 1].max()
    np.testing.assert_array_equal(wider.points[1], here.points[1])


def test_laid_texture_is_as_strong_as_what_is_known() -> None:
    rng = np.random.default_rng(0)
    fine = rng.standard_normal((120, 120, 3)).astype(np.float32)
    known = np.zeros((120, 120), np.bool_)
    known[:60] = True
    made = textured(fine, known, 8, (400, 500))
    assert made.shape == (400, 500, 3) and 0.8 < float(made.std()) < 1.1
    assert not textured(fine, np.zeros_like(known), 8, (9, 9)).any()


def test_the_grid_of_a_jpeg_is_not_taken_for_pores() -> None:
    rng = np.random.default_rng(0)
    fine = rng.standard_normal((160, 160, 3)).astype(np.float32)
    fine[:, ::8] += 2
    made = textured(fine, np.ones((160, 160), np.bool_), 16, (160, 160))
    columns, rows = (made.mean((axis, 2)).std() for axis in (0, 1))
    assert columns < 1.5 * rows


def test_a_collar_below_a_beard_is_none_of_it() -> None:
    lab = np.zeros((60, 60, 3), np.float32)
    lab[:30, :, 0], lab[30:40, :, 0], lab[40:] = 15, 60, (30, 5, -30)
    seen = np.zeros((3, 60, 60), np.bool_)
    seen[0, 5:25, 20:40] = seen[1, 33:36, 20:40] = seen[2, 45:55, 20:40] = True
    told = alike(lab, list(seen), np.ones((60, 60), np.bool_), 48)
    np.testing.assert_array_equal(told.argmax(2)[::10, 30], (0, 0, 0, 1, 2, 2))
    np.testing.assert_allclose(told.sum(2), 1, atol=1e-6)


@pytest.mark.parametrize(
    ("below", "rough", "longer"),
    [
        ((40, 30, 25), 0.2, True),
        ((160, 120, 100), 0.02, False),
        ((40, 30, 25), 0.02, False),
        ((40, 60, 120), 0.2, False),
    ],
    ids=["more of it", "neck", "dark and smooth cloth", "colored tweed"],
)
def test_a_beard_that_goes_on_where_clothes_were_seen_is_long(
    below: tuple[int, int, int], rough: float, longer: bool
) -> None:
    points = np.zeros((478, 3))
    points[152], points[61], points[291] = (60, 80, 0), (45, 60, 0), (75, 60, 0)
    hairs = np.zeros((160, 120), np.bool_)
    hairs[50:100, 30:90] = True
    picture, fine = np.full((160, 120, 3), 200, np.float32), np.full((160, 120), 0.02, np.float32)
    picture[hairs], fine[hairs] = (40, 30, 25), 0.2
    picture[100:], fine[100:] = below, rough
    assert runs_on(hairs, picture, points, fine, 0.02) == longer
    assert not runs_on(hairs[:100], picture[:100], points, fine[:100], 0.02)  # the photo ends with it
    assert not runs_on(np.zeros_like(hairs), picture, points, fine, 0.02)


def test_folds_are_those_of_another_face(editor: Editor, portrait: Photo, face: Face) -> None:
    here = AroundBeard.of(portrait, face, editor.parser)
    shape = tuple(2 * side for side in here.shape)
    folds = relief(here, face, Beardless(portrait, face), shape)
    assert folds.shape == shape and 0.01 < folds.std() < 0.2
    blank = Beardless(portrait.with_pixels(np.full_like(portrait.pixels, 128)), face)
    assert np.abs(relief(here, face, blank, shape)).max() < 1e-4
