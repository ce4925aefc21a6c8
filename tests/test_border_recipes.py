"""Borders of hair whose dye is known."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from mien.types import Float32, UInt8
from recipes.border import SIDE, batch_of, loss_of, made_of, windows
from recipes.border_scenes import strayed


@pytest.fixture(scope="module")
def stored() -> UInt8:
    """A disc of dark hair whose found matte is too small, dyed fair by what is known and by what is found."""
    ys, xs = np.mgrid[:260, :240]
    known, found = (
        cv2.GaussianBlur((np.hypot(ys - 130, xs - 120) < r).astype(np.float32), (0, 0), 2) for r in (80, 70)
    )
    hair, behind, fair = (np.full((260, 240, 3), level, np.float32) for level in (40, 160, 210))
    a, b = known[..., None], found[..., None]
    photo = a * hair + (1 - a) * behind
    true, rough = photo + a * (fair - hair), photo + b * (fair - hair)
    planes = np.dstack([photo, 255 * found, 255 * found, 0 * found, 0 * found + 255, rough, true]).transpose(2, 0, 1)
    return np.rint(np.clip(planes, 0, 255)).astype(np.uint8)


def test_stray_hairs_add_to_hair_and_leave_its_inside(stored: UInt8) -> None:
    alpha = stored[3].astype(np.float32) / 255
    front: Float32 = np.full((260, 240, 3), 40, np.float32)
    more, colors = strayed(alpha, front, np.random.default_rng(0))
    assert (more >= alpha - 1e-6).all() and more.max() <= 1 + 1e-6 and (more - alpha > 0.2).sum() > 50
    assert np.abs(colors - front)[alpha > 0.999].max() < 1e-3


def test_windows_show_the_border_and_a_perfect_answer_leaves_no_error(stored: UInt8, tmp_path: Path) -> None:
    np.save(tmp_path / "train-0-0.npy", stored)
    some = windows(tmp_path / "train-0-0.npy", np.random.default_rng(0), 4)
    batch = batch_of(some)
    planes, rough, true, band, _ = batch
    assert planes.shape == (4, 15, SIDE, SIDE) and (band.amax((1, 2, 3)) > 0.9).all()
    nothing = torch.zeros(4, 4, SIDE, SIDE)
    assert torch.equal(made_of(nothing, batch), rough)
    answer = nothing.clone()
    answer[:, 1:] = (true - rough) / band.clamp(min=0.02)
    judge = lambda made, wanted: (made - wanted).square().mean((1, 2, 3))  # noqa: E731
    losses = [float(loss_of(told, batch, judge)[0]) for told in (nothing, answer)]  # type: ignore[arg-type]
    assert losses[1] < 0.1 * losses[0]
