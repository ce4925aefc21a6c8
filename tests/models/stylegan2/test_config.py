from __future__ import annotations

import json

import pytest

from mien.errors import ConfigError
from mien.models.stylegan2 import (
    PRESETS,
    DiscriminatorConfig,
    Generator,
    GeneratorConfig,
    discriminator_for,
    ffhq_1024,
    paper_256,
    portrait_128,
    portrait_256,
)


def test_config_f_has_the_published_widths() -> None:
    config = ffhq_1024()
    assert [config.channels(r) for r in config.resolutions] == [512, 512, 512, 512, 512, 256, 128, 64, 32]
    assert config.codes == 18
    assert len(config.noises) == 17
    assert paper_256().channels(256) * 2 == config.channels(256)


def test_portrait_has_about_a_million_parameters() -> None:
    parameters = sum(p.numel() for p in Generator(portrait_128()).parameters())
    assert 1.0e6 <= parameters <= 1.2e6


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_json_round_trip(preset: object) -> None:
    config = preset()  # type: ignore[operator]
    assert GeneratorConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    mirror = discriminator_for(config)
    assert DiscriminatorConfig.from_dict(json.loads(json.dumps(mirror.to_dict()))) == mirror


def test_the_larger_portrait_only_adds_a_block() -> None:
    small = {name: value.shape for name, value in Generator(portrait_128()).state_dict().items()}
    large = {name: value.shape for name, value in Generator(portrait_256()).state_dict().items()}
    assert small.items() <= large.items()
    assert {name.split(".")[2] for name in large.keys() - small.keys()} == {"256"}


@pytest.mark.parametrize("resolution", [0, 16, 100, 2048])
def test_resolutions_out_of_range_are_refused(resolution: int) -> None:
    with pytest.raises(ConfigError, match="power of two"):
        GeneratorConfig(resolution=resolution)


@pytest.mark.parametrize("values", [{"resolution": 64, "chanel_base": 1}, {"z_dim": 4}])
def test_unknown_and_missing_settings_are_named(values: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=r"chanel_base|resolution"):
        GeneratorConfig.from_dict(values)
