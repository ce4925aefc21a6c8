"""What ``mien directions show`` measures and draws, and the verbs that find directions, on a small generator."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mien.checkpoints.directions import Direction, add_directions, read_facts
from mien.checkpoints.encoder import save_encoder
from mien.checkpoints.generator import save_generator
from mien.checkpoints.shapes import load_pair
from mien.cli.app import app
from mien.directions import effects as effects_module
from mien.directions import stylespace
from mien.directions.effects import STRENGTHS, Effect, Effects
from mien.directions.faces import codes_of_photos, pictures_of
from mien.directions.measures import Judge, Measures
from mien.directions.sheet import draw_effects
from mien.editing.directions import load_directions
from mien.errors import ConfigError, DataError, UnknownCheckpointError, UnreadablePhotoError
from mien.models.editing import StyleEncoder, StyleEncoderConfig
from mien.models.stylegan2 import Generator, GeneratorConfig
from mien.photos.read import read_photo
from mien.types import Float64, UInt8

SMALL = GeneratorConfig(resolution=32, z_dim=16, w_dim=16, mapping_layers=2, channel_base=256, channel_max=16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    save_generator(tmp_path / "g", Generator(SMALL), "x", half=False)
    return tmp_path / "g"


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attributes are mean colors: no network has to see faces in noise."""

    def colors(self: Measures, pictures: UInt8, done: Any = lambda: None) -> Float64:
        found = np.zeros((len(pictures), len(self.units)))
        found[:, :3] = pictures.reshape(len(pictures), -1, 3).mean(1)
        found[pictures.mean((1, 2, 3)) < 0] = np.nan
        for _ in pictures:
            done()
        return found

    monkeypatch.setattr(Measures, "of", colors)
    monkeypatch.setattr(effects_module, "REFERENCE", 8)
    monkeypatch.setattr(stylespace, "CANDIDATES", 8)


def run(*words: object) -> None:
    app(["directions", *map(str, words)], standalone_mode=False)


def test_change_and_change_per_unit() -> None:
    values = np.zeros((2, 7, 2))
    values[..., 0] = np.array(STRENGTHS) * 3.0 + np.array([[10], [20]])
    values[1, 6] = np.nan
    pictures = np.zeros((2, 7, 8, 8, 3), np.uint8)
    effect = Effect("smile", pictures, values)
    np.testing.assert_allclose(effect.change[:, 0], np.array(STRENGTHS) * 3.0)
    assert effect.faces_seen == [2, 2, 2, 2, 2, 2, 1]
    np.testing.assert_allclose(effect.per_unit(np.array([6.0, 1.0])), [0.5, 0])
    values[:, 0] = np.nan
    effect = replace(effect, identity=np.linspace(0.1, 1, 7))
    both = Effects({"yaw": "degrees", "hat": "share"}, np.array([6.0, 1.0]), [effect, effect])
    row = both.facts()["directions"]["smile"]["attributes"]["yaw"]
    assert row["change"][0] is None and row["deviations_per_unit"] == 0.5
    json.dumps(both.facts(), allow_nan=False)
    sheet = draw_effects(both)
    assert sheet.dtype == np.uint8 and sheet.shape[1] == 190 + 7 * 128 and sheet.std() > 1


