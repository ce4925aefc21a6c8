from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.conditions.exemplar import read_aligned, read_exemplar, write_aligned
from mien.errors import LayerError, NoFaceError
from mien.types import UInt8


def test_any_photo_is_aligned(astronaut: UInt8, tmp_path: Path) -> None:
    Image.fromarray(astronaut).save(tmp_path / "a.png")
    face = read_exemplar(tmp_path / "a.png", 128)
    assert face.shape == (128, 128, 3)
    skin = face[64:80, 48:80].reshape(-1, 3).mean(0)
    assert skin[0] > skin[2] + 20  # cheeks and nose, where FFHQ puts them
    write_aligned(face, tmp_path / "exemplar.png")
    assert (read_aligned(tmp_path / "exemplar.png") == face).all()


def test_a_picture_without_a_face_is_refused(tmp_path: Path) -> None:
    Image.fromarray(np.full((200, 200, 3), 90, np.uint8)).save(tmp_path / "wall.png")
    with pytest.raises(NoFaceError, match=r"wall\.png"):
        read_exemplar(tmp_path / "wall.png", 128)


def test_an_aligned_exemplar_is_square(tmp_path: Path) -> None:
    Image.new("RGB", (20, 30)).save(tmp_path / "e.png")
    with pytest.raises(LayerError, match=r"e\.png is 20 x 30"):
        read_aligned(tmp_path / "e.png")
