"""``mien import``, ``mien export`` and ``mien sample`` as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
import typer
from PIL import Image
from typer.testing import CliRunner, Result

from mien.checkpoints.generator import load_generator, save_generator
from mien.cli.export import export
from mien.cli.import_ import import_
from mien.cli.sample import parse_seeds, sample
from mien.errors import ConfigError, MienError, SaveError
from mien.models.stylegan2 import Generator, GeneratorConfig
from tests.checkpoints.foreign import rosinality_layout

CONFIG = GeneratorConfig(resolution=32, z_dim=16, w_dim=16, mapping_layers=2, channel_base=256, channel_max=16)
app = typer.Typer()
app.command("import")(import_)
app.add_typer(export, name="export")
app.command("sample")(sample)


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if isinstance(result.exception, MienError):
        raise result.exception
    return result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    generator = Generator(CONFIG)
    generator.mapping.update_w_avg(generator.mapping(torch.randn(500, 16)).detach(), decay=0.0)
    save_generator(tmp_path / "weights", generator, "card", half=False)
    return tmp_path / "weights"


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def test_import_and_export_are_inverse(tmp_path: Path) -> None:
    torch.manual_seed(0)
    content = {"g_ema": rosinality_layout.generator({4: 8, 8: 8, 16: 8, 32: 4}), "latent_avg": torch.randn(16)}
    torch.save(content, tmp_path / "a.pt")
    result = run("import", tmp_path / "a.pt", "--out", tmp_path / "g", "--licence", "MIT", "--json")
    report = json.loads(result.stdout)
    assert report["layout"].startswith("rosinality")
    assert report["resolution"] == 32
    assert "MIT" in (tmp_path / "g" / "README.md").read_text()
    assert run("export", "generator", tmp_path / "g", "--out", tmp_path / "b.pt").exit_code == 0
    written = torch.load(tmp_path / "b.pt", weights_only=True)["g_ema"]
    assert all(torch.equal(written[name], value) for name, value in content["g_ema"].items())


def test_import_says_when_the_licence_is_not_known(tmp_path: Path) -> None:
    torch.save(rosinality_layout.generator({4: 8, 8: 8, 16: 8, 32: 4}), tmp_path / "a.pt")
    result = run("import", tmp_path / "a.pt", "--out", tmp_path / "g", "--half")
    assert "licence" in result.stderr
    assert "no mean of w" in result.stderr
    assert load_generator(tmp_path / "g").config.resolution == 32


def test_a_refused_import_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.pkl").write_bytes(b"\x80\x04cos\nsystem\n.")
    with pytest.raises(MienError, match=r"asks for os\.system"):
        run("import", tmp_path / "a.pkl", "--out", tmp_path / "g")
    assert not (tmp_path / "g").exists()


def test_import_says_what_other_networks_are_for(tmp_path: Path) -> None:
    from mien.models.judges.vgg import Vgg16

    torch.save(Vgg16(1, 4, 3).state_dict(), tmp_path / "a.pth")
    with pytest.raises(MienError, match=r"a\.pth is VGG-16, not a generator; give it as --features"):
        run("import", tmp_path / "a.pth", "--out", tmp_path / "g")


def test_import_keeps_what_float16_cannot_hold(tmp_path: Path) -> None:
    state = rosinality_layout.generator({4: 8, 8: 8, 16: 8, 32: 4})
    state["style.1.weight"][0, 0] = 1e6
    torch.save({"g_ema": state, "latent_avg": torch.zeros(16)}, tmp_path / "a.pt")
    result = run("import", tmp_path / "a.pt", "--out", tmp_path / "g", "--half")
    assert "float16" in result.stderr and "mapping.layers.0.weight" in result.stderr
    assert float(load_generator(tmp_path / "g").mapping.layers[0].weight[0, 0]) == 1e6


def test_export_goes_by_the_ending(tmp_path: Path, folder: Path) -> None:
    pytest.importorskip("onnx")
    assert run("export", "generator", folder, "--out", tmp_path / "g.onnx").exit_code == 0
    assert (tmp_path / "g.onnx").read_bytes()[:4] != b"PK\x03\x04"
    for options in (("--out", tmp_path / "h.bin"), ("--out", tmp_path / "h.onnx", "--layout", "rosinality")):
        with pytest.raises(ConfigError):
            run("export", "generator", folder, *options)
    assert not list(tmp_path.glob("h.*"))


def test_export_to_onnx(tmp_path: Path, folder: Path) -> None:
    pytest.importorskip("onnx")
    assert run("export", "generator", folder, "--layout", "onnx", "--out", tmp_path / "g.onnx").exit_code == 0
    assert (tmp_path / "g.onnx").stat().st_size > 10_000


def test_a_seed_is_the_same_picture_in_any_grid(tmp_path: Path, folder: Path) -> None:
    run("sample", "--weights", folder, "--seeds", "0-8,11", "--grid", tmp_path / "a.png", "--columns", 5)
    run("sample", "--weights", folder, "--seeds", "11", "--grid", tmp_path / "b.png")
    grid, one = pixels(tmp_path / "a.png"), pixels(tmp_path / "b.png")
    assert grid.shape == (64, 160, 3)
    assert one.shape == (32, 32, 3)
    assert np.abs(grid[32:, 128:].astype(int) - one).max() <= 1


def test_truncation_draws_pictures_together(tmp_path: Path, folder: Path) -> None:
    spread = {}
    for psi in (0, 0.5, 1):
        run("sample", "--weights", folder, "--seeds", "0-3", "--grid", tmp_path / "a.png", "--columns", 4, "--psi", psi)
        pictures = pixels(tmp_path / "a.png").reshape(32, 4, 32, 3).astype(float)
        spread[psi] = pictures.std(axis=1).mean()
    assert spread[0] < 0.01 < spread[0.5] < spread[1]
    options = ("--columns", 4, "--psi", 0, "--modes", 3)
    run("sample", "--weights", folder, "--seeds", "0-3", "--grid", tmp_path / "a.png", *options)
    assert pixels(tmp_path / "a.png").reshape(32, 4, 32, 3).astype(float).std(axis=1).mean() > 0.1


@pytest.mark.parametrize("ending", [".mp4", ".webp", ".gif"])
def test_a_film_goes_from_one_seed_to_the_other(tmp_path: Path, folder: Path, ending: str) -> None:
    film = tmp_path / f"film{ending}"
    options = ("--interpolate", 3, 5, "--frames", 7, "--video", film)
    assert run("sample", "--weights", folder, *options).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [film.name, "weights"]
    frames = frames_of(film)
    assert len(frames) == 7
    for frame, seed in ((frames[0], 3), (frames[-1], 5)):
        run("sample", "--weights", folder, "--seeds", seed, "--grid", tmp_path / "one.png")
        assert np.abs(frame.astype(int) - pixels(tmp_path / "one.png")).mean() < 25
    assert np.abs(frames[0].astype(int) - frames[-1]).mean() > np.abs(frames[0].astype(int) - frames[1]).mean()


def frames_of(film: Path) -> list[np.ndarray]:
    if film.suffix == ".mp4":
        reader = cv2.VideoCapture(str(film))
        frames = []
        while (step := reader.read())[0]:
            frames.append(step[1][..., ::-1])
        return frames
    with Image.open(film) as picture:
        return [np.asarray((picture.seek(i), picture.convert("RGB"))[1]) for i in range(picture.n_frames)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--interpolate", 1, 2),
        ("--video", "a.mp4"),
        ("--grid", "a.png", "--seeds", "5-1"),
        ("--grid", "a.png", "--seeds", "x"),
    ],
)
def test_contradictions_are_refused_before_anything_is_loaded(options: tuple[object, ...]) -> None:
    with pytest.raises(ConfigError):
        run("sample", "--weights", "nowhere", *options)


def test_unknown_films_are_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(SaveError, match=r"\.mp4, \.webp or \.gif"):
        run("sample", "--weights", folder, "--interpolate", 0, 1, "--video", tmp_path / "a.mov")
    assert not (tmp_path / "a.mov").exists()


@pytest.mark.parametrize(
    ("text", "seeds"), [("0-3", [0, 1, 2, 3]), ("7", [7]), ("3, 7,20-22", [3, 7, 20, 21, 22]), ("5-5", [5])]
)
def test_seeds(text: str, seeds: list[int]) -> None:
    assert parse_seeds(text) == seeds
