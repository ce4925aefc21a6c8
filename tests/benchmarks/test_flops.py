"""Counted operations against closed forms."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from benchmarks.flops import count_flops
from benchmarks.roofline import DTYPES, convolutions, convolutions_flops, peak_of
from mien.models.stylegan2 import Discriminator, Generator, GeneratorConfig, discriminator_for

CONFIG = GeneratorConfig(resolution=64, z_dim=24, w_dim=40, mapping_layers=3, channel_base=1024, channel_max=48)


def synthesis_flops(config: GeneratorConfig, batch: int) -> int:
    """Two for each multiplication: convolutions, toRGB, low-passes (16 taps), affine layers and demodulation."""
    total = 0
    for r in config.resolutions:
        o, i = config.channels(r), config.channels(r // 2)
        convolutions = [(o, o)] if r == 4 else [(i, o), (o, o)]
        total += sum(2 * (config.w_dim * a + a * b) for a, b in convolutions) + 2 * config.w_dim * o
        total += 2 * 9 * o * o * r * r + 2 * 3 * o * r * r
        if r > 4:
            total += 2 * 9 * i * o * (r // 2) ** 2  # the zeros that are inserted cost nothing
            total += 2 * 16 * o * r * r + 2 * 16 * 3 * (r // 2) ** 2
    return total * batch


@pytest.mark.parametrize("batch", [1, 3])
def test_synthesis(batch: int) -> None:
    generator = Generator(CONFIG).requires_grad_(False)
    w_plus = torch.randn(batch, CONFIG.codes, CONFIG.w_dim)
    assert count_flops(lambda: generator.synthesis(w_plus, "const")) == synthesis_flops(CONFIG, batch)


def test_layout_and_autocast_make_no_difference() -> None:
    generator = Generator(CONFIG).requires_grad_(False).to(memory_format=torch.channels_last)
    w_plus = torch.randn(2, CONFIG.codes, CONFIG.w_dim)

    def run() -> None:
        with torch.autocast("cpu", torch.bfloat16):
            generator.synthesis(w_plus, "const")

    assert count_flops(run) == synthesis_flops(CONFIG, 2)


def test_mapping() -> None:
    generator = Generator(CONFIG).requires_grad_(False)
    expected = 5 * 2 * (24 * 40 + 2 * 40 * 40)
    assert count_flops(lambda: generator.mapping(torch.randn(5, 24))) == expected


def test_discriminator() -> None:
    config = discriminator_for(CONFIG)
    expected = 2 * 3 * config.channels(64) * 64 * 64
    for r in config.resolutions[1:]:
        i, o, half = config.channels(r), config.channels(r // 2), (r // 2) ** 2
        expected += 2 * 9 * i * i * r * r + 2 * 9 * i * o * half + 2 * i * o * half
        expected += 2 * 16 * i * ((r + 1) ** 2 + (r - 1) ** 2)  # low-passes in front of both strided convolutions
    last = config.channels(4)
    expected += 2 * 9 * (last + 1) * last * 16 + 2 * 16 * last * last + 2 * last
    network = Discriminator(config).requires_grad_(False)
    assert count_flops(lambda: network(torch.randn(1, 3, 64, 64))) == expected


def test_elementwise_arithmetic_counts_as_nothing_and_nothing_is_computed() -> None:
    x = torch.randn(4, 4)
    assert count_flops(lambda: x.add_(1.0).relu_()) == 0
    large = torch.randn(1, 512, 1, 1).expand(64, 512, 4096, 4096)  # a terabyte, were it real
    assert count_flops(lambda: F.conv2d(large, torch.randn(512, 512, 1, 1))) == 2 * 64 * (512 * 4096) ** 2


@pytest.mark.parametrize("dtype", list(DTYPES))
def test_the_peak_is_that_of_the_fastest_convolution(dtype: str) -> None:
    flops = convolutions_flops(dtype)
    made = convolutions(dtype)
    assert flops.keys() == made.keys()
    assert {name: count_flops(run) for name, run in made.items()} == flops
    fast, *others = flops
    turns = {name: [flops[name] / 1e6, flops[name] / 5e6] for name in others} | {fast: [flops[fast] / 8e6]}
    assert peak_of(turns, dtype) == pytest.approx(8.0)
