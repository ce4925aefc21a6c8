"""Inversion on a small generator: every method finds what draws a picture, and its file says the same again."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from mien.checkpoints.codes import check_belongs, load_codes, save_codes, tuned_path
from mien.checkpoints.inversion import save_inversion
from mien.checkpoints.shapes import Pair
from mien.errors import ConfigError, CorruptCheckpointError, UnknownCheckpointError
from mien.inversion.base import Means
from mien.inversion.likeness import noise_penalty, pyramid_distance
from mien.inversion.methods import METHODS, load_inverter
from mien.inversion.optimise import Descent
from mien.models.editing import StyleEncoder, StyleEncoderConfig
from mien.models.inversion import FeatureNetworks, FeaturesConfig, HyperConfig, HyperNetwork, drawn, drawn_with
from mien.models.stylegan2 import Generator, portrait_128
from mien.training.devices import Devices
from mien.training.phases import Step
from mien.training.report import Progress
from mien.training.settings import AdamConfig
from mien.training.stages.inversion import stage_of
from mien.training.stages.inversion_run import FeaturesStageConfig, HyperStageConfig, InversionConfig
from mien.training.teachers import Teachers

BRIEF = {"optimise": {"steps": 6}, "pti": {"steps": 5, "pivot": Descent(steps=3)}}
LONGER = {"optimise": {"steps": 25}, "pti": {"steps": 15, "pivot": Descent(steps=25)}}


@pytest.fixture(scope="module")
def pair() -> Pair:
    torch.manual_seed(0)
    shape = replace(portrait_128(), resolution=32, z_dim=16, w_dim=16, channel_base=256, channel_max=16)
    generator = Generator(shape)
    with torch.no_grad():
        for name, one in generator.named_parameters():
            if name.endswith("noise_strength"):
                one.fill_(0.05)
    sizes = StyleEncoderConfig(128, 128, shape.codes, shape.w_dim, widths=(8, 8, 8, 8, 8), inputs=3, coarse=1, middle=2)
    return Pair(generator.eval().requires_grad_(False), StyleEncoder(sizes).eval().requires_grad_(False))


@pytest.fixture(scope="module")
def picture(pair: Pair) -> Tensor:
    with torch.no_grad():
        w = torch.randn(1, pair.generator.config.codes, 16, generator=torch.Generator().manual_seed(3))
        return pair.generator.synthesis(w, "const").clamp(-1, 1)


@pytest.fixture(scope="module")
def folder(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Networks that are not trained, but not idle either."""
    place, config = tmp_path_factory.mktemp("networks"), pair.generator.config
    networks = {
        "hyper": HyperNetwork(HyperConfig(32, HyperConfig.of(config).layers, 2, 8, (4, 4, 4, 4, 4))),
        "features": FeatureNetworks(replace(FeaturesConfig.of(config), width=8, blocks=1)),
    }
    mark = Means(pair, place, "toy").mark
    for name, network in networks.items():
        with torch.no_grad():
            for one in network.parameters():
                one.add_(0.1 * torch.randn(one.shape, generator=torch.Generator().manual_seed(1)))
        save_inversion(place, name, network, "# Toy\n", {"generator": mark})
    return place


@pytest.mark.parametrize("method", METHODS)
def test_what_a_method_finds_is_in_its_file(
    method: str, pair: Pair, picture: Tensor, folder: Path, tmp_path: Path
) -> None:
    means = Means(pair, folder, "toy", networks=(folder,), settings=BRIEF.get(method, {}))
    inverter = load_inverter(method, means)
    before = {name: one.clone() for name, one in pair.generator.state_dict().items()}
    steps: list[int] = []
    found = inverter.invert(picture, lambda step, *_: steps.append(step))
    again = inverter.invert(picture)
    assert all(torch.equal(one, before[name]) for name, one in pair.generator.state_dict().items())
    written = save_codes(tmp_path / "face.safetensors", found)
    assert (len(written) == 2) == (method != "encoder")
    read = load_codes(tmp_path / "face.safetensors")
    check_belongs(read, pair.generator, tmp_path)
    made = [drawn(pair.generator, one) for one in (found, again, read)]
    assert torch.equal(made[0], made[2]) and torch.equal(made[0], made[1])
    assert read.method == method and (len(steps) > 4) == (method in BRIEF)


def test_descent_comes_closer_and_tuning_closer_still(pair: Pair, picture: Tensor, tmp_path: Path) -> None:
    errors = {}
    for method in ("encoder", "optimise", "pti"):
        found = load_inverter(method, Means(pair, tmp_path, "toy", settings=LONGER.get(method, {}))).invert(picture)
        errors[method] = float((drawn(pair.generator, found) - picture).square().mean())
    assert errors["pti"] < errors["optimise"] < 0.7 * errors["encoder"]


