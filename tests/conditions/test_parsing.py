from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mien.align.crop import square_quad
from mien.conditions.labels import INDEX, UNKNOWN
from mien.conditions.parser import WIDE, FaceParser
from mien.engine.eager import ModuleNetwork
from mien.models.perception.parser import ParserConfig
from mien.types import Photo


class Threshold(nn.Module):
    """Stands in for a network: bright is hair, dark is background."""

    config = ParserConfig(size=64)

    def forward(self, images: Tensor) -> Tensor:
        assert images.shape[2:] == (64, 64)
        logits = torch.zeros(len(images), 19, 64, 64)
        logits[:, INDEX["hair"]] = images.mean(1) * 10
        return logits


@pytest.fixture
def parser() -> FaceParser:
    return FaceParser(ModuleNetwork(Threshold()))


@pytest.mark.parametrize("size", [64, 128, 300])
def test_every_size_is_parsed_at_the_networks_own(size: int, parser: FaceParser) -> None:
    picture = np.zeros((size, size, 3), np.uint8)
    picture[: size // 2] = 255
    labels = parser.parse_crop(picture)
    assert labels.shape == (size, size)
    assert (labels[: size * 3 // 8] == INDEX["hair"]).all()
    assert (labels[size * 5 // 8 :] == INDEX["background"]).all()


def test_labels_lie_where_they_are_in_the_photo(parser: FaceParser) -> None:
    y, x = np.mgrid[:240, :320]
    disc = np.hypot(x + 0.5 - 180, y + 0.5 - 100) < 40
    photo = Photo(np.repeat((disc * 255).astype(np.uint8)[..., None], 3, 2))
    quad = square_quad(170, 110, 120, 25)
    labels = parser.parse_photo(photo, quad)
    assert labels.shape == (240, 320)
    seen = labels != UNKNOWN
    assert ((labels == INDEX["hair"]) != disc)[seen].mean() < 0.02
    assert abs(seen.mean() * 240 * 320 / (120 * WIDE) ** 2 - 1) < 0.05
    assert labels[5, 5] == UNKNOWN


def test_the_bundled_parser_against_hand_placed_points(data: Path) -> None:
    from benchmarks.parser import london

    scores = london(FaceParser.bundled(), data / "london")
    assert scores["mean"] >= 0.70
    assert min(scores.values()) >= 0.55
