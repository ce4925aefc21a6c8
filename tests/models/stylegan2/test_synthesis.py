from __future__ import annotations

import pytest
import torch

from mien.models.stylegan2 import Generator, GeneratorConfig, mix_styles, random_crossover

CONFIG = GeneratorConfig(resolution=32, z_dim=16, w_dim=24, mapping_layers=2, channel_base=512, channel_max=32)


@pytest.fixture
def generator() -> Generator:
    torch.manual_seed(0)
    network = Generator(CONFIG).eval()
    with torch.no_grad():
        for name, value in network.named_parameters():
            if name.endswith("noise_strength"):
                value.fill_(0.5)
    return network


@torch.no_grad()
def test_all_latent_spaces_lead_to_the_same_picture(generator: Generator) -> None:
    z = torch.randn(3, 16)
    picture = generator(z, noise="const")
    w = generator.mapping(z)
    w_plus = generator.broadcast(w)
    from_s, _ = generator.synthesis_from_s(generator.style_space(w_plus), "const")
    assert picture.shape == (3, 3, 32, 32)
    torch.testing.assert_close(generator.synthesis(w_plus, "const"), picture)
    torch.testing.assert_close(from_s, picture)


@torch.no_grad()
@pytest.mark.parametrize("autocast", [False, True])
def test_a_picture_does_not_depend_on_its_batch(generator: Generator, autocast: bool) -> None:
    z = torch.randn(7, 16)
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        together = generator(z, noise="const")
        alone = torch.cat([generator(one[None], noise="const") for one in z])
    assert (together - alone).abs().max() <= (2e-2 if autocast else 1e-5)


@torch.no_grad()
def test_features_are_the_maps_of_every_resolution(generator: Generator) -> None:
    w_plus = torch.randn(2, CONFIG.codes, 24)
    picture, maps = generator.synthesis(w_plus, "none", features=True)
    assert {r: tuple(m.shape) for r, m in maps.items()} == {r: (2, CONFIG.channels(r), r, r) for r in (4, 8, 16, 32)}
    torch.testing.assert_close(picture, generator.synthesis(w_plus, "none"))


@torch.no_grad()
def test_kinds_of_noise(generator: Generator) -> None:
    w_plus = torch.randn(2, CONFIG.codes, 24)
    maps = [conv.noise_const[None, None] for conv in generator.modules() if hasattr(conv, "noise_const")]
    const = generator.synthesis(w_plus, "const")
    torch.testing.assert_close(generator.synthesis(w_plus, maps), const)
    torch.manual_seed(1)
    first, second = generator.synthesis(w_plus, "random"), generator.synthesis(w_plus, "random")
    torch.manual_seed(1)
    torch.testing.assert_close(generator.synthesis(w_plus, "random"), first)
    assert not torch.allclose(first, second)
    assert not torch.allclose(const, generator.synthesis(w_plus, "none"))


@torch.no_grad()
def test_a_code_steers_its_own_layers_only(generator: Generator) -> None:
    """The coarsest maps do not see fine codes; the last code reaches nothing but the last toRGB."""
    w_plus = torch.randn(1, CONFIG.codes, 24)
    fine = w_plus.clone()
    fine[:, -1] += 1.0
    (picture, maps), (changed, same) = (generator.synthesis(w, "none", features=True) for w in (w_plus, fine))
    assert all(torch.equal(maps[r], same[r]) for r in maps)
    assert not torch.allclose(picture, changed)


def test_autocast_keeps_pictures_in_float32(generator: Generator) -> None:
    generator.to(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        picture, maps = generator.synthesis(torch.randn(2, CONFIG.codes, 24), features=True)
    assert picture.dtype == torch.float32
    assert maps[32].dtype == torch.bfloat16
    picture.mean().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in generator.synthesis.parameters())


@pytest.mark.parametrize("shape", [(2, 7, 24), (2, 8, 16), (2, 24)])
def test_codes_of_the_wrong_shape_are_refused(generator: Generator, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="w_plus must be"):
        generator.synthesis(torch.zeros(shape))


@pytest.mark.parametrize("noise", ["loud", []])
def test_unknown_noise_is_refused(generator: Generator, noise: object) -> None:
    with pytest.raises(ValueError, match="noise must be"):
        generator.synthesis(torch.zeros(1, CONFIG.codes, 24), noise)  # type: ignore[call-overload]


def test_mixing_takes_coarse_codes_from_the_first() -> None:
    a, b = torch.zeros(2, 8, 4), torch.ones(2, 8, 4)
    assert mix_styles(a, b, 3).sum(dim=(1, 2)).tolist() == [20, 20]
    each = mix_styles(a, b, torch.tensor([0, 8]))
    assert torch.equal(each[0], b[0])
    assert torch.equal(each[1], a[1])
    assert torch.equal(mix_styles(a, b, 3)[:, :3], a[:, :3])


def test_random_crossover_stays_in_range() -> None:
    torch.manual_seed(0)
    point = random_crossover(4000, 8, 0.5)
    assert set(point.tolist()) == set(range(1, 9))
    assert 0.4 < (point < 8).float().mean() < 0.6
    assert (random_crossover(100, 8, 0.0) == 8).all()
