"""Writing files whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
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


def check_targets(targets: Iterable[Path | None], inputs: Iterable[Path] = ()) -> None:
    """Finds out before the work, rather than after it, that results cannot be written.

    Args:
        targets: every file that a command will write; None is skipped.
        inputs: files that it reads.

    Raises:
        SaveError: two targets are the same file, one is an input, a folder or no ordinary file, or its folder does not
            exist.
    """
    inputs, taken = list(inputs), set[str]()
    for target in (target for target in targets if target is not None):
        keep_inputs(target, inputs)
        real = _real_target(target)
        if not real.parent.is_dir():
            raise SaveError(f"Cannot write to {real.parent}: there is no such folder; make it, or choose another.")
        if str(real) in taken:
            raise SaveError(f"{target} would be written twice; give each result a name that no other has.")
        taken.add(str(real))


def check_folder_target(folder: Path | None, option: str) -> None:
    """The same for a folder of results, which need not exist; ``option`` is what names it.

    Raises:
        SaveError: it, or what it would lie in, is a file or cannot be written.
    """
    if folder is None:
        return
    above = next(path for path in (folder, *folder.absolute().parents) if status_of(path) is not None)
    if not above.is_dir():
        raise SaveError(f"{above} is a file; name a folder for {option}.")
    if not os.access(above, os.W_OK | os.X_OK):
        raise SaveError(f"Cannot write to {above}; name another folder for {option}.")


def _real_target(target: Path) -> Path:
    """Where a file of that name is: what it leads to, if it is a symbolic link."""
    found = status_of(target)
    if found is not None and stat.S_ISDIR(found.st_mode):
        raise SaveError(f"{target} is a folder; give the name of a file.")
    if found is not None and not stat.S_ISREG(found.st_mode):
        raise SaveError(f"{target} is no ordinary file and would be replaced; choose another name.")
    return Path(os.path.realpath(target))


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """A temporary name beside ``target`` that replaces it when the block succeeds and vanishes when it fails.

    A symbolic link stays one: the file that it leads to is replaced.

    Raises:
        SaveError: the folder does not exist or cannot be written, the disk is full, ``target`` is a folder or no
            ordinary file, or its name is impossible.
    """
    real = _real_target(target)
    temporary = real.parent / f".{secrets.token_hex(8)}.part"
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # the system takes the umask away
    except OSError as error:
        raise SaveError(
            f"Cannot write to {target.parent}: {error.strerror or error}; choose a folder that exists."
        ) from error
    try:
        yield temporary
        temporary.replace(real)
    except OSError as error:
        raise _failure(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Writes several files: all are complete beside their targets before the first one takes its name.

    Raises:
        SaveError: as :func:`atomic_path`; then none was written.
    """
    with ExitStack() as stack:
        for target, data in contents.items():
            stack.enter_context(atomic_path(target)).write_bytes(data)


def _failure(target: Path, error: OSError | ValueError) -> SaveError:
    reason = getattr(error, "strerror", None) or error
    return SaveError(f"Cannot write {target}: {reason}; choose another name or make room.")


def numbered(target: Path, n: int) -> list[Path]:
    """``out.png`` for one result, ``out-1.png``, ``out-2.png``, ... for more."""
    if n == 1:
        return [target]
    return [target.with_name(f"{target.stem}-{number}{target.suffix}") for number in range(1, n + 1)]
