"""Folders of photos here or in an object store: ``photos/``, ``s3://bucket/photos``, ``memory://photos``.

Whatever has ``://`` goes through fsspec, which is an extra; a protocol of its needs a package more (s3fs, gcsfs).
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.errors import ConfigError, DataError, SaveError, UnreadablePhotoError
from mien.files import atomic_path

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

PARTIAL = ".mien-part-"
"""Begins the names of files that are being sent; whoever finds one may delete it."""


class Place:
    """A folder.

    Args:
        folder: a path, or a URL that fsspec knows.

    Raises:
        ConfigError: fsspec, or what it needs for the protocol, is not installed.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder.rstrip("/") or "/"
        self.files: AbstractFileSystem | None = None
        if "://" in folder:
            try:
                from fsspec.core import url_to_fs

                self.files, self.folder = url_to_fs(self.folder)
            except (ImportError, ValueError) as error:
                told = f"{folder} needs fsspec and what it uses for this protocol ({error})"
                raise ConfigError(f'{told}; run: pip install "mien[batch]".') from error

    def names(self) -> list[str]:
        """Of all files, with their folders below this one, sorted; parts of unfinished files are left out.

        Raises:
            DataError: there is no such folder.
        """
        if self.files is None:
            folder = Path(self.folder)
            if not folder.is_dir():
                raise DataError(f"{folder} is no folder; give one with photos.")
            found = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
        else:
            if not self.files.exists(self.folder):
                raise DataError(f"{self.folder} is no folder; give one with photos.")
            cut = len(self.folder.rstrip("/")) + 1
            found = [str(name)[cut:] for name in self.files.find(self.folder)]
        return sorted(name for name in found if not name.rpartition("/")[2].startswith((PARTIAL, ".")))

    def fetched(self, name: str, scratch: Path) -> Path:
        """A file, here.

        Raises:
            UnreadablePhotoError: it cannot be fetched.
        """
        if self.files is None:
            return Path(self.folder) / name
        path = scratch / Path(name).name
        try:
            self.files.get_file(f"{self.folder}/{name}", str(path))
        except Exception as error:  # every store has errors of many kinds
            raise UnreadablePhotoError(f"{name} cannot be fetched ({_words(error)}); check the store.") from error
        return path

    def path(self, name: str, scratch: Path) -> Path:
        """Where a file is to be written before :meth:`keep`."""
        if self.files is not None:
            return scratch / f"out-{Path(name).name}"
        path = Path(self.folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def keep(self, path: Path, name: str) -> None:
        """Sends what was written to :meth:`path`: whole, under its name, or not at all.

        Raises:
            SaveError: it cannot be sent.
        """
        if self.files is None:
            return
        target = f"{self.folder}/{name}"
        above, _, last = target.rpartition("/")
        partial = f"{above}/{PARTIAL}{secrets.token_hex(6)}-{last}"
        try:
            self.files.makedirs(above, exist_ok=True)
            self.files.put_file(str(path), partial)
            self.files.mv(partial, target)
        except Exception as error:
            raise SaveError(f"{name} cannot be written ({_words(error)}); check the store.") from error

    def read(self, name: str) -> bytes | None:
        """A small file; None where there is none."""
        if self.files is None:
            path = Path(self.folder) / name
            return path.read_bytes() if path.is_file() else None
        where = f"{self.folder}/{name}"
        return bytes(self.files.cat_file(where)) if self.files.exists(where) else None

    def write(self, name: str, data: bytes, scratch: Path) -> None:
        """A small file; errors as of :meth:`keep`."""
        path = self.path(name, scratch)
        with atomic_path(path) as target:
            target.write_bytes(data)
        self.keep(path, name)


def _words(error: Any) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
