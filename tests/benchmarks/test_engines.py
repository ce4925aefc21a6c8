"""Engines that are compared do the same thing, and the reference is 1."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import engines


def test_every_way_of_a_task_makes_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIEN_ENGINE", raising=False)
    for name, ways in engines.tasks(1, compiled=False).items():
        one, two, *more = (make() for make in ways.values())
        if name == "generator":
            assert len(more) == 2
            for other in (two, *more):
                assert np.abs(one.astype(int) - other).max() <= 1  # type: ignore[attr-defined, operator]
        elif name == "painted crop":
            np.testing.assert_allclose(one[0].pixels, two[0].pixels, atol=0.05)  # type: ignore[index]
        else:
            np.testing.assert_allclose(one[0], two[0], atol=1e-3)  # type: ignore[index]


def test_rows_are_ratios_to_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "tasks", lambda batch, compiled: {"toy": {"torch": int, "onnx": int}})
    monkeypatch.setattr(engines, "all_turns", lambda ways, rounds: {"torch": [9.0, 6.0], "onnx": [3.0, 4.0]})
    (row,) = engines.measure([8], 2)
    assert row == {"task": "toy", "batch": 8, "reference_ms": 6.0, "faster": {"torch": 1.0, "onnx": 2.0}}
