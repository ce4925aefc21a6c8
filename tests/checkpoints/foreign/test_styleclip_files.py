"""StyleCLIP's files: NumPy's arrays within pickles are read without being unpickled; what is damaged is named."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mien.checkpoints.foreign import registry
from mien.errors import (
    CheckpointError,
    CorruptCheckpointError,
    MienError,
    UnknownCheckpointError,
    UnsafeCheckpointError,
)

RNG = np.random.default_rng(0)
LAYERS = [RNG.normal(size=(20, width)).astype(np.float32) for width in (12, 12, 8)]
MEANS, DEVIATIONS = [layer.mean(0) for layer in LAYERS], [layer.std(0) for layer in LAYERS]


@pytest.mark.parametrize("protocol", [2, 3, 4])
@pytest.mark.parametrize("kind", ["S_mean_std", "S"])
def test_statistics(kind: str, protocol: int, tmp_path: Path) -> None:
    content = LAYERS if kind == "S" else [MEANS, DEVIATIONS]
    (tmp_path / kind).write_bytes(pickle.dumps(content, protocol))
    found = registry.load(tmp_path / kind, "statistics")
    np.testing.assert_allclose(found.mean.numpy(), np.concatenate(MEANS), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.deviation.numpy(), np.concatenate(DEVIATIONS), rtol=1e-5)


def test_columns_first_and_float64(tmp_path: Path) -> None:
    (tmp_path / "S").write_bytes(pickle.dumps([np.asfortranarray(layer.astype(np.float64)) for layer in LAYERS], 4))
    np.testing.assert_allclose(registry.load(tmp_path / "S", "statistics").mean, np.concatenate(MEANS), rtol=1e-5)


def test_relevance_of_channels(tmp_path: Path) -> None:
    channels = RNG.normal(size=(70, 16)).astype(np.float32)
    np.save(tmp_path / "fs3.npy", channels)
    np.testing.assert_array_equal(registry.load(tmp_path / "fs3.npy", "relevance"), channels)
    with pytest.raises(UnknownCheckpointError, match=r"relevance of channels.*mien directions stylespace"):
        registry.load(tmp_path / "fs3.npy", "direction")


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda: pickle.dumps([MEANS, DEVIATIONS[:2]]), CorruptCheckpointError),
        (lambda: pickle.dumps([LAYERS[0], LAYERS[1][:5]]), CorruptCheckpointError),
        (lambda: pickle.dumps([MEANS, [-one for one in DEVIATIONS]]), CorruptCheckpointError),
        (lambda: pickle.dumps([np.array([[1e308], [-1e308]])]), CorruptCheckpointError),
        (lambda: pickle.dumps([np.array([{}, "a"], object)]), CorruptCheckpointError),
        (lambda: pickle.dumps([np.array(["a", "b"])]), CorruptCheckpointError),
        (lambda: pickle.dumps(LAYERS)[:-200], CheckpointError),
        (lambda: pickle.dumps([LAYERS[0].astype(">f4")]), CorruptCheckpointError),
        (lambda: pickle.dumps([Path.touch, LAYERS[0]]), UnsafeCheckpointError),
        (lambda: pickle.dumps(LAYERS, 2).replace(b"K\x14K\x0c", b"K\x14K\x7f"), CorruptCheckpointError),
    ],
)
def test_damaged_files_are_named(spoil: Callable[[], bytes], error: type[MienError], tmp_path: Path) -> None:
    (tmp_path / "S").write_bytes(spoil())
    with pytest.raises(error) as caught:
        registry.load(tmp_path / "S", "statistics")
    assert "S" in str(caught.value) and "\n" not in str(caught.value)


def test_one_array_that_is_named_many_times(tmp_path: Path) -> None:
    """A list of 60 names for one large array would take 60 times the file."""
    large: Any = np.zeros((2, 200_000), np.float32)
    (tmp_path / "S").write_bytes(pickle.dumps([large] * 60))
    with pytest.raises(CorruptCheckpointError, match="more data than the file holds"):
        registry.load(tmp_path / "S", "statistics")
