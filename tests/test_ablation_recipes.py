"""The ablations of guides and windows: what is judged, on made-up faces."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from mien.models.editing.window import WindowConfig, WindowPainter
from mien.training.windows.store import WindowStore
from mien.types import Bool, UInt8
from recipes.ablation_judges import of_mean
from recipes.ablation_windows import Edits, inputs, measured


def test_a_mean_has_its_interval() -> None:
    assert of_mean(np.full(8, 0.25)) == "0.25 (0.25 to 0.25)"
    value, low, _, high = of_mean(np.arange(50.0)).replace("(", "").replace(")", "").split()
    assert float(low) < float(value) == 24.5 < float(high)


def faces(count: int = 2) -> WindowStore:
    """Noise, with eyes in the middle of the upper half."""
    rng = np.random.default_rng(0)
    squares = rng.integers(0, 256, (count, 256, 256, 3), dtype=np.uint8)
    labels = np.ones((count, 256, 256), np.uint8)
    labels[:, 100:120, 80:110], labels[:, 100:120, 150:180] = 4, 5
    wides = np.repeat(np.repeat(squares, 3, 1), 3, 2)
    wide_labels = np.ones((count, 384, 384), np.uint8)
    masks, coarse = np.zeros((count, 128, 128), np.uint8), np.zeros((count, 128, 128, 3), np.uint8)
    whole, ones = np.arange(count), np.ones(count)
    real = np.ones_like(wide_labels)
    return WindowStore(squares, labels, wides, wide_labels, real, whole, 512 * ones, whole, masks, coarse, ones)


def painted_over(level: int) -> Callable[[UInt8, Bool], UInt8]:
    """A first pass of one gray."""
    return lambda square, area: np.where(area[..., None], np.uint8(level), square)


def test_windows_of_a_part_are_the_same_whatever_the_first_pass() -> None:
    black, white = (Edits.of(faces(), "eyes", painted_over(value)) for value in (0, 255))
    one, other = black.window(1), white.window(1)
    assert torch.equal(one.pictures, other.pictures) and torch.equal(one.others["mask"], other.others["mask"])
    assert 0 < int(one.others["mask"].sum()) < one.others["mask"].numel()
    first, second = inputs(one), inputs(other)
    inside = first.mask.expand(-1, 3, -1, -1) > 0
    assert float(first.coarse[:, :3][inside].mean()) < -0.8 and float(second.coarse[:, :3][inside].mean()) > 0.8
    assert not first.guide.any() and not (first.image * first.mask).any()


def test_a_painter_that_learned_nothing_gives_the_first_pass() -> None:
    edits = Edits.of(faces(), "eyes", painted_over(0))
    torch.manual_seed(0)
    painter = WindowPainter(WindowConfig(widths=(8, 8, 8, 8), blocks=(1, 1, 1, 1), hidden=8, face=(8, 8, 8), fine=8))

    def distance(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return (a - b).abs().mean((1, 2, 3))

    enlarged, over = (measured(edits, one, distance) for one in (None, painter.eval()))  # type: ignore[arg-type]
    assert len(enlarged) == 2 and (enlarged > 0).all()
    np.testing.assert_allclose(over, enlarged, atol=1e-4)
