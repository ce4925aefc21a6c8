from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import nn

from mien.errors import ConfigError, UnknownCheckpointError
from mien.models.stylegan2 import DiscriminatorConfig
from mien.models.stylegan2.posterior import Posterior
from mien.training.anchor import Anchor
from mien.training.frozen import load_by_shape
from mien.training.settings import AnchorConfig, CriticConfig
from mien.training.snapshots import Snapshots
from mien.training.stages.generator import GeneratorStage
from mien.training.stages.generator_run import GeneratorRun
from mien.training.stages.running import train

Shown = Callable[[GeneratorRun, int], GeneratorRun]
SMALL = DiscriminatorConfig(resolution=32, channel_base=256, channel_max=16)


class TinyDistance(nn.Module):
    """Stands in for a perceptual distance: a strided convolution, flattened to a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.line = nn.Linear(4 * 16 * 16, 8)

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        x, y = (self.line(self.conv(one).flatten(1)) for one in (a, b))
        return (x - y).square().mean(1)


@pytest.fixture(scope="module")
def distance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(3)
    network = TinyDistance().eval().requires_grad_(False)
    file = tmp_path_factory.mktemp("distance") / "tiny.pt"
    torch.jit.freeze(torch.jit.trace(network, (torch.zeros(2, 3, 32, 32),) * 2)).save(str(file))
    return file


@pytest.fixture
def anchored(tiny_run: GeneratorRun, distance: Path) -> GeneratorRun:
    anchor = AnchorConfig(channel_base=256, warm_up=24, rate=4.0)
    return replace(tiny_run, stage=replace(tiny_run.stage, anchor=anchor), perceptual=distance)


def _anchor(**settings: float) -> Anchor:
    rng = torch.Generator().manual_seed(0)
    torch.manual_seed(0)
    return Anchor(Posterior(SMALL, 8), AnchorConfig(**settings), lambda a, b: (a - b).square().mean((1, 2, 3)), rng)


def test_a_run_with_an_anchor_resumes_bit_for_bit(anchored: GeneratorRun, shown: Shown, tmp_path: Path) -> None:
    train(shown(anchored, 6), tmp_path / "whole", device="cpu")
    train(shown(anchored, 3), tmp_path / "parts", device="cpu")
    train(shown(anchored, 6), tmp_path / "parts", device="cpu", resume=True)
    whole, parts = (Snapshots(tmp_path / name).latest() for name in ("whole", "parts"))
    assert whole is not None and parts is not None
    for part in ("generator", "posterior", "anchor"):
        one, other = whole["parts"][part], parts["parts"][part]
        assert one.keys() == other.keys()
        assert all(torch.equal(one[name], other[name]) for name in one), part


def test_the_next_run_goes_on_from_the_posterior(anchored: GeneratorRun, shown: Shown, tmp_path: Path) -> None:
    train(shown(anchored, 3), tmp_path / "first", device="cpu")
    later, _ = train(replace(shown(anchored, 0), init=tmp_path / "first"), tmp_path / "second", device="cpu")
    state = Snapshots(tmp_path / "first").latest()
    assert state is not None and isinstance(later.stage, GeneratorStage) and later.stage.anchor is not None
    now = later.stage.anchor.network.state_dict()
    assert all(torch.equal(value, now[name]) for name, value in state["parts"]["posterior"].items())


def test_a_held_generator_stands_still_while_the_others_learn(
    anchored: GeneratorRun, shown: Shown, tmp_path: Path
) -> None:
    run = replace(anchored, stage=replace(anchored.stage, hold=8, anchor=replace(anchored.stage.anchor, warm_up=0)))
    states = []
    for steps in (0, 2, 4):
        train(shown(run, steps), tmp_path / "run", device="cpu", resume=steps > 0)
        states.append((Snapshots(tmp_path / "run").latest() or {})["parts"])
    moved = [
        {part for part in ("generator", "generator.ema", "posterior", "stylegan2") if _differ(one[part], other[part])}
        for one, other in pairwise(states)
    ]
    assert moved == [{"posterior", "stylegan2"}, {"generator", "generator.ema", "posterior", "stylegan2"}]


def _differ(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    """Whether weights differ; the running mean of codes is no weight."""
    return any(not torch.equal(one[name], other[name]) for name in one if "w_avg" not in name)


def test_reconstructions_come_closer(anchored: GeneratorRun, shown: Shown, tmp_path: Path) -> None:
    assert anchored.stage.anchor is not None
    alone = replace(anchored.stage, anchor=replace(anchored.stage.anchor, warm_up=10**6), path_length=0.0)
    run = replace(
        shown(anchored, 30),
        stage=replace(alone, discriminator="stylegan2", plain=CriticConfig("stylegan2", augment="none")),
    )
    loop, _ = train(run, tmp_path / "run", device="cpu")
    assert isinstance(loop.stage, GeneratorStage) and loop.stage.anchor is not None
    reals = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1
    z, _ = loop.stage.anchor.codes(reals)
    made = loop.stage.generator.synthesis(loop.stage.generator.broadcast(loop.stage.generator.mapping(z)), "const")
    gray = float(reals.abs().mean())
    assert float((made - reals).abs().mean()) < 1.3 * gray, "after thirty steps it is not far from the best constant"


def test_beta_is_steered_towards_the_rate() -> None:
    pictures = torch.zeros(2, 3, 32, 32)
    for nats, grows in ((40.0, True), (5.0, False)):
        anchor = _anchor(rate=20.0)
        before = float(anchor.state["beta"])
        anchor.loss(pictures, pictures, torch.full((2,), nats))
        assert (float(anchor.state["beta"]) > before) == grows
        assert abs(float(anchor.state["beta"]) / before - 1) < 0.011


def test_warm_up_rebuilds_first_and_lets_the_critics_in_slowly() -> None:
    anchor = _anchor(warm_up=1000, share=0.5)
    assert [anchor.count(16, images) for images in (0, 499, 500, 5000)] == [15, 15, 8, 8]
    assert [anchor.adversity(images) for images in (0, 500, 750, 1000, 5000)] == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_means_are_centred_and_nats_are_those_of_the_gaussian() -> None:
    anchor = _anchor()
    with torch.no_grad():
        anchor.network.out.bias[:8] = 5.0
    reals = torch.rand(6, 3, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1
    mean, log_variance = anchor.network(reals)
    assert mean.mean(0).abs().max() < 1e-5
    _, nats = anchor.codes(reals)
    mean, log_variance = anchor.network(reals)
    posterior = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    expected = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0)).sum(1)
    torch.testing.assert_close(nats, expected)
    assert float(anchor.network.centre.mean()) > 0.1, "the running centre follows"


def test_an_anchor_needs_a_distance(anchored: GeneratorRun, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--perceptual"):
        train(replace(anchored, perceptual=None), tmp_path / "run", device="cpu")


def test_frozen_networks_of_any_shape_agree_with_the_file(distance: Path, tmp_path: Path) -> None:
    network = load_by_shape(distance, torch.device("cpu"), torch.float32, use="distance", trust_code=True)
    original = torch.jit.load(str(distance))
    for batch in (2, 3):
        a, b = (torch.rand(batch, 3, 32, 32) * 2 - 1 for _ in range(2))
        a.requires_grad_()
        torch.testing.assert_close(network(a, b)[0], original(a, b))
        (mine,) = torch.autograd.grad(network(a, b)[0].sum(), a)
        (theirs,) = torch.autograd.grad(original(a, b).sum(), a)
        torch.testing.assert_close(mine, theirs)
    half = load_by_shape(distance, torch.device("cpu"), use="distance", trust_code=True)(a, b)[0]
    torch.testing.assert_close(half.float(), original(a, b), rtol=0.1, atol=0.02)
    (tmp_path / "no.pt").write_bytes(b"nothing")
    with pytest.raises(UnknownCheckpointError, match=r"no\.pt"):
        load_by_shape(tmp_path / "no.pt", torch.device("cpu"), use="distance")
