"""The weights that ship do what they ship for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from mien import FaceFinder
from mien.checkpoints.generator import load_generator
from mien.checkpoints.store import BUNDLED, CARD
from mien.models.stylegan2 import codes_of_seeds
from mien.pixels import to_bytes
from mien.types import Photo

MEGABYTE = 1_000_000


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_they_are_small_and_have_cards() -> None:
    assert size(BUNDLED) <= 40 * MEGABYTE
    assert size(BUNDLED / "portrait-generator") <= 12 * MEGABYTE
    folders = [folder for folder in BUNDLED.iterdir() if folder.is_dir()]
    assert len(folders) == 4
    for folder in folders:
        card = (folder / CARD).read_text(encoding="utf-8")
        assert "Data" in card and "Licence" in card and "Limits" in card


def test_the_generator_makes_faces_that_differ() -> None:
    generator = load_generator()
    codes = generator.truncated(codes_of_seeds(list(range(16)), generator.config.z_dim), psi=0.7)
    with torch.no_grad():
        pictures = to_bytes(generator.synthesis(codes, "const"))
    found = [len(FaceFinder.bundled().find(Photo(picture))) for picture in pictures]
    assert found.count(1) >= 14
    flat = pictures.reshape(len(pictures), -1).astype(np.float32)
    apart = [np.abs(a - b).mean() for i, a in enumerate(flat) for b in flat[:i]]
    assert np.median(apart) > 15
