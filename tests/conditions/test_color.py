from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from mien.conditions.colors import parse_color
from mien.conditions.labels import UNKNOWN
from mien.conditions.modalities.color import Color, region_colors
from mien.conditions.segments import region_means, segment_means, superpixel_means, superpixels
from mien.errors import LayerError
from mien.pixels import to_bytes


def test_region_means_equal_the_literal_loop() -> None:
    rng = torch.Generator().manual_seed(0)
    image = torch.rand(2, 3, 24, 24, generator=rng) * 2 - 1
    labels = torch.randint(0, 19, (2, 24, 24), generator=rng).to(torch.uint8)
    labels[0, :3] = UNKNOWN
    means = region_means(image, labels)
    pixels = to_bytes(image)
    for one, found, wanted in zip(pixels, labels.numpy(), to_bytes(means), strict=True):
        assert np.abs(region_colors(one, found).astype(int) - wanted).max() <= 1
    for b in range(2):
        for label in labels[b].unique().tolist():
            where = labels[b] == label
            expected = torch.zeros(3) if label == UNKNOWN else image[b][:, where].mean(1)
            torch.testing.assert_close(means[b][:, where], expected[:, None].expand(-1, int(where.sum())))


def test_superpixels_respect_edges_and_are_flat() -> None:
    image = torch.full((1, 3, 256, 256), -0.8)
    image[..., :, 100:] = 0.8
    means = superpixel_means(image)
    assert (means - image).abs().max() < 1e-5
    segments = superpixels(image, 16, 4, 0.12)
    assert 200 < len(segments.unique()) <= 256


def test_superpixel_means_equal_the_means_of_their_segments() -> None:
    image = torch.rand(1, 3, 128, 128, generator=torch.Generator().manual_seed(1)) * 2 - 1
    segments = superpixels(image, 8, 3, 0.2)
    means = segment_means(image, segments, 64)
    chosen = segments[0] == segments[0, 40, 40]
    torch.testing.assert_close(means[0, :, 40, 40], image[0][:, chosen].mean(1))


@pytest.mark.parametrize("size", [128, 512])
def test_superpixels_work_at_every_size(size: int) -> None:
    assert superpixel_means(torch.zeros(1, 3, size, size)).shape == (1, 3, size, size)


def test_only_painted_pixels_count(tmp_path: Path) -> None:
    blobs = np.zeros((32, 32, 4), np.uint8)
    blobs[..., :3] = 77  # color under full transparency
    blobs[4:10, 4:10] = 200, 10, 30, 255
    blobs[10:12, 4:10] = 200, 10, 30, 60  # a soft edge
    Image.fromarray(blobs).save(tmp_path / "c.png")
    color = Color().read(tmp_path / "c.png", 32)
    assert (color[5, 5] == (200, 10, 30, 255)).all()
    assert (color[..., 3] > 0).sum() == 36
    assert (color[20, 20] == 0).all()


def test_a_picture_without_transparency_counts_whole(tmp_path: Path) -> None:
    Image.fromarray(np.full((16, 16, 3), 9, np.uint8)).save(tmp_path / "c.png")
    assert (Color().read(tmp_path / "c.png", 16)[..., 3] == 255).all()


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros((16, 16), np.uint8), "is gray and has no colors"),
        (np.zeros((16, 16, 4), np.uint8), "is empty; paint some color"),
        (np.full((16, 8, 3), 9, np.uint8), "8 x 16 pixels, but the face crop is 16 x 16"),
    ],
)
def test_malformed_color_maps_are_refused_by_name(picture: np.ndarray, message: str, tmp_path: Path) -> None:
    Image.fromarray(picture).save(tmp_path / "my colours.png")
    with pytest.raises(LayerError, match=r"my colours\.png") as error:
        Color().read(tmp_path / "my colours.png", 16)
    assert message in str(error.value)


def test_drawing_shows_a_board_where_nothing_is_painted() -> None:
    color = np.zeros((64, 64, 4), np.uint8)
    color[:32] = 1, 2, 3, 255
    drawn = Color().draw(color)
    assert (drawn[:32] == (1, 2, 3)).all()
    assert len(np.unique(drawn[32:])) == 2


@pytest.mark.parametrize(
    ("wrong", "meant"), [("aubern", "auburn"), ("Ash Blnd", "ash-blond"), ("tirquoise", "turquoise"), ("greay", "gray")]
)
def test_a_misspelled_color_is_asked_about(wrong: str, meant: str) -> None:
    with pytest.raises(LayerError, match=f"'{wrong}' is no color; did you mean {meant}"):
        parse_color(wrong)
    with pytest.raises(LayerError, match="'qwxz' is no color; give a name"):
        parse_color("qwxz")
