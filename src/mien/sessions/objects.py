"""Files by content: each is named after the SHA-256 of its bytes, stored once, and checked whenever it is used."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from mien.errors import SessionError
from mien.files import atomic_path

MOST_BYTES = 1 << 31
"""Of a file in a session: reading more would take too long."""

_NAME = re.compile(r"[0-9a-f]{64}(\.[a-z0-9]{1,8})?")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_UNFINISHED = re.compile(r"\.[a-z0-9_]{8,16}\.part")  # as mien.files.atomic_path calls them
_FLAGS = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"))


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
        with suppress(OSError):
            if read_file(path, len(data)) == data:
                return name
        write_file(path, data)
        return name

    def path(self, name: str) -> Path:
        """Where a file is; its content has been checked.

        Raises:
            SessionError: it is missing, has changed, or the name is none.
        """
        if not _NAME.fullmatch(name):
            raise SessionError(f"{self.folder.parent} is damaged: '{name}' names no stored file; restore it.")
        path = self.folder / name
        try:
            with opened(path) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise SessionError(
                f"{path} cannot be read ({error.strerror or error}); restore it from a copy of the session."
            ) from error
        if digest != name.partition(".")[0]:
            raise SessionError(f"{path} was changed or is damaged; restore it from a copy of the session.")
        return path

    def files(self) -> list[Path]:
        """The stored files: all that have such a name."""
        return [path for path in self.folder.glob("*") if _NAME.fullmatch(path.name)]


def is_unfinished(path: Path) -> bool:
    """Whether a writer that was killed left this behind."""
    return bool(_UNFINISHED.fullmatch(path.name)) and path.is_file()


@contextmanager
def opened(path: Path, flags: int = os.O_RDONLY, most: int = MOST_BYTES) -> Iterator[FileIO]:
    """An ordinary file. Links may lead out of the session, and reading a pipe may never end.

    Raises:
        OSError: it is something else, too large, or cannot be opened.
    """
    handle = os.open(path, flags | _FLAGS)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file")
        if found.st_size > most:
            raise OSError(errno.EFBIG, f"it has {found.st_size / 1e6:.0f} MB")
        with open(handle, "r+b" if flags & os.O_RDWR else "rb", buffering=0, closefd=False) as file:
            yield file
    finally:
        os.close(handle)


def read_file(path: Path, most: int = MOST_BYTES) -> bytes:
    """The content of an ordinary file.

    Raises:
        OSError: as :func:`opened`.
    """
    with opened(path, most=most) as file:
        return file.read()


def write_file(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all; it is on the disk when this returns. A link is replaced, not followed.

    Raises:
        SaveError: the folder cannot be written.
    """
    if path.is_symlink():
        path.unlink(missing_ok=True)
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)
        sync(temporary)
    sync(path.parent)


def sync(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk, as far as the system can tell."""
    if os.name == "nt" and path.is_dir():  # Windows opens no folders and needs no such thing
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
