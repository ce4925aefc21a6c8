"""Files by content: each is named after the SHA-256 of its bytes, stored once, and checked whenever it is used."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from mien.errors import SessionError
from mien.files import atomic_path

_NAME = re.compile(r"[0-9a-f]{64}(\.[a-z0-9]{1,8})?")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


@dataclass(frozen=True)
class Objects:
    """A folder of such files.

    Attributes:
        folder: where they are.
    """

    folder: Path

    def put(self, data: bytes, suffix: str = "") -> str:
        """Stores bytes and returns their name; they are on the disk when this returns.

        Args:
            data: any bytes.
            suffix: ending of the name, such as ".png"; left out if it is an odd one.

        Raises:
            SaveError: the folder cannot be written.
        """
        suffix = suffix.lower()
        name = hashlib.sha256(data).hexdigest() + (suffix if _SUFFIX.fullmatch(suffix) else "")
        path = self.folder / name
        if path.is_file() and path.read_bytes() == data:
            return name
        with atomic_path(path) as temporary:
            temporary.write_bytes(data)
            sync(temporary)
        sync(self.folder)
        return name

    def path(self, name: str) -> Path:
        """Where a file is.

        Raises:
            SessionError: it is missing, has changed, or the name is none.
        """
        if not _NAME.fullmatch(name):
            raise SessionError(f"{self.folder.parent} is damaged: '{name}' names no stored file; restore it.")
        path = self.folder / name
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise SessionError(
                f"{path} cannot be read ({error.strerror or error}); restore it from a copy of the session."
            ) from error
        if digest != name.partition(".")[0]:
            raise SessionError(f"{path} was changed or is damaged; restore it from a copy of the session.")
        return path

    def tidy(self) -> None:
        """Removes what a writer that was killed left half-written. Only for the holder of the lock."""
        for path in self.folder.glob(".*.part"):
            path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk, as far as the system can tell."""
    if os.name == "nt" and path.is_dir():  # Windows opens no folders and needs no such thing
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
