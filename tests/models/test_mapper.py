"""The text-conditioned mapper at toy size: it learns to move what a reader sees, and nothing where nothing is asked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from mien.models.mapper import MapperConfig, TextMapper
from mien.models.stylegan2 import Generator, GeneratorConfig
from recipes.mapper import asked_numbers, degrees_of, loss_of, train, wishes

SMALL = GeneratorConfig(
    resolution=32, z_dim=16, w_dim=16, mapping_layers=2, channel_base=256, channel_max=12, mapping_lr_multiplier=1.0
)


def test_nothing_is_added_where_nothing_is_asked() -> None:
    torch.manual_seed(0)
    mapper = TextMapper(MapperConfig(("smile", "age"), 8, 16))
    codes = torch.randn(3, 8, 16)
    assert not mapper(codes, torch.zeros(3, 2)).any()
    assert mapper(codes, torch.tensor([[1.0, 0.0]]).expand(3, -1)).abs().max() > 0


def test_sentences_become_degrees_and_presences_are_left_out() -> None:
    names = ["happy", "smile", "age", "glasses", "hair-L"]
    attributes, basis = asked_numbers(names)
    assert set(attributes) == {"smile", "age", "hair-lightness"}
    assert torch.allclose(basis.norm(dim=1), torch.ones(3))
    degrees = degrees_of("a slight smile, much older, a tattoo", attributes)[0]
    assert degrees[attributes.index("smile")] == 0.5 and degrees[attributes.index("age")] > 1


def test_wishes_are_few_and_within_bounds() -> None:
    degrees = wishes(200, 7, torch.Generator().manual_seed(0))
    asked = (degrees != 0).sum(1)
    assert asked.min() == 1 and asked.max() == 3 and degrees.abs().max() <= 2


def test_the_loss_wants_what_is_asked_and_holds_the_rest() -> None:
    basis, degrees, before = torch.eye(3)[:2], torch.tensor([[1.0, 0.0]]), torch.zeros(1, 3)
    small = torch.zeros(1, 4, 5)
    done, more, none = (
        float(loss_of(before, torch.tensor([change]), degrees, basis, small))
        for change in ([1.0, 0.0, 0.0], [1.0, 0.0, 2.0], [0.0, 0.0, 0.0])
    )
    assert done == 0 < more < none


class Means(torch.nn.Module):
    """The mean of each color, as numbers."""

    config = SimpleNamespace(size=32)

    def forward(self, crops: torch.Tensor) -> torch.Tensor:
        return 4 * crops.mean((2, 3))


def test_training_lowers_the_loss() -> None:
    torch.manual_seed(0)
    generator = Generator(SMALL).eval().requires_grad_(False)
    reader: Any = Means()
    mapper = TextMapper(MapperConfig(("a", "b"), SMALL.codes, SMALL.w_dim, hidden=16))
    losses = train(generator, reader, torch.eye(3)[:2], mapper, images=640, batch=8, rate=0.02)
    assert sum(losses[-15:]) < 0.8 * sum(losses[:15])
