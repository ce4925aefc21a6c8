"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mien.errors import SaveError


def status_of(path: Path) -> os.stat_result | None:
    """What is at a path that is about to be written; None if nothing.

    Raises:
        SaveError: the name is too long, or otherwise not one that a file can have.
    """
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise _failure(path, error) from error


def keep_inputs(target: Path, inputs: Iterable[Path]) -> None:
    """Refuses to write over a file that is being read; links to it count.

    Raises:
        SaveError: ``target`` is one of ``inputs``, or has an impossible name.
    """
    if status_of(target) is not None and any(_is_same(path, target) for path in inputs):
        raise SaveError(f"{target} is an input; choose another name, so that the original stays.")


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """A temporary name beside ``target`` that replaces it when the block succeeds and vanishes when it fails.

    Raises:
        SaveError: the folder does not exist or cannot be written, the disk is full, ``target`` is a folder, or its
            name is impossible.
    """
    found = status_of(target)
    if found is not None and stat.S_ISDIR(found.st_mode):
        raise SaveError(f"{target} is a folder; give the name of a file.")
    temporary = target.parent / f".{secrets.token_hex(8)}.part"
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # the system takes the umask away
    except OSError as error:
        raise SaveError(
            f"Cannot write to {target.parent}: {error.strerror or error}; choose a folder that exists."
        ) from error
    try:
        yield temporary
        temporary.replace(target)
    except OSError as error:
        raise _failure(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _failure(target: Path, error: OSError | ValueError) -> SaveError:
    reason = getattr(error, "strerror", None) or error
    return SaveError(f"Cannot write {target}: {reason}; choose another name or make room.")
