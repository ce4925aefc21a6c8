from __future__ import annotations

import math

import pytest
import torch

from mien.losses import (
    hinge_critic,
    hinge_generator,
    logistic_critic,
    logistic_generator,
    path_length_penalty,
    path_lengths,
    r1_penalty,
)

REAL = [2.0, -0.5]
FAKE = [-3.0, 0.25, 1.5]


def test_logistic_losses_match_their_equation() -> None:
    expected = sum(math.log1p(math.exp(-x)) for x in REAL) / 2 + sum(math.log1p(math.exp(x)) for x in FAKE) / 3
    assert float(logistic_critic(torch.tensor(REAL), torch.tensor(FAKE))) == pytest.approx(expected)
    assert float(logistic_generator(torch.tensor(FAKE))) == pytest.approx(
        sum(math.log1p(math.exp(-x)) for x in FAKE) / 3
    )


def test_hinge_losses_match_their_equation() -> None:
    expected = sum(max(0.0, 1 - x) for x in REAL) / 2 + sum(max(0.0, 1 + x) for x in FAKE) / 3
    assert float(hinge_critic(torch.tensor(REAL), torch.tensor(FAKE))) == pytest.approx(expected)
    assert float(hinge_generator(torch.tensor(FAKE))) == pytest.approx(-sum(FAKE) / 3)


def test_r1_of_a_quadratic_critic_is_known() -> None:
    """D(x) = a·Σx²/2 has the gradient a·x, so R1 = γ/2·a²·E‖x‖²; its derivative by a is γ·a·E‖x‖²."""
    a = torch.tensor(3.0, requires_grad=True)
    x = torch.randn(4, 3, 5, 5, generator=torch.Generator().manual_seed(0)).requires_grad_()
    logits = (0.5 * a * x.square()).sum(dim=(1, 2, 3))[:, None]
    penalty = r1_penalty(logits, x, gamma=10.0)
    power = float(x.detach().square().sum(dim=(1, 2, 3)).mean())
    assert penalty.item() == pytest.approx(5.0 * 9.0 * power, rel=1e-5)
    penalty.backward()
    assert a.grad is not None
    assert float(a.grad) == pytest.approx(10.0 * 3.0 * power, rel=1e-5)


def test_path_length_of_a_linear_generator_is_known() -> None:
    """g(w) = s·w for every code, laid out as a picture: ‖Jᵀy‖² averaged over codes is s²·‖y‖² / (pixels·codes)."""
    torch.manual_seed(0)
    s = torch.tensor(2.0, requires_grad=True)
    w = torch.randn(3, 2, 24, requires_grad=True)  # two codes of 24 numbers are 3·4·4 pixels
    lengths = path_lengths((s * w).reshape(3, 3, 4, 4), w)
    torch.manual_seed(0)
    torch.randn(3, 2, 24)
    y = torch.randn(3, 3, 4, 4)
    expected = 2.0 * (y.square().sum(dim=(1, 2, 3)) / 16 / 2).sqrt()
    assert torch.allclose(lengths, expected, rtol=1e-5)
    penalty = path_length_penalty(lengths, torch.tensor(1.0))
    assert penalty.item() == pytest.approx(float((expected - 1).square().mean()), rel=1e-5)
    penalty.backward()
    assert s.grad is not None
    assert float(s.grad) != 0
