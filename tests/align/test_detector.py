"""The pyramid and the choice among guesses, without asking what the network learned."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mien.align.detector import decode, pyramid, suppress
from mien.engine.eager import ModuleNetwork
from mien.models.perception.detector import STRIDE, DetectorConfig, DetectorNet


@pytest.mark.parametrize("size", [(1, 1), (37, 2000), (400, 300), (1700, 1300)])
def test_every_face_size_has_its_level(size: tuple[int, int]) -> None:
    low, high = DetectorConfig().range
    image = np.zeros((*size, 3), np.uint8)
    levels = pyramid(image, 86.4, (low, high))
    for side in np.geomspace(86.4, max(87.0, min(size)), 12):
        assert any(low <= side * scale <= high for scale, _ in levels), side
    for scale, level in levels:
        assert abs(level.shape[1] - size[1] * scale) <= 1 and abs(level.shape[0] - size[0] * scale) <= 1


def test_decoding_gives_photo_coordinates() -> None:
    """A network that answers the same everywhere but in one cell."""
    config = DetectorConfig()

    class OneFace(DetectorNet):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            maps = torch.zeros(1, 6, images.shape[2] // STRIDE, images.shape[3] // STRIDE)
            maps[:, 0] = -9
            maps[0, :, 7, 5] = torch.tensor([3.0, 0.1, -0.05, np.log(1.25), np.cos(0.4), np.sin(0.4)])
            return maps

    ((x, y, side, roll, score),) = decode(ModuleNetwork(OneFace(config)), np.zeros((200, 160, 3), np.uint8), 0.5, 0.3)
    # 16 pixels of border lie before the level; 0.1 and -0.05 are in units of the configuration's side.
    assert x == pytest.approx(((5 + 0.5) * 8 - 16 + 0.1 * config.side) / 0.5)
    assert y == pytest.approx(((7 + 0.5) * 8 - 16 - 0.05 * config.side) / 0.5)
    assert side == pytest.approx(1.25 * config.side / 0.5, rel=1e-5)
    assert roll == pytest.approx(0.4, abs=1e-5) and score == pytest.approx(1 / (1 + np.exp(-3)), abs=1e-5)


def test_the_surest_of_a_group_is_kept() -> None:
    squares = np.array(
        [[100, 100, 80, 0, 0.6], [104, 98, 90, 0, 0.9], [240, 100, 80, 0, 0.5], [101, 101, 30, 0, 0.7]], float
    )
    np.testing.assert_array_equal(suppress(squares), squares[[1, 2]])
    assert suppress(np.zeros((0, 5))).shape == (0, 5)
