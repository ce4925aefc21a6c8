from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from mien.conditions.lines import (
    PencilFilter,
    extract_sketch,
    line_width,
    pencil,
    sketch_of,
    thin_pencil,
)
from mien.conditions.modalities.sketch import Sketch
from mien.errors import LayerError
from mien.pixels import to_planes, to_tensor
from mien.types import UInt8


def scene(size: int) -> UInt8:
    """A disc and a box on gray."""
    canvas = np.full((size, size, 3), 128, np.uint8)
    cv2.circle(canvas, (size * 2 // 5, size * 2 // 5), size // 5, (230, 200, 180), -1, cv2.LINE_AA)
    cv2.rectangle(canvas, (size * 6 // 10, size // 2), (size * 9 // 10, size * 9 // 10), (30, 40, 60), -1)
    return canvas


def literal_pencil(image: UInt8, settings: PencilFilter) -> np.ndarray:
    """As described: Sobel on the gray picture and on its negative, with responses below zero cut, summed."""
    gray = cv2.GaussianBlur((image @ np.array([0.299, 0.587, 0.114])) / 255, (0, 0), settings.blur)
    total = np.zeros_like(gray)
    for picture in (gray, 1 - gray):
        for dx, dy in ((1, 0), (0, 1)):
            total += np.clip(cv2.Sobel(picture, cv2.CV_64F, dx, dy, scale=1 / 8), 0, None)
    return total > settings.threshold


def test_equals_the_filter_as_described() -> None:
    image, settings = scene(256), PencilFilter()
    ours = pencil(to_tensor(image), settings)[0, 0].numpy()
    theirs = literal_pencil(image, settings)
    inner = np.s_[4:-4, 4:-4]
    assert (ours[inner] != theirs[inner]).mean() < 0.002
    assert 0.01 < ours.mean() < 0.2


def test_tensors_and_planes_give_the_same_lines() -> None:
    image = scene(300)
    for drawn in (pencil, thin_pencil):
        apart = drawn(to_tensor(image)).numpy() != drawn(to_planes(image))
        assert apart.mean() < 1e-4


@pytest.mark.parametrize("size", [128, 512, 1024])
def test_every_size_gives_the_same_drawing(size: int) -> None:
    small = pencil(to_tensor(scene(256))).float()
    other = torch.nn.functional.interpolate(pencil(to_tensor(scene(size))).float(), (256, 256), mode="area") > 0.5
    near = torch.nn.functional.max_pool2d(small, 5, 1, 2) > 0
    assert (other & ~near).sum() < 0.02 * other.sum()
    assert (other.sum() / small.sum() - 1).abs() < 0.3


def test_thin_lines_are_a_thin_subset() -> None:
    image = to_tensor(scene(256))
    thick, thinned = pencil(image), thin_pencil(image)
    assert not (thinned & ~thick).any()
    assert thinned.sum() < 0.45 * thick.sum()
    column = thinned[0, 0, 60:140, 205]  # across the upper side of the box
    assert column.sum() == 1


def test_extraction_depends_on_the_seed_alone() -> None:
    batch = to_tensor(np.stack([scene(128)] * 12))

    def drawn(seed: int) -> torch.Tensor:
        return extract_sketch(batch, torch.Generator().manual_seed(seed))

    first = drawn(3)
    assert first.shape == (12, 1, 128, 128)
    assert set(first.unique().tolist()) == {0.0, 1.0}
    assert torch.equal(first, drawn(3))
    assert len({int(sketch.sum()) for sketch in first}) == 2  # some thinned, some not
    assert any(not torch.equal(first, drawn(seed)) for seed in range(4, 10))


@pytest.mark.parametrize("size", [128, 256, 1024])
def test_round_trip(size: int, tmp_path: Path) -> None:
    lines = sketch_of(to_tensor(scene(size)))
    Sketch().write(lines, tmp_path / "sketch.png")
    assert (Sketch().read(tmp_path / "sketch.png", size) == lines).all()


def drawing(ink: tuple[int, int, int], paper: tuple[int, int, int], width: int) -> UInt8:
    canvas = np.full((256, 256, 3), paper, np.uint8)
    cv2.ellipse(canvas, (128, 128), (70, 90), 0, 0, 360, ink, width, cv2.LINE_AA)
    cv2.line(canvas, (90, 110), (110, 110), ink, width, cv2.LINE_AA)
    return canvas


@pytest.mark.parametrize(
    ("ink", "paper", "width"),
    [
        ((0, 0, 0), (255, 255, 255), 3),
        ((255, 255, 255), (0, 0, 0), 6),
        ((200, 30, 30), (250, 240, 200), 9),
        ((40, 90, 220), (30, 30, 40), 5),
    ],
)
def test_any_ink_on_any_paper_gives_the_same_lines(
    ink: tuple[int, int, int], paper: tuple[int, int, int], width: int, tmp_path: Path
) -> None:
    picture = drawing(ink, paper, width)
    noise = np.random.default_rng(0).normal(0, 4, picture.shape)
    Image.fromarray(np.clip(picture + noise, 0, 255).astype(np.uint8)).save(tmp_path / "d.png")
    lines = Sketch().read(tmp_path / "d.png", 256)
    ideal = drawing((0, 0, 0), (255, 255, 255), 1)[..., 0] < 128
    near = cv2.dilate(ideal.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert (lines & ~near).sum() < 0.1 * lines.sum()
    covered = cv2.dilate(lines.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert (ideal & ~covered).sum() < 0.05 * ideal.sum()
    assert lines.sum() < 1.4 * ideal.sum()  # one pixel wide, whatever the pen


def test_ink_on_a_transparent_sheet(tmp_path: Path) -> None:
    sheet = np.zeros((256, 256, 4), np.uint8)
    cv2.line(sheet, (30, 40), (200, 180), (255, 255, 255, 255), 8)
    Image.fromarray(sheet).save(tmp_path / "d.png")
    lines = Sketch().read(tmp_path / "d.png", 256)
    assert 120 < lines.sum() < 260


def test_shade_of_a_photographed_sheet_is_no_ink(tmp_path: Path) -> None:
    shade = np.linspace(255, 140, 256)[None, :, None] * np.ones((256, 1, 3))
    picture = np.minimum(shade, np.where(drawing((0, 0, 0), (255, 255, 255), 4) < 128, 60, 255)).astype(np.uint8)
    Image.fromarray(picture).save(tmp_path / "d.png")
    lines = Sketch().read(tmp_path / "d.png", 256)
    near = cv2.dilate((picture < 100).any(2).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    assert lines.any()
    assert not (lines & ~near).any()


def test_specks_are_removed(tmp_path: Path) -> None:
    picture = drawing((0, 0, 0), (255, 255, 255), 4)
    picture[20, 20] = picture[230, 40] = 0
    Image.fromarray(picture).save(tmp_path / "d.png")
    lines = Sketch().read(tmp_path / "d.png", 256)
    assert not lines[15:26, 15:26].any()
    assert not lines[225:236, 35:46].any()


def test_svg_is_rendered_at_any_size(tmp_path: Path) -> None:
    (tmp_path / "s.svg").write_text('<svg viewBox="0 0 10 10"><polyline points="1,5 9,5"/></svg>')
    for size in (128, 512):
        lines = Sketch().read(tmp_path / "s.svg", size)
        rows, columns = np.nonzero(lines)
        assert abs(rows.mean() + 0.5 - size / 2) <= 1
        assert abs(columns.min() - 0.1 * size) <= 2
        assert lines[:, size // 2].sum() == line_width(size)


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.full((64, 64), 255, np.uint8), "is empty; draw a line there"),
        (np.zeros((64, 64), np.uint8), "is empty; draw a line there"),
        (np.zeros((64, 65), np.uint8), "65 x 64 pixels, but the face crop is 64 x 64"),
    ],
)
def test_malformed_sketches_are_refused_by_name(picture: UInt8, message: str, tmp_path: Path) -> None:
    Image.fromarray(picture).save(tmp_path / "my sketch.png")
    with pytest.raises(LayerError, match=r"my sketch\.png") as error:
        Sketch().read(tmp_path / "my sketch.png", 64)
    assert message in str(error.value)


def test_drawing_is_black_on_white() -> None:
    lines = np.eye(8, dtype=bool)
    assert Sketch().draw(lines)[0, :, 1].tolist() == [0] + [255] * 7
