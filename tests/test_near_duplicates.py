"""Near-duplicates: what is kept between runs, which pairs are drawn, and that another crop is another picture."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.data.pictures import Picture
from mien.types import Float32, UInt8
from recipes import near_duplicates
from recipes.near_duplicates import alike, cached, one_person, other_crop, two_persons, unit


def picture(name: str, seed: int) -> Picture:
    buffer = io.BytesIO()
    small = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    Image.fromarray(small).resize((64, 64)).save(buffer, "PNG")
    return Picture(name, buffer.getvalue)


def test_a_run_that_was_stopped_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_duplicates, "BATCH", 2)
    shown: list[int] = []

    def look(pictures: UInt8) -> Float32:
        if len(shown) == 2:
            raise KeyboardInterrupt
        shown.append(len(pictures))
        return unit(pictures.reshape(len(pictures), -1)[:, :50].astype(np.float32))

    every = [picture(f"{k:04d}", k % 4) for k in range(5)]
    with pytest.raises(KeyboardInterrupt):
        cached(look, every, tmp_path, "faces")
    shown[:] = [0]
    found = cached(look, every, tmp_path, "faces")
    assert shown == [0, 1] and list(found) == [one.name for one in every]
    assert cached(look, every[:2], tmp_path, "faces").keys() == found.keys(), "nothing is looked at twice"
    np.testing.assert_allclose(alike(found, every[:1], every[4:]), 1.0, atol=1e-5)


def test_pairs_are_of_one_person_or_of_two() -> None:
    people, rng = ["a", "b", "a", "", "b", "c", ""], np.random.default_rng(0)
    assert all(people[a] != people[b] for a, b in zip(*two_persons(people, rng, 50), strict=True))
    pairs = list(zip(*one_person(people, rng, 10), strict=True))
    assert len(pairs) == 2 and all(people[a] == people[b] != "" and a != b for a, b in pairs)


def test_another_crop_is_near_and_not_the_same() -> None:
    one = picture("one", 1).pixels(64)
    other = other_crop(one, np.random.default_rng(0))
    away = np.abs(one.astype(int) - other)
    assert other.shape == one.shape and 2 < away[8:-8, 8:-8].mean() < 60
