"""One writer at a time. The operating system lets go of the lock when its holder ends, however it ends."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from mien.errors import SaveError, SessionError

NAME = "lock"

_BUSY = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Holds the lock of a session's folder; it also keeps two threads apart.

    The file stays: removing it would let a third writer lock another file of the same name.

    Raises:
        SessionError: somebody else is writing.
        SaveError: the folder cannot be written, or its file system knows no locks.
    """
    try:
        file = (folder / NAME).open("a+b")
    except OSError as error:
        raise SaveError(f"Cannot write to {folder}: {error.strerror or error}; choose a folder of your own.") from error
    with file:
        try:
            _acquire(file)
        except OSError as error:
            if error.errno not in _BUSY:
                raise SaveError(f"Cannot lock {folder}: {error.strerror}; move the session to a local disk.") from error
            raise SessionError(
                f"{folder} is being edited by {_holder(file)}; wait until it is done, or close it."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        yield


def _holder(file: IO[bytes]) -> str:
    """Who wrote its number into the lock file."""
    file.seek(0)
    number = file.read(20).decode("ascii", "replace")
    if not number.isdecimal():
        return "another program"
    return "this very program" if int(number) == os.getpid() else f"another process ({number})"


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 20  # a byte beyond the text, which others may then still read

    def _acquire(file: IO[bytes]) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _acquire(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
