from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from mien.checkpoints.foreign import registry
from mien.errors import CheckpointError, CorruptCheckpointError, UnknownCheckpointError
from tests.checkpoints.foreign import nvidia

WIDTHS = {4: 20, 8: 20, 16: 16, 32: 8}


def write(path: Path, content: Any, protocol: int = 4) -> Path:
    path.write_bytes(nvidia.to_pickle(content, protocol))
    return path


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_the_imported_network_makes_the_same_picture(tmp_path: Path, protocol: int) -> None:
    torch.manual_seed(0)
    network = nvidia.generator(WIDTHS)
    path = write(tmp_path / "wrong-ending.pt", nvidia.snapshot(network), protocol)
    imported = registry.load(path, "generator")
    z = torch.randn(3, 12)
    expected = nvidia.forward(nvidia.tensors(network), z)
    assert imported.remarks == ()
    assert (imported.generator(z, noise="const") - expected).abs().max() <= 1e-4
    assert torch.equal(imported.generator.mapping.w_avg, nvidia.tensors(network)["mapping.w_avg"])


def test_flipping_a_kernel_would_show(tmp_path: Path) -> None:
    """The parity test above is sensitive to the orientation of the up-sampling kernels."""
    torch.manual_seed(0)
    network = nvidia.generator(WIDTHS)
    generator = registry.load(write(tmp_path / "a.pkl", nvidia.snapshot(network)), "generator").generator
    state = nvidia.tensors(network)
    state["synthesis.b8.conv0.weight"] = state["synthesis.b8.conv0.weight"].flip(2, 3)
    z = torch.randn(1, 12)
    assert (generator(z, noise="const") - nvidia.forward(state, z)).abs().max() > 0.05


def test_clamp_is_kept(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = nvidia.generator(WIDTHS, clamp=1.0)
    generator = registry.load(write(tmp_path / "a.pkl", nvidia.snapshot(network)), "generator").generator
    z = torch.randn(2, 12)
    state = nvidia.tensors(network)
    expected = nvidia.forward(state, z, clamp=1.0)
    assert generator.config.clamp == 1.0
    assert (generator(z, noise="const") - expected).abs().max() <= 1e-4
    assert (nvidia.forward(state, z) - expected).abs().max() > 0.1


def test_networks_without_noise_get_none(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = nvidia.generator(WIDTHS, noise=False)
    imported = registry.load(write(tmp_path / "a.pkl", nvidia.snapshot(network)), "generator")
    assert imported.remarks == ("It was trained without noise.",)
    z = torch.randn(2, 12)
    expected = nvidia.forward(nvidia.tensors(network), z)
    assert (imported.generator(z, noise="random") - expected).abs().max() <= 1e-4


def test_the_network_can_be_chosen(tmp_path: Path) -> None:
    torch.manual_seed(2)
    content = nvidia.snapshot(nvidia.generator(WIDTHS)) | {"G": nvidia.generator(WIDTHS)}
    path = write(tmp_path / "a.pkl", content)
    const = registry.load(path, "generator", "G").generator.synthesis.const
    assert torch.equal(const[0], nvidia.tensors(content["G"])["synthesis.b4.const"])
    with pytest.raises(UnknownCheckpointError, match="no network 'E'"):
        registry.load(path, "generator", "E")


def stylegan3(_: nvidia.Module) -> Any:
    layer = nvidia.Module("SynthesisLayer", {"weight": torch.nn.Parameter(torch.randn(3, 3))}, {})
    synthesis = nvidia.Module("SynthesisNetwork", {}, {"input": layer, "L0_36_512": layer})
    mapping = nvidia.Module("MappingNetwork", {}, {"fc0": nvidia.fully_connected(4, 4)})
    return nvidia.snapshot(nvidia.Module("Generator", {}, {"mapping": mapping, "synthesis": synthesis}))


def conditional(network: nvidia.Module) -> Any:
    network.state["_modules"]["mapping"].state["_modules"]["embed"] = nvidia.fully_connected(3, 16)
    return nvidia.snapshot(network)


def another_filter(network: nvidia.Module) -> Any:
    block = network.state["_modules"]["synthesis"].state["_modules"]["b8"]
    block.state["_buffers"]["resample_filter"] = torch.eye(4) / 4
    return nvidia.snapshot(network)


def irregular(_: nvidia.Module) -> Any:
    return nvidia.snapshot(nvidia.generator({4: 20, 8: 20, 16: 16, 32: 9}))


def residual(network: nvidia.Module) -> Any:
    del network.state["_modules"]["synthesis"].state["_modules"]["b8"].state["_modules"]["torgb"]
    return nvidia.snapshot(network)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (stylegan3, "StyleGAN3"),
        (conditional, "class-conditional"),
        (another_filter, "another filter"),
        (irregular, "no StyleGAN2 configuration"),
        (residual, "'skip' architecture"),
        (lambda _: {"G_ema": 1}, "no weights"),
        (lambda _: [1, 2], "no weights"),
    ],
)
def test_other_networks_are_refused_by_name(
    tmp_path: Path, content: Callable[[nvidia.Module], Any], message: str
) -> None:
    path = write(tmp_path / "a.pkl", content(nvidia.generator(WIDTHS)))
    with pytest.raises(UnknownCheckpointError, match=message):
        registry.load(path, "generator")


def lacking(network: nvidia.Module) -> Any:
    del network.state["_modules"]["synthesis"].state["_modules"]["b8"].state["_modules"]["conv0"]
    return nvidia.snapshot(network)


def infinite(network: nvidia.Module) -> Any:
    network.state["_modules"]["mapping"].state["_buffers"]["w_avg"][0] = float("inf")
    return nvidia.snapshot(network)


@pytest.mark.parametrize("content", [lacking, infinite])
def test_incomplete_networks_are_corrupt(tmp_path: Path, content: Callable[[nvidia.Module], Any]) -> None:
    path = write(tmp_path / "a.pkl", content(nvidia.generator(WIDTHS)))
    with pytest.raises(CorruptCheckpointError, match=r"a\.pkl"):
        registry.load(path, "generator")


@pytest.mark.parametrize("kept", [10, 1000, 20_000])
def test_truncated_files_are_corrupt(tmp_path: Path, kept: int) -> None:
    path = write(tmp_path / "a.pkl", nvidia.snapshot(nvidia.generator(WIDTHS)))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(CheckpointError, match=r"a\.pkl"):
        registry.load(path, "generator")
