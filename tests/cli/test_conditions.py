from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from mien import types as picture_types
from mien.align.finder import FaceFinder
from mien.checkpoints.parser import KIND
from mien.checkpoints.store import BUNDLED, WEIGHTS, save_folder
from mien.cli.app import app
from mien.cli.mask import _is_cut_off
from mien.conditions.folder import read_layers
from mien.errors import FaceError, LayerError
from mien.models.perception.parser import ParserConfig, ParserNet

SMALL = ParserConfig(size=64, widths=(4, 6, 8, 8, 8), blocks=(1, 1, 1, 1), decoder=(8, 8, 6, 6))


@pytest.fixture
def parser(tmp_path: Path) -> Path:
    """An untrained parser: its labels are nonsense, the way of the data is not."""
    torch.manual_seed(0)
    save_folder(tmp_path / "parser", ParserNet(SMALL).state_dict(), {"kind": KIND, **SMALL.to_dict()}, "card")
    return tmp_path / "parser"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    y, x = np.mgrid[:200, :200]
    pixels = np.stack([x, y, np.where(np.hypot(x - 90, y - 80) < 40, 255, 0)], 2).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_conditions_writes_what_reads_back(photo: Path, parser: Path, tmp_path: Path) -> None:
    out = tmp_path / "layers"
    printed = run("conditions", photo, "--out", out, "--size", "128", "--aligned", "--parser", parser, "--json")
    report = json.loads(printed)
    assert report["layers"] == ["image", "sketch", "semantic", "color"]
    assert sum(report["classes"].values()) == pytest.approx(1, abs=0.01)
    names = {file.name for file in out.iterdir()}
    assert names == {"layers.json", "image.png", "sketch.png", "semantic.png", "color.png", "sheet.png"}
    layers = read_layers(out)
    assert layers.image.shape == (128, 128, 3)
    assert layers.photo == "photo.png"
    assert layers.matrix is not None
    np.testing.assert_allclose(layers.matrix, [[200 / 128, 0, 0], [0, 200 / 128, 0]], atol=1e-9)


def test_layers_json_says_which_parser_and_which_segments_made_the_maps(
    photo: Path, parser: Path, tmp_path: Path
) -> None:
    whole = ("conditions", photo, "--size", "128", "--aligned")
    run(*whole, "--out", tmp_path / "bundled")
    run(*whole, "--out", tmp_path / "own", "--parser", parser, "--superpixels")
    bundled, own = (json.loads((tmp_path / name / "layers.json").read_text())["origin"] for name in ("bundled", "own"))
    digest = hashlib.sha256((BUNDLED / KIND / WEIGHTS).read_bytes()).hexdigest()
    assert bundled == {"semantic": {"name": "bundled", "sha256": digest}, "color": {"segments": "regions"}}
    digest = hashlib.sha256((parser / WEIGHTS).read_bytes()).hexdigest()
    cells = {"segments": "superpixels", "across": 16, "rounds": 4, "compactness": 0.12}
    assert own == {"semantic": {"name": "parser", "sha256": digest}, "color": cells}
    assert read_layers(tmp_path / "own").origin == own
    assert str(tmp_path) not in (tmp_path / "own" / "layers.json").read_text()


def test_mask_of_a_box_needs_no_face(photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "mask.png"
    run("mask", photo, "--box", "10,20,60,50", "--grow", "2", "-o", out, "--preview", tmp_path / "p.png")
    mask = np.asarray(Image.open(out))
    assert mask.shape == (200, 200)
    rows, columns = np.nonzero(mask)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (18, 51, 8, 61)
    assert (tmp_path / "p.png").exists()


def test_mask_of_a_polygon_with_a_soft_edge(photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "mask.png"
    printed = run("mask", photo, "--polygon", "20,20 180,20 100,160", "--feather", "5", "-o", out, "--json")
    mask = np.asarray(Image.open(out))
    assert json.loads(printed)["pixels"] == (mask > 0).sum()
    assert len(np.unique(mask)) > 4
    assert mask[60, 100] == 255


@pytest.mark.parametrize(
    "options",
    [[], ["--region", "hair", "--box", "1,2,3,4"], ["--box", "1,2,3"], ["--box", "a,b,c,d"], ["--polygon", "1,2,3"]],
)
def test_contradictory_or_malformed_options_are_refused(options: list[str], photo: Path, tmp_path: Path) -> None:
    with pytest.raises(LayerError):
        run("mask", photo, "-o", tmp_path / "mask.png", *options)
    assert not (tmp_path / "mask.png").exists()


def test_the_astronauts_hair(astronaut: np.ndarray, tmp_path: Path) -> None:
    """The whole way with the bundled networks, in the frame of the photo."""
    Image.fromarray(astronaut).save(tmp_path / "a.png")
    run("mask", tmp_path / "a.png", "--region", "hair", "-o", tmp_path / "hair.png")
    hair = np.asarray(Image.open(tmp_path / "hair.png")) > 0
    assert hair.shape == astronaut.shape[:2]
    rows, columns = np.nonzero(hair)
    assert 150 < columns.mean() < 290  # around the head, not on the shuttle
    assert rows.mean() < 200
    run("mask", tmp_path / "a.png", "--region", "face", "-o", tmp_path / "face.png")
    face = np.asarray(Image.open(tmp_path / "face.png")) > 0
    assert not (hair & face).any()
    assert face[115, 223]


def test_regions_that_go_on_beyond_what_was_looked_at_are_told(astronaut: np.ndarray, tmp_path: Path) -> None:
    photo, face = picture_types.Photo(astronaut), FaceFinder.bundled().find(picture_types.Photo(astronaut))[0]
    area = np.zeros(astronaut.shape[:2], np.float32)
    area[100:120, 200:240] = 1
    assert not _is_cut_off(photo, face, area)
    area[100:] = 1
    assert _is_cut_off(photo, face, area)


def test_a_photo_without_a_face_says_so(photo: Path, tmp_path: Path) -> None:
    with pytest.raises(FaceError, match=r"photo\.png"):
        run("mask", photo, "--region", "hair", "-o", tmp_path / "mask.png")


def test_inputs_and_painted_layers_stay(
    mien: Callable[..., CompletedProcess[str]], portrait: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.png"
    copy.write_bytes(portrait.read_bytes())
    assert "choose another name" in mien("mask", copy, "--region", "hair", "-o", copy, ok=7).stderr
    assert "give it that ending" in mien("mask", copy, "--region", "hair", "-o", tmp_path / "m.jpg", ok=7).stderr
    assert copy.read_bytes() == portrait.read_bytes()
    layers = tmp_path / "layers"
    mien("conditions", copy, "--out", layers, "--size", "128")
    assert "--overwrite" in mien("conditions", copy, "--out", layers, "--size", "128", ok=7).stderr
    mien("conditions", copy, "--out", layers, "--size", "128", "--overwrite")
