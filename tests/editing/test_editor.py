"""From photo to photo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

import mien
from mien.align.crop import crop_face, square_quad
from mien.backends.facemug import Facemug
from mien.checkpoints.editor import load_editor, save_editor
from mien.conditions.labels import INDEX, UNKNOWN
from mien.conditions.types import Conditions
from mien.editing.directions import FILE, save_directions
from mien.editing.request import Request
from mien.editor import Editor
from mien.errors import (
    ConfigError,
    CorruptCheckpointError,
    FaceSelectionError,
    LayerError,
    NoFaceError,
    PhotoError,
    UnknownCheckpointError,
)
from mien.types import Face, Photo


@pytest.fixture(scope="module")
def group(portrait: Photo) -> Photo:
    """The portrait twice, the right one smaller and higher up."""
    small = np.asarray(Image.fromarray(portrait.pixels).resize((400, 400)))
    canvas = np.full((512, 912, 3), 128, np.uint8)
    canvas[:, :512], canvas[:400, 512:] = portrait.pixels, small
    return Photo(canvas)


def changed(one: Photo, other: Photo) -> np.ndarray:
    return (one.pixels != other.pixels).any(2)


def test_one_call_from_a_file_to_a_verified_file(editor: Editor, portrait: Photo, tmp_path: Path) -> None:
    path = mien.save_photo(portrait, tmp_path / "portrait.png")
    result = editor(path, mask="mouth", mode="look", seed=1, strength=0.9)
    receipt = result.save(tmp_path / "out.png")
    assert receipt.preserved and receipt.lossless and receipt.input == "portrait.png"
    assert receipt.operations[0] == "face 0 edited at 128 px by small: mask mouth, look, seed 1, strength 0.9"
    assert 0.001 < receipt.mask_fraction < 0.05
    stages = {"find", "layers", "codes", "features", "bank", "decode", "blend", "paste", "measure", "total"}
    assert set(result.timings) == stages
    assert changed(result.photo, portrait).sum() > 0.5 * result.mask.sum()
    assert not changed(result.photo, portrait)[~result.mask].any()


def test_every_kind_of_photo(editor: Editor, portrait: Photo, face: Face) -> None:
    expected = editor(portrait, mask="nose", mode="look", face=face).photo.pixels
    for source in (portrait.pixels, Image.fromarray(portrait.pixels)):
        np.testing.assert_array_equal(editor(source, mask="nose", mode="look", face=face).photo.pixels, expected)
    gray = editor(portrait.pixels[..., 0], mask="nose", mode="look", face=face).photo
    deep = editor(portrait.pixels.astype(np.uint16) * 257, mask="nose", mode="look", face=face).photo
    clear = editor(np.dstack([portrait.pixels, portrait.pixels[..., 0]]), mask="nose", mode="look", face=face).photo
    assert gray.pixels.shape == (512, 512, 1) and deep.bits == 16
    assert clear.alpha is not None and (clear.alpha == portrait.pixels[..., 0]).all()
    np.testing.assert_array_equal(clear.pixels, expected)
    assert np.abs(deep.pixels / 257 - expected).max() <= 1


def test_a_face_may_be_said_in_many_ways(editor: Editor, portrait: Photo, face: Face) -> None:
    expected = editor(portrait, mask="nose", mode="look").photo.pixels
    x, y = face.landmarks[1, :2]
    for which in ("largest", 0, "0", f"{x:.0f},{y:.0f}", face, face.quad):
        np.testing.assert_array_equal(editor(portrait, mask="nose", mode="look", face=which).photo.pixels, expected)
    crop = crop_face(portrait, face.quad, 300).pixels
    aligned = editor(crop, mask="nose", mode="look", face="aligned", seed=np.int64(1), strength=np.float32(1))
    rows, columns = np.nonzero(aligned.mask)
    assert abs(rows.mean() / 300 - 0.55) < 0.1 and abs(columns.mean() / 300 - 0.5) < 0.1


def test_variants_share_what_they_have_in_common(editor: Editor, portrait: Photo, face: Face) -> None:
    cache = mien.EditCache()
    result = editor(portrait, mask="hair", face=face, seed=4, n=3, cache=cache)
    assert len(result.variants) == 3 and cache.misses["features"] == 1
    for number, variant in enumerate(result.variants):
        alone = editor(portrait, mask="hair", face=face, seed=4 + number)
        np.testing.assert_array_equal(variant.photo.pixels, alone.photo.pixels)
        assert f"seed {4 + number}" in variant.operations[0]


def test_a_cache_finds_the_faces_of_a_photo_once(editor: Editor, portrait: Photo) -> None:
    cache = mien.EditCache()
    first = editor(portrait, mask="nose", mode="look", cache=cache)
    second = editor(Photo(portrait.pixels.copy()), mask="mouth", mode="look", cache=cache)
    assert cache.misses["faces"] == cache.misses["labels"] == 1
    assert second.timings["find"] < first.timings["find"]


def test_an_editor_remembers_the_faces_of_its_last_photos(editor: Editor, portrait: Photo) -> None:
    mine = Editor(editor.backend)
    results = [mine(Photo(portrait.pixels.copy()), mask="nose", mode="look") for _ in range(2)]
    assert mine._looked.misses["faces"] == 1 and results[1].timings["find"] < results[0].timings["find"]
    results[0].faces[0].before.pixels[:] = 0  # what a user does to a result is no matter of the next
    np.testing.assert_array_equal(mine(portrait, mask="nose", mode="look").photo.pixels, results[1].photo.pixels)


def test_each_face_gets_its_own_inputs(editor: Editor, group: Photo) -> None:
    mask = np.ones((64, 64), np.float32)
    result = editor.edit_faces(
        group,
        {
            0: {"mask": "hair", "seed": 2},
            1: Request(mask="mouth", attributes={"smile": 2.0}, mode="look"),
            "largest": Conditions(mask=np.pad(mask[:20, :20], 22), color=np.full((64, 64, 4), 255, np.uint8)),
        },
    )
    assert [face.conditions.given for face in result.faces] == [("mask",), ("mask", "attributes"), ("mask", "color")]
    edit = changed(result.photo, group)
    assert edit[:, :512].any() and edit[:, 512:].any() and not edit[~result.mask].any()
    alone = editor(group, mask="mouth", attributes={"smile": 2.0}, mode="look", face=1)
    np.testing.assert_array_equal(alone.photo.pixels[:, 512:], result.photo.pixels[:, 512:])
    assert result.faces[0].before.face is not None and len(result.operations) >= 3


def detail(photo: Photo, area: np.ndarray) -> float:
    """Standard deviation of what is finer than two pixels of the crop."""
    gray = photo.pixels.mean(2)
    return float((gray - cv2.GaussianBlur(gray, (0, 0), 2.0))[area].std())


def test_new_colors_may_keep_the_photos_lines(editor: Editor, portrait: Photo) -> None:
    rng = np.random.default_rng(0)
    large = np.asarray(Image.fromarray(portrait.pixels).resize((1024, 1024))).astype(np.int16)
    photo = Photo((large + rng.integers(-25, 25, large.shape)).clip(0, 255).astype(np.uint8))
    color = np.broadcast_to(np.uint8([40, 60, 200]), (64, 64, 3))
    given = {"mask": "hair", "color": color, "frame": "crop"}
    anew, kept = editor(photo, **given), editor(photo, **given, sketch="self")
    assert "sketch 'self'" in " ".join(anew.faces[0].notes) and "'self'" not in " ".join(kept.faces[0].notes)
    assert kept.faces[0].conditions.sketch is not None and "sketch self" in kept.operations[0]
    assert not changed(kept.photo, photo)[~kept.mask].any()
    assert detail(kept.photo, kept.mask) > 1.5 * detail(anew.photo, kept.mask)
    for other in (
        {"attributes": {"smile": 1.0}},
        {"weights": {"sketch": 0}},
        {"semantic": np.full((64, 64), 17, np.uint8)},
    ):
        reshaped = editor(photo, **given, sketch="self", **other)
        assert detail(reshaped.photo, kept.mask) < 0.8 * detail(kept.photo, kept.mask)


def test_without_a_photo_nothing_can_be_taken_from_it(editor: Editor) -> None:
    for name in ("sketch", "semantic", "color", "exemplar"):
        with pytest.raises(LayerError, match=f"no photo to take the {name} from"):
            editor.generate(**{name: "self"})


def test_nothing_changes_at_strength_0(editor: Editor, portrait: Photo, face: Face) -> None:
    assert editor(portrait, mask="face", face=face, strength=0).photo is portrait


def test_masks_beyond_the_crop_are_cut_and_reported(editor: Editor, portrait: Photo, face: Face) -> None:
    mask = np.zeros((512, 512), np.bool_)
    mask[100:300] = True
    result = editor(portrait, mask=mask, face=face)
    assert any("% of the mask lies outside the face crop" in words for words in result.operations)
    assert not result.mask[:, :100].any() and result.mask[:, 150:250].any()
    hair = editor(portrait, mask="hair", face=face)
    assert any("the mask ends where the face crop ends" in words for words in hair.faces[0].notes)
    plain = editor(portrait, mask="nose", face=face, attributes={"smile": 1.0}, mode="look").faces[0]
    assert plain.outcome is not None and plain.notes == plain.outcome.complaints


def test_what_cannot_change_the_result_is_reported(editor: Editor, portrait: Photo, face: Face) -> None:
    def notes(**inputs: Any) -> str:
        return "; ".join(editor(portrait, mask="nose", mode="look", face=face, frame="crop", **inputs).faces[0].notes)

    assert "nothing but the mask was given" in notes() and "nothing but the mask" in notes(seed=3)
    corner = np.zeros((64, 64, 4), np.uint8)
    corner[:8, :8] = (200, 30, 30, 255)
    assert "the color is empty inside the mask" in notes(color=corner)
    assert "the sketch is empty inside the mask" in notes(sketch=corner[..., 3] > 0)
    labels = np.where(corner[..., 3] > 0, INDEX["hair"], UNKNOWN).astype(np.uint8)
    assert "the semantic is empty inside the mask" in notes(semantic=labels)
    assert "empty" not in notes(sketch=np.eye(64, dtype=np.bool_), semantic="self", color="self")
    plain = Editor.from_pretrained("opencv:telea")
    left_out = plain(portrait, mask="nose", face=face, color=(200, 30, 30)).faces[0].notes
    assert left_out[0] == "opencv:telea does not use the color, which was left out"


def flat(value: int = 128) -> np.ndarray:
    return np.full((512, 512, 3), value, np.uint8)


EMPTY, TINY, AWAY = (np.zeros((512, 512), np.bool_) for _ in range(3))
TINY[2, 2] = AWAY[500:, 500:] = True


@pytest.mark.parametrize(
    ("error", "words", "asked"),
    [
        (LayerError, "give a mask: a region such as hair", {}),
        (LayerError, "mask is empty", {"mask": EMPTY}),
        (LayerError, "lies outside the crop of the face", {"mask": AWAY}),
        (LayerError, "The mask is 300 x 200 pixels; draw it at the photo's size, 512", {"mask": np.ones((200, 300))}),
        (LayerError, "scale it to", {"mask": np.full((512, 512), 7.0)}),
        (LayerError, "array of complex128", {"mask": np.ones((512, 512), complex)}),
        (LayerError, "'hairs' is no region; did you mean hair", {"mask": "hairs"}),
        (LayerError, "There is no 'hat' in this face's square, from", {"mask": "hat"}),
        (LayerError, "Protecting face leaves nothing", {"mask": "nose", "protect": "face"}),
        (LayerError, "'smoke' is no region", {"mask": "nose", "protect": "smoke"}),
        (PhotoError, "does not exist", {"mask": "missing.png"}),
        (PhotoError, "does not exist", {"mask": "nose", "sketch": "missing.png"}),
        (LayerError, "The sketch is 30 x 20 pixels", {"mask": "nose", "sketch": np.zeros((20, 30), np.bool_)}),
        (LayerError, "The sketch is empty within the crop", {"mask": "nose", "sketch": np.zeros((64, 64), np.bool_)}),
        (PhotoError, "The sketch has values from 7 to 7", {"mask": "nose", "sketch": np.full((64, 64), 7.0)}),
        (LayerError, "labels that are none of the 19", {"mask": "nose", "semantic": np.full((64, 64), 40, np.uint8)}),
        (
            LayerError,
            "The semantic map is empty within",
            {"mask": "nose", "semantic": np.full((64, 64), 255, np.uint8)},
        ),
        (LayerError, "colors that stand for no class", {"mask": "nose", "semantic": flat(150)}),
        (LayerError, "gray and has no colors", {"mask": "nose", "color": np.zeros((64, 64), np.uint8)}),
        (LayerError, "The color map is empty within", {"mask": "nose", "color": np.zeros((64, 64, 4), np.uint8)}),
        (PhotoError, "has mode F", {"mask": "nose", "color": Image.new("F", (64, 64))}),
        (NoFaceError, "No face found in The exemplar", {"mask": "nose", "exemplar": flat()}),
        (ConfigError, "no attribute 'beard'; it knows age, smile", {"mask": "nose", "attributes": {"beard": 1.0}}),
        (LayerError, "strength of 'smile' is 99", {"mask": "nose", "attributes": {"smile": 99}}),
        (ConfigError, "Nothing of 'a beard' can be done", {"mask": "nose", "text": "a beard"}),
        (ConfigError, "'exemplar' has no weight", {"mask": "nose", "weights": {"exemplar": 2}}),
        (ConfigError, "seed is -1", {"mask": "nose", "seed": -1}),
        (ConfigError, "strength is 2", {"mask": "nose", "strength": 2}),
        (ConfigError, "0 variants", {"mask": "nose", "n": 0}),
        (ConfigError, "'sideways' is no frame", {"mask": "nose", "frame": "sideways"}),
        (FaceSelectionError, "no face 3", {"mask": "nose", "face": 3}),
        (FaceSelectionError, "four corners", {"mask": "nose", "face": np.zeros((3, 2))}),
        (LayerError, "is no folder of layers", {"layers": "missing"}),
    ],
)
def test_every_bad_input_gets_one_sentence(
    editor: Editor, portrait: Photo, face: Face, error: type[Exception], words: str, asked: dict[str, Any]
) -> None:
    with pytest.raises(error, match=words) as caught:
        editor(portrait, **{"face": face, **asked})
    text = str(caught.value)
    assert text.endswith(".") and "\n" not in text


def test_photos_without_a_face_or_of_a_wrong_kind(editor: Editor) -> None:
    with pytest.raises(NoFaceError, match="No face found in The photo"):
        editor(flat(), mask="hair")
    with pytest.raises(PhotoError, match="complex128 of shape"):
        editor(np.zeros((64, 64, 3), complex), mask="hair")
    with pytest.raises(FaceSelectionError, match="an aligned face crop is square"):
        editor(np.zeros((64, 80, 3), np.uint8), mask="hair", face="aligned")
    with pytest.raises(ConfigError, match="No face is named"):
        editor.edit_faces(flat(), {})
    with pytest.raises(ConfigError, match="'colour' is no input of an edit; choose from mask, sketch"):
        editor.edit_faces(flat(), {0: {"colour": flat()}})


def test_a_mask_smaller_than_a_pixel_of_the_crop(editor: Editor) -> None:
    huge = np.zeros((2600, 2600, 3), np.uint8)
    mask = np.zeros((2600, 2600), np.bool_)
    mask[1300, 1300] = True
    with pytest.raises(LayerError, match="smaller than a pixel of the crop"):
        editor(huge, mask=mask, face=square_quad(1300, 1300, 5130))


def test_editors_that_cannot_edit_are_refused(editor_folder: Path, tmp_path: Path) -> None:
    networks, trained = load_editor(editor_folder)
    save_editor(tmp_path / "half", networks, "card", ("generator", "encoder"))
    with pytest.raises(UnknownCheckpointError, match="half lacks its painter"):
        Editor.from_pretrained(tmp_path / "half")
    with pytest.raises(UnknownCheckpointError, match="neither a folder"):
        Editor.from_pretrained(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="Nothing can run on 'abacus'"):
        Editor.from_pretrained(editor_folder, device="abacus")
    save_editor(tmp_path / "other", networks, "card", trained)
    save_directions(tmp_path / "other", {"smile": torch.zeros(3, 4)})
    with pytest.raises(CorruptCheckpointError, match="belongs to another editor"):
        Editor.from_pretrained(tmp_path / "other")
    (tmp_path / "other" / FILE).write_bytes(b"damaged")
    with pytest.raises(CorruptCheckpointError, match="is damaged"):
        Editor.from_pretrained(tmp_path / "other")
    (tmp_path / "other" / FILE).unlink()
    assert Editor.from_pretrained(tmp_path / "other").attributes == ()


def test_without_the_warping_network_exemplars_keep_their_pose(
    editor_folder: Path, portrait: Photo, face: Face
) -> None:
    networks, _ = load_editor(editor_folder)
    plain = Editor(Facemug(networks, ("generator", "encoder", "painter")))
    warped = Editor(Facemug(networks, ("generator", "encoder", "warping", "painter")))
    mirrored = Photo(np.ascontiguousarray(portrait.pixels[:, ::-1]))
    for exemplar, turns in ((mirrored, True), ("self", False)):  # one's own look has the pose already
        edits = [one(portrait, mask="face", exemplar=exemplar, face=face).photo.pixels for one in (plain, warped)]
        assert (edits[0] != edits[1]).any() == turns
