"""Pseudo text out of a bank of vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from mien.errors import DataError
from mien.models.mm2latent.text import TextScale
from mien.training.latents import GivenDraw, pseudo_words
from mien.training.vector_bank import VectorBank, read_bank


def some(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)


def test_words_are_vectors_of_the_nearest_others() -> None:
    vectors = some(50)
    bank, rng = VectorBank.of(vectors, 3), torch.Generator().manual_seed(0)
    others = {"embedding": torch.from_numpy(vectors[:6])}
    draws = torch.stack([pseudo_words(others, TextScale(length=8), GivenDraw(bank=bank), rng) for _ in range(40)])
    unit = F.normalize(torch.from_numpy(vectors), dim=1)
    near = (unit[:6] @ unit.T).fill_diagonal_(-1).topk(3, dim=1).indices
    for row in range(6):
        taken = (draws[:, row] @ unit.T).argmax(1).unique()
        assert taken.tolist() == near[row].sort().values.tolist(), "each of the three, and not the picture's own"
    assert torch.allclose(draws.norm(dim=-1), torch.ones(40, 6), atol=1e-5)


def test_banks_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no 5 neighbors"):
        VectorBank.of(some(5), 5)
    np.save(tmp_path / "bank.npy", some(9))
    assert read_bank(tmp_path / "bank.npy", 8).shape == (9, 8)
    with pytest.raises(DataError, match="length of 16"):
        read_bank(tmp_path / "bank.npy", 16)
    (tmp_path / "bank.npy").write_bytes(b"nothing")
    with pytest.raises(DataError, match="no array"):
        read_bank(tmp_path / "bank.npy", 8)
