"""A user's paste: where it is opaque it is the result; weighted, faded, protected, replayed like any layer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from mien.align.crop import crop_face
from mien.conditions.folder import LayerFolder, write_layers
from mien.conditions.types import Conditions
from mien.editing.layer_folder import read_repainted
from mien.editor import Editor
from mien.errors import ConfigError, LayerError
from mien.photos.read import read_photo
from mien.photos.write import save_photo
from mien.session import Session
from mien.types import Bool, Face, Photo, UInt8

BOX = (200, 110, 240, 135)
"""(x0, y0, x1, y1) on the astronaut's cheek and nose."""


@pytest.fixture(scope="module")
def inpainter() -> Editor:
    return Editor.from_pretrained("opencv:telea")


@pytest.fixture(scope="module")
def paste(portrait: Photo) -> UInt8:
    """(H, W, 4): the box with noise in it, opaque, and one column of half of it to its right."""
    x0, y0, x1, y1 = BOX
    pixels = np.zeros((portrait.height, portrait.width, 4), np.uint8)
    pixels[y0:y1, x0:x1, :3] = np.random.default_rng(0).integers(0, 255, (y1 - y0, x1 - x0, 3))
    pixels[y0:y1, x0:x1, 3] = 255
    pixels[y0:y1, x1] = (250, 0, 0, 128)
    return pixels


@pytest.fixture(scope="module")
def inside(paste: UInt8) -> Bool:
    return paste[..., 3] == 255


def outside_changes(photo: Photo, result: UInt8, mask: Bool) -> int:
    return int((result != photo.pixels)[~mask].sum())


def test_an_opaque_paste_is_the_result(
    inpainter: Editor, portrait: Photo, face: Face, paste: UInt8, inside: Bool
) -> None:
    done = inpainter(portrait, guide=paste, face=face)
    np.testing.assert_array_equal(done.photo.pixels[inside], paste[..., :3][inside])
    assert outside_changes(portrait, done.photo.pixels, paste[..., 3] > 0) == 0
    np.testing.assert_array_equal(done.mask, paste[..., 3] > 0)
    row, column = BOX[1], BOX[2]
    mixed = portrait.pixels[row, column] * (127 / 255) + np.array([250, 0, 0]) * (128 / 255)
    assert np.abs(done.photo.pixels[row, column] - mixed).max() <= 0.51
    assert done.operations[0] == "The guide laid over the face" and done.faces[0].outcome is not None


def test_it_is_weighted_faded_masked_and_protected(
    inpainter: Editor, portrait: Photo, face: Face, paste: UInt8, inside: Bool, tmp_path: Path
) -> None:
    half = inpainter(portrait, guide=paste, face=face, strength=0.5).photo.pixels
    weighted = inpainter(portrait, guide=paste, face=face, weights={"guide": 0.5}).photo.pixels
    painted = np.full(portrait.pixels.shape[:2], 0.5, np.float32)
    mapped = inpainter(portrait, guide=paste, face=face, weight_maps={"guide": painted}).photo.pixels
    expected = (portrait.pixels[inside].astype(float) + paste[..., :3][inside]) / 2
    for pixels in (half, weighted, mapped):
        assert np.abs(pixels[inside] - expected).max() <= 0.51
    mask = np.zeros(inside.shape, np.bool_)
    mask[BOX[1] : BOX[3], BOX[0] : BOX[0] + 10] = True
    cut = inpainter(portrait, guide=paste, face=face, mask=mask)
    np.testing.assert_array_equal(cut.photo.pixels[mask], paste[..., :3][mask])
    assert outside_changes(portrait, cut.photo.pixels, mask) == 0 and len(cut.faces[0].operations) == 1
    spared = inpainter(portrait, guide=paste, face=face, protect="nose")
    assert 0 < spared.mask.sum() < (paste[..., 3] > 0).sum()
    with pytest.raises(ConfigError, match="weight of guide is -1"):
        inpainter(portrait, guide=paste, face=face, weights={"guide": -1})
    with pytest.raises(ConfigError, match="'guide' has no weight"):
        inpainter(portrait, mask="nose", face=face, weights={"guide": 2})


def test_what_it_leaves_open_of_a_mask_is_painted_or_healed(
    editor: Editor, portrait: Photo, face: Face, paste: UInt8, inside: Bool
) -> None:
    mask = np.zeros(inside.shape, np.bool_)
    mask[BOX[1] - 12 : BOX[3] + 12, BOX[0] - 12 : BOX[2] + 12] = True
    for mode, how in (("look", "edited at"), ("pixels", "filled after other faces")):
        done = editor(portrait, guide=paste, mask=mask, mode=mode, face=face)
        np.testing.assert_array_equal(done.photo.pixels[inside], paste[..., :3][inside])
        assert outside_changes(portrait, done.photo.pixels, mask) == 0
        ring = mask & (paste[..., 3] == 0)
        assert (done.photo.pixels != portrait.pixels)[ring].mean() > 0.5
        assert "laid over" in done.operations[0] and how in done.operations[1]


