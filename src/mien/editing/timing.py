"""How long each stage takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopwatch:
    """Adds up milliseconds by stage.

    Args:
        callback: called after each stage with its name and the milliseconds that it took.

    Attributes:
        spent: milliseconds by the name of the stage, in the order of their first use.
    """

    def __init__(self, callback: Callable[[str, float], object] | None = None) -> None:
        self._callback = callback
        self.spent: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Times a block."""
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = (time.perf_counter() - start) * 1e3
            self.spent[stage] = self.spent.get(stage, 0.0) + spent
        if self._callback is not None:
            self._callback(stage, spent)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Stages of a block that run at the same time share the time that passes; they are told when it ends."""
        (before, callback), start = (self.spent, self._callback), time.perf_counter()
        self.spent, self._callback = {}, None
        try:
            yield
        finally:
            inside, passed = self.spent, (time.perf_counter() - start) * 1e3
            share = passed / max(sum(inside.values()), passed, 1e-9)
            self.spent, self._callback = before, callback
            for stage, spent in inside.items():
                self.spent[stage] = self.spent.get(stage, 0.0) + share * spent
        if callback is not None:
            for stage, spent in inside.items():
                callback(stage, share * spent)

    def lap(self) -> dict[str, float]:
        """What was spent since the last lap, "total" being the sum; the watch starts anew."""
        spent, self.spent = self.spent, {}
        return {**spent, "total": sum(spent.values())}
