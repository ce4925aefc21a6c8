from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import torch

from mien.checkpoints.foreign import registry
from mien.errors import CorruptCheckpointError, UnknownCheckpointError, UnsafeCheckpointError
from mien.models.perception.bisenet import BiSeNet, BiSeNetConfig

SMALL = BiSeNetConfig(width=4, context=8)


@pytest.fixture
def state() -> dict[str, Any]:
    """A file of the published layout, with the auxiliary heads, but narrow."""
    torch.manual_seed(0)
    network = BiSeNet(SMALL)
    network(torch.randn(2, 3, 64, 64))
    heads = {
        f"conv_out{n}.{name}": torch.zeros(shape)
        for n in (16, 32)
        for name, shape in (("conv.conv.weight", (4, 8, 3, 3)), ("conv_out.weight", (19, 4, 1, 1)))
    }
    return {**network.state_dict(), **heads}


def test_published_names() -> None:
    with torch.device("meta"):
        names = BiSeNet().state_dict()
    assert names["cp.resnet.layer4.0.downsample.0.weight"].shape == (512, 256, 1, 1)
    assert names["cp.arm16.conv_atten.weight"].shape == (128, 128, 1, 1)
    assert names["cp.arm32.bn_atten.running_var"].shape == (128,)
    assert names["cp.conv_avg.conv.weight"].shape == (128, 512, 1, 1)
    assert names["ffm.convblk.conv.weight"].shape == (256, 256, 1, 1)
    assert names["ffm.conv1.weight"].shape == (64, 256, 1, 1)
    assert names["conv_out.conv_out.weight"].shape == (19, 256, 1, 1)
    assert {name.split(".")[0] for name in names} == {"cp", "ffm", "conv_out"}


def test_widths_are_read_off_the_file(state: dict[str, Any], tmp_path: Path) -> None:
    torch.save(state, tmp_path / "79999_iter.pth")
    network = registry.load(tmp_path / "79999_iter.pth", "parser")
    assert (network.config.width, network.config.context, network.config.classes) == (4, 8, 19)
    reference = BiSeNet(SMALL)
    reference.load_state_dict({k: v for k, v in state.items() if not k.startswith(("conv_out16", "conv_out32"))})
    faces = torch.rand(1, 3, 64, 96) * 2 - 1
    scores = network(faces)
    assert scores.shape == (1, 19, 64, 96)
    torch.testing.assert_close(scores, reference.eval()(faces))


def test_input_is_normalised_as_imagenet(state: dict[str, Any]) -> None:
    network = BiSeNet(SMALL).eval()
    seen: list[torch.Tensor] = []
    network.cp.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    network(torch.ones(1, 3, 32, 32))
    torch.testing.assert_close(
        seen[0][0, :, 0, 0], (1 - torch.tensor([0.485, 0.456, 0.406])) / torch.tensor([0.229, 0.224, 0.225])
    )


def test_missing_tensors_are_named(state: dict[str, Any], tmp_path: Path) -> None:
    del state["ffm.conv1.weight"]
    torch.save(state, tmp_path / "a.pth")
    with pytest.raises(CorruptCheckpointError, match=r"ffm\.conv1\.weight"):
        registry.load(tmp_path / "a.pth", "parser")


class Executes:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("echo executed",)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"weight": torch.zeros(1)}, UnknownCheckpointError),
        ([torch.zeros(1)], UnknownCheckpointError),
        ({"a": Executes()}, UnsafeCheckpointError),
    ],
)
def test_other_files_are_refused(content: Any, error: type[Exception], tmp_path: Path) -> None:
    torch.save(content, tmp_path / "a.pth")
    with pytest.raises(error, match=r"a\.pth"):
        registry.load(tmp_path / "a.pth", "parser")


def test_damaged_and_missing_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_bytes(b"nonsense")
    with pytest.raises(UnknownCheckpointError, match="not a file of weights"):
        registry.load(tmp_path / "a.pth", "parser")
    with pytest.raises(UnknownCheckpointError, match="no such file"):
        registry.load(tmp_path / "b.pth", "parser")
