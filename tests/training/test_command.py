from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer import Typer
from typer.testing import CliRunner

from mien.cli.data import data as data_verbs
from mien.cli.train import train
from mien.errors import ConfigError, MienError
from mien.models.stylegan2 import PRESETS
from mien.training.options import seconds
from tests.training.conftest import TINY


def _run(verbs: Typer, *arguments: object) -> str:
    result = CliRunner().invoke(verbs, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2h", 7200), ("90m", 5400), ("1h30m", 5400), ("540s", 540), ("540", 540), ("1.5h", 5400), ("10min", 600)],
)
def test_lengths_of_time(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "soon", "2 days", "-5m", "h"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="length of time"):
        seconds(text)


def test_pack_then_train_then_resume(pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PRESETS, "portrait-128", lambda: TINY)
    packed, out = tmp_path / "set.safetensors", tmp_path / "run"
    report = json.loads(_run(data_verbs, "pack", pictures, "--out", packed, "--size", 32))
    assert (report["pictures"], report["bytes"]) == (10, packed.stat().st_size)
    options = ("generator", "--data", packed, "--out", out, "--batch", 4, "--device", "cpu", "--preview-every", 8)
    _run(train, *options, "--images", 4)
    with pytest.raises(MienError, match="--resume"):
        _run(train, *options, "--images", 8)
    _run(train, *options, "--images", 8, "--resume")
    assert json.loads((out / "run.json").read_text())["stage"]["discriminator"] == "stylegan2"
    assert [json.loads(line)["images"] for line in (out / "log.jsonl").read_text().splitlines()] == [4, 8]
    assert (out / "generator" / "model.safetensors").is_file()
    sheets = sorted((out / "previews").iterdir())
    assert [sheet.name.split("-")[0] for sheet in sheets] == ["psi0.7", "psi1.0"]
    with Image.open(sheets[0]) as sheet:
        assert sheet.size == (6 * 32, 6 * 32)
    assert any((out / "tensorboard").iterdir())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--preset", "portrait-99"), "portrait-99"),
        (("--discriminator", "vgg"), "vgg"),
        (("--discriminator", "projected"), "--pyramid"),
        (("--precision", "fp8"), "fp8"),
        (("--batch", "0"), "--batch is 0; give 1 or more"),
        (("--images", "-1"), "--images is -1"),
        (("--lr", "-0.1"), "--lr is -0.1"),
        (("--anchor", "2"), "--anchor is 2.0; give 1 or less"),
        (("--init", "nowhere"), "nowhere does not exist; give the right path as --init"),
        (("--device", "tpu"), "tpu"),
        (("--augment", "blur"), "blur"),
        (("--balance", "age"), "no column 'age'"),
    ],
)
def test_settings_that_cannot_work_are_named_and_nothing_is_written(
    pictures: Path, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    with pytest.raises(MienError, match=message):
        _run(train, "generator", "--data", pictures, "--out", tmp_path / "run", *options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ["encoder", "warping", "editor"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--precision", "fp8"), "fp8"),
        (("--time-limit", "soon"), "length of time"),
        (("--preset", "portrait-99"), "portrait-99"),
    ],
)
def test_settings_of_an_editors_stages_are_checked_too(
    pictures: Path, tmp_path: Path, verb: str, options: tuple[str, ...], message: str
) -> None:
    files = ("--perceptual", tmp_path / "none.pt", "--editor", tmp_path / "none")
    with pytest.raises(MienError, match=message):
        _run(train, verb, "--data", pictures, "--out", tmp_path / "run", *files, "--device", "cpu", *options)
    assert list(tmp_path.iterdir()) == []


def test_filter_lists_and_shows_what_it_drops(pictures: Path, tmp_path: Path) -> None:
    import torch

    everything = tmp_path / "set"
    everything.mkdir()
    for file in pictures.iterdir():
        (everything / file.name).write_bytes(file.read_bytes())
    Image.new("RGB", (32, 32), "red").save(everything / "red.png")
    means = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(3, 3))
    means[2].weight.data, means[2].bias.data = torch.eye(3), torch.ones(3)  # mean red, green and blue in [0, 2]
    torch.jit.trace(means, torch.zeros(1, 3, 32, 32)).save(str(tmp_path / "features.pt"))
    out = tmp_path / "filtered"
    options = ("filter", everything, "--out", out, "--features", tmp_path / "features.pt", "--trust-code", "--size", 32)
    report = json.loads(_run(data_verbs, *options, "--neighbours", 3, "--most", 0.1))
    assert report["dropped"] == 1
    assert (out / "drop.txt").read_text() == "red.png\n"
    with Image.open(out / "dropped.png") as sheet:
        assert np.asarray(sheet)[64, 64].tolist() == [255, 0, 0]
    packed = json.loads(
        _run(data_verbs, "pack", everything, "--out", tmp_path / "p.safetensors", "--drop", out / "drop.txt")
    )
    assert packed["pictures"] == 10


def test_choices_that_are_listed_without_torch_are_those_there_are() -> None:
    from mien.models import editing, stylegan2
    from mien.training import augment, settings
    from mien.training.options import options
    from mien.training.stages import editing_run
    from mien.training.stages.registry import STAGES

    assert set(editing_run.PRESETS) == set(editing.PRESETS)
    assert set(settings.AUGMENTATIONS.values()) == set(augment.AUGMENTATIONS)
    generator = options(STAGES["generator"].run, stage=STAGES["generator"].settings)
    assert set(generator["preset"].option.choices or ()) == set(stylegan2.PRESETS)
    assert generator["lr"].default == 0.002 and generator["plain-weight"].paths == (("stage", "plain", "weight"),)
    assert len(generator["augment"].paths) == 2
