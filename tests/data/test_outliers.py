from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.data import Picture, find_pictures
from mien.data.outliers import collect_features, find_outliers, neighbour_distances, write_verdict
from mien.data.sources import read_names
from mien.errors import ConfigError, DataError
from mien.types import Float32, UInt8


def _crowd(n: int = 60, strangers: int = 3) -> Float32:
    rng = np.random.default_rng(1)
    features = rng.normal(0, 0.1, (n, 16)) + np.eye(16)[0]
    features[:strangers] = np.eye(16)[1 : 1 + strangers]
    return features.astype(np.float32)


def test_distances_match_a_literal_loop() -> None:
    features = _crowd(12)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    for i, score in enumerate(neighbour_distances(features, 3)):
        others = sorted(float(np.linalg.norm(unit[i] - unit[j])) for j in range(12) if j != i)
        assert score == pytest.approx(np.mean(others[:3]), abs=1e-4)


def test_strangers_are_dropped_and_the_crowd_is_kept() -> None:
    verdict = find_outliers(_crowd())
    assert sorted(verdict.dropped) == [0, 1, 2]
    assert len(find_outliers(_crowd(), most=0.02).dropped) == 1
    assert len(find_outliers(_crowd(), deviations=1e6).dropped) == 0


def test_settings_that_cannot_work_are_refused() -> None:
    with pytest.raises(DataError, match="too few"):
        find_outliers(_crowd(5), neighbours=5)
    with pytest.raises(ConfigError, match="fraction"):
        find_outliers(_crowd(), most=1.0)


def test_the_list_and_the_sheet_can_be_used(tmp_path: Path) -> None:
    def encoded(value: int) -> bytes:
        buffer = io.BytesIO()
        Image.new("RGB", (16, 16), (value, value, 255 - value)).save(buffer, "PNG")
        return buffer.getvalue()

    def features(pictures: UInt8) -> Float32:
        return pictures.reshape(len(pictures), -1).astype(np.float32)

    values = [*range(100, 140), 250]
    pictures = [Picture(str(i), lambda v=v: encoded(v)) for i, v in enumerate(values)]
    verdict = find_outliers(collect_features(pictures, features, 8), neighbours=3, most=0.03)
    write_verdict(pictures, verdict, tmp_path)
    assert read_names(tmp_path / "drop.txt") == {"40"}
    assert (tmp_path / "scores.csv").read_text().splitlines()[:2] == ["name,score", f'"40",{verdict.scores[40]:.4f}']
    (sheet,) = find_pictures(tmp_path)
    assert (sheet.name, tuple(sheet.pixels(8)[0, 0])) == ("dropped.png", (250, 250, 5))
