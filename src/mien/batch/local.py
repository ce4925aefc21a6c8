"""A batch in processes of this machine, as many as it has room for; one that is killed loses no photo."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from mien.batch.plan import Item, Plan
from mien.batch.work import Done, Worker

MEMORY = 800 * 2**20
"""Bytes that a worker may need: its networks, and edits of a photo of 12 megapixels."""

ATTEMPTS = 3
"""How often a photo is begun whose process dies."""

KILLED = f"its process was ended {ATTEMPTS} times, perhaps for lack of memory: use fewer --workers, or a smaller photo"

Work = Callable[[Item], Done]
_worker: list[Work] = []


def room(cores: int | None = None, memory: int | None = None) -> int:
    """How many workers fit: a core and :data:`MEMORY` each."""
    allowed = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, min(cores or allowed, (memory or _free()) // MEMORY))


def _free() -> int:
    """Bytes of memory that are not in use; what systems that do not tell have, is enough."""
    try:
        with Path("/proc/meminfo").open(encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        return sys.maxsize


def run_here(plan: Plan, items: Iterable[Item]) -> Iterator[Done]:
    """In this process, one after the other."""
    work = Worker(plan)
    yield from map(work, items)


def run_local(plan: Plan, items: Iterable[Item], workers: int, make: Callable[[Plan], Work] = Worker) -> Iterator[Done]:
    """In processes.

    Args:
        plan: of the batch.
        items: to be made; taken as workers become free.
        workers: processes.
        make: of a worker, in its process.

    Yields:
        What became of each, in the order in which they end.
    """
    waiting, attempts = iter(items), dict[Item, int]()
    again: list[Item] = []
    while True:
        pending: dict[Future[Done], Item] = {}
        with ProcessPoolExecutor(workers, get_context("spawn"), _begin, (make, plan)) as pool:
            try:
                while True:
                    while _more(pending, attempts, again, workers) and (item := _next(again, waiting)):
                        again.append(item)  # until the pool has it: it may just have broken
                        pending[pool.submit(_work, item)] = item
                        again.pop()
                    if not pending:
                        return
                    for done in wait(pending, return_when=FIRST_COMPLETED).done:
                        result = done.result()
                        del pending[done]
                        yield result
            except BrokenProcessPool:  # all that was pending is begun again, each alone: one of them is to blame
                for future, item in pending.items():
                    if future.done() and future.exception() is None:
                        yield future.result()
                        continue
                    attempts[item] = attempts.get(item, 0) + 1
                    if attempts[item] < ATTEMPTS:
                        again.append(item)
                    else:
                        yield Done(item, KILLED)
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise


def _more(pending: dict[Future[Done], Item], attempts: dict[Item, int], again: list[Item], workers: int) -> bool:
    """Whether one more may be begun: those whose process died are made alone, so that no other is blamed."""
    alone = again or any(item in attempts for item in pending.values())
    return len(pending) < (1 if alone else 2 * workers)


def _next(again: list[Item], waiting: Iterator[Item]) -> Item | None:
    return again.pop() if again else next(waiting, None)


def _begin(make: Callable[[Plan], Work], plan: Plan) -> None:
    _worker[:] = [make(plan)]


def _work(item: Item) -> Done:
    return _worker[0](item)
