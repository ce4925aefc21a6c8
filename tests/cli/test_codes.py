"""A code file in place of a photo."""

from __future__ import annotations

from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol

import pytest

from mien.checkpoints.codes import save_codes, w_plus_of
from mien.checkpoints.fingerprint import fingerprint
from mien.checkpoints.shapes import load_pair
from mien.cli import codes as module
from mien.cli.codes import photo_of
from mien.engine.faces import BUNDLED_GENERATOR, load_maker
from mien.errors import ConfigError
from mien.models.inversion import Inverted
from mien.photos.read import read_photo
from mien.photos.write import save_photo


class Mien(Protocol):
    def __call__(self, *arguments: object, ok: int = 0) -> CompletedProcess[str]: ...


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the mean face of the bundled editor's generator."""
    from mien.checkpoints.hub import find_folder

    generator = load_pair(find_folder("portrait-editor")).generator
    codes = generator.mapping.w_avg.expand(generator.config.codes, generator.config.w_dim).clone()
    path = tmp_path_factory.mktemp("codes") / "anna.safetensors"
    save_codes(path, Inverted(codes, "encoder", generator=fingerprint(generator).hex(), origin="portrait-editor"))
    return path


@pytest.fixture(scope="module", autouse=True)
def drawn(code: Path) -> Path:
    """Its picture, drawn once."""
    path = code.with_name("drawn.png")
    module.draw_code(code, path)
    return path


@pytest.fixture
def at_once(drawn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "draw_code", lambda _, path: path.write_bytes(drawn.read_bytes()))


def test_the_face_is_drawn_and_gone_afterwards(code: Path) -> None:
    with photo_of(None, code) as path:
        assert path.name == "anna.png" and read_photo(path).pixels.shape == (128, 128, 3)
    assert not path.exists()
    with photo_of(code, None) as path:
        assert path == code
    for pair, told in (((None, None), "no photo"), ((code, code), "both say")):
        with pytest.raises(ConfigError, match=told), photo_of(*pair):
            pass


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    "line",
    [
        ("dye", "--color", "brows=black"),
        ("reshape", "--attribute", "nose-width=1"),
        ("heal", "--red-eyes", "--strength", "0"),
        ("edit", "--attribute", "smile=1"),
    ],
)
def test_edits_lie_beside_the_code_file(line: tuple[str, ...], code: Path, mien: Mien) -> None:
    result = code.with_name("anna-edited.png")
    told = mien(*line, "--code", code, ok=5 if "--red-eyes" in line else 0)
    if "--red-eyes" not in line:  # which this face has not
        assert told.stdout.strip() == str(result) and read_photo(result).pixels.shape == (128, 128, 3)
        result.unlink()


@pytest.mark.usefixtures("at_once")
def test_what_looks_at_photos_looks_at_codes(code: Path, mien: Mien, tmp_path: Path) -> None:
    assert "1 face" in mien("faces", "--code", code).stdout
    mien("mask", "--code", code, "--region", "hair", "--out", tmp_path / "hair.png")
    mien("conditions", "--code", code, "--out", tmp_path / "layers")
    mien("session", "new", tmp_path / "session", "--code", code)
    recipe = tmp_path / "recipe.json"
    recipe.write_text('{"version": 1, "steps": [{"dye": {"lips": "red"}}]}')
    assert (tmp_path / "hair.png").is_file() and (tmp_path / "layers" / "image.png").is_file()
    assert (tmp_path / "session").is_dir()


@pytest.mark.usefixtures("at_once")
def test_a_crop_of_a_code_goes_back_into_its_face(code: Path, mien: Mien, tmp_path: Path) -> None:
    mien("faces", "--code", code, "--crops", tmp_path)
    (crop,) = tmp_path.glob("*.png")
    photo, changed = read_photo(crop), tmp_path / "changed.png"
    save_photo(photo.with_pixels(255 - photo.pixels), changed)
    mien("paste", changed, "--code", code, "--matrix", crop.with_suffix(".json"), "-o", tmp_path / "pasted.png")
    assert (read_photo(tmp_path / "pasted.png").pixels != read_photo(code.with_name("drawn.png")).pixels).any()


def test_a_photo_and_a_code_are_not_given_together(code: Path, portrait: Path, mien: Mien) -> None:
    assert "both say" in mien("dye", portrait, "--code", code, "--color", "hair=red", ok=9).stderr
    assert "no photo" in mien("mask", "--region", "hair", "--out", "mask.png", ok=9).stderr
    assert "missing" in mien("session", "new", portrait, ok=9).stderr


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (("--vertices", "points.json"), "add --mesh"),
        (("--size", "256"), "add --finish"),
        (("--truncation", "0.5", "--code", "anna.safetensors"), "leave it or --code out"),
        (("--clip", "openai/clip"), "leave --clip out"),
    ],
)
def test_options_of_generation_that_would_do_nothing_are_refused(line: tuple[str, ...], told: str, mien: Mien) -> None:
    assert told in mien("generate", "--text", "old", *line, "-o", "face.png", ok=9).stderr


def test_generation_starts_from_a_code(code: Path, mien: Mien, tmp_path: Path) -> None:
    made = tmp_path / "face.png"
    told = mien("generate", "--code", code, "--refine", 0, "-o", made).stderr
    assert "invert with --of portrait-generator" in " ".join(told.split())  # the file is of the editor's generator
    expected = load_maker(BUNDLED_GENERATOR).pictures(w_plus_of(code)[None])[0]
    assert (read_photo(made).pixels == expected).all()
