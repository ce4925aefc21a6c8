"""What has been computed is written down at once, and not computed again: a run that was killed goes on where it was.

One line for each result, a checksum and JSON, on the disk before the next one begins. It says what was computed (names,
seeds, checksums of all that went in, this package's version), so that no result of other inputs is taken for it. A line
that is torn, damaged, or from another version counts as missing.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mien._version import __version__
from mien.errors import DataError, SaveError

Values = dict[str, Any]
"""JSON-ready."""


def key_of(what: Mapping[str, Any]) -> str:
    """32 hexadecimal digits that stand for a JSON-ready description."""
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:32]


class Journal:
    """Results by what they were computed from.

    Args:
        path: made when the first result is written.

    Attributes:
        milliseconds: what the results that were asked for took, now or in an earlier run, by kind.
        counts: how many of each kind were asked for.

    Raises:
        DataError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.milliseconds: dict[str, float] = {}
        self.counts: dict[str, int] = {}
        self._known: dict[str, Values] = {}
        try:
            data = path.read_bytes() if path.exists() else b""
        except OSError as error:
            raise DataError(f"{path} cannot be read ({error.strerror}); choose another folder.") from error
        self._torn = bool(data) and not data.endswith(b"\n")
        for line in filter(None, map(_read, data.split(b"\n"))):
            self._known[line["key"]] = line

    def once(
        self, kind: str, what: Mapping[str, Any], compute: Callable[[], Values], *, needs: Path | None = None
    ) -> Values:
        """The result that belongs to a description; computed, and written down, where it is not known.

        Args:
            kind: "edit" or the like.
            what: all that the result depends on, besides the code.
            compute: gives the result.
            needs: a file that belongs to the result; without it the result does not count.

        Raises:
            SaveError: the journal cannot be written.
        """
        key = key_of({"kind": kind, "version": __version__, **what})
        line = self._known.get(key)
        if line is None or (needs is not None and not needs.is_file()):
            started = time.perf_counter()
            value = compute()
            spent = round((time.perf_counter() - started) * 1e3, 3)
            line = self._append({"key": key, "kind": kind, "what": dict(what), "value": value, "ms": spent})
        self.milliseconds[kind] = self.milliseconds.get(kind, 0.0) + line["ms"]
        self.counts[kind] = self.counts.get(kind, 0) + 1
        result: Values = line["value"]
        return result

    def _append(self, line: Values) -> Values:
        text = json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        try:
            with self.path.open("ab") as file:
                file.write(b"\n" * self._torn + _checksum(text) + b" " + text + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            reason = error.strerror or error
            raise SaveError(f"Cannot write {self.path}: {reason}; make room, and run the same again.") from error
        self._torn = False
        self._known[line["key"]] = json.loads(text)  # as a later run will see it
        return self._known[line["key"]]


def _checksum(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:16].encode()


def _read(line: bytes) -> Values | None:
    """A line as it was written; None for anything else."""
    checksum, _, text = line.partition(b" ")
    if checksum != _checksum(text):
        return None
    found: Values = json.loads(text)
    return found
