"""The journal: one line of JSON for each action, appended and never rewritten.

A line counts once its line feed is there. What a writer that was killed leaves behind the last such line is ignored by
readers and cut off by the next writer. So after every interruption the session is as it was before or after an action.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mien.errors import SaveError, SessionError
from mien.files import atomic_path
from mien.sessions.objects import sync

NAME = "journal.jsonl"
FORMAT, VERSION = "mien-session", 1

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Journal:
    """The journal of one folder.

    Attributes:
        path: the file.
    """

    path: Path

    def create(self, facts: Record) -> None:
        """Writes the first line: format, version, and the facts that hold for the whole session.

        Raises:
            SaveError: the folder cannot be written.
        """
        with atomic_path(self.path) as temporary:
            temporary.write_bytes(_line({"format": FORMAT, "version": VERSION, **facts}))
            sync(temporary)
        sync(self.path.parent)

    def append(self, record: Record) -> None:
        """Adds a line; it is on the disk when this returns. Only for the holder of the lock.

        Raises:
            SaveError: the file cannot be written, or the disk is full.
        """
        line = _line(record)
        try:
            with self.path.open("r+b") as file:
                file.seek(_intact(file.read())[1])
                file.truncate()
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            reason = error.strerror or error
            raise SaveError(f"Cannot write {self.path}: {reason}; the session is as it was before.") from error

    def read(self) -> tuple[Record, list[Record]]:
        """The facts of the first line, and the records of the others.

        Raises:
            SessionError: there is no journal, it is of a newer version, or a line before the last is damaged.
        """
        folder = self.path.parent
        try:
            lines, _ = _intact(self.path.read_bytes())
        except OSError as error:
            raise SessionError(f"{folder} is no session; start one with 'mien session new'.") from error
        records: list[Record] = []
        for number, line in enumerate(lines, 1):
            record = _parse(line)
            if record is None:
                raise SessionError(f"{self.path} is damaged at line {number}; restore it from a copy of the session.")
            records.append(record)
        if not records or records[0].get("format") != FORMAT or not isinstance(records[0].get("version"), int):
            raise SessionError(f"{self.path} is not the journal of a session; start one with 'mien session new'.")
        if records[0]["version"] > VERSION:
            newer = records[0]["version"]
            raise SessionError(f"{folder} is of version {newer} and this mien knows {VERSION} only; update mien.")
        return records[0], records[1:]


def _line(record: Record) -> bytes:
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"  # names of files may hold bytes that are no text


def _parse(line: bytes) -> Record | None:
    try:
        record = json.loads(line)
    except ValueError:  # JSON and UTF-8
        return None
    return record if isinstance(record, dict) else None


def _intact(data: bytes) -> tuple[list[bytes], int]:
    """The lines that count, and how many bytes they take.

    A last line that is complete but no JSON was torn by a power failure: blocks reach the disk in any order.
    """
    lines = data.split(b"\n")[:-1]
    if lines and _parse(lines[-1]) is None:
        lines.pop()
    return lines, sum(len(line) + 1 for line in lines)
