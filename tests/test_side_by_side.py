"""Work side by side: in the order it was given in, ended by whoever may end it, in turn where there is one core."""

from __future__ import annotations

import threading

import pytest

from mien.interrupt import checkpoint, interruptible
from mien.threads import side_by_side


def test_results_come_in_order_from_threads_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    met = threading.Barrier(2, timeout=10)  # passed only by two at once

    def call(name: str) -> str:
        met.wait()
        return name

    assert side_by_side(lambda: call("a"), lambda: call("b")) == ["a", "b"]
    assert side_by_side() == []


def test_on_one_core_all_is_done_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert len(set(side_by_side(*[threading.get_ident] * 3))) == 1


def test_faults_and_interruptions_reach_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")

    def end() -> None:
        raise KeyError("ended")

    with pytest.raises(KeyError, match="ended"):
        side_by_side(lambda: None, end)
    with interruptible(end), pytest.raises(KeyError, match="ended"):
        side_by_side(lambda: None, checkpoint)


def test_this_thread_takes_its_part_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    met = threading.Barrier(2, timeout=10)

    def call(number: int) -> int:
        met.wait()  # with one thread alone for all but the first, the later pairs would never meet
        return number

    assert side_by_side(*(lambda n=n: call(n) for n in range(6))) == list(range(6))  # type: ignore[misc]


def test_the_first_fault_of_many_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")

    def call(number: int) -> int:
        if number in (2, 5):
            raise KeyError(f"ended {number}")
        return number

    with pytest.raises(KeyError, match="ended 2"):
        side_by_side(*(lambda n=n: call(n) for n in range(8)))  # type: ignore[misc]
