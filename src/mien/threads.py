"""Work that does not depend on each other is done side by side: networks and filters leave Python's lock alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


def available_threads() -> int:
    """What ``OMP_NUM_THREADS`` says, or the cores that this process may use, up to 8."""
    told = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
    if told.isdecimal() and int(told):
        return int(told)
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(8, cores)


def side_by_side(*calls: Callable[[], T]) -> list[T]:
    """What some functions return, called by several threads; this one takes the first, and more when that is done.

    On one core they are called in turn. Whoever may end this computation (:mod:`mien.interrupt`) may end all of them.

    Raises:
        Whatever the first of them raises that fails, once all that have begun have ended.
    """
    count = min(len(calls), available_threads())
    if count < 2:
        return [call() for call in calls]
    made: list[Future[T]] = [Future() for _ in calls]
    left = iter(list(zip(calls[1:], made[1:], strict=True)))  # the next of a list is taken by one thread alone

    def work(call: Callable[[], T], future: Future[T]) -> None:
        while True:
            try:
                future.set_result(call())
            except BaseException as error:
                future.set_exception(error)
                return
            following = next(left, None)
            if following is None:
                return
            call, future = following

    with ThreadPoolExecutor(count - 1) as pool:  # made anew: threads do not survive a fork, and a pool waits for them
        for call, future in [next(left) for _ in range(count - 1)]:
            pool.submit(copy_context().run, work, call, future)
        work(calls[0], made[0])
    return [future.result() for future in made]
