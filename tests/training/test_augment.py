from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from mien.errors import ConfigError
from mien.training.augment import AUGMENTATIONS, AdaptiveStrength, DiffusionNoise, ada, augmentation, diffaugment


def _pictures(batch: int = 6, side: int = 16) -> Tensor:
    return torch.rand(batch, 3, side, side, generator=torch.Generator().manual_seed(4)) * 2 - 1


def _rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_every_augmentation_is_differentiable_repeatable_and_keeps_the_shape(name: str) -> None:
    augment, x = augmentation(name), _pictures().requires_grad_()
    y = augment(x, 0.8, _rng())
    assert y.shape == x.shape
    assert torch.equal(y, augment(x, 0.8, _rng()))
    assert name == "none" or not torch.equal(y, augment(x, 0.8, _rng(1)))
    (gradient,) = torch.autograd.grad(y.square().sum(), x)
    assert gradient.isfinite().all()
    assert gradient.abs().sum() > 0


@pytest.mark.parametrize("name", [name for name in AUGMENTATIONS if name != "diffusion"])
def test_strength_zero_changes_nothing(name: str) -> None:
    x = _pictures()
    assert torch.allclose(augmentation(name)(x, 0.0, _rng()), x, atol=1e-6)


@pytest.mark.parametrize("name", ["ada", "diffaugment", "diffaugment-cutout"])
def test_strength_is_the_share_of_pictures_that_each_step_hits(name: str) -> None:
    x = _pictures(400, 8)
    changed = [
        (augmentation(name)(x, p, _rng()) - x).abs().amax(dim=(1, 2, 3)).gt(1e-4).float().mean() for p in (0.05, 0.5)
    ]
    assert 0.02 < changed[0] < 0.6 < changed[1]


def test_unknown_augmentation_is_named() -> None:
    with pytest.raises(ConfigError, match="'blur'"):
        augmentation("blur")


def test_translation_moves_by_whole_pixels_and_fills_with_gray() -> None:
    x = _pictures(32)
    y = diffaugment.translate(x, 0.125, 1.0, _rng())
    for before, after in zip(x, y, strict=True):
        candidates = [(r, c) for r in range(-2, 3) for c in range(-2, 3)]
        padded = torch.nn.functional.pad(before, (2, 2, 2, 2))
        assert any(torch.equal(padded[:, 2 - r : 18 - r, 2 - c : 18 - c], after) for r, c in candidates)


def test_cutout_removes_a_square_of_the_stated_side() -> None:
    holes = diffaugment.cut_out(torch.ones(200, 3, 16, 16), 0.5, 1.0, _rng())[:, 0] == 0
    rows, columns = holes.any(2).sum(1), holes.any(1).sum(1)
    assert torch.equal(holes.sum((1, 2)), rows * columns)
    assert rows.max() == columns.max() == 8
    assert rows.min() >= 4  # the center is inside the picture


def test_color_keeps_gray_pictures_gray() -> None:
    gray = _pictures()[:, :1].repeat(1, 3, 1, 1)
    for y in (diffaugment.recolor(gray, 1.0, _rng()), ada.recolor(gray, ada.colors(6, 1.0, _rng()))):
        assert torch.allclose(y, y[:, :1].expand_as(y), atol=1e-5)


def test_hue_rotation_by_a_third_permutes_the_channels() -> None:
    x = _pictures()
    matrix = ada.rotation_about_gray(torch.full((6,), 2 * math.pi / 3))
    assert torch.allclose(ada.recolor(x, matrix), x[:, [2, 0, 1]], atol=1e-5)


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (ada.scaling(torch.tensor([-1.0]), 1.0), lambda x: x.flip(3)),
        (ada.rotation(torch.tensor([math.pi / 2])), lambda x: x.transpose(2, 3).flip(2)),
        (
            ada.translation(torch.tensor([2 / 16]), torch.tensor([0.0])),
            lambda x: torch.cat([x[..., 1:], x[..., -1:]], 3),
        ),
    ],
    ids=["mirror", "quarter turn", "one pixel, the border mirrored"],
)
def test_geometry_is_exact_where_it_can_be(matrix: Tensor, expected: object) -> None:
    x = _pictures(1)
    assert callable(expected)
    assert torch.allclose(ada.resample(x, matrix), expected(x), atol=1e-5)


def test_diffusion_noise_has_the_stated_schedule() -> None:
    noise = DiffusionNoise()
    steps = noise.draw_steps(20_000, 1.0, _rng())
    assert 0.48 < (steps == 0).float().mean() < 0.52
    noisy = steps[steps > 0].double()
    assert noisy.max() == 1000
    assert noisy.mean() == pytest.approx(2001 / 3, rel=0.02)  # P(t) proportional to t
    assert noise.draw_steps(500, 0.0, _rng()).max() == 10
    t = 700
    product = math.prod(1 - (1e-4 + (2e-2 - 1e-4) * s / 999) for s in range(t))
    assert noise.kept[t] == pytest.approx(product, rel=1e-9)


def test_strength_follows_the_sign_of_the_critic() -> None:
    strength = AdaptiveStrength(p=0.5, ramp=1000, interval=2)
    confident, unsure = torch.tensor([1.0, 2.0, 0.5, 3.0]), torch.tensor([1.0, -1.0])
    for _ in range(2):
        strength.observe(confident, 50)
    assert (strength.p, strength.r_t) == (pytest.approx(0.6), 1.0)
    for _ in range(4):
        strength.observe(unsure, 50)
    assert (strength.p, strength.r_t) == (pytest.approx(0.4), 0.0)
    for _ in range(100):
        strength.observe(confident, 500)
    assert strength.p == 1.0


def test_fixed_strength_stays_through_a_resume() -> None:
    fixed = AdaptiveStrength(p=0.3, target=None)
    fixed.observe(torch.ones(4), 1000)
    fixed.load_state_dict(AdaptiveStrength(p=0.9).state_dict())
    assert fixed.p == 0.3
