"""Files that were read wrongly, refused though they are fine, or took memory and time without end."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from mien.checkpoints.foreign import registry
from mien.checkpoints.foreign.generators import Imported
from mien.errors import CheckpointError, CorruptCheckpointError, UnknownCheckpointError
from tests.checkpoints.foreign import nvidia, rosinality_layout
from tests.checkpoints.foreign.hostile import call, name, program, text
from tests.checkpoints.foreign.test_malicious import archive, storage, tensor, torch_file

WIDTHS = {4: 20, 8: 20, 16: 16, 32: 8}


def load(path: Path, network: str | None = None) -> Imported:
    imported = registry.load(path, "generator", network)
    assert isinstance(imported, Imported)
    return imported


def of(network: nvidia.Module, *path: str) -> Any:
    """The state of a module inside of another."""
    for part in path:
        network = network.state["_modules"][part]
    return network.state


@pytest.mark.parametrize(
    "change",
    [
        lambda g: of(g, "synthesis", "b8", "conv1").update(activation="relu"),
        lambda g: of(g, "synthesis", "b4", "conv1").update(activation="swish"),
        lambda g: of(g, "mapping", "fc0").update(activation="linear"),
        lambda g: of(g).update(_init_kwargs=nvidia.EasyDict(synthesis_kwargs={"activation": "relu"})),
        lambda g: of(g, "synthesis").update(_init_kwargs={"block_kwargs": {"activation": "relu"}}),
        lambda g: of(g, "synthesis", "b8").update(architecture="resnet"),
        lambda g: of(g, "synthesis", "b8", "conv1").update(conv_clamp=2.0),
    ],
)
def test_networks_that_compute_something_else_are_refused(tmp_path: Path, change: Callable[[Any], None]) -> None:
    network = nvidia.generator(WIDTHS)
    change(network)
    (tmp_path / "a.pkl").write_bytes(nvidia.to_pickle(nvidia.snapshot(network)))
    with pytest.raises(UnknownCheckpointError, match=r"a\.pkl .*(activation|architecture|clamps)"):
        load(tmp_path / "a.pkl")


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "_orig_mod.module."])
@pytest.mark.parametrize("inside", [True, False])
def test_names_of_parallel_and_compiled_training(tmp_path: Path, prefix: str, inside: bool) -> None:
    torch.manual_seed(0)
    state = rosinality_layout.generator(WIDTHS)
    wrapped = {f"{prefix}{key}": value for key, value in state.items()}
    torch.save({"g_ema": wrapped, "latent_avg": torch.zeros(16)} if inside else wrapped, tmp_path / "a.pt")
    z = torch.randn(2, 16)
    expected = rosinality_layout.forward(state, z)
    assert (load(tmp_path / "a.pt").generator(z, noise="const") - expected).abs().max() <= 1e-4


def test_older_files_have_no_noise_maps(tmp_path: Path) -> None:
    torch.manual_seed(0)
    state = {key: v for key, v in rosinality_layout.generator(WIDTHS).items() if not key.startswith("noises.")}
    torch.save({"g_ema": state, "latent_avg": torch.zeros(16)}, tmp_path / "a.pt")
    imported = load(tmp_path / "a.pt")
    assert "no noise maps" in imported.remarks[0]
    again = load(tmp_path / "a.pt").generator.state_dict()["synthesis.blocks.32.conv1.noise_const"]
    assert torch.equal(again, imported.generator.state_dict()["synthesis.blocks.32.conv1.noise_const"])
    assert 0.8 < float(again.std()) < 1.2


@pytest.mark.parametrize("kind", ["dict", "module", "state", "nested state", "protocol 2", "protocol 2, legacy"])
def test_nvidias_networks_saved_in_other_ways(tmp_path: Path, kind: str) -> None:
    torch.manual_seed(0)
    network = nvidia.generator(WIDTHS)
    path = tmp_path / "a.pt"
    if kind == "protocol 2":
        path.write_bytes(nvidia.to_pickle(nvidia.snapshot(network), 2))
    with nvidia.foreign_names():
        if kind == "protocol 2, legacy":
            torch.save(nvidia.snapshot(network), path, _use_new_zipfile_serialization=False)
        elif kind != "protocol 2":
            tensors = nvidia.tensors(network)
            content = {"dict": nvidia.snapshot(network), "module": network, "state": tensors}
            torch.save(content.get(kind, {"G_ema": tensors, "step": 3}), path)
    imported = load(path)
    assert ("without settings" in " ".join(imported.remarks)) == ("state" in kind)
    z = torch.randn(2, 12)
    expected = nvidia.forward(nvidia.tensors(network), z)
    assert (imported.generator(z, noise="const") - expected).abs().max() <= 1e-4


def test_adas_tensorflow_pickles_are_called_stylegan2(tmp_path: Path) -> None:
    network = name("dnnlib.tflib.network", "Network") + b")\x81}" + text("func") + text("training.networks.G_main")
    (tmp_path / "ada.pkl").write_bytes(program(b"(" + (network + b"sb") * 3 + b"t"))
    with pytest.raises(UnknownCheckpointError, match=r"StyleGAN2; convert it once with legacy\.py"):
        load(tmp_path / "ada.pkl")


def nested(levels: int = 60) -> bytes:
    """A tuple that holds another one twice, and so on: 2 ** levels leaves."""
    return b")q\x00" + b"h\x00h\x00\x86q\x00" * levels


def many(count: int) -> bytes:
    """One storage of the file under many names, as a state dict."""
    one = call(name("torch._utils", "_rebuild_tensor_v2"), PLACE, b"K\x00", b"(K\x04t", b"(K\x01t", b"\x89", b"N")
    return b"}(" + b"".join(text(f"w{index}") + one for index in range(count)) + b"u"


PLACE = b"(" + text("storage") + name("torch", "FloatStorage") + text("0") + text("cpu") + b"K\x04tQ"
CLAIMS = {
    "bytearray": program(b"\x96" + struct.pack("<Q", 8 << 30)),
    "nested tuple": program(nested() + b"."),
    "nested tuple as key": program(b"}" + nested() + b"Ns"),
    "nested tuple in a set": program(b"\x8f(" + nested() + b"\x90"),
    "frozen set": program(b"(" + nested() + b"\x91"),
    "nested tuple as size": program(b"}" + text("w") + tensor(storage()).replace(b"K\x04t", nested()) + b"s"),
    "huge integer": program(b"\x8b" + struct.pack("<i", 1 << 20) + b"\x7f" * (1 << 20)),
}


@pytest.mark.parametrize("data", CLAIMS.values(), ids=CLAIMS)
def test_pickles_that_take_memory_or_time_without_end(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.pkl").write_bytes(data)
    with pytest.raises(CheckpointError, match=r"bad\.pkl"):
        load(tmp_path / "bad.pkl")
    archive(tmp_path / "bad.pt", torch_file(b"N") | {"a/data.pkl": data})
    with pytest.raises(CheckpointError, match=r"bad\.pt"):
        load(tmp_path / "bad.pt")


def test_tensors_that_share_or_repeat_their_data(tmp_path: Path) -> None:
    """A state dict whose names all stand for one large storage, and one whose tensors have stride 0."""
    large = torch.randn(1, 512, 512, 3, 3)
    state = rosinality_layout.generator(WIDTHS) | {f"convs.{n}.conv.weight": large for n in range(100, 1100)}
    torch.save({"g_ema": state}, tmp_path / "bad.pt")
    assert (tmp_path / "bad.pt").stat().st_size < 12_000_000
    with pytest.raises(CorruptCheckpointError, match="claims more data than the file holds"):
        load(tmp_path / "bad.pt")
    state = rosinality_layout.generator(WIDTHS)
    state["convs.1.conv.weight"] = torch.zeros(1).expand(1, 100_000, 100_000, 3, 3)
    torch.save({"g_ema": state}, tmp_path / "bad.pt")
    with pytest.raises(CorruptCheckpointError, match="claims more data than the file holds"):
        load(tmp_path / "bad.pt")


@pytest.mark.parametrize("layout", ["rosinality", "nvidia"])
def test_colors_that_claim_a_huge_network(tmp_path: Path, layout: str) -> None:
    """A convolution of so many channels would take terabytes; the weights to RGB alone are small."""
    wide = 400_000
    if layout == "rosinality":
        state = rosinality_layout.generator(WIDTHS)
        for key in ("to_rgb1", "to_rgbs.0", "to_rgbs.1", "to_rgbs.2"):
            state[f"{key}.conv.weight"] = torch.zeros(1, 3, wide, 1, 1)
    else:
        state = nvidia.tensors(nvidia.generator(WIDTHS))
        for resolution in WIDTHS:
            state[f"synthesis.b{resolution}.torgb.weight"] = torch.zeros(3, wide, 1, 1)
    torch.save(state, tmp_path / "bad.pt")
    with pytest.raises(CorruptCheckpointError, match=r"bad\.pt .*larger"):
        load(tmp_path / "bad.pt")


def test_fine_files_that_name_a_storage_twice(tmp_path: Path) -> None:
    archive(tmp_path / "small.pt", torch_file(many(100)))
    with pytest.raises(UnknownCheckpointError, match=r"not a generator .* w0, w1, w2"):
        load(tmp_path / "small.pt")
