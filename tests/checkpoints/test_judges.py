"""Networks that judge: official layouts without running code, programs only where they are trusted."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from mien.checkpoints.judges import load_judge
from mien.errors import CorruptCheckpointError, UnknownCheckpointError, UnsafeCheckpointError
from mien.models.judges.irse import ArcFace
from mien.models.judges.lpips import SCALE, SHIFT, TAPS, Lpips
from mien.models.judges.vgg import Vgg16
from mien.training.frozen import load_by_shape, load_frozen

CPU = torch.device("cpu")


def lpips(net: str) -> Lpips:
    torch.manual_seed(0)
    network = Lpips(net)
    for name, value in network.state_dict().items():
        if name.startswith("lpips."):
            value.abs_()
    return network.eval().requires_grad_(False)


def of_the_package(state: dict[str, Tensor], net: str) -> dict[str, Tensor]:
    """The names of ``lpips.LPIPS(net=...).state_dict()``."""
    found = {"scaling_layer.shift": torch.tensor(SHIFT).view(1, 3, 1, 1)}
    found["scaling_layer.scale"] = torch.tensor(SCALE).view(1, 3, 1, 1)
    for name, value in state.items():
        parts = name.split(".")
        if parts[0] == "features":
            slice_ = 1 + sum(int(parts[1]) > tap for tap in TAPS[net])
            found[f"net.slice{slice_}.{'.'.join(parts[1:])}"] = value
        else:
            found[name.removeprefix("lpips.")] = value
            found[name.replace("lpips.lin", "lins.")] = value
    return found


@pytest.mark.parametrize("net", TAPS)
def test_the_lpips_packages_names_and_ours(net: str, tmp_path: Path) -> None:
    network = lpips(net)
    a, b = torch.rand(2, 3, 64, 64) * 2 - 1, torch.rand(2, 3, 64, 64) * 2 - 1
    expected = network.distance(a, b)
    for name, state in (("ours", network.state_dict()), ("theirs", of_the_package(network.state_dict(), net))):
        torch.save(state, tmp_path / f"{name}.pth")
        judge = load_judge(tmp_path / f"{name}.pth")
        assert judge.known.label == f"LPIPS-{net}[{name}]" and not judge.program
        torch.testing.assert_close(judge.method("distance")(a, b), expected)


def test_heads_alone_are_named(tmp_path: Path) -> None:
    state = lpips("alex").state_dict()
    torch.save({k.removeprefix("lpips."): v for k, v in state.items() if k.startswith("lpips.")}, tmp_path / "alex.pth")
    with pytest.raises(UnknownCheckpointError, match="heads without the network"):
        load_judge(tmp_path / "alex.pth")
    torch.save({**state, "lpips.lin0.model.1.weight": -torch.ones(1, 64, 1, 1)}, tmp_path / "below.pth")
    with pytest.raises(CorruptCheckpointError, match="below zero"):
        load_judge(tmp_path / "below.pth")


class Program(torch.nn.Module):
    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return (a - b).square().mean((1, 2, 3))


class Distance(torch.nn.Module):
    """LPIPS written down as others do, with its constants inside."""

    def __init__(self, network: Lpips) -> None:
        super().__init__()
        self.network = network

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        n = self.network
        maps: list[list[Tensor]] = []
        for picture in (a, b):
            x, found = (picture - n.shift) / n.scale, []
            for index, layer in enumerate(n.features):
                x = layer(x)
                if index in n.taps:
                    found.append(x / (x.square().sum(1, keepdim=True).sqrt() + 1e-10))
            maps.append(found)
        heads = [n.lpips[f"lin{i}"].get_parameter("model.1.weight") for i in range(len(n.taps))]
        parts = [
            torch.nn.functional.conv2d((x - y).square(), head).mean((1, 2, 3))
            for x, y, head in zip(*maps, heads, strict=True)
        ]
        return torch.stack(parts).sum(0)


def test_a_traced_lpips_is_read_as_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network, zeros = lpips("alex"), torch.zeros(2, 3, 64, 64)
    traced = torch.jit.freeze(torch.jit.trace(Distance(network).eval(), (zeros, zeros)))
    traced.save(str(tmp_path / "traced.pt"))

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("the program in the file was loaded")

    monkeypatch.setattr(torch.jit, "load", forbidden)
    judge = load_judge(tmp_path / "traced.pt")
    a, b = torch.rand(2, 3, 64, 64) * 2 - 1, torch.rand(2, 3, 64, 64) * 2 - 1
    torch.testing.assert_close(judge.method("distance")(a, b), network.distance(a, b))


def test_programs_run_only_where_they_are_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.jit.script(Program()).save(str(tmp_path / "program.pt"))
    loaded: list[str] = []
    usual = torch.jit.load
    monkeypatch.setattr(torch.jit, "load", lambda file, **more: loaded.append(file) or usual(file, **more))
    for load in (load_judge, load_frozen, load_by_shape):
        options = {} if load is load_judge else {"device": CPU}
        options |= {"use": "distance"} if load is load_by_shape else {}
        with pytest.raises(UnsafeCheckpointError, match=r"program\.pt is a TorchScript program.*--trust-code"):
            load(tmp_path / "program.pt", **options)
    assert loaded == []
    distance = load_judge(tmp_path / "program.pt", trust_code=True).method("distance")
    assert torch.equal(distance(torch.ones(2, 3, 8, 8), torch.zeros(2, 3, 8, 8)), torch.ones(2))


def test_training_reads_official_layouts(tmp_path: Path) -> None:
    """Also in bfloat16, and with gradients."""
    torch.manual_seed(0)
    torch.save(lpips("squeeze").state_dict(), tmp_path / "lpips.pth")
    torch.save(ArcFace(16, 8).eval().state_dict(), tmp_path / "arcface.pth")
    torch.save(Vgg16(4, 8, 3).state_dict(), tmp_path / "vgg.pth")
    a, b = (torch.rand(2, 3, 64, 64) * 2 - 1 for _ in range(2))
    for dtype in (torch.float32, torch.bfloat16):
        x = a.clone().requires_grad_()
        distance = load_by_shape(tmp_path / "lpips.pth", CPU, dtype, use="distance")(x, b)[0]
        exact = load_judge(tmp_path / "lpips.pth").method("distance")(a, b)
        torch.testing.assert_close(distance.float(), exact, rtol=1e-4 if dtype == torch.float32 else 0.1, atol=1e-3)
        distance.sum().backward()
        assert x.grad is not None and bool(x.grad.isfinite().all()) and float(x.grad.abs().sum()) > 0
        maps = load_frozen(tmp_path / "vgg.pth", CPU, dtype)(a)
        assert [tuple(m.shape[1:]) for m in maps] == [(8, 32, 32), (16, 16, 16), (32, 8, 8), (32, 4, 4)]
    embedding = load_by_shape(tmp_path / "arcface.pth", CPU, torch.bfloat16, use="embed")(a)[0]
    assert embedding.shape == (2, 8)
    with pytest.raises(UnknownCheckpointError, match="not a perceptual distance"):
        load_by_shape(tmp_path / "vgg.pth", CPU, use="distance")