def test_a_strip_and_its_figures(folder: Path, measured: None, capsys: pytest.CaptureFixture[str]) -> None:
    add_directions(folder, [Direction("smile", torch.ones(1, 16), (0, 4))], SMALL)
    add_directions(folder, [Direction("age", torch.ones(1, sum(SMALL.style_channels)), space="s")], SMALL)
    strip = folder.parent / "strip.png"
    run("show", "smile", "age", "--of", folder, "--seeds", "0-1", "--out", strip, "--json")
    told = json.loads(capsys.readouterr().out)
    assert list(told["directions"]) == ["smile", "age"] and told["strengths"] == list(STRENGTHS)
    pair = load_pair(folder)
    from mien.directions.faces import codes_of_faces

    codes = codes_of_faces(pair.generator, [0, 1])
    offset = load_directions(folder, SMALL)["smile"]
    red = [pictures_of(pair.generator, codes + k * offset)[..., 0].mean() for k in (0, 2)]
    assert told["directions"]["smile"]["attributes"]["yaw"]["change"][5] == pytest.approx(red[1] - red[0], abs=1e-3)
    assert told["directions"]["age"]["attributes"]["yaw"]["change"][5] != 0
    assert told["directions"]["smile"]["identity"] is None
    torch.jit.script(torch.nn.Flatten()).save(str(folder.parent / "pixels.pt"))
    known = ("--identity-network", folder.parent / "pixels.pt", "--trust-code")
    run("show", "smile", "--of", folder, "--seeds", "0-1", *known, "--json")
    cosines = json.loads(capsys.readouterr().out)["directions"]["smile"]["identity"]
    vectors = [pictures_of(pair.generator, codes + k * offset).reshape(2, -1) / 127.5 - 1 for k in (0, 3)]
    units = [one / np.linalg.norm(one, axis=1, keepdims=True) for one in vectors]
    assert cosines[3] == pytest.approx(1, abs=1e-5) and cosines[6] == pytest.approx(
        (units[0] * units[1]).sum(1).mean(), abs=1e-3
    )
    assert read_photo(strip).width == 190 + 7 * 128
    with pytest.raises(ConfigError, match="no direction 'beard'"):
        run("show", "beard", "--of", folder)
    with pytest.raises(UnreadablePhotoError, match="nobody"):
        run("show", "smile", "--of", folder, "--face", folder / "nobody.jpg")
    with pytest.raises(ConfigError, match="no encoder of photos"):
        run("show", "smile", "--of", folder, "--face", strip)


