"""Pairs of a shaven man and his face without another man's beard, and what is learned from them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from mien.checkpoints.store import load_config
from mien.guides.bank import Bank
from mien.guides.beards.chin_frame import HIGH, PLANES, WIDE
from mien.models.perception.uncover import ChinConfig, UncoverNet
from recipes import chin, chins
from recipes.chin import SEEN, WEIGHT, batch_of, judged, loss_of, sample, save
from recipes.chins import Chins, Networks, pair, wanted
from recipes.fitting import Fitting


class Squares(torch.nn.Module):
    def forward(self, one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return (one - other).square().mean((1, 2, 3))


@pytest.fixture(scope="module")
def toys() -> Chins:
    """A dark beard, replaced by skin that is 20 levels too dark."""
    planes = np.full((4, HIGH, WIDE, SEEN + 3), 150, np.uint8)
    planes[..., 6:SEEN] = 0
    part = np.s_[:, 50:90, 30:80]
    planes[part][..., :3], planes[part][..., 3:6], planes[part][..., WEIGHT] = 130, 40, 255
    return Chins(planes, np.array(["1-2", "1-3", "4-2", "5-2"]), np.array([False, False, False, True]))


def test_a_pair_is_what_the_network_sees_and_the_truth() -> None:
    photo = max(Bank.bundled().entries, key=lambda one: one.traits.beard).photo()
    made = pair(photo, photo.pixels, Networks())
    assert made.shape == (HIGH, WIDE, SEEN + 3) and made.dtype == np.uint8
    kept = made[..., WEIGHT] == 0
    assert np.abs(made[..., :3].astype(int) - made[..., SEEN:])[kept].mean() < 4
    assert np.abs(made[..., :3].astype(int) - made[..., SEEN:])[made[..., WEIGHT] > 250].mean() > 10
    assert np.abs(made[..., 3:6].astype(int) - made[..., SEEN:]).mean() < 2


def test_each_man_gets_a_beard_before_any_gets_two(monkeypatch: pytest.MonkeyPatch) -> None:
    men: Any = {name: SimpleNamespace(name=name) for name in ("a1", "a2", "b1", "b2", "b3")}
    monkeypatch.setattr(chins, "wears", lambda man: man.name[0] == "b")
    monkeypatch.setattr(chins, "shaven", lambda man: man.name[0] == "a")
    monkeypatch.setattr(chins, "unlike", lambda one, other: 9.0 if other.name == "b3" else 1.0)
    found = list(wanted(men, 5))
    assert Counter(found).most_common(1)[0][1] == 1 and len(found) == 4
    assert {man for man, _ in found[:2]} == {"a1", "a2"} and not any(beard == "b3" for _, beard in found)


def test_samples_are_moved_together_and_as_they_are_for_the_judge(toys: Chins) -> None:
    rng = np.random.default_rng(0)
    plain = sample(toys.planes[0])
    assert plain.planes.shape == (PLANES, HIGH, WIDE) and plain.weight.max() == 1
    for _ in range(5):
        one = sample(toys.planes[0], rng)
        assert np.abs(one.planes).max() <= 1 and 0.05 < (one.weight > 0.9).mean() < 0.25
        lacks = (one.truth - one.planes[:3].transpose(1, 2, 0)).mean(2)
        assert lacks[one.weight > 0.9].mean() > 0.08 and abs(lacks[one.weight < 0.1].mean()) < 0.03


def test_what_lacks_is_learned_and_judged_on_men_held_out(toys: Chins, tmp_path: Path) -> None:
    torch.manual_seed(0)
    judge, rng = torch.jit.script(Squares()), np.random.default_rng(0)
    config = ChinConfig(widths=(8, 8, 8, 8), decoder=(8, 8, 8), fine=4)
    fitting = Fitting(UncoverNet(config), rate=1e-2, time_limit=1000, samples=200, ema=0.8)
    for _ in range(12):
        fitting.pace()
        fitting.network.train()
        batch = batch_of([sample(toys.planes[one], rng) for one in (0, 1, 2)])
        loss, plain, _ = loss_of(fitting.network(batch[0]), batch, judge)
        fitting.step(loss, 3, error=plain)
    figures = judged(fitting.network, list(toys.planes[toys.held]), judge)
    assert figures["without error"] == pytest.approx(20, abs=0.5)
    assert figures["network error"] < 18
    save(fitting, toys, judge, tmp_path / "made")
    assert load_config(tmp_path / "made", chin.KIND)["channels"] == 3
    assert "1 men held out" in (tmp_path / "made" / "README.md").read_text(encoding="utf-8")


def test_pairs_are_kept(toys: Chins, tmp_path: Path) -> None:
    toys.save(tmp_path / "toys.npz")
    again = Chins.load(tmp_path / "toys.npz")
    np.testing.assert_array_equal(again.planes, toys.planes)
    assert list(again.names) == list(toys.names) and list(tmp_path.iterdir()) == [tmp_path / "toys.npz"]
