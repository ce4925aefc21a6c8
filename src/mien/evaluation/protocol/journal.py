"""What has been computed is written down at once, and not computed again: a run that was killed goes on where it was.

One line of JSON for each result, on the disk before the next one begins. A line says what was computed (names, seeds,
checksums of all that went in), so that results of other inputs are never taken for these.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

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
        code: stands for the code behind a kind of result.

    Attributes:
        milliseconds: what the results that were asked for took, now or in an earlier run, by kind.
        counts: how many of each kind were asked for.

    Raises:
        DataError: it cannot be read, or a line before the last is damaged.
    """

    def __init__(self, path: Path, code: Callable[[str], str] = lambda kind: "") -> None:
        self.path, self.code = path, code
        self.milliseconds: dict[str, float] = {}
        self.counts: dict[str, int] = {}
        self._known = self._read()

    def once(
        self,
        kind: str,
        what: Mapping[str, Any],
        compute: Callable[[], Values],
        *,
        needs: Path | None = None,
    ) -> Values:
        """The result that belongs to a description; computed, and written down, where it is not known.

        Args:
            kind: "edit" or the like.
            what: all that the result depends on.
            compute: gives the result.
            needs: a file that belongs to the result; without it the result does not count.

        Raises:
            SaveError: the journal cannot be written.
        """
        key = key_of({"kind": kind, "code": self.code(kind), **what})
        line = self._known.get(key)
        if line is None or (needs is not None and not needs.is_file()):
            started = time.perf_counter()
            value = compute()
            spent = round((time.perf_counter() - started) * 1e3, 3)
            line = {"key": key, "kind": kind, "what": dict(what), "value": value, "ms": spent}
            line = self._append(line)
        self.milliseconds[kind] = self.milliseconds.get(kind, 0.0) + line["ms"]
        self.counts[kind] = self.counts.get(kind, 0) + 1
        result: Values = line["value"]
        return result

    def _append(self, line: Values) -> Values:
        text = json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        try:
            with self.path.open("ab") as file:
                file.write(text.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise SaveError(
                f"Cannot write {self.path}: {error.strerror}; make room, and run the same again."
            ) from error
        read: Values = json.loads(text)  # as a later run will see it
        self._known[line["key"]] = read
        return read

    def _read(self) -> dict[str, Values]:
        """All whole lines; what was torn off by a kill is cut away."""
        if not self.path.exists():
            return {}
        try:
            data = self.path.read_bytes()
            whole = data[: data.rfind(b"\n") + 1]
            if len(whole) < len(data):
                os.truncate(self.path, len(whole))
        except OSError as error:
            raise DataError(f"{self.path} cannot be read ({error.strerror}); choose another folder.") from error
        found = {}
        for number, text in enumerate(whole.splitlines(), 1):
            try:
                line = json.loads(text)
                found[line["key"]] = {name: line[name] for name in ("key", "kind", "what", "value", "ms")}
            except (ValueError, KeyError, TypeError) as error:
                raise DataError(f"{self.path} is damaged at line {number}; remove that line, or start anew.") from error
        return found
