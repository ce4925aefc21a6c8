"""How long each stage takes."""

from __future__ import annotations

import time

import pytest

from mien.editing.timing import Stopwatch
from mien.threads import side_by_side


def test_stages_that_run_at_the_same_time_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    told: list[str] = []
    watch = Stopwatch(lambda stage, _: told.append(stage))

    def stage(name: str) -> None:
        with watch(name):
            time.sleep(0.02)

    start = time.perf_counter()
    stage("before")
    with watch.together():
        side_by_side(lambda: stage("one"), lambda: stage("other"))
        assert told == ["before"]
    passed = (time.perf_counter() - start) * 1e3
    spent = watch.lap()
    assert set(spent) == {"before", "one", "other", "total"} and sorted(told[1:]) == ["one", "other"]
    assert spent["total"] <= passed and min(spent.values()) > 5


def test_stages_one_after_the_other_keep_their_time() -> None:
    watch = Stopwatch()
    with watch.together():
        for _ in range(2):
            with watch("one"):
                time.sleep(0.005)
        time.sleep(0.005)
    assert 10 <= watch.lap()["one"] < 1000
