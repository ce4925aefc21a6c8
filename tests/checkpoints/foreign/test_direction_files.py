"""Files of directions, made to the published layouts, become what is added to codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mien.checkpoints.directions import Direction, add_directions, read_facts
from mien.checkpoints.foreign import registry
from mien.checkpoints.generator import save_generator
from mien.cli.app import app
from mien.editing.directions import attribute_names, load_directions
from mien.errors import ConfigError, CorruptCheckpointError, UnknownCheckpointError, UnsafeCheckpointError
from mien.models.stylegan2 import Generator, GeneratorConfig, ffhq_1024
from mien.models.stylegan2.factors import semantic_factors

RNG = np.random.default_rng(0)
ONE, MANY = RNG.normal(size=(1, 512)), RNG.normal(size=(1, 18, 512))
SMALL = GeneratorConfig(resolution=32, channel_base=512, channel_max=32, w_dim=16)
COMP, STD = RNG.normal(size=(80, 1, 512)).astype(np.float32), RNG.uniform(1, 9, 80).astype(np.float32)


def write(kind: str, folder: Path) -> Path:
    path = folder / {"interfacegan": "stylegan_ffhq_age_w_boundary.npy", "e4e": "smile.pt", "pose": "pose.pt"}.get(
        kind, {"ganspace": "ffhq.npz", "pca": "ffhq_pca.pt", "sefa": "factor.pt"}.get(kind, kind)
    )
    if kind == "interfacegan":
        np.save(path, ONE)
    elif kind == "ganspace":
        names = ("act_comp", "act_mean", "act_stdev", "lat_mean", "var_ratio", "random_stdevs")
        np.savez_compressed(path, lat_comp=COMP, lat_stdev=STD, **{name: np.zeros((2, 3)) for name in names})
    else:
        torch.save(
            {
                "e4e": torch.tensor(ONE).float(),
                "pose": torch.tensor(MANY).float(),
                "pca": {"mean": torch.zeros(1, 512), "comp": torch.tensor(COMP), "std": torch.tensor(STD)},
                "sefa": {"ckpt": "x.pt", "eigvec": torch.tensor(COMP[:, 0].T.copy())},
            }[kind],
            path,
        )
    return path


@pytest.mark.parametrize(
    ("kind", "count", "name", "vector", "unit"),
    [
        ("interfacegan", 1, "age", ONE, 1.0),
        ("e4e", 1, "smile", ONE, 1.0),
        ("pose", 1, "pose", MANY[0], 1.0),
        ("ganspace", 80, "pca-3", COMP[3], STD[3]),
        ("pca", 80, "pca-3", COMP[3], STD[3]),
        ("sefa", 80, "sefa-3", COMP[3], 1.0),
    ],
)
def test_parity(kind: str, count: int, name: str, vector: Any, unit: float, tmp_path: Path) -> None:
    found = registry.load(write(kind, tmp_path), "direction")
    assert len(found) == count
    (one,) = (direction for direction in found if direction.name == name)
    np.testing.assert_allclose(one.vector.numpy(), vector, rtol=1e-6)
    assert one.unit == pytest.approx(unit) and one.licence == "unknown" and one.source
    offset = Direction(name, one.vector, (2, 6), one.unit).offset(ffhq_1024())
    np.testing.assert_allclose(offset[3], unit * np.broadcast_to(vector, (18, 512))[3], rtol=1e-5)
    assert not offset[:2].any() and not offset[6:].any()


def test_what_is_no_direction_is_said(tmp_path: Path) -> None:
    np.save(tmp_path / "fs3.npy", np.zeros((100, 512), np.float32))
    np.save(tmp_path / "objects.npy", np.array([{}]), allow_pickle=True)
    np.save(tmp_path / "words.npy", np.array(["a"]))
    np.save(tmp_path / "nan.npy", np.full((1, 512), np.nan))
    (tmp_path / "cut.npy").write_bytes((tmp_path / "nan.npy").read_bytes()[:300])
    for name, error, words in (
        ("fs3", UnknownCheckpointError, "StyleCLIP"),
        ("objects", UnsafeCheckpointError, "Python objects"),
        ("words", CorruptCheckpointError, "no arrays of numbers"),
        ("nan", CorruptCheckpointError, "finite"),
        ("cut", CorruptCheckpointError, "fetch it again"),
    ):
        with pytest.raises(error, match=words):
            registry.load(tmp_path / f"{name}.npy", "direction")
    with pytest.raises(UnknownCheckpointError, match="mien directions import"):
        registry.load(write("e4e", tmp_path), "generator")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    save_generator(tmp_path / "g", Generator(SMALL), "x")
    return tmp_path / "g"


def test_directions_are_kept_with_their_source(folder: Path) -> None:
    age = Direction("age", torch.ones(1, 16), (0, 4), 2.0, source="a.npy", licence="MIT")
    add_directions(folder, [age], SMALL)
    add_directions(folder, [Direction("smile", torch.ones(8, 16))], SMALL)
    assert attribute_names(folder) == ("age", "smile")
    assert read_facts(folder)["age"]["licence"] == "MIT" and read_facts(folder)["age"]["source"] == "a.npy"
    assert float(load_directions(folder, SMALL)["age"].sum()) == 2 * 4 * 16
    with pytest.raises(ConfigError, match="does not belong"):
        add_directions(folder, [Direction("x", torch.ones(1, 512))], SMALL)
    with pytest.raises(ConfigError, match="no name"):
        add_directions(folder, [Direction("A b", torch.ones(1, 16))], SMALL)


def test_what_is_replaced_is_told(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_directions(folder, [Direction("smile", torch.ones(1, 16), source="InterFaceGAN, 600 faces")], SMALL)
    for name, told in (("smile", "Replaced: smile (InterFaceGAN, 600 faces)."), ("age", "")):
        np.save(tmp_path / f"stylegan2_{name}.npy", np.ones((1, 16)))
        app(
            ["directions", "import", str(tmp_path / f"stylegan2_{name}.npy"), "--to", str(folder)],
            standalone_mode=False,
        )
        said = capsys.readouterr().err
        assert f"Added to {folder}: {name}." in said and ("Replaced" in said) == bool(told) and told in said


def test_sefa_finds_what_changes_styles_most(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from mien.checkpoints.generator import load_generator

    network = load_generator(folder)
    vectors, values = semantic_factors(network, 16, (0, 4))
    np.testing.assert_allclose(vectors @ vectors.T, np.eye(16), atol=1e-5)
    assert (values[:-1] >= values[1:]).all()
    convs = [conv for block in network.synthesis.blocks.values() for conv in block.convs][:4]
    rows = torch.cat([conv.affine.weight / conv.affine.weight.norm(dim=1, keepdim=True) for conv in convs])
    power = (rows @ vectors.T).square().sum(0)
    torch.testing.assert_close(power, values, rtol=1e-3, atol=1e-3)
    app(["directions", "sefa", str(folder), "--count", "2", "--layers", "0-4"], standalone_mode=False)
    app(["directions", "list", str(folder), "--json"], standalone_mode=False)
    assert list(json.loads(capsys.readouterr().out)) == ["sefa-0", "sefa-1"]


def test_the_package_is_not_written_to(tmp_path: Path, folder: Path) -> None:
    from mien.checkpoints.hub import find_folder

    with pytest.raises(ConfigError, match="belongs to mien itself"):
        app(["directions", "sefa", str(find_folder("portrait-generator"))], standalone_mode=False)
    np.save(tmp_path / "age.npy", np.ones((1, 16)))
    app(["directions", "import", str(tmp_path / "age.npy"), "--to", str(folder)], standalone_mode=False)
    assert read_facts(folder)["age"]["layers"] is None
    shutil.rmtree(folder)
    with pytest.raises(UnknownCheckpointError, match="no folder"):
        app(["directions", "import", str(tmp_path / "age.npy"), "--to", str(folder)], standalone_mode=False)
