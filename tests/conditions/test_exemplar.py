from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.conditions.modalities.exemplar import Exemplar
from mien.errors import LayerError


def test_round_trip(tmp_path: Path) -> None:
    face = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    Exemplar().write(face, tmp_path / "e.png")
    assert (Exemplar().read(tmp_path / "e.png", 128) == face).all()


def test_an_aligned_exemplar_is_square(tmp_path: Path) -> None:
    Image.new("RGB", (20, 30)).save(tmp_path / "e.png")
    with pytest.raises(LayerError, match=r"e\.png is 20 x 30"):
        Exemplar().read(tmp_path / "e.png", 128)
