"""What users of diffusers expect: devices, precisions, lists, pictures for Pillow, generators, callbacks, folders."""

from __future__ import annotations

import inspect
from dataclasses import fields
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import mien
from mien.backends.facemug import Facemug
from mien.checkpoints.editor import PARTS, load_editor
from mien.conditions.types import Conditions
from mien.editing.request import Request
from mien.editor import Editor
from mien.errors import ConfigError, LayerError
from mien.types import AlignedFace, Face, Photo


def test_the_five_lines_of_a_user(portrait: Photo, tmp_path: Path) -> None:
    """With the bundled editor."""
    pil = a = b = Image.fromarray(portrait.pixels)
    editor = Editor.from_pretrained()
    editor.to("cpu", torch.bfloat16)
    image = editor(pil, mask="hair", color="#703020").images[0]
    both = editor([a, b], mask="hair")
    editor.save_pretrained(tmp_path / "mine")

    assert isinstance(image, Image.Image) and image.size == pil.size and image.mode == "RGB"
    assert len(both.images) == 2 and (np.asarray(both.images[0]) != portrait.pixels).any()
    again = Editor.from_pretrained(tmp_path / "mine")
    assert again.backend.fingerprint() == editor.to(torch.float32).backend.fingerprint()
    assert (tmp_path / "mine" / "README.md").read_text() == (editor.backend.source / "README.md").read_text()  # type: ignore[attr-defined]


def test_one_color_is_that_color_over_the_mask(editor: Editor, portrait: Photo, face: Face) -> None:
    asked = {"mask": "hair", "face": face, "mode": "look"}
    results = [editor(portrait, **asked, color=c) for c in ("#703020", "rgb(112, 48, 32)", (112, 48, 32))]
    for result in results:
        (edit,) = result.faces
        assert edit.conditions.mask is not None and edit.conditions.color is not None
        np.testing.assert_array_equal(edit.conditions.color[..., 3] == 255, edit.conditions.mask > 0)
        assert (edit.conditions.color[edit.conditions.mask > 0] == (112, 48, 32, 255)).all()
        np.testing.assert_array_equal(result.photo.pixels, results[0].photo.pixels)
    assert "color #703020" in results[0].operations[0] and "color rgb(112, 48, 32)" in results[2].operations[0]
    named = editor(portrait, **asked, color="sienna").faces[0].conditions.color
    assert named is not None and tuple(named[named[..., 3] > 0][0]) == (160, 82, 45, 255)
    assert (editor.generate(color="#703020", seed=1).pixels != editor.generate(color="#203070", seed=1).pixels).any()


@pytest.mark.parametrize("color", ["#70302", "#xyzxyz", (1, 2), (300, 0, 0), (0.5, 0.5, 0.5)])
def test_what_is_no_color(editor: Editor, portrait: Photo, face: Face, color: object) -> None:
    with pytest.raises(LayerError, match="is no color; "):
        editor(portrait, mask="hair", face=face, color=color)


def test_half_the_precision_is_within_a_few_levels(editor_folder: Path, portrait: Photo, face: Face) -> None:
    editor = Editor.from_pretrained(editor_folder)
    asked = {"mask": "face", "face": face, "exemplar": "self", "color": "#703020", "attributes": {"smile": 1.0}}
    plain = editor(portrait, **asked, seed=1)
    assert editor.to("cpu", torch.bfloat16) is editor and editor.dtype == torch.bfloat16
    half = editor(portrait, **asked, seed=1)
    apart = np.abs(half.photo.pixels.astype(int) - plain.photo.pixels)[plain.mask]
    assert 0 < apart.mean() < 1 and np.percentile(apart, 99) <= 6
    assert not (half.photo.pixels != portrait.pixels)[~half.mask].any()
    assert all(one.dtype == torch.float32 for one in editor.backend.networks.parameters())  # type: ignore[attr-defined]
    again = editor.to(dtype=torch.float32)(portrait, **asked, seed=1)
    np.testing.assert_array_equal(again.photo.pixels, plain.photo.pixels)


def test_devices_and_precisions(editor_folder: Path) -> None:
    editor = Editor.from_pretrained(editor_folder)
    finder = editor.finder
    assert editor.to(torch.device("cpu")).device.type == "cpu" and editor.finder.detector is finder.detector
    for bad, words in (("abacus", "Nothing can run on 'abacus'"), (torch.int8, "cannot compute in torch.int8")):
        with pytest.raises(ConfigError, match=words):
            editor.to(bad)
    assert editor.dtype == torch.float32
    meta = Editor(editor.backend)
    meta.__dict__["finder"], meta.__dict__["parser"] = meta.finder, meta.parser
    moved: list[str] = []
    for name in ("finder", "parser"):
        meta.__dict__[name] = type("Network", (), {"to": lambda self, device: moved.append(device) or self})()
    meta.to("cpu")
    assert moved == ["cpu", "cpu"]  # finder and parser follow


