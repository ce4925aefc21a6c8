"""The journal: one line of JSON for each action, appended and never changed.

A line counts once its line feed is there. What a writer that was killed leaves behind the last line feed is ignored by
readers and cut off by the next writer. So after every interruption the session is as it was before or after an action.

Every line ends with a check: the start of the SHA-256 of the check before it and of its own text. So a line that was
changed, lost or moved is found. The check of the last line is also kept in a small file beside the journal, written
after the line: a journal that lacks it has lost its end.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

from mien.errors import SaveError, SessionError
from mien.sessions.objects import opened, read_file, write_file

NAME, DRAFT, END = "journal.jsonl", "journal.draft", "journal.end"
FORMAT, VERSION = "mien-session", 2

_UNCHECKED = 1  # the version without checks
_MOST_BYTES = 1 << 25
_SEALED = re.compile(rb'(\{.+),"check":"([0-9a-f]{32})"\}')

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
        self._end_path.unlink(missing_ok=True)
        write_file(self.path, sealed([{"format": FORMAT, "version": VERSION, **facts}])[0])

    def append(self, record: Record) -> None:
        """Adds a line; it is on the disk when this returns. Only for the holder of the lock.

        Raises:
            SaveError: the file cannot be written, or the disk is full.
            SessionError: the journal is damaged.
        """
        data = self.content()
        lines, end, check = self._whole(data)
        if check:
            added, check = sealed([record], check)
            self._add(added, end)
        else:  # of version 1: from now on with checks
            first, *rest = (self._parsed(number, line) for number, line in enumerate(lines, 1))
            text, check = sealed([{**first, "version": VERSION}, *rest, record])
            write_file(self.path, text)
        with suppress(SaveError, OSError):  # it may lag behind the line
            write_file(self._end_path, check)

    def read(self, data: bytes | None = None, end: bytes | None = None) -> tuple[Record, list[Record]]:
        """The facts of the first line, and the records of the others.

        Args:
            data: the file's content, where it was read before.
            end: what :meth:`end` gave before that.

        Raises:
            SessionError: there is no journal, it is of a newer version, a line is damaged, or the end is lost.
        """
        end = self.end() if end is None else end
        lines, _, _ = self._whole(self.content() if data is None else data, end)
        records = [self._parsed(number, line) for number, line in enumerate(lines, 1)]
        return records[0], records[1:]

    def end(self) -> bytes:
        """A check that one of the lines must have; empty if none must. Read it before the content."""
        with suppress(OSError):
            return read_file(self._end_path, 1000)
        return b""

    def content(self) -> bytes:
        """The bytes of the file.

        Raises:
            SessionError: there is none, or it cannot be read.
        """
        try:
            return read_file(self.path, _MOST_BYTES)
        except FileNotFoundError as error:
            raise SessionError(f"{self.path.parent} is no session; start one with 'mien session new'.") from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SessionError(f"{self.path} cannot be read ({reason}); give the folder of a session.") from error

    @property
    def _end_path(self) -> Path:
        return self.path.with_name(END)

    def _whole(self, data: bytes, end: bytes = b"") -> tuple[list[bytes], int, bytes]:
        """The lines that count, how many bytes they take, and the check of the last; empty for version 1.

        Args:
            data: the content of the file.
            end: see :meth:`end`.
        """
        lines = data.split(b"\n")[:-1]
        version = self._version(lines[0] if lines else b"")
        length, check, found = sum(len(line) + 1 for line in lines), b"", end == b""
        if version == _UNCHECKED:
            return lines, length, b""
        for number, line in enumerate(lines, 1):
            parts = _SEALED.fullmatch(line)
            if parts is None or parts[2] != _check(check, parts[1] + b"}"):
                raise self._damage(number, len(lines))
            check = parts[2]
            found = found or check == end
        if not found:
            raise SessionError(
                f"{self.path} has lost its end, and edits with it; restore it from a copy of the session, or delete "
                f"{END} to go on with what is left."
            )
        return lines, length, check

    def _version(self, line: bytes) -> int:
        try:
            first = self._parsed(1, line)
        except SessionError:
            first = {}
        version = first.get("version")
        if first.get("format") != FORMAT or not isinstance(version, int):
            raise SessionError(
                f"{self.path} is not the journal of a session, or its first line is damaged; restore it from a copy."
            )
        if version > VERSION:
            raise SessionError(
                f"{self.path.parent} is of version {version} and this mien knows {VERSION} only; update mien."
            )
        return VERSION if "check" in first else version

    def _parsed(self, number: int, line: bytes) -> Record:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):  # JSON and UTF-8; lists in lists in lists
            record = None
        if not isinstance(record, dict):
            raise self._damage(number, -1)
        return record

    def _damage(self, number: int, last: int) -> SessionError:
        remedy = "restore it from a copy of the session"
        if 1 < number == last:
            remedy += f", or delete that line and {END}, and with them the last action"
        return SessionError(f"{self.path} is damaged at line {number}; {remedy}.")

    def _add(self, text: bytes, end: int) -> None:
        """Writes behind the lines that count. When that fails, they are all that is there."""
        try:
            with opened(self.path, os.O_RDWR) as file:
                try:
                    _write(file, end, text)
                except OSError:
                    _write(file, end, b"")
                    raise
        except OSError as error:
            reason = error.strerror or error
            known = self._size() in (None, end)
            state = "the session is as it was before" if known else "see what it holds now with 'mien session log'"
            raise SaveError(f"Cannot write {self.path}: {reason}; {state}.") from error

    def _size(self) -> int | None:
        with suppress(OSError):
            return self.path.stat().st_size
        return None


def _write(file: FileIO, end: int, text: bytes) -> None:
    file.seek(end)
    file.truncate()
    while text:
        text = text[file.write(text) :]
    os.fsync(file.fileno())


def sealed(records: Sequence[Record], check: bytes = b"") -> tuple[bytes, bytes]:
    """Lines with their checks, and the last check; ``check`` is that of the line before."""
    lines = b""
    for record in records:
        text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        body = text.encode("utf-8", "replace")  # names of files may hold bytes that are no text
        check = _check(check, body)
        lines += body[:-1] + b',"check":"' + check + b'"}\n'
    return lines, check


def _check(before: bytes, body: bytes) -> bytes:
    return hashlib.sha256(before + body).hexdigest()[:32].encode()
