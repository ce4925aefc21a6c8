from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mien.checkpoints.judges import load_script
from mien.errors import CorruptCheckpointError, UnknownCheckpointError
from mien.training.frozen import load_frozen

CPU = torch.device("cpu")


def test_float32_is_the_stored_network_with_its_gradient(pyramid: Path) -> None:
    x = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1)).requires_grad_()
    results = []
    for network in (
        load_script(pyramid, CPU, trust_code=True),
        load_frozen(pyramid, CPU, torch.float32, trust_code=True),
    ):
        maps = network(x)
        (gradient,) = torch.autograd.grad(sum(m.square().sum() for m in maps), x)
        results.append([*maps, gradient])
    for stored, fast in zip(*results, strict=True):
        assert torch.allclose(stored, fast, rtol=1e-4, atol=1e-5)


def test_bfloat16_is_close_inside_and_outside_of_autocast(pyramid: Path) -> None:
    x = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    exact = load_script(pyramid, CPU, trust_code=True)(x)
    network = load_frozen(pyramid, CPU, trust_code=True)
    with torch.autocast("cpu", torch.bfloat16):
        inside = network(x)
    for a, b, c in zip(exact, network(x), inside, strict=True):
        assert b.dtype == torch.bfloat16
        assert torch.equal(b, c)
        assert (a - b).norm() < 0.03 * a.norm()


def test_files_that_will_not_do_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownCheckpointError, match="no such file"):
        load_frozen(tmp_path / "none.pt", CPU)
    (tmp_path / "text.pt").write_text("hello")
    with pytest.raises(UnknownCheckpointError, match="not a file of weights"):
        load_frozen(tmp_path / "text.pt", CPU)
    one = torch.jit.trace(torch.nn.Flatten(), torch.zeros(1, 3, 64, 64))
    one.save(str(tmp_path / "flat.pt"))
    with pytest.raises(CorruptCheckpointError):
        load_frozen(tmp_path / "flat.pt", CPU, trust_code=True)


def test_the_real_pyramid(data: Path) -> None:
    file = data.parent / "weights" / "features_mobilenetv2_pyramid.pt"
    x = torch.rand(2, 3, 128, 128, generator=torch.Generator().manual_seed(1)) * 2 - 1
    with torch.no_grad():
        exact, fast = (f(file, CPU, trust_code=True)(x) for f in (load_script, load_frozen))
    assert [tuple(m.shape[1:]) for m in fast] == [(24, 32, 32), (32, 16, 16), (96, 8, 8), (320, 4, 4)]
    assert all((a - b).norm() < 0.04 * a.norm() for a, b in zip(exact, fast, strict=True))
