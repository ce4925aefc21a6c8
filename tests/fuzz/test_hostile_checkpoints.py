"""Damaged files of weights: a few hundred here, ten thousand by ``python -m benchmarks.fuzz_checkpoints``."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.hostile_checkpoints import attack, samples


def test_damaged_files_are_read_or_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    outcome = attack(samples(tmp_path / "whole"), 210, 0, tmp_path)
    assert outcome.faults == []
    assert outcome.refused > 60 and outcome.read > 5


def test_whole_files_are_read(tmp_path: Path) -> None:
    for sample in samples(tmp_path):
        if sample.name != "script.pt":
            sample.load(sample.place)