def test_a_saved_editor_is_the_same(
    editor: Editor, editor_folder: Path, portrait: Photo, face: Face, tmp_path: Path
) -> None:
    networks, _ = load_editor(editor_folder)
    with torch.no_grad():
        networks.encoder.w_avg.add_(1e-5)  # no float16 has it
    for number, one in enumerate((editor, Editor(Facemug(networks, PARTS)))):
        one.save_pretrained(tmp_path / str(number))
        again = Editor.from_pretrained(tmp_path / str(number))
        assert again.attributes == one.attributes
        asked = {"mask": "nose", "mode": "look", "face": face, "seed": 1}
        made, wanted = (e(portrait, **asked).photo.pixels for e in (again, one))
        np.testing.assert_array_equal(made, wanted)


def test_a_generator_gives_the_seed(editor: Editor, portrait: Photo, face: Face) -> None:
    seed = int(torch.randint(0, 2**32, (), generator=torch.Generator().manual_seed(3)))
    wanted = editor(portrait, mask="nose", mode="look", face=face, seed=seed).photo.pixels
    generator = torch.Generator().manual_seed(3)
    np.testing.assert_array_equal(
        editor(portrait, mask="nose", mode="look", face=face, generator=generator).photo.pixels, wanted
    )
    assert (
        editor(portrait, mask="nose", mode="look", face=face, generator=generator).photo.pixels != wanted
    ).any()  # it moved on
    with pytest.raises(ConfigError, match="Seed and generator both"):
        editor(portrait, mask="nose", mode="look", face=face, generator=generator, seed=1)


def test_a_callback_hears_of_every_stage(editor: Editor, portrait: Photo, face: Face) -> None:
    heard: list[str] = []
    result = editor(
        portrait, mask="nose", face=face, callback=lambda stage, ms: heard.append(stage) if ms >= 0 else None
    )
    assert set(heard) == set(result.timings) - {"total"} and heard[-1] == "measure"


def test_results_are_pictures(editor: Editor, portrait: Photo, face: Face) -> None:
    result = editor(portrait, mask="nose", mode="look", face=face, n=2)
    assert [np.asarray(image).tolist() for image in result.images] == [v.photo.pixels.tolist() for v in result.variants]
    for thing in (result, result.photo, result.faces[0].before):
        assert Image.open(BytesIO(thing._repr_png_())).format == "PNG"
    deep = Photo(
        portrait.pixels.astype(np.uint16) * 257, portrait.pixels[..., 0].astype(np.uint16) * 257, icc=b"profile"
    )
    assert deep.image.mode == "RGBA" and deep.image.info["icc_profile"] == b"profile"
    np.testing.assert_array_equal(np.asarray(deep.image)[..., :3], portrait.pixels)
    assert Photo(portrait.pixels[..., :1]).image.mode == "L"


def test_everything_says_what_it_is_in_a_line(editor: Editor, portrait: Photo, face: Face) -> None:
    result = editor(portrait, mask="nose", mode="look", face=face, n=2)
    conditions = Conditions(mask=np.ones((8, 8), np.float32), attributes={"smile": 1.0}, text="a beard")
    aligned = AlignedFace(portrait.pixels[:64, :64], np.eye(2, 3), (512, 512))
    texts = [repr(one) for one in (editor, portrait, face, result, Request(mask="hair", seed=2), conditions, aligned)]
    assert texts[0] == "Editor(small, 128 px, cpu, float32, reads attributes, color, exemplar, semantic, sketch)"
    assert texts[1] == "Photo(from memory, 512 x 512, RGB, 8 bits)"
    assert texts[4] == "Request(mask hair, seed 2)" and repr(Request()) == "Request(nothing)"
    assert texts[5] == "Conditions(mask, attributes, text; side 8)"
    assert all(len(text) < 300 and "\n" not in text and "array(" not in text for text in texts)


def test_fields_of_a_request_are_the_only_spelling(editor: Editor, portrait: Photo, face: Face) -> None:
    names = [one.name for one in fields(Request)]
    for call in (Editor.__call__, Editor.generate):
        assert [name for name in inspect.signature(call).parameters if name in names] == names
    request = Request(mask="nose", seed=3, face=face, mode="look")
    told = {"mask": "nose", "seed": 3, "face": face, "mode": "look"}
    assert Request.from_dict(request.to_dict()).to_dict() == request.to_dict() == told
    made = editor(portrait, request, strength=0.5).photo.pixels
    np.testing.assert_array_equal(made, editor(portrait, **told, strength=0.5).photo.pixels)
    with pytest.raises(ConfigError, match="'colour' is no input of an edit; choose from mask"):
        editor(portrait, mask="nose", mode="look", colour="red")
    with pytest.raises(ConfigError, match="'mask' says something about a photo"):
        editor.generate(mask="hair")


def test_arrays_and_tensors_are_photos(editor: Editor, portrait: Photo, face: Face) -> None:
    wanted = editor(portrait, mask="nose", mode="look", face=face).photo.pixels
    numbers = portrait.pixels.astype(np.float32) / 255
    tensor = torch.from_numpy(numbers).permute(2, 0, 1)
    for photo in (numbers, numbers.astype(float), tensor, tensor[None], torch.from_numpy(portrait.pixels)):
        np.testing.assert_array_equal(editor(photo, mask="nose", mode="look", face=face).photo.pixels, wanted)


def test_public_names() -> None:
    for name in ("Conditions", "Request", "FaceParser", "Generator"):
        assert name in mien.__all__ and getattr(mien, name).__name__ == name
