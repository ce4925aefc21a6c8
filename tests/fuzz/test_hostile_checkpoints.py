"""Damaged files of weights: a few hundred here, ten thousand by ``python -m benchmarks.fuzz_checkpoints``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.hostile_checkpoints import Sample, attack, samples


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    return samples(tmp_path_factory.mktemp("whole"))


def test_damaged_files_are_read_or_refused_in_one_sentence(whole: list[Sample], tmp_path: Path) -> None:
    outcome = attack(whole, 210, 0, tmp_path)
    assert outcome.faults == []
    assert outcome.refused > 60 and outcome.read > 5


def test_whole_files_are_read(whole: list[Sample]) -> None:
    for sample in whole:
        if sample.name != "script.pt":
            sample.load(sample.place)
