from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from mien.checkpoints.onnx_export import export_onnx
from mien.errors import SaveError
from mien.models.stylegan2 import Generator, GeneratorConfig

CONFIG = GeneratorConfig(resolution=32, z_dim=8, w_dim=12, mapping_layers=2, channel_base=256, channel_max=16)


@pytest.fixture
def generator() -> Generator:
    torch.manual_seed(0)
    network = Generator(CONFIG).eval().requires_grad_(False)
    network.mapping.update_w_avg(torch.randn(4, 12), decay=0.0)
    for name, value in network.named_parameters():
        if name.endswith("noise_strength"):
            value.fill_(0.4)
    return network


def run(path: Path, inputs: dict[str, Tensor]) -> Tensor:
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [i.name for i in session.get_inputs()] == list(inputs)
    return torch.from_numpy(session.run(["picture"], {name: value.numpy() for name, value in inputs.items()})[0])


@pytest.mark.parametrize("noise_batch", [1, 3])
def test_codes_and_noise_make_the_same_picture(tmp_path: Path, generator: Generator, noise_batch: int) -> None:
    pytest.importorskip("onnx")
    export_onnx(generator, tmp_path / "g.onnx")
    w_plus = torch.randn(3, CONFIG.codes, 12)
    noises = [torch.randn(noise_batch, 1, side, side) for side in CONFIG.noises]
    picture = run(tmp_path / "g.onnx", {"w_plus": w_plus} | {f"noise_{i}": n for i, n in enumerate(noises)})
    assert (picture - generator.synthesis(w_plus, noises)).abs().max() <= 1e-3
    assert (picture - generator.synthesis(w_plus, "none")).abs().max() > 0.05


def test_the_whole_way_from_z(tmp_path: Path, generator: Generator) -> None:
    pytest.importorskip("onnx")
    export_onnx(generator, tmp_path / "g.onnx", space="z")
    z = torch.randn(3, 8)
    noises = [torch.randn(1, 1, side, side) for side in CONFIG.noises]
    for psi in (1.0, 0.4):
        inputs = {"z": z, "psi": torch.tensor(psi)} | {f"noise_{i}": n for i, n in enumerate(noises)}
        picture = run(tmp_path / "g.onnx", inputs)
        assert (picture - generator(z, psi=psi, noise=noises)).abs().max() <= 1e-3


def test_nothing_is_left_where_nothing_can_be_written(tmp_path: Path, generator: Generator) -> None:
    with pytest.raises(SaveError):
        export_onnx(generator, tmp_path / "missing" / "g.onnx")
    assert list(tmp_path.iterdir()) == []
