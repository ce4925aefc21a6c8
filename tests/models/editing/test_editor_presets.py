from __future__ import annotations

import json
from dataclasses import replace

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from mien.conditions.modalities import channels
from mien.errors import ConfigError
from mien.models import stylegan2
from mien.models.editing import (
    PRESETS,
    Aggregation,
    EditorConfig,
    LatentWarping,
    Refinement,
    StyleEncoder,
    lite,
    paper_256,
    portrait_128,
    portrait_256,
)
from mien.models.stylegan2 import Discriminator


def millions(*networks: torch.nn.Module) -> float:
    return sum(p.numel() for network in networks for p in network.parameters()) / 1e6


@pytest.mark.parametrize("name", PRESETS)
def test_json_round_trip(name: str) -> None:
    config = PRESETS[name]()
    assert EditorConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    assert config.resolution == int(name.split("-")[1])
    assert config.encoder.inputs == sum(channels().values())


def test_the_paper_has_its_sizes() -> None:
    config = paper_256()
    assert (config.generator.codes, config.generator.w_dim, config.warping.blocks) == (18, 512, 4)
    assert config.refinement.bank_channels == (512, 512, 512, 512, 512, 256, 128)
    assert config.refinement.channels == config.refinement.bank_channels
    assert (config.aggregation.width, config.refinement.global_dim) == (64, 1024)


def test_the_paper_builds_and_runs_in_shape() -> None:
    config = paper_256()
    with FakeTensorMode():  # shapes without numbers
        encoder, warping = StyleEncoder(config.encoder), LatentWarping(config.warping)
        aggregation, refinement = Aggregation(config.aggregation), Refinement(config.refinement)
        layers, mask = torch.zeros(1, 26, 256, 256), torch.zeros(1, 1, 256, 256)
        bank = {r: torch.zeros(1, config.generator.channels(r), r, r) for r in config.generator.resolutions}
        w_plus = warping(encoder(layers), encoder(layers))
        picture = refinement(aggregation(layers, mask)[0], w_plus, bank)
    assert picture.shape == (1, 3, 256, 256)
    # Four blocks of six projections and four layers of 512²; a projection per fusion is not needed at equal widths.
    assert 10.4 < millions(warping) < 10.6
    assert not any("project" in name for name in refinement.state_dict())
    assert 100 < millions(refinement) < 130


@torch.no_grad()
@pytest.mark.parametrize("preset", [portrait_128, lambda: lite(portrait_128())], ids=["portrait", "lite"])
def test_the_bundled_size_runs_from_layers_to_picture(preset: object) -> None:
    config = preset()  # type: ignore[operator]
    torch.manual_seed(0)
    generator = stylegan2.Generator(config.generator)
    encoder, warping = StyleEncoder(config.encoder), LatentWarping(config.warping)
    aggregation, refinement = Aggregation(config.aggregation), Refinement(config.refinement)
    layers, mask = torch.randn(1, 26, 128, 128), torch.zeros(1, 1, 128, 128)
    codes = encoder(layers)
    w_plus = warping(codes, codes)
    _, bank = generator.synthesis(w_plus, "none", features=True)
    picture = refinement(aggregation(layers, mask)[0], w_plus, bank)
    assert picture.shape == (1, 3, 128, 128)
    assert picture.abs().max() < 20
    assert millions(encoder, aggregation, refinement) < 7.5


def test_lite_is_a_third_of_the_refinement_and_leaves_the_rest() -> None:
    for config in (paper_256(), portrait_128(), portrait_256()):
        small = lite(config)
        with torch.device("meta"):
            assert millions(Refinement(small.refinement)) < 0.4 * millions(Refinement(config.refinement))
        assert replace(small, refinement=config.refinement) == config


def test_the_larger_portrait_keeps_the_layers_of_the_smaller() -> None:
    """So that an editor for 256 px can start from one for 128 px."""
    with torch.device("meta"):
        small, large = (Refinement(p().refinement).state_dict() for p in (portrait_128, portrait_256))
    changed = {name for name in small if name not in large or small[name].shape != large[name].shape}
    assert changed == {"encoder.convs.128.weight", "bank_gain"}
    assert portrait_128().aggregation == portrait_256().aggregation


@pytest.mark.parametrize(
    ("part", "changes", "what"),
    [
        ("encoder", {"codes": 11}, "number of codes"),
        ("warping", {"w_dim": 64}, "length of a code"),
        ("aggregation", {"width": 24}, "width of the aggregated map"),
        ("aggregation", {"modalities": (3, 1, 3)}, "channels of the modalities"),
        ("encoder", {"side": 256}, "resolution"),
        ("generator", {"channel_max": 64}, "widths of the feature bank"),
    ],
)
def test_parts_that_do_not_agree_are_refused(part: str, changes: dict[str, object], what: str) -> None:
    config = portrait_128()
    with pytest.raises(ConfigError, match=what):
        replace(config, **{part: replace(getattr(config, part), **changes)})


@pytest.mark.parametrize("values", [{}, {"generator": {"resolution": 128}}, {**portrait_128().to_dict(), "encoder": 3}])
def test_incomplete_configurations_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="incomplete"):
        EditorConfig.from_dict(values)


def test_the_paper_has_the_discriminator_of_config_f() -> None:
    with torch.device("meta"):
        sizes = {
            name: sum(p.numel() for p in Discriminator(preset().discriminator).parameters())
            for name, preset in PRESETS.items()
        }
    assert sizes["paper-256"] == 28_864_129  # StyleGAN2's own, at 256 px
    assert all(size < 1_000_000 for name, size in sizes.items() if "portrait" in name)


def test_older_folders_say_nothing_about_a_discriminator() -> None:
    config = PRESETS["portrait-128"]()
    told = {part: value for part, value in config.to_dict().items() if part != "discriminator"}
    assert EditorConfig.from_dict(told) == config == EditorConfig.from_dict(config.to_dict())
