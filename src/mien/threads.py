"""Work that does not depend on each other is done side by side: networks and filters leave Python's lock alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
    """What some functions return, each called in another thread, the first one in this.

    On one core they are called in turn. Whoever may end this computation (:mod:`mien.interrupt`) may end all of them.

    Raises:
        Whatever the first of them raises that fails, once all have ended.
    """
    count = min(len(calls), available_threads())
    if count < 2:
        return [call() for call in calls]
    with ThreadPoolExecutor(count - 1) as pool:  # made anew: threads do not survive a fork, and a pool waits for them
        others = [pool.submit(copy_context().run, call) for call in calls[1:]]
        return [calls[0](), *(other.result() for other in others)]
