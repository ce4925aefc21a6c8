"""What edits of the same face have in common is computed once."""

from __future__ import annotations

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from threading import Lock
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")

LOOKED = frozenset({"faces", "largest", "crops", "labels", "classes"})
"""Kinds that are found by looking at a photo alone, and are small: at most 2 MB for each photo."""


class EditCache:
    """Remembers results by the content of what they were made from; the oldest of a kind are dropped.

    Editors and threads may share one: keys hold the hash of the weights, and a thread that needs what another one
    computes waits for it.

    Args:
        capacity: results kept of each kind.
        wider: keeps the kinds of :data:`LOOKED` in place of this one, for longer.

    Attributes:
        hits, misses: how often a kind was found, and had to be computed.
    """

    def __init__(self, capacity: int = 8, wider: EditCache | None = None) -> None:
        self.capacity, self._wider = capacity, wider
        self.hits: Counter[str] = Counter()
        self.misses: Counter[str] = Counter()
        self._kept: dict[str, OrderedDict[bytes, Future[Any]]] = {}
        self._lock = Lock()

    def get(self, kind: str, key: bytes, compute: Callable[[], T]) -> T:
        """The result that belongs to a key; computed where it is not known."""
        return self.get_many(kind, [key], lambda _: [compute()])[0]

    def has(self, kind: str, key: bytes) -> bool:
        """Whether a result is known, or being computed."""
        if self._wider is not None and kind in LOOKED:
            return self._wider.has(kind, key)
        with self._lock:
            return key in self._kept.get(kind, ())

    def get_many(self, kind: str, keys: Sequence[bytes], compute: Callable[[Sequence[int]], Sequence[T]]) -> list[T]:
        """The results that belong to keys; those that are not known are computed at once.

        Args:
            kind: of the results.
            keys: of each.
            compute: from positions in ``keys`` to the results that belong there.
        """
        if not keys:
            return []
        if self._wider is not None and kind in LOOKED:
            return self._wider.get_many(kind, keys, compute)
        entries, missing = self._reserve(kind, keys)
        try:
            for index, value in zip(missing, compute(missing) if missing else (), strict=True):
                entries[index].set_result(value)
        except BaseException:
            with self._lock:
                for index in missing:
                    self._kept[kind].pop(keys[index], None)
                    entries[index].cancel()
            raise
        try:
            return [entry.result() for entry in entries]
        except CancelledError:  # the thread that we waited for failed
            return self.get_many(kind, keys, compute)

    def _reserve(self, kind: str, keys: Sequence[bytes]) -> tuple[list[Future[Any]], list[int]]:
        """The entry of each key, and the positions of those that the caller has to compute."""
        entries: list[Future[Any]] = []
        missing: list[int] = []
        with self._lock:
            kept = self._kept.setdefault(kind, OrderedDict())
            for index, key in enumerate(keys):
                if key not in kept:
                    missing.append(index)
                entries.append(kept.setdefault(key, Future()))
                kept.move_to_end(key)
            if missing:
                self.misses[kind] += len(missing)
            self.hits[kind] += len(keys) - len(missing)
            while len(kept) > self.capacity:
                kept.popitem(last=False)
        return entries, missing


def digest(*parts: Any) -> bytes:
    """Of arrays (shape, type and content), bytes, and anything whose ``repr`` says all."""
    total = hashlib.blake2b(digest_size=20)
    for part in parts:
        if isinstance(part, np.ndarray):
            total.update(repr((part.shape, part.dtype.str)).encode())
            total.update(np.ascontiguousarray(part).data)
        elif isinstance(part, bytes):
            total.update(b"bytes" + len(part).to_bytes(8, "little") + part)
        else:
            total.update(repr(part).encode() + b"\0")
    return total.digest()