def test_what_a_report_raises_ends_the_descent(pair: Pair, picture: Tensor, tmp_path: Path) -> None:
    def stop(step: int, *_: object) -> None:
        if step == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        load_inverter("pti", Means(pair, tmp_path, "toy")).invert(picture, stop)


def test_maps_follow_an_edit_and_stay_without_one(pair: Pair, picture: Tensor, folder: Path) -> None:
    means = Means(pair, folder, "toy", networks=(folder,))
    network = means.network("features")
    found = load_inverter("features", means).invert(picture)
    plain = drawn(pair.generator, found)
    assert torch.allclose(drawn(pair.generator, found, found.codes, follower=network), plain, atol=1e-5)
    moved = found.codes + 0.5
    followed = drawn(pair.generator, found, moved, follower=network)
    assert (followed - drawn(pair.generator, found, moved)).abs().max() > 1e-3


def test_weights_are_those_of_each_picture_alone(pair: Pair) -> None:
    rng = torch.Generator().manual_seed(5)
    w = torch.randn(2, pair.generator.config.codes, 16, generator=rng)
    sizes = HyperConfig.of(pair.generator.config).layers
    deltas = [0.3 * torch.randn(2, o, i, generator=rng) for o, i in zip(sizes[::2], sizes[1::2], strict=True)]
    both = drawn_with(pair.generator, w, deltas)
    second = drawn_with(pair.generator, w[1:], [one[1:] for one in deltas])
    assert torch.equal(both[1:], second) and not torch.allclose(both, pair.generator.synthesis(w, "const"), atol=1e-2)


def test_missing_networks_and_foreign_files_are_told_in_one_sentence(
    pair: Pair, picture: Tensor, folder: Path, tmp_path: Path
) -> None:
    for method in ("hyper", "features"):
        with pytest.raises(ConfigError, match=f"mien train {method}"):
            load_inverter(method, Means(pair, tmp_path, "toy"))
    without = Means(Pair(pair.generator, None), tmp_path, "toy")
    with pytest.raises(ConfigError, match="no encoder"):
        load_inverter("encoder", without)
    found = load_inverter("hyper", Means(pair, folder, "toy")).invert(picture)
    file = tmp_path / "face.safetensors"
    save_codes(file, found)
    with pytest.raises(ConfigError, match="another generator"):
        check_belongs(replace(found, generator="0"), pair.generator, file)
    data = bytearray(tuned_path(file).read_bytes())
    data[-1] ^= 1
    tuned_path(file).write_bytes(data)
    with pytest.raises(CorruptCheckpointError, match="does not belong"):
        load_codes(file)
    tuned_path(file).unlink()
    with pytest.raises(UnknownCheckpointError, match="missing"):
        load_codes(file)


@pytest.mark.parametrize(
    "settings", [HyperStageConfig(second=1.0), FeaturesStageConfig(adam=AdamConfig(1e-4, (0.9, 0.99)), edited=0.01)]
)
def test_a_stage_moves_its_network_and_what_it_saves_is_found(
    settings: InversionConfig, pair: Pair, picture: Tensor, tmp_path: Path
) -> None:
    teachers = Teachers(lambda made, wanted: (made - wanted).abs().mean((1, 2, 3)))
    stage = stage_of(settings, copy.deepcopy(pair), teachers, Devices("cpu"))
    step, losses = Step(0, 0, 2, picture.repeat(2, 1, 1, 1).contiguous()), []
    for _ in range(6):
        stage.optimiser.zero_grad()
        loss, told = stage.loss(step)
        loss.backward()
        stage.optimiser.step()
        stage.finish_step(step)
        losses.append(float(told["l2"].detach()))
    assert losses[-1] < losses[0] and all(p.grad is None for p in stage.generator.parameters())
    assert stage.preview()[stage.name].shape[1] >= 2 * 32
    stage.export(tmp_path, Progress(4, 8, None, 1.0, 1.0, None, {}))
    network = Means(pair, tmp_path, "toy").network(stage.name)
    assert any(bool(p.abs().sum() > 0) for p in network.parameters())


def test_distance_and_noise_penalty_are_0_where_they_should_be() -> None:
    rng = torch.Generator().manual_seed(0)
    x = torch.rand(2, 3, 32, 32, generator=rng)
    assert torch.equal(pyramid_distance(x, x), torch.zeros(2)) and bool((pyramid_distance(x, x.flip(0)) > 0.1).all())
    white = torch.randn(32, 32, generator=rng)
    drawing = torch.from_numpy(np.sign(np.sin(np.arange(32) / 4))).float().expand(32, 32)
    assert float(noise_penalty([white])) < 0.05 * float(noise_penalty([drawing]))
