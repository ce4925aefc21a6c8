"""Bytes to tensors and back."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mien.pixels import scale_bytes, to_bytes, to_tensor


def test_every_byte_survives() -> None:
    pixels = np.random.default_rng(0).permuted(np.tile(np.arange(256, dtype=np.uint8), (3, 1)), axis=1)
    batch = pixels.T.reshape(2, 8, 16, 3)
    tensor = to_tensor(batch)
    assert tensor.shape == (2, 3, 8, 16)
    assert tensor.dtype == torch.float32
    np.testing.assert_array_equal(to_bytes(tensor), batch)


def test_the_range_and_the_order_of_axes() -> None:
    picture = np.zeros((2, 3, 3), np.uint8)
    picture[1, 2] = 255, 0, 51
    tensor = to_tensor(picture)
    assert tensor.shape == (1, 3, 2, 3)
    assert tensor[0, :, 1, 2].tolist() == pytest.approx([1, -1, -0.6])
    assert (tensor.min().item(), tensor.max().item()) == (-1, 1)
    assert scale_bytes(torch.tensor([0, 255], dtype=torch.uint8)).tolist() == [-1, 1]


def test_values_outside_are_clipped() -> None:
    values = torch.tensor([-7.0, -1.0, 0.0, 1.0, 1.01, torch.inf]).reshape(1, 1, 1, 6).expand(1, 3, 1, 6)
    assert to_bytes(values)[0, 0, :, 1].tolist() == [0, 0, 128, 255, 255, 255]


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((1, 3, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
    ],
)
def test_other_arrays_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="uint8"):
        to_tensor(pixels)


@pytest.mark.parametrize("shape", [(3, 4, 4), (1, 4, 4, 3), (1, 1, 4, 4)])
def test_other_tensors_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"\(B, 3, H, W\)"):
        to_bytes(torch.zeros(shape))
