"""Outside the mask every sample of every file is what it was, whatever the photo, the mask and the place."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from picture_files import picture, profile

from mien.align.crop import square_quad
from mien.editor import Editor
from mien.errors import FaceSelectionError, LayerError
from mien.photos.read import read_photo
from mien.types import Photo


@dataclass(frozen=True)
class Case:
    """A photo of noise, where its crop lies, and a mask."""

    photo: Photo
    quad: np.ndarray
    mask: np.ndarray
    suffix: str
    strength: float


@st.composite
def cases(draw: st.DrawFn) -> Case:
    width, height = draw(st.integers(40, 220)), draw(st.integers(40, 220))
    bits, channels = draw(st.sampled_from([8, 16])), draw(st.sampled_from([1, 3]))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    dtype = np.uint16 if bits == 16 else np.uint8
    samples = rng.integers(0, 1 << bits, (height, width, channels)).astype(dtype)
    alpha = rng.integers(0, 1 << bits, (height, width)).astype(dtype) if draw(st.booleans()) else None
    icc = profile() if channels == 3 and draw(st.booleans()) else None
    x, y = draw(st.floats(0, 1)) * width, draw(st.floats(0, 1)) * height
    quad = square_quad(x, y, draw(st.floats(20, 400)), draw(st.floats(-60, 60)))
    mask = rng.random((height, width)) * (rng.random((height, width)) < draw(st.floats(0.01, 1)))
    if draw(st.booleans()):
        mask = np.zeros((height, width))
        mask[height // 4 : height // 2, width // 5 : width // 2] = 1
    mask = mask > 0 if draw(st.booleans()) else mask.astype(np.float32)
    return Case(
        Photo(samples, alpha, icc),
        quad,
        mask,
        draw(st.sampled_from([".png", ".tif"])),
        draw(st.sampled_from([1.0, 0.5])),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases())
def test_lossless_files_differ_inside_the_mask_only(editor: Editor, case: Case) -> None:
    gray_alpha_16 = case.photo.pixels.shape[2] == 1 and case.photo.alpha is not None and case.photo.bits == 16
    try:
        result = editor(case.photo, mask=case.mask, face=case.quad, strength=case.strength, seed=1)
    except LayerError as error:
        assert "outside the crop" in str(error) or "smaller than a pixel" in str(error)
        return
    except FaceSelectionError as error:
        assert "far larger than the photo" in str(error)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("out" + (".png" if gray_alpha_16 else case.suffix))
        receipt = result.save(path)
        saved = read_photo(path)
    assert receipt.preserved and receipt.max_difference_outside == 0
    outside = case.mask == 0
    np.testing.assert_array_equal(saved.pixels[outside], case.photo.pixels[outside])
    if case.photo.alpha is not None and saved.alpha is not None:
        np.testing.assert_array_equal(saved.alpha, case.photo.alpha)


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".bmp", ".avif"])
def test_lossy_files_say_what_they_cost(editor: Editor, suffix: str, tmp_path: Path) -> None:
    photo = Photo(picture(3, 8).repeat(4, 0).repeat(4, 1))  # type: ignore[arg-type]
    result = editor(
        photo, mask=np.pad(np.ones((40, 40), np.bool_), ((20, 60), (30, 106))), face=square_quad(60, 50, 120)
    )
    receipt = result.save(tmp_path / f"out{suffix}")
    assert receipt.preserved == receipt.lossless
    assert receipt.lossless or "changed" in receipt.operations[-1]
