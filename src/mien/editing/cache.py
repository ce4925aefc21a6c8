"""What edits of the same face have in common is computed once."""

from __future__ import annotations

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")


class EditCache:
    """Remembers results by the content of what they were made from; the oldest of a kind are dropped.

    Args:
        capacity: results kept of each kind.

    Attributes:
        hits, misses: how often a kind was found, and had to be computed.
    """

    def __init__(self, capacity: int = 8) -> None:
        self.capacity = capacity
        self.hits: Counter[str] = Counter()
        self.misses: Counter[str] = Counter()
        self._kept: dict[str, OrderedDict[bytes, Any]] = {}

    def get(self, kind: str, key: bytes, compute: Callable[[], T]) -> T:
        """The result that belongs to a key; computed where it is not known."""
        kept = self._kept.setdefault(kind, OrderedDict())
        if key in kept:
            self.hits[kind] += 1
            kept.move_to_end(key)
        else:
            self.misses[kind] += 1
            kept[key] = compute()
            while len(kept) > self.capacity:
                kept.popitem(last=False)
        value: T = kept[key]
        return value


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
