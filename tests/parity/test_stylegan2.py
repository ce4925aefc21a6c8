"""mien's StyleGAN2 against the literal one: the same pictures, logits and gradients."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from mien.models.stylegan2 import Discriminator, DiscriminatorConfig, Generator, GeneratorConfig
from tests.parity import literal_stylegan2 as literal

SMALL = GeneratorConfig(resolution=64, z_dim=24, w_dim=32, mapping_layers=3, channel_base=1024, channel_max=40)
LAYOUTS = (torch.contiguous_format, torch.channels_last)


def lively(network: nn.Module, seed: int) -> nn.Module:
    """Fresh networks have zero biases and noise strengths, which would hide mistakes: fill everything."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in network.named_parameters():
            if name.endswith(("bias", "noise_strength")):
                value.add_(torch.randn(value.shape, generator=generator) * 0.3)
    return network


@pytest.fixture(params=[None, 1.5], ids=["no clamp", "clamp"])
def generator(request: pytest.FixtureRequest) -> Generator:
    torch.manual_seed(0)
    network = lively(Generator(replace(SMALL, clamp=request.param)), 1)
    assert isinstance(network, Generator)
    return network


@pytest.fixture
def discriminator() -> Discriminator:
    torch.manual_seed(3)
    network = lively(Discriminator(DiscriminatorConfig(resolution=64, channel_base=1024, channel_max=40)), 4)
    assert isinstance(network, Discriminator)
    return network


def codes(generator: Generator, batch: int) -> tuple[Tensor, list[Tensor]]:
    config = generator.config
    w_plus = torch.randn(batch, config.codes, config.w_dim)
    return w_plus, [torch.randn(batch, 1, side, side) for side in config.noises]


def gradients(network: nn.Module, loss: Tensor) -> dict[str, Tensor]:
    parameters = dict(network.named_parameters())
    values = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
    return {name: value for name, value in zip(parameters, values, strict=True) if value is not None}


def test_mapping(generator: Generator) -> None:
    z = torch.randn(5, 24)
    expected = literal.mapping(generator.state_dict(), z)
    torch.testing.assert_close(generator.mapping(z), expected, atol=1e-5, rtol=1e-5)


def test_synthesis(generator: Generator) -> None:
    w_plus, noises = codes(generator, 3)
    with torch.no_grad():
        expected = literal.synthesis(generator.state_dict(), w_plus, noises, generator.config.clamp)
        picture = generator.synthesis(w_plus, noises)
    assert (picture - expected).abs().max() <= 1e-4


def test_synthesis_without_noise_in_channels_last(generator: Generator) -> None:
    w_plus, noises = codes(generator, 2)
    with torch.no_grad():
        expected = literal.synthesis(generator.state_dict(), w_plus, [None] * len(noises), generator.config.clamp)
        picture = generator.to(memory_format=torch.channels_last).synthesis(w_plus, "none")
    assert (picture - expected).abs().max() <= 1e-4


@pytest.mark.parametrize("frozen", [True, False], ids=["frozen", "learning"])
@pytest.mark.parametrize("maps", [1, 3], ids=["one noise for all", "noise of its own"])
def test_synthesis_in_channels_last(generator: Generator, maps: int, frozen: bool) -> None:
    """Arithmetic is done in other ways where maps are narrow, noise is shared, or no gradient is recorded."""
    generator.to(memory_format=torch.channels_last).requires_grad_(not frozen)
    w_plus, _ = codes(generator, 3)
    noises = [torch.randn(maps, 1, side, side) for side in generator.config.noises]
    expected = literal.synthesis(generator.state_dict(), w_plus, noises, generator.config.clamp)
    assert (generator.synthesis(w_plus, noises) - expected).abs().max() <= 1e-4
    with torch.inference_mode():
        assert (generator.synthesis(w_plus, noises) - expected).abs().max() <= 1e-4


def test_synthesis_gradients_of_codes_in_channels_last(generator: Generator) -> None:
    generator.to(memory_format=torch.channels_last).requires_grad_(False)
    w_plus, noises = codes(generator, 2)
    w_plus.requires_grad_()
    weight = torch.randn(2, 3, 64, 64) / 64
    ours = generator.synthesis(w_plus, noises)
    theirs = literal.synthesis(generator.state_dict(), w_plus, noises, generator.config.clamp)
    found, expected = (torch.autograd.grad((picture * weight).sum(), w_plus)[0] for picture in (ours, theirs))
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_synthesis_gradients(layout: torch.memory_format) -> None:
    torch.manual_seed(6)
    generator = lively(Generator(SMALL), 7).to(memory_format=layout)
    assert isinstance(generator, Generator)
    w_plus, noises = codes(generator, 2)
    w_plus.requires_grad_()
    weight = torch.randn(2, 3, 64, 64) / 64
    state = dict(generator.named_parameters())
    ours = (generator.synthesis(w_plus, noises) * weight).sum()
    theirs = (literal.synthesis(state, w_plus, noises) * weight).sum()
    ours_w, theirs_w = (torch.autograd.grad(loss, w_plus, retain_graph=True)[0] for loss in (ours, theirs))
    torch.testing.assert_close(ours_w, theirs_w, atol=1e-4, rtol=1e-4)
    expected = gradients(generator, theirs)
    found = gradients(generator, ours)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        scale = max(float(value.abs().max()), 1.0)
        assert float((found[name] - value).abs().max()) <= 1e-4 * scale, name


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_path_length_gradients(layout: torch.memory_format) -> None:
    """Path-length regularization differentiates through the generator twice."""
    torch.manual_seed(8)
    generator = lively(Generator(replace(SMALL, resolution=32)), 9).to(memory_format=layout)
    assert isinstance(generator, Generator)
    w_plus, noises = codes(generator, 2)
    w_plus.requires_grad_()
    weight = torch.randn(2, 3, 32, 32) / 32
    results = []
    for picture in (
        generator.synthesis(w_plus, noises),
        literal.synthesis(dict(generator.named_parameters()), w_plus, noises),
    ):
        (slope,) = torch.autograd.grad((picture * weight).sum(), w_plus, create_graph=True)
        results.append(gradients(generator, slope.square().sum(dim=2).mean().sqrt()))
    found, expected = results
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        scale = max(float(value.abs().max()), 1.0)
        assert float((found[name] - value).abs().max()) <= 1e-4 * scale, name


def test_discriminator(discriminator: Discriminator) -> None:
    pictures = torch.randn(8, 3, 64, 64)
    with torch.no_grad():
        expected = literal.discriminator(discriminator.state_dict(), pictures, group=4)
        torch.testing.assert_close(discriminator(pictures), expected, atol=1e-4, rtol=1e-4)


def test_discriminator_gradients_and_r1(discriminator: Discriminator) -> None:
    """R1 differentiates the gradient once more: the second derivatives agree as well."""
    pictures = torch.randn(4, 3, 64, 64, requires_grad=True)
    state = dict(discriminator.named_parameters())
    results = []
    for logits in (discriminator(pictures), literal.discriminator(state, pictures, group=4)):
        (slope,) = torch.autograd.grad(logits.sum(), pictures, create_graph=True)
        penalty = slope.square().sum(dim=(1, 2, 3)).mean()
        results.append((slope.detach(), gradients(discriminator, penalty + logits.mean())))
    (slope, found), (slope_expected, expected) = results
    assert (slope - slope_expected).abs().max() <= 1e-4
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        scale = max(float(value.abs().max()), 1.0)
        assert float((found[name] - value).abs().max()) <= 1e-4 * scale, name
