"""Sessions on disk: made, found by id and key, counted, and deleted when nobody has used them for long.

    FOLDER/ID/about.json   hash of the key, the photo's name as its user calls it, when it was made
    FOLDER/ID/session/     see docs/sessions.md

Nothing that a request says becomes a part of a path but an id of 32 hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import shutil
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from mien.errors import MienError, SaveError
from mien.files import atomic_path
from mien.serve.faults import ApiError
from mien.serve.settings import ServeSettings
from mien.session import Session
from mien.types import Face

ABOUT, SESSION, DRAFT = "about.json", "session", ".draft-"
OPEN = 8
"""Sessions whose photo is kept in memory."""

COUNTED = 30.0
"""Seconds after which the bytes of all sessions are counted again."""

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(eq=False)
class Stored:
    """One session of the server.

    Attributes:
        id: its name.
        folder: where it is.
        name: the photo's, as its user calls it.
        session: the edits.
        editor: makes them.
        known: what has been computed about it: faces, pictures.
    """

    id: str
    folder: Path
    name: str
    session: Session
    editor: Any
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def faces(self) -> list[Face]:
        """Those of the photo as it came, largest first; found once."""
        if "faces" not in self.known:
            from mien.editing.context import EditContext

            context = EditContext(self.editor, self.session.cache)
            self.known["faces"] = context.faces(self.session.original)
        found: list[Face] = self.known["faces"]
        return found

    def face(self, number: int) -> Face:
        """One of them.

        Raises:
            ApiError: there is no such face.
        """
        if not 0 <= number < len(self.faces):
            known = f"there are {len(self.faces)}, counted from 0" if self.faces else "none was found in this photo"
            raise ApiError("not_found", f"There is no face {number}; {known}.", "face")
        return self.faces[number]

    def touch(self) -> None:
        """Notes that it is used now."""
        with suppress(OSError):
            (self.folder / ABOUT).touch()


class Store:
    """All of them.

    Args:
        settings: folder, quota and expiry.
        editor: makes the edits.
    """

    def __init__(self, settings: ServeSettings, editor: Any) -> None:
        self.settings, self.editor = settings, editor
        self._open: OrderedDict[str, Stored] = OrderedDict()
        self._lock = Lock()
        self._bytes, self._counted = 0, float("-inf")
        try:
            settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise SaveError(f"Cannot make {settings.folder}: {error.strerror}; choose another --folder.") from error
        for left in settings.folder.glob(f"{DRAFT}*"):
            shutil.rmtree(left, ignore_errors=True)
        self.clean()

    @property
    def count(self) -> int:
        """Sessions on disk."""
        return sum(1 for _ in self._folders())

    def clean(self) -> int:
        """Deletes what nobody has used for long; tells how many."""
        limit, gone = time.time() - self.settings.days * 86400, 0
        for folder in self._folders():
            with suppress(OSError):
                if (folder / ABOUT).stat().st_mtime < limit:
                    self.delete(folder.name)
                    gone += 1
        return gone

    def create(self, name: str, fill: Callable[[Path, Any], Session]) -> tuple[Stored, str]:
        """A new session and its key.

        Args:
            name: of the photo.
            fill: makes a session in a folder that is not there yet, with an editor.

        Raises:
            ApiError: there is no space for another one.
            MienError: what ``fill`` raises; then nothing is left.
        """
        self.clean()
        if self.count >= self.settings.sessions or self._total() > self.settings.quota_bytes:
            raise ApiError("quota", "The server has no space for another session; delete one, or come back later.")
        number, key = secrets.token_hex(16), secrets.token_urlsafe(24)
        draft = self.settings.folder / f"{DRAFT}{number}"
        try:
            draft.mkdir(mode=0o700)
            fill(draft / SESSION, self.editor)
            about = {"key": _hash(key), "name": name, "made": _time(time.time())}
            with atomic_path(draft / ABOUT) as path:
                path.write_text(json.dumps(about), encoding="utf-8")
            draft.rename(self.settings.folder / number)
        except OSError as error:
            raise SaveError(f"The session cannot be written: {error.strerror}.") from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return self.find(number, key), key

    def find(self, number: str, key: str) -> Stored:
        """A session by id and key.

        Raises:
            ApiError: there is none, or the key is another one.
        """
        missing = ApiError("not_found", "There is no such session, or the key does not fit, or it has expired.")
        if not _ID.fullmatch(number):
            raise missing
        folder = self.settings.folder / number
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise missing from error
        if not hmac.compare_digest(str(about.get("key")), _hash(key)):
            raise missing
        with self._lock:
            stored = self._open.get(number)
            if stored is None:
                try:
                    session = Session(folder / SESSION, self.editor)
                except MienError as error:
                    raise ApiError("session", "This session is damaged; start a new one.") from error
                stored = self._open[number] = Stored(number, folder, str(about.get("name")), session, self.editor)
                session.cache.capacity = 4
            self._open.move_to_end(number)
            while len(self._open) > OPEN:
                self._open.popitem(last=False)
        stored.touch()
        return stored

    def delete(self, number: str) -> None:
        """Removes a session; nothing happens if there is none."""
        with self._lock:
            self._open.pop(number, None)
        if _ID.fullmatch(number):
            gone = self.settings.folder / f"{DRAFT}{secrets.token_hex(16)}"
            with suppress(OSError):
                (self.settings.folder / number).rename(gone)
            shutil.rmtree(gone, ignore_errors=True)

    def expires(self, stored: Stored) -> str:
        """When a session is deleted unless it is used again."""
        return _time(time.time() + self.settings.days * 86400)

    def check_space(self, stored: Stored, added: int = 0) -> None:
        """Raises ApiError where a session may not grow any more."""
        if self.bytes_of(stored.folder) + added > self.settings.session_bytes:
            raise ApiError("quota", "This session has become too large; download it, and start a new one.")

    @staticmethod
    def bytes_of(folder: Path) -> int:
        """What a folder takes on disk."""
        total = 0
        for path in folder.rglob("*"):
            with suppress(OSError):
                total += path.lstat().st_size
        return total

    def _total(self) -> int:
        """What all sessions take, counted now and then."""
        if time.monotonic() - self._counted > COUNTED:
            self._bytes, self._counted = self.bytes_of(self.settings.folder), time.monotonic()
        return self._bytes

    def _folders(self) -> list[Path]:
        return [path for path in self.settings.folder.iterdir() if _ID.fullmatch(path.name)]


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