def test_it_may_lie_over_the_crop_and_be_of_another_depth(
    inpainter: Editor, portrait: Photo, face: Face, crop: UInt8
) -> None:
    over = np.dstack([crop, np.zeros(crop.shape[:2], np.uint8)])
    over[40:80, 40:80, 3] = 255
    over[over[..., 3] == 0] = (0, 255, 0, 0)  # what programs leave below full transparency does not shine through
    done = inpainter(portrait, guide=over, face=face)
    changed = np.abs(done.photo.pixels.astype(int) - portrait.pixels)
    assert (
        done.mask.sum() > 500
        and changed[done.mask].mean() < 6
        and outside_changes(portrait, done.photo.pixels, done.mask) == 0
    )
    deep = Photo(portrait.pixels.astype(np.uint16) * 257)
    paste = np.zeros((*deep.pixels.shape[:2], 4), np.uint8)
    paste[120:130, 210:230] = (10, 20, 30, 255)
    assert (inpainter(deep, guide=paste, face=face).photo.pixels[120:130, 210:230] == (2570, 5140, 7710)).all()
    layers = inpainter(portrait, layers=Conditions(guide=over), face=face)
    np.testing.assert_array_equal(layers.photo.pixels, done.photo.pixels)


def test_colors_may_be_harmonised_at_its_edge(inpainter: Editor, portrait: Photo, face: Face) -> None:
    paste = np.dstack([portrait.pixels, np.zeros(portrait.pixels.shape[:2], np.uint8)])
    part = np.s_[BOX[1] : BOX[3], BOX[0] : BOX[2]]
    paste[part] = np.dstack([np.clip(portrait.pixels[part].astype(int) - 20, 0, 255), np.full((25, 40), 255)])
    plain, fitted = (inpainter(portrait, guide=paste, face=face, harmonise=one) for one in (False, True))
    away = [np.abs(one.photo.pixels[part].astype(int) - portrait.pixels[part]).mean() for one in (plain, fitted)]
    assert away[0] > 15 and away[1] < away[0] / 2
    assert outside_changes(portrait, fitted.photo.pixels, paste[..., 3] > 0) == 0


def test_what_cannot_be_used_is_refused_before_any_network_is_loaded(portrait: Photo, tmp_path: Path) -> None:
    class Unloaded(Editor):
        finder = property(lambda self: pytest.fail("loaded"))  # type: ignore[assignment]

    editor = Unloaded.from_pretrained("opencv:telea")
    opaque, small = tmp_path / "opaque.png", tmp_path / "small.png"
    save_photo(portrait, opaque)
    Image.new("RGBA", (10, 20)).save(small)
    with pytest.raises(LayerError, match=r"opaque\.png has no transparency; erase what is not to be pasted, or give"):
        editor(portrait, guide=opaque)
    with pytest.raises(LayerError, match=r"small\.png is 10 x 20 pixels; draw it at the photo's size, 512 x 512, or"):
        editor(portrait, guide=small)
    with pytest.raises(LayerError, match="The guide is empty where it may count"):
        Editor.from_pretrained("opencv:telea")(portrait, guide=np.zeros((512, 512, 4), np.uint8))


def test_it_is_a_file_of_a_folder_of_layers(portrait: Photo, face: Face, inpainter: Editor, tmp_path: Path) -> None:
    crop = crop_face(portrait, face.quad, 128)
    write_layers(tmp_path, LayerFolder(crop.pixels, Conditions(), crop.matrix, "portrait.png"))
    pasted = np.zeros((128, 128, 4), np.uint8)
    pasted[50:60, 50:70] = (200, 30, 30, 255)
    Image.fromarray(pasted).save(tmp_path / "guide.png")
    found = read_repainted(tmp_path, portrait, SimpleNamespace(parser=None))  # type: ignore[arg-type]
    assert found.conditions.given == ("guide",)
    done = inpainter(portrait, layers=tmp_path)
    assert "laid over" in done.operations[0] and 100 < done.mask.sum() < 2000
    np.testing.assert_array_equal(done.photo.pixels, inpainter(portrait, guide=pasted, face=face.quad).photo.pixels)


def test_sessions_keep_it_and_replay_it_where_the_face_is(
    inpainter: Editor, portrait: Photo, paste: UInt8, inside: Bool, tmp_path: Path
) -> None:
    Image.fromarray(paste).save(tmp_path / "paste.png")
    save_photo(portrait, tmp_path / "photo.png")
    session = Session.create(tmp_path / "session", tmp_path / "photo.png", inpainter)
    node = session.apply(guide=str(tmp_path / "paste.png"))
    (tmp_path / "paste.png").unlink()
    assert node.recipe["guide"]["name"] == "paste.png" and "paste.png laid over" in node.operations[0]
    again = session.replay(tmp_path / "again", tmp_path / "photo.png")
    np.testing.assert_array_equal(again.result().pixels, session.result().pixels)
    moved = Photo(np.pad(portrait.pixels, ((0, 40), (60, 0), (0, 0)), mode="edge"))
    other = session.replay(tmp_path / "other", moved).result().pixels
    shifted = other[:512, 60:572]
    assert np.abs(shifted[inside].astype(int) - paste[..., :3][inside]).mean() < 60  # noise, moved by half a pixel
    assert (other != moved.pixels).any(2).sum() < 1.2 * (paste[..., 3] > 0).sum()
    assert (read_photo(tmp_path / "photo.png").pixels == portrait.pixels).all()
