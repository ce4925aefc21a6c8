"""Painted masks: hard ones stay hard whatever the format did to them, soft ones stay soft."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.errors import LayerError
from mien.photos.mask import read_levels, read_mask

DISC = np.hypot(*(np.mgrid[0:48, 0:64] - np.array([24, 32])[:, None, None])) < 15


def save(levels: np.ndarray, path: Path, **options: object) -> Path:
    Image.fromarray(levels).save(path, **options)
    return path


@pytest.mark.parametrize(("black", "white"), [(0, 255), (4, 251)])
def test_black_and_white_is_hard(black: int, white: int, tmp_path: Path) -> None:
    mask = read_mask(save(np.where(DISC, white, black).astype(np.uint8), tmp_path / "mask.png"))
    assert mask.dtype == np.bool_
    np.testing.assert_array_equal(mask, DISC)


def test_sixteen_bits_and_ink_on_a_transparent_sheet_are_hard(tmp_path: Path) -> None:
    deep = save(np.where(DISC, 65535, 0).astype(np.uint16), tmp_path / "deep.png")
    ink = save(np.dstack([np.full((*DISC.shape, 3), 9), DISC * 255]).astype(np.uint8), tmp_path / "ink.png")
    for path in (deep, ink):
        mask = read_mask(path)
        assert mask.dtype == np.bool_
        np.testing.assert_array_equal(mask, DISC)


def test_what_jpeg_does_to_an_edge_does_not_soften_it(tmp_path: Path) -> None:
    path = save((DISC * 255).astype(np.uint8), tmp_path / "mask.jpg", quality=95)
    with Image.open(path) as image:
        assert len(np.unique(np.asarray(image))) > 2  # there is noise to see through
    mask = read_mask(path)
    assert mask.dtype == np.bool_
    np.testing.assert_array_equal(mask, DISC)


def test_gray_is_soft_without_its_faintest_levels(tmp_path: Path) -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    path = save(levels, tmp_path / "mask.png")
    mask = read_mask(path)
    assert mask.dtype == np.float32
    np.testing.assert_array_equal(mask, np.where(levels < 4, 0, levels / np.float32(255)))
    np.testing.assert_array_equal(read_levels(path), levels / np.float32(255))


def test_nothing_painted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match=r"faint\.png is empty"):
        read_mask(save(np.full((8, 8), 3, np.uint8), tmp_path / "faint.png"))
    with pytest.raises(LayerError, match=r"black\.png is empty"):
        read_levels(save(np.zeros((8, 8), np.uint8), tmp_path / "black.png"))
