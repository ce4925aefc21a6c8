from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mien.align.crop import crop_face, square_quad
from mien.editing.crop_frame import CropFrame
from mien.errors import ConfigError, LayerError
from mien.types import Photo, UInt8

SIZE = 128


def frame_of(photo: UInt8, quad: np.ndarray, which: str = "auto") -> CropFrame:
    return CropFrame.of(crop_face(Photo(photo), quad, SIZE), which, "face 0")  # type: ignore[arg-type]


@pytest.mark.parametrize("side", [90.0, 300.0, 2500.0])
def test_what_is_drawn_over_the_photo_lands_where_the_photo_does(side: float) -> None:
    rng = np.random.default_rng(0)
    scale = 8
    blocks = np.kron(rng.integers(0, 256, (50, 60)), np.ones((scale * 5, scale * 6))).astype(np.uint8)
    quad = square_quad(blocks.shape[1] / 2, blocks.shape[0] / 2, side, 17)
    frame = frame_of(blocks[..., None].repeat(3, 2), quad)
    picture = crop_face(Photo(blocks[..., None]), quad, frame.side).pixels[..., 0]
    brought = frame.from_photo(blocks, smooth=True)
    assert brought.shape == (frame.side, frame.side)
    inner = np.s_[2:-2, 2:-2]
    difference = np.abs(brought.astype(int) - picture)[inner]
    assert np.median(difference) <= 1 and difference.mean() < 6  # edges are resampled by another kernel
    picked = frame.from_photo(blocks, smooth=False)
    assert set(np.unique(picked)) <= set(np.unique(blocks))
    assert np.median(np.abs(picked.astype(int) - picture)) <= 1


def test_beyond_the_photo_lies_its_mirror_image() -> None:
    photo = np.zeros((100, 100, 3), np.uint8)
    photo[:, :10] = 255
    frame = frame_of(photo, square_quad(0, 50, 60))
    brought = frame.from_photo(photo[..., 0], smooth=True)
    assert (brought[:, 50:78] > 250).all() and (brought[:, 90:] < 5).all()
    np.testing.assert_allclose(brought[:, :64].astype(int), brought[:, 127:63:-1].astype(int), atol=1)


def test_frames_are_told_by_size() -> None:
    frame = frame_of(np.zeros((80, 100, 3), np.uint8), square_quad(50, 40, 60))
    assert frame.over_photo(100, 80, "s.png") and not frame.over_photo(64, 64, "s.png")
    square = frame_of(np.zeros((80, 80, 3), np.uint8), square_quad(40, 40, 60))
    assert square.over_photo(80, 80, "s.png")
    assert not frame_of(np.zeros((80, 80, 3), np.uint8), square_quad(40, 40, 60), "crop").over_photo(80, 80, "s.png")


@pytest.mark.parametrize(
    ("which", "size", "words"),
    [
        ("auto", (70, 60), "the photo's size, 100 x 80, or a square"),
        ("photo", (64, 64), "the photo's size, 100 x 80"),
        ("crop", (100, 80), "a square"),
    ],
)
def test_wrong_sizes_name_layer_and_remedy(which: str, size: tuple[int, int], words: str) -> None:
    frame = frame_of(np.zeros((80, 100, 3), np.uint8), square_quad(50, 40, 60), which)
    with pytest.raises(LayerError, match=rf"s\.png is {size[0]} x {size[1]} pixels; draw it at {words}"):
        frame.over_photo(*size, "s.png")


def test_an_unknown_frame_is_refused() -> None:
    with pytest.raises(ConfigError, match="choose auto, photo or crop"):
        frame_of(np.zeros((80, 100, 3), np.uint8), square_quad(50, 40, 60), "both")


def test_masks_end_where_the_crop_does() -> None:
    frame = frame_of(np.zeros((100, 100, 3), np.uint8), square_quad(50, 50, 50))
    mask = np.zeros((100, 100), np.bool_)
    mask[40:60, :50] = True
    kept, outside = frame.within(mask, "m.png")
    assert outside == pytest.approx(0.5, abs=0.03)
    assert kept.sum() == pytest.approx(20 * 25, abs=30) and not kept[:, :24].any()
    mask[:] = False
    mask[:10] = True
    with pytest.raises(LayerError, match=r"m\.png lies outside the crop of face 0, which reaches from 25,25 to 75,75"):
        frame.within(mask, "m.png")


def test_a_file_beside_layers_json_lies_over_the_crop(tmp_path: Path) -> None:
    frame = frame_of(np.zeros((80, 80, 3), np.uint8), square_quad(40, 40, 60))
    assert frame.for_source(tmp_path / "sketch.png").over_photo(80, 80, "sketch.png")
    (tmp_path / "layers.json").write_text("{}")
    assert not frame.for_source(tmp_path / "sketch.png").over_photo(80, 80, "sketch.png")
