"""Small networks in the layouts of the published ones."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn


class Averages(nn.Module):
    """(B, 3, S, S) -> (B, 12): the means of four quarters."""

    def forward(self, pictures: Tensor) -> Tensor:
        return nn.functional.adaptive_avg_pool2d(pictures, 2).flatten(1)


class SquaredDifference(nn.Module):
    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return (a - b).square().mean((1, 2, 3))


@pytest.fixture(scope="session")
def weights(pytestconfig: pytest.Config) -> Path:
    """The folder of public pretrained networks; the test is skipped where there is none."""
    folder = pytestconfig.rootpath.parent / "shared" / "weights"
    if not folder.is_dir():
        pytest.skip("needs the pretrained networks in ../shared/weights")
    return folder


@pytest.fixture(scope="session")
def averages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A feature network as TorchScript."""
    file = tmp_path_factory.mktemp("networks") / "averages.pt"
    torch.jit.script(Averages()).save(str(file))
    return file


@pytest.fixture(scope="session")
def difference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A distance as TorchScript."""
    file = tmp_path_factory.mktemp("networks") / "difference.pt"
    torch.jit.script(SquaredDifference()).save(str(file))
    return file
