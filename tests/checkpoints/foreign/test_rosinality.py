from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest
import torch

from mien.checkpoints.foreign import registry
from mien.checkpoints.foreign.rosinality import export_rosinality
from mien.errors import ConfigError, CorruptCheckpointError, SaveError, UnknownCheckpointError
from mien.models.stylegan2 import Generator, GeneratorConfig
from tests.checkpoints.foreign import rosinality_layout as layout

WIDTHS = {4: 20, 8: 20, 16: 16, 32: 8}


def checkpoint(seed: int = 0) -> dict[str, Any]:
    torch.manual_seed(seed)
    return {"g_ema": layout.generator(WIDTHS), "latent_avg": torch.randn(16)}


@pytest.mark.parametrize("zipped", [True, False])
def test_the_imported_network_makes_the_same_picture(tmp_path: Path, zipped: bool) -> None:
    content = checkpoint() | {"g": layout.generator(WIDTHS), "args": argparse.Namespace(lr=0.002), "g_optim": {}}
    path = tmp_path / "wrong-ending.pkl"
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    z = torch.randn(3, 16)
    for network in ("g_ema", "g"):
        imported = registry.load(path, "generator", network)
        expected = layout.forward(content[network], z)
        assert (imported.generator(z, noise="const") - expected).abs().max() <= 1e-4
    assert torch.equal(imported.generator.mapping.w_avg, content["latent_avg"])


def test_a_bare_state_dict_without_a_mean_gets_one(tmp_path: Path) -> None:
    path = tmp_path / "g.pt"
    torch.save(checkpoint()["g_ema"], path)
    imported = registry.load(path, "generator")
    assert "no mean of w" in imported.remarks[0]
    z = torch.randn(20_000, 16, generator=torch.Generator().manual_seed(5))
    w = imported.generator.mapping(z)
    assert (imported.generator.mapping.w_avg - w.mean(dim=0)).abs().max() < 0.1 * w.std()


def test_export_is_the_inverse_of_import(tmp_path: Path) -> None:
    content = checkpoint()
    torch.save(content, tmp_path / "a.pt")
    generator = registry.load(tmp_path / "a.pt", "generator").generator
    export_rosinality(generator, tmp_path / "b.pt")
    written = torch.load(tmp_path / "b.pt", weights_only=True)
    assert written["g_ema"].keys() == content["g_ema"].keys()
    for name, value in content["g_ema"].items():
        assert torch.equal(written["g_ema"][name], value), name
    assert torch.equal(written["latent_avg"], content["latent_avg"])


def test_our_generators_survive_the_way_out_and_back(tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = GeneratorConfig(resolution=64, z_dim=24, w_dim=24, mapping_layers=2, channel_base=1024, channel_max=24)
    generator = Generator(config)
    generator.mapping.update_w_avg(torch.randn(5, 24), decay=0.0)
    export_rosinality(generator, tmp_path / "a.pt")
    back = registry.load(tmp_path / "a.pt", "generator").generator
    assert back.config == config
    state = back.state_dict()
    assert all(torch.equal(state[name], value) for name, value in generator.state_dict().items())
    z = torch.randn(2, 24)
    expected = layout.forward(torch.load(tmp_path / "a.pt", weights_only=True)["g_ema"], z)
    assert (generator(z, noise="const") - expected).abs().max() <= 1e-4


def test_what_the_layout_cannot_hold_is_refused(tmp_path: Path) -> None:
    generator = Generator(GeneratorConfig(resolution=32, z_dim=8, w_dim=16, mapping_layers=1, channel_max=4))
    with pytest.raises(ConfigError, match="one length"):
        export_rosinality(generator, tmp_path / "a.pt")
    generator = Generator(GeneratorConfig(resolution=32, z_dim=16, w_dim=16, mapping_layers=1, channel_max=4))
    with pytest.raises(SaveError):
        export_rosinality(generator, tmp_path / "missing" / "a.pt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"state_dict": {"encoder.input_layer.0.weight": torch.ones(1), "decoder.conv1.bias": torch.ones(1)}}, "e4e"),
        ({"g_ema": {"synthesis.input.freqs": torch.ones(1), "synthesis.L0_36.bias": torch.ones(1)}}, "StyleGAN3"),
        ({"generator": {"progression.0.conv1.weight": torch.ones(1)}}, "StyleGAN1"),
        ({"input_layer.0.weight": torch.ones(1)}, r"input_layer\.0\.weight"),
        (torch.ones(3), "a direction, not a generator"),
        ({}, "no weights"),
    ],
)
def test_other_networks_are_refused_by_name(tmp_path: Path, content: Any, message: str) -> None:
    torch.save(content, tmp_path / "a.pt")
    with pytest.raises(UnknownCheckpointError, match=message):
        registry.load(tmp_path / "a.pt", "generator")


def test_a_missing_network_is_named(tmp_path: Path) -> None:
    torch.save({"g": checkpoint()["g_ema"]}, tmp_path / "a.pt")
    with pytest.raises(UnknownCheckpointError, match=r"no network 'g_ema' \(it holds g\)"):
        registry.load(tmp_path / "a.pt", "generator")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("convs.1.conv.weight", None, r"lacks convs\.1\.conv\.weight"),
        ("convs.1.activate.bias", torch.zeros(7), r"synthesis\.blocks\.8\.conv1\.bias is \(7,\)"),
        ("input.input", torch.full((1, 20, 4, 4), float("nan")), "not finite"),
        ("convs.1.activate.bias", torch.zeros(1).expand(20), "more data than the file holds"),
    ],
)
def test_damaged_weights_are_corrupt(tmp_path: Path, name: str, value: torch.Tensor | None, message: str) -> None:
    content = checkpoint()
    del content["g_ema"][name]
    if value is not None:
        content["g_ema"][name] = value
    torch.save(content, tmp_path / "a.pt")
    with pytest.raises(CorruptCheckpointError, match=message):
        registry.load(tmp_path / "a.pt", "generator")


def test_another_filter_is_refused(tmp_path: Path) -> None:
    content = checkpoint()
    content["g_ema"]["convs.0.conv.blur.kernel"] = torch.eye(4)
    torch.save(content, tmp_path / "a.pt")
    with pytest.raises(UnknownCheckpointError, match="another filter"):
        registry.load(tmp_path / "a.pt", "generator")
