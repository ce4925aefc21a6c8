"""The Householder projector at toy size: orthogonal, of low rank, nearer the former pictures after tuning."""

from __future__ import annotations

import pytest
import torch

from mien.directions.householder import Orthogonal, Projector, overlap, project, singular_directions
from mien.models.stylegan2 import Generator, GeneratorConfig

SMALL = GeneratorConfig(
    resolution=32, z_dim=16, w_dim=16, mapping_layers=2, channel_base=256, channel_max=12, mapping_lr_multiplier=1.0
)


@pytest.fixture(scope="module")
def generator() -> Generator:
    torch.manual_seed(0)
    return Generator(SMALL).eval().requires_grad_(False)


def test_columns_start_as_given_and_stay_orthonormal_wherever_they_go() -> None:
    torch.manual_seed(1)
    start = torch.linalg.qr(torch.randn(9, 4))[0]
    one = Orthogonal(start)
    assert torch.allclose(one(), start, atol=1e-5)
    with torch.no_grad():
        one.below += torch.randn_like(one.below)
    assert torch.allclose(one().T @ one(), torch.eye(4), atol=1e-5)


def test_a_projector_is_the_best_weight_of_its_rank() -> None:
    torch.manual_seed(2)
    weight = torch.randn(7, 10)
    u, s, vt = torch.linalg.svd(weight, full_matrices=False)
    assert torch.allclose(Projector(weight, 3)(), (u[:, :3] * s[:3]) @ vt[:3], atol=1e-5)
    assert torch.allclose(Projector(weight, 99)(), weight, atol=1e-5)


def test_a_generator_is_tuned_and_its_directions_are_axes_of_its_styles(generator: Generator) -> None:
    before = {name: value.clone() for name, value in generator.state_dict().items()}
    made = project(generator, rank=4, layers=(0, 3), images=160, batch=4, rate=0.01)
    assert all(torch.equal(value, before[name]) for name, value in generator.state_dict().items())
    assert made.losses[1] < made.losses[0] and list(made.directions) == [0, 1, 2]
    affine = made.generator.synthesis.blocks["8"].convs[0].affine.weight
    assert int(torch.linalg.matrix_rank(affine, rtol=1e-4)) == 4
    moved = affine @ made.directions[1].T
    gram = moved.T @ moved
    assert torch.allclose(gram, gram.diagonal().diag(), atol=1e-3 * float(gram.max()))


def test_overlap_is_none_for_one_direction_and_whole_for_the_same_twice(generator: Generator) -> None:
    rows = singular_directions(generator, 3, (1, 2))[1]
    assert 0 <= overlap(generator, {1: rows}, faces=4) < 0.95
    assert overlap(generator, {1: rows[[0, 0]]}, faces=4) == pytest.approx(1, abs=1e-3)
    with pytest.raises(ValueError, match="no convolutions"):
        project(generator, rank=2, layers=(50, 60), images=0)
