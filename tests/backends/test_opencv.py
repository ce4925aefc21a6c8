"""Inpainting without networks, and who is chosen to paint."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from editing.conftest import editor_folder as editor_folder
from editing.conftest import face as face
from editing.conftest import portrait as portrait

from mien.backends import BACKENDS, find_backend, load_backend
from mien.backends.base import CropEditor
from mien.editor import Editor
from mien.errors import ConfigError, UnknownCheckpointError
from mien.types import Face, Photo


@pytest.mark.parametrize("method", ["telea", "navier-stokes"])
def test_opencv_edits_photos(method: str, portrait: Photo, face: Face) -> None:
    editor = Editor.from_pretrained(f"opencv:{method}")
    result = editor(portrait, mask="mouth", mode="look", face=face)
    assert f"face edited at 256 px by opencv:{method}: mask mouth" in result.operations[0]
    assert (result.photo.pixels != portrait.pixels).any() and not (result.photo.pixels != portrait.pixels)[
        ~result.mask
    ].any()
    seeded = editor([portrait, portrait], mask="mouth", mode="look", face=face, seed=3)
    np.testing.assert_array_equal(seeded[1].photo.pixels, result.photo.pixels)
    assert editor(portrait, mask="mouth", mode="look", face=face, strength=0).photo is portrait
    assert result.faces[0].shares.shape == (1, 256, 256) and editor.attributes == ()


def test_two_methods_differ_and_know_nothing_else(portrait: Photo, face: Face) -> None:
    telea, other = (Editor.from_pretrained(f"opencv:{method}") for method in ("telea", "navier-stokes"))
    assert telea.backend.fingerprint() != other.backend.fingerprint() and not telea.backend.supports()
    assert (
        telea(portrait, mask="nose", mode="look", face=face).photo.pixels
        != other(portrait, mask="nose", mode="look", face=face).photo.pixels
    ).any()
    with pytest.raises(ConfigError, match="no attribute 'smile'; it knows none"):
        telea(portrait, mask="nose", face=face, attributes={"smile": 1.0}, mode="look")
    with pytest.raises(ConfigError, match="makes no faces without a photo"):
        telea.generate(seed=1)


def test_a_backend_is_chosen_by_its_folder(editor_folder: Path, tmp_path: Path) -> None:
    assert find_backend(editor_folder) == ("mien-editor", editor_folder) and find_backend("opencv:telea")[0] == "opencv"
    assert (
        find_backend("mm2latent") == find_backend("multimodal-mapping") and find_backend("mm2latent")[0] == "mm2latent"
    )
    Editor.from_pretrained("opencv:navier-stokes").save_pretrained(tmp_path / "mine")
    made: CropEditor = load_backend(tmp_path / "mine")
    assert (made.kind, made.name, made.size) == ("opencv", "opencv:navier-stokes", 256)
    for config, words in (
        ({"kind": "mien-parser"}, "is no editor; give one of mien-editor, mm2latent, opencv"),
        ([], "is no editor"),
    ):
        (tmp_path / "mine" / "config.json").write_text(json.dumps(config))
        with pytest.raises(UnknownCheckpointError, match=words):
            load_backend(tmp_path / "mine")
    (tmp_path / "mine" / "config.json").write_text("{")
    with pytest.raises(UnknownCheckpointError, match="no readable config"):
        load_backend(tmp_path / "mine")
    for name, error, words in (
        ("opencv:magic", UnknownCheckpointError, "no 'magic' inpainting; choose telea or navier-stokes"),
        ("nobody", UnknownCheckpointError, "neither a folder"),
    ):
        with pytest.raises(error, match=words):
            load_backend(name)
    with pytest.raises(ConfigError, match="reads no text"):
        load_backend("opencv:telea", clip="some/clip")
    assert set(BACKENDS) == {"mien-editor", "mm2latent", "opencv"}
