"""Warnings of other packages, switched off for a while, whatever the number of threads."""

from __future__ import annotations

import threading
import warnings


class _Switch:
    def __init__(self) -> None:
        self._lock, self._inside, self._kept = threading.Lock(), 0, warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._kept = warnings.catch_warnings()
                self._kept.__enter__()
                warnings.simplefilter("ignore")

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._kept.__exit__(None, None, None)


_SWITCH = _Switch()


def without_warnings() -> _Switch:
    """Shows no warnings, in all threads, until the last block that is open has ended; then the filters are as before.

    ``warnings.catch_warnings`` alone puts back what it found: of two threads, the later one to leave would bring back
    the other's filters for good.
    """
    return _SWITCH
