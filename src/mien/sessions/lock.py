"""One writer at a time. The operating system opens the lock when its holder ends, in whatever way it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mien.errors import SaveError, SessionError
from mien.sessions.objects import read_file

NAME = "lock"


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Holds the lock of a session's folder; it also keeps two threads apart.

    Raises:
        SessionError: somebody else is writing.
        SaveError: the folder cannot be written, or its file system has no locks.
    """
    from filelock import FileLock, Timeout

    path = folder / NAME
    # A lock that is only a file, without the system's lock on it, would stay behind when its holder is killed.
    lock = FileLock(path, timeout=0, preserve_lock_file=True, on_acquired=_write_number)
    try:
        if path.exists():
            read_file(path, 1000)  # refuses what is no ordinary file
        lock.acquire()
    except Timeout as error:
        raise SessionError(
            f"{folder} is being edited by {_holder(path)}; wait until it is done, or close it."
        ) from error
    except (OSError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SaveError(
            f"Cannot lock {folder}: {reason}; choose a folder on a local disk that you may write."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _write_number(handle: int) -> None:
    """Writes the number of this process into the lock file, for the message that others get."""
    with suppress(OSError):  # a full disk
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())


def _holder(path: Path) -> str:
    """Who wrote its number into the lock file."""
    number = b""
    with suppress(OSError):
        number = read_file(path, 20)
    if not number.isdigit():
        return "another program"
    return "this very program" if int(number) == os.getpid() else f"another process ({int(number)})"