def test_a_file_is_listed_or_shown(folder: Path, measured: None, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder.parent / "age_w.npy"
    np.save(file, np.ones((1, 16)))
    run("show", file)
    assert "1 x 16" in capsys.readouterr().out
    run("show", file, "--of", folder, "--seeds", "0", "--layers", "0-2", "--unit", "2")
    assert "age: mean change" in capsys.readouterr().out


def test_photos_go_through_the_encoder(folder: Path, astronaut: UInt8, tmp_path: Path) -> None:
    from mien.photos.write import save_photo
    from mien.types import Photo

    config = StyleEncoderConfig(128, 128, SMALL.codes, SMALL.w_dim, 3, widths=(8, 8, 8, 8, 8), grid=2, grid_channels=4)
    torch.manual_seed(0)
    save_encoder(folder, StyleEncoder(config), "x", half=False)
    save_photo(Photo(astronaut), tmp_path / "a.png")
    save_photo(Photo(np.ascontiguousarray(astronaut[:, ::-1])), tmp_path / "b.png")
    codes = codes_of_photos(load_pair(folder), [tmp_path / "a.png", tmp_path / "b.png"])
    assert codes.shape == (2, SMALL.codes, 16) and not torch.allclose(codes[0], codes[1])
    left_out: list[str] = []
    save_photo(Photo(np.zeros((64, 64, 3), np.uint8)), tmp_path / "c.png")
    again = codes_of_photos(load_pair(folder), [tmp_path / "a.png", tmp_path / "c.png"], left_out)
    assert torch.equal(again, codes[:1]) and left_out == ["c.png"]


def test_methods_keep_what_they_find(
    folder: Path, measured: None, clip_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("ganspace", folder, "--count", "2", "--faces", "70")
    run("interfacegan", folder, "--attribute", "yaw", "--attribute", "roll", "--hold", "pitch", "--faces", "70")
    run("stylespace", folder, "--name", "red", "--attribute", "yaw", "--faces", "70", "--beta", "0.1")
    channels = sum(count for k, count in enumerate(SMALL.style_channels) if k % 3 != 1)
    np.save(folder.parent / "fs3.npy", np.random.default_rng(0).normal(size=(channels, 16)))
    words = ("--text", "a smile", "--clip", clip_folder, "--relevance", folder.parent / "fs3.npy", "--beta", "0.5")
    run("stylespace", folder, "--name", "smile", *words, "--faces", "50")
    facts = read_facts(folder)
    assert set(facts) == {"pca-0", "pca-1", "yaw", "roll", "red", "smile"}
    assert "held: pitch" in facts["yaw"]["source"] and facts["smile"]["space"] == "s" and facts["pca-0"]["unit"] > 0
    found = load_directions(folder, SMALL)
    assert found["yaw"].shape == (8, 16) and found["smile"].shape == (sum(SMALL.style_channels),)
    assert 1 <= found["red"].count_nonzero() <= 8
    with pytest.raises(ConfigError, match="Nothing here measures 'beauty'"):
        run("interfacegan", folder, "--attribute", "beauty")
    with pytest.raises(ConfigError, match="--text WORDS with --clip"):
        run("stylespace", folder, "--name", "x", "--text", "a smile")
    np.save(folder.parent / "fs3.npy", np.zeros((90, 16)))
    with pytest.raises(ConfigError, match="describes 90 channels"):
        run("stylespace", folder, "--name", "x", *words)
    with pytest.raises(UnknownCheckpointError, match="no folder"):
        run("ganspace", folder / "none")


def test_a_boundary_between_photos_lies_in_their_layers(
    folder: Path, measured: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def codes(pair: Any, photos: list[Path], left_out: list[str]) -> torch.Tensor:
        assert len(photos) == 80
        return torch.randn(80, SMALL.codes, 16, generator=torch.Generator().manual_seed(0))

    monkeypatch.setattr("mien.directions.faces.codes_of_photos", codes)
    (folder.parent / "photos").mkdir()
    for number in range(90):
        (folder.parent / "photos" / f"{number}.jpg").touch()
    photos = ("--photos", folder.parent / "photos", "--faces", "80")
    run("interfacegan", folder, "--attribute", "yaw", *photos, "--layers", "0-6")
    for words in (("interfacegan", folder, "--attribute", "yaw", *photos), ("ganspace", folder)):
        with pytest.raises(ConfigError, match="no layers 2-9; the last one ends at 8"):
            run(*words, "--layers", "2-9")
    with pytest.raises(ConfigError, match="'A b' is no name"):
        run("stylespace", folder, "--name", "A b", "--attribute", "yaw")
    with pytest.raises(DataError, match="no folder of photos"):
        run("interfacegan", folder, "--attribute", "yaw", "--photos", folder / "nowhere")
    found = load_directions(folder, SMALL)["yaw"]
    assert found[:6].abs().amax(1).min() > 0 and not found[6:].any() and read_facts(folder)["yaw"]["layers"] == [0, 6]
    assert not torch.allclose(found[0], found[1])


def test_measures_of_a_real_face_and_of_none(astronaut: UInt8) -> None:
    face = np.ascontiguousarray(astronaut[15:215, 123:323])
    judge = Judge(("mean", "-"), lambda x: (x.mean((1, 2, 3)), x.amax((1, 2, 3))))
    measures = Measures(judges=[judge])
    rows = measures.of(np.stack([face, np.zeros_like(face)]))
    one = dict(zip(measures.units, rows[0], strict=True))
    assert np.isnan(rows[1]).all() and rows.shape == (2, len(measures.units))
    assert abs(one["roll"]) < 15 and one["hair"] > 0.1 and one["beard"] < 0.05 and 20 < one["skin-tone"] < 75
    assert one["mean"] == pytest.approx(face.mean() / 127.5 - 1, abs=1e-3)
    for names, network in ((("a", "b", "c"), judge.network), (("a",), lambda x: "words")):
        with pytest.raises(ConfigError, match="The network for a"):
            Judge(names, network).of(face)


def test_a_file_of_miens_making_is_shown(folder: Path, measured: None, capsys: pytest.CaptureFixture[str]) -> None:
    app(["directions", "sefa", str(folder), "--count", "2"], standalone_mode=False)
    file = folder / "directions.safetensors"
    app(
        ["directions", "show", str(file), "--of", str(folder), "--count", "2", "--seeds", "0", "--json"],
        standalone_mode=False,
    )
    assert set(json.loads(capsys.readouterr().out)["directions"]) == set(read_facts(folder))
