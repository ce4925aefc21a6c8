"""A session's folder: the journal, the stored files beside it, and what they say about the photo and its edits."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from mien.errors import SaveError, SessionError
from mien.photos.containers import PNG
from mien.photos.encode import encode
from mien.photos.read import MAX_PIXELS, read_photo
from mien.photos.write import QUALITY
from mien.sessions import journal, lock
from mien.sessions.journal import Journal, Record
from mien.sessions.objects import Objects
from mien.sessions.patch import Patch
from mien.sessions.tree import Node, Tree
from mien.types import Photo

OBJECTS = "objects"


@dataclass(frozen=True)
class Folder:
    """Reads and writes one session; knows nothing of editing.

    Attributes:
        path: the folder.
    """

    path: Path

    @property
    def journal(self) -> Journal:
        """What was done."""
        return Journal(self.path / journal.NAME)

    @property
    def objects(self) -> Objects:
        """The photo, the inputs and the results."""
        return Objects(self.path / OBJECTS)

    @classmethod
    def create(cls, path: Path, photo: Photo | Path) -> Folder:
        """A new session; a file is stored byte for byte, a photo from memory as PNG.

        Raises:
            PhotoError: the photo cannot be read.
            SessionError: the folder holds a session, or anything else.
            SaveError: it cannot be made.
        """
        data, suffix, name, picture = _source(photo)
        folder = cls(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
            others = {entry.name for entry in path.iterdir()} - {OBJECTS, lock.NAME}
        except OSError as error:
            raise SaveError(f"Cannot make the folder {path}: {error.strerror or error}; choose another.") from error
        if others:  # what a killed attempt left is welcome
            what = "a session" if journal.NAME in others else "other files"
            raise SessionError(f"{path} holds {what} already; choose an empty folder, or a new one.")
        with lock.writing(path):
            folder.objects.folder.mkdir(exist_ok=True)
            stored = folder.objects.put(data, suffix)
            size = {"width": picture.width, "height": picture.height, "bits": picture.bits}
            folder.journal.create({"photo": {"file": stored, "name": name, **size}, "time": _now()})
        return folder

    @contextmanager
    def writing(self) -> Iterator[Tree]:
        """Holds the lock and gives the present tree.

        Raises:
            SessionError: another writer is at work, or the session is damaged.
        """
        self.journal.read()  # so that nothing is written into a folder that is no session
        with lock.writing(self.path):
            self.objects.tidy()
            yield self.tree()

    def append(self, record: Record) -> None:
        """Adds an action to the journal; see :meth:`Journal.append`."""
        self.journal.append({**record, "time": _now()})

    def tree(self) -> Tree:
        """All edits, as the journal tells them.

        Raises:
            SessionError: damaged, or of a newer version.
        """
        tree = Tree()
        for record in self.journal.read()[1]:
            tree = tree.after(record)
        return tree

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Of the photo: "file", "name", "width", "height", "bits".

        Raises:
            SessionError: damaged.
        """
        facts = self.journal.read()[0].get("photo")
        if not isinstance(facts, dict) or not all(isinstance(facts.get(key), str) for key in ("file", "name")):
            raise SessionError(f"The journal of {self.path} names no photo; restore it from a copy of the session.")
        return facts

    def original(self) -> Photo:
        """The photo as it came.

        Raises:
            SessionError: its file is missing or damaged.
        """
        return self._picture(self.facts["file"])

    def patch(self, node: Node) -> Patch:
        """What an edit changed.

        Raises:
            SessionError: its file is missing or damaged.
        """
        return Patch.of(self._picture(node.patch), node.place)

    def keep(self, patch: Patch) -> str:
        """Stores a patch as PNG and returns its name."""
        return self.objects.put(encode(patch.picture(), PNG, QUALITY), PNG.suffixes[0])

    def is_original(self, path: Path) -> bool:
        """Whether a file holds the very photo that the session began with, whatever it is called."""
        own = self.objects.path(self.facts["file"])
        try:
            return path.stat().st_size == own.stat().st_size and path.read_bytes() == own.read_bytes()
        except (OSError, ValueError):
            return False

    def discard(self) -> None:
        """Removes a session that has just been created and came to nothing."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _picture(self, name: str) -> Photo:
        path = self.objects.path(name)
        # Limits guard against files from elsewhere; this one was accepted once, perhaps in a format that costs less.
        return read_photo(path, max_pixels=10 * MAX_PIXELS)


def _source(photo: Photo | Path) -> tuple[bytes, str, str, Photo]:
    """The photo's file: content, ending and name; and what is in it."""
    if isinstance(photo, Photo):
        name = "photo" if photo.path is None else photo.path.stem
        return encode(photo, PNG, QUALITY), PNG.suffixes[0], f"{name}.png", photo
    picture = read_photo(photo)
    return photo.read_bytes(), photo.suffix, photo.name, picture


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
