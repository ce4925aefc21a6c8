"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mien.errors import SaveError


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """A temporary name beside ``target`` that replaces it when the block succeeds and vanishes when it fails.

    Raises:
        SaveError: the folder does not exist or cannot be written, the disk is full, or ``target`` is a folder.
    """
    if target.is_dir():
        raise SaveError(f"{target} is a folder; give the name of a file.")
    try:
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=target.parent)
    except OSError as error:
        raise SaveError(
            f"Cannot write to {target.parent}: {error.strerror or error}; choose a folder that exists."
        ) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(target)
    except OSError as error:
        raise SaveError(
            f"Cannot write {target}: {error.strerror or error}; choose another name or make room."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
