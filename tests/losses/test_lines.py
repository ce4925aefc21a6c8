from __future__ import annotations

import pytest
import torch

from mien.conditions.sketch import slopes
from mien.losses import line_loss

SIDE = 64


def an_edge(column: int) -> torch.Tensor:
    picture = -torch.ones(1, 3, SIDE, SIDE)
    picture[..., column:] = 1
    return picture


def loss_of(picture: torch.Tensor, drawn: bool = True) -> float:
    sketch = torch.zeros(1, 1, SIDE, SIDE)
    sketch[..., 31] = drawn
    found, wanted = (torch.cat(slopes(one), 1) for one in (picture, an_edge(32)))
    return float(line_loss(found, wanted, sketch, torch.ones_like(sketch)))


def test_an_edge_is_best_where_its_line_was_drawn() -> None:
    losses = [loss_of(an_edge(column)) for column in (32, 33, 36)]
    assert losses[0] == 0 < losses[1] < losses[2]
    assert loss_of(torch.zeros(1, 3, SIDE, SIDE)) < losses[2]


def test_without_a_line_inside_the_mask_there_is_no_loss() -> None:
    assert loss_of(an_edge(40), drawn=False) == 0
    sketch = torch.zeros(2, 1, SIDE, SIDE)
    sketch[0, :, :, 10] = 1
    mask = torch.zeros_like(sketch)
    mask[:, :, :, 20:40] = 1
    off = torch.full((2, 2, SIDE, SIDE), 0.5)
    assert float(line_loss(off, torch.zeros_like(off), sketch, mask)) == 0


def test_what_was_not_drawn_counts_half() -> None:
    sketch, off = torch.zeros(1, 1, SIDE, SIDE), torch.zeros(1, 2, SIDE, SIDE)
    sketch[..., 10], off[:, 0, :, 40] = 1, 1
    everywhere = torch.ones_like(sketch)
    near = 3
    weights = SIDE * (near + 0.5 * (SIDE - near))
    assert float(line_loss(off, torch.zeros_like(off), sketch, everywhere)) == pytest.approx(0.5 * SIDE / weights)


def test_gradients_reach_the_picture() -> None:
    picture = an_edge(36).requires_grad_()
    sketch = torch.zeros(1, 1, SIDE, SIDE)
    sketch[..., 31] = 1
    found, wanted = torch.cat(slopes(picture), 1), torch.cat(slopes(an_edge(32)), 1)
    line_loss(found, wanted, sketch, torch.ones_like(sketch)).backward()
    assert picture.grad is not None and picture.grad[..., 28:40].abs().sum() > 0
