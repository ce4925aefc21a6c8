from __future__ import annotations

from collections.abc import Mapping

import pytest
import torch
from torch import Tensor, nn

from mien.training.devices import Devices
from mien.training.ema import Ema
from mien.training.phases import AdamConfig, Phase, Step, lazy_adam, run_phases


def _step(index: int) -> Step:
    return Step(index, index * 2, 2, torch.ones(2, 3, 4, 4))


@pytest.fixture
def devices() -> Devices:
    return Devices("cpu")


def test_phases_run_at_their_interval_and_move_their_module_only(devices: Devices) -> None:
    first, second = nn.Linear(2, 1), nn.Linear(2, 1)
    ran: list[str] = []

    def both(step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        loss = (first(torch.ones(1, 2)) + second(torch.ones(1, 2))).sum()
        return loss, {"loss": loss}

    def phase(name: str, module: nn.Module, interval: int) -> Phase:
        def loss(step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
            ran.append(name)
            return both(step)

        return Phase(name, module, torch.optim.SGD(module.parameters(), lr=0.1), interval, loss)

    phases = [phase("a", first, 1), phase("b", second, 3)]
    before = second.weight.detach().clone()
    for index in range(1, 3):
        report = run_phases(phases, _step(index), devices, autocast=False)
    assert (ran, list(report)) == (["a", "a"], ["loss"])
    assert torch.equal(second.weight, before)
    run_phases(phases, _step(3), devices, autocast=False)
    assert ran[2:] == ["a", "b"]
    assert not torch.equal(second.weight, before)


def test_a_gradient_that_is_not_finite_does_not_spoil_the_weights(devices: Devices) -> None:
    module = nn.Linear(1, 1, bias=False)

    def loss(step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        return (module.weight * float("nan")).sum(), {}

    run_phases([Phase("n", module, lazy_adam(module, AdamConfig()), 1, loss)], _step(0), devices, autocast=False)
    assert module.weight.isfinite().all()


def test_autocast_computes_in_bfloat16(devices: Devices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.training.devices.multiplies_bfloat16", lambda: True)  # slow where it is emulated
    module = nn.Conv2d(3, 1, 3)
    seen: list[torch.dtype] = []

    def loss(step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        y = module(step.reals)
        seen.append(y.dtype)
        return y.float().mean(), {}

    for autocast in (True, False):
        run_phases([Phase("c", module, lazy_adam(module, AdamConfig()), 1, loss)], _step(0), devices, autocast=autocast)
    assert seen == [torch.bfloat16, torch.float32]


def test_adam_is_corrected_for_lazy_regularisation() -> None:
    group = lazy_adam(nn.Linear(1, 1), AdamConfig(0.002, (0.0, 0.99)), 16).param_groups[0]
    assert group["lr"] == pytest.approx(0.002 * 16 / 17)
    assert group["betas"] == (0.0, pytest.approx(0.99 ** (16 / 17)))
    plain = lazy_adam(nn.Linear(1, 1), AdamConfig(0.002, (0.5, 0.99))).param_groups[0]
    assert (plain["lr"], plain["betas"]) == (0.002, (0.5, 0.99))


def test_average_forgets_half_in_its_half_life() -> None:
    network = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(network.weight)
    ema = Ema(network, half_life=100, ramp_up=None)
    nn.init.ones_(network.weight)
    for i in range(10):
        ema.update(network, 10, 10 * (i + 1))
    assert ema.network.weight.item() == pytest.approx(0.5, abs=1e-6)
    assert Ema(network, half_life=100).decay(10, 200) == pytest.approx(0.5)  # ramp-up: 5 % of 200
    assert Ema(network, half_life=100).decay(10, 10**6) == pytest.approx(0.5**0.1)
