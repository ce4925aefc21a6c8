"""Growth of an editor: the grown painter paints what the small one did; other parts are taken over as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.errors import ConfigError
from mien.models.editing import PRESETS, EditorNetworks, StyleEncoder, StyleEncoderConfig
from mien.models.editing.growth import grow_painter, take_over, widen_encoder

STEPS = [("portrait-64", "portrait-128"), ("portrait-128", "portrait-256")]


def networks(preset: str, seed: int = 0) -> EditorNetworks:
    torch.manual_seed(seed)
    return EditorNetworks(PRESETS[preset]()).eval()


def parameters(network: nn.Module) -> list[list[float]]:
    return [p.flatten().tolist() for p in network.parameters()]


def smooth(channels: int, side: int, seed: int) -> Tensor:
    """A map that hardly changes from pixel to pixel, so that it is the same at half its size."""
    rough = torch.randn(1, channels, 4, 4, generator=torch.Generator().manual_seed(seed))
    return F.interpolate(rough, size=(side, side), mode="bicubic")


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_a_grown_painter_paints_the_enlarged_picture(before: str, after: str) -> None:
    small, grown = networks(before), networks(after, seed=1)
    grow_painter(small.painter, grown.painter)
    side = small.config.resolution
    large = smooth(16, 2 * side, 0)
    codes = torch.randn(1, small.config.generator.codes, 128)
    more = grown.config.generator.codes - small.config.generator.codes
    with torch.no_grad():
        bank = small.bank(codes)[1]
        expected = small.painter.refinement(F.avg_pool2d(large, 2), codes, bank)
        channels = grown.config.refinement.bank_channels[-1]
        bank = {**bank, 2 * side: torch.randn(1, channels, 2 * side, 2 * side)}
        found = grown.painter.refinement(large, F.pad(codes, (0, 0, 0, more)), bank)
    inner = slice(side // 8, -(side // 8))  # at the border the shift meets padding
    difference = (F.avg_pool2d(found, 2) - expected)[..., inner, inner].abs().mean()
    assert difference < 0.15 * expected.std()
    assert (F.avg_pool2d(networks(after, seed=2).painter.refinement(large, F.pad(codes, (0, 0, 0, more)), bank), 2)
            - expected).abs().mean() > 2 * difference  # fmt: skip


def test_everything_trained_is_taken_over_at_twice_the_side() -> None:
    small, grown = networks("portrait-128"), networks("portrait-256", seed=1)
    parts = ("generator", "encoder", "warping", "painter")
    assert take_over(grown, small, parts) == parts
    layers = smooth(26, 256, 3)
    with torch.no_grad():
        before = small.encoder(F.avg_pool2d(layers, 2))
        after = grown.encoder(layers)
        assert torch.allclose(after[:, : before.shape[1]], before, atol=1e-5)
    assert parameters(grown.warping) == parameters(small.warping)


def test_to_half_the_side_the_painter_is_not_taken() -> None:
    large, small = networks("portrait-128"), networks("portrait-64", seed=1)
    assert take_over(small, large, ("generator", "encoder", "painter")) == ("generator", "encoder")
    assert torch.equal(small.generator.mapping.w_avg, large.generator.mapping.w_avg)


def test_another_fusion_starts_its_painter_afresh() -> None:
    config = PRESETS["portrait-64"]()
    other = EditorNetworks(replace(config, refinement=replace(config.refinement, fusion="add")))
    assert take_over(other, networks("portrait-64"), ("encoder", "painter")) == ("encoder",)


def test_an_encoder_of_other_sizes_is_refused() -> None:
    config = PRESETS["portrait-128"]()
    wide = replace(config, encoder=replace(config.encoder, grid_channels=8))
    with pytest.raises(ConfigError, match="encoder of the editor to start from has other sizes"):
        take_over(networks("portrait-128"), EditorNetworks(wide), ("encoder",))


def test_layers_smaller_than_the_encoder_looks_at_are_enlarged() -> None:
    small, large = networks("portrait-64"), networks("portrait-128")
    small.encoder.load_state_dict(large.encoder.state_dict())
    layers = smooth(26, 64, 5)
    enlarged = F.interpolate(layers, size=(128, 128), mode="bilinear")
    with torch.no_grad():
        assert torch.allclose(small.encoder(layers), large.encoder(enlarged), atol=1e-6)


@torch.no_grad()
def test_an_encoder_of_photos_is_widened_and_gives_the_same_codes() -> None:
    torch.manual_seed(0)
    photos = StyleEncoderConfig(64, 64, 4, 8, 3, trunk="ir-se50", trunk_width=16)
    source, target = StyleEncoder(photos).eval(), StyleEncoder(replace(photos, side=128, inputs=7)).eval()
    source.w_avg.normal_()
    assert widen_encoder(source, target)
    layers = torch.randn(1, 7, 128, 128)
    torch.testing.assert_close(target(layers), source(F.avg_pool2d(layers[:, :3], 2)), atol=1e-5, rtol=1e-5)
    assert not widen_encoder(source, StyleEncoder(replace(photos, inputs=7, offsets=False)))


@torch.no_grad()
def test_a_painter_that_learns_of_guides_goes_on_from_where_it_was() -> None:
    before = networks("portrait-64")
    config = before.config
    torch.manual_seed(1)
    after = EditorNetworks(replace(config, aggregation=replace(config.aggregation, guide=True))).eval()
    assert take_over(after, before, ("painter",)) == ("painter",)
    layers, mask = smooth(26, 64, 1), (smooth(1, 64, 2) > 0).float()
    codes = torch.randn(1, config.generator.codes, 128)
    bank = before.bank(codes)[1]
    expected, _ = before.painter(layers, mask, codes, bank)
    for guide in (None, torch.zeros(1, 4, 64, 64)):
        assert torch.equal(after.painter(layers, mask, codes, bank, guide=guide)[0], expected)
    known = torch.cat([smooth(3, 64, 4), mask], 1)
    assert not torch.equal(after.painter(layers, mask, codes, bank, guide=known)[0], expected)
