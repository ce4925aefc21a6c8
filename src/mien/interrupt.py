"""Long computations can be ended from outside, between their steps.

Code that takes long calls :func:`checkpoint` now and then; who runs it says inside :func:`interruptible` what is to be
asked there, which raises to end the computation. Where nobody has said anything, nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_CHECK: ContextVar[Callable[[], object] | None] = ContextVar("check", default=None)


def checkpoint() -> None:
    """Asks whether to go on; raises what the one who runs this thread raises to end it."""
    check = _CHECK.get()
    if check is not None:
        check()


@contextmanager
def interruptible(check: Callable[[], object]) -> Iterator[None]:
    """Within the block, in this thread, each checkpoint calls ``check``."""
    token = _CHECK.set(check)
    try:
        yield
    finally:
        _CHECK.reset(token)
