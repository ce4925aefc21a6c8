"""``mien faces --crops`` → any program → ``mien paste``: the round trip of a crop that a person changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

from mien.photos.read import read_photo
from mien.photos.write import save_photo
from mien.types import Photo

Mien = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="module")
def crop(mien: Mien, portrait: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crops")
    mien("faces", portrait, "--crops", folder, "--size", "128")
    return folder / "portrait-face-0.png"


def paint(crop: Path, folder: Path) -> Path:
    """A copy of the crop with a red square, and its JSON beside it."""
    pixels = read_photo(crop).pixels.copy()
    pixels[60:80, 50:70] = (220, 20, 20)
    target = folder / "painted.png"
    target.with_suffix(".json").write_text(crop.with_suffix(".json").read_text())
    return save_photo(Photo(pixels), target)


def test_only_what_was_painted_comes_back(mien: Mien, portrait: Path, crop: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    receipt = json.loads(mien("paste", portrait, paint(crop, tmp_path), "-o", out, "--receipt").stdout)
    assert receipt["preserved"] and receipt["max_difference_outside"] == 0
    before, after = read_photo(portrait).pixels.astype(int), read_photo(out).pixels.astype(int)
    changed = np.abs(before - after).max(2) > 0
    assert 100 < changed.sum() <= receipt["mask_pixels"] < 0.02 * changed.size
    rows, columns = np.nonzero(changed)
    red = after[int(rows.mean()), int(columns.mean())]
    assert red[0] > 180 and red[1] < 70
    matrix = np.array(json.loads(crop.with_suffix(".json").read_text())["matrix"])
    np.testing.assert_allclose([columns.mean() + 0.5, rows.mean() + 0.5], matrix @ (60, 70, 1), atol=1.0)


def test_mask_in_either_frame(mien: Mien, portrait: Path, crop: Path, tmp_path: Path) -> None:
    painted = paint(crop, tmp_path)
    for size in (128, 512):
        mask = np.zeros((size, size, 3), np.uint8)
        mask[size // 8 : size // 2, size // 4 : size // 2] = 255
        path = save_photo(Photo(mask), tmp_path / f"mask-{size}.png")
        out = tmp_path / f"out-{size}.png"
        receipt = json.loads(mien("paste", portrait, painted, "--mask", path, "-o", out, "--receipt").stdout)
        assert receipt["preserved"] and receipt["mask_pixels"] > 0


def test_jpeg_target_is_stated_not_hidden(mien: Mien, portrait: Path, crop: Path, tmp_path: Path) -> None:
    painted, out = paint(crop, tmp_path), tmp_path / "out.jpg"
    receipt = json.loads(mien("paste", portrait, painted, "-o", out, "--receipt", "--quality", "80").stdout)
    assert not receipt["lossless"] and not receipt["preserved"] and receipt["changed_pixels_outside"] > 0


def test_errors_name_file_and_remedy(mien: Mien, portrait: Path, crop: Path, tmp_path: Path) -> None:
    other = save_photo(Photo(np.zeros((40, 50, 3), np.uint8)), tmp_path / "other.png")
    alone = save_photo(Photo(read_photo(crop).pixels), tmp_path / "alone.png")
    wrong = save_photo(Photo(np.full((30, 30, 3), 255, np.uint8)), tmp_path / "wrong.png")
    empty = save_photo(Photo(np.zeros((512, 512, 3), np.uint8)), tmp_path / "empty.png")
    painted = paint(crop, tmp_path)
    out = tmp_path / "out.png"
    cases = [
        (("paste", portrait, crop), "unchanged"),
        (("paste", portrait, alone), "mien faces --crops"),
        (("paste", other, painted), "belongs to a photo"),
        (("paste", portrait, painted, "--mask", wrong), "30 x 30"),
        (("paste", portrait, painted, "--mask", empty), "empty"),
    ]
    for arguments, words in cases:
        done = mien(*arguments, "-o", out, ok=5)
        assert words in done.stderr and done.stderr.count("\n") == 1
    assert not out.exists()


def test_inputs_are_never_replaced(mien: Mien, portrait: Path, crop: Path, tmp_path: Path) -> None:
    painted = paint(crop, tmp_path)
    before = painted.read_bytes(), portrait.read_bytes()
    for target in (painted, portrait):
        assert "choose another name" in mien("paste", portrait, painted, "-o", target, ok=7).stderr
    assert "choose another name" in mien("faces", portrait, "--annotated", portrait, ok=7).stderr
    folder = painted.parent / "again"
    mien("faces", portrait, "--crops", folder)
    mien("faces", portrait, "--crops", folder, ok=7)
    mien("faces", portrait, "--crops", folder, "--overwrite")
    assert (painted.read_bytes(), portrait.read_bytes()) == before


def test_strokes_on_a_transparent_sheet(mien: Mien, portrait: Path, crop: Path, tmp_path: Path) -> None:
    ink = np.zeros((128, 128, 3), np.uint8)
    alpha = np.zeros((128, 128), np.uint8)
    ink[40:50, 30:60], alpha[40:50, 30:60] = (20, 220, 20), 255
    layer = save_photo(Photo(ink, alpha), tmp_path / "layer.png")
    layer.with_suffix(".json").write_text(crop.with_suffix(".json").read_text())
    out = tmp_path / "out.png"
    receipt = json.loads(mien("paste", portrait, layer, "-o", out, "--receipt").stdout)
    assert receipt["preserved"] and 0 < receipt["mask_fraction"] < 0.01
    changed = np.abs(read_photo(portrait).pixels.astype(int) - read_photo(out).pixels).max(2) > 8
    assert 50 < changed.sum() < 1000


@pytest.mark.parametrize("kind", ["jpeg", "enlarged"])
def test_a_stroke_counts_and_noise_does_not(mien: Mien, portrait: Path, crop: Path, tmp_path: Path, kind: str) -> None:
    pixels = read_photo(paint(crop, tmp_path)).pixels
    if kind == "jpeg":
        changed = save_photo(Photo(pixels), tmp_path / "changed.jpg", quality=85)
    else:
        changed = save_photo(Photo(pixels.repeat(3, 0).repeat(3, 1)), tmp_path / "changed.png")
    changed.with_suffix(".json").write_text(crop.with_suffix(".json").read_text())
    receipt = json.loads(mien("paste", portrait, changed, "-o", tmp_path / "out.png", "--receipt").stdout)
    assert receipt["preserved"] and 0.0005 < receipt["mask_fraction"] < 0.016  # the crop is 0.11


def test_a_crop_of_another_photo_is_refused(mien: Mien, portrait: Path, crop: Path, tmp_path: Path) -> None:
    other = save_photo(Photo(read_photo(portrait).pixels[:, ::-1].copy()), tmp_path / "other.png")
    assert "another photo" in mien("paste", other, paint(crop, tmp_path), "-o", tmp_path / "x.png", ok=5).stderr
