"""A session's folder: the journal, the stored files beside it, and what they say about the photo and its edits."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mien.errors import SaveError, SessionError
from mien.photos.containers import PNG
from mien.photos.contents import MAX_PIXELS
from mien.photos.encode import encode
from mien.photos.read import read_photo
from mien.photos.write import QUALITY
from mien.sessions import journal, lock
from mien.sessions.journal import Journal, Record
from mien.sessions.objects import Objects, is_unfinished, read_file, sync
from mien.sessions.patch import Patch
from mien.sessions.tree import Node, Tree
from mien.types import Photo

OBJECTS, SNAPSHOTS = "objects", "snapshots"

SNAPSHOT_EVERY = 16
"""How many patches are read at most to put a result together."""

_LIMIT = 10  # Limits guard against files from elsewhere; stored ones were accepted once, perhaps in a cheaper format.

Facts = dict[str, Any]
"""Of the photo: "file", "name", "width", "height", "bits"."""


@dataclass(frozen=True)
class Folder:
    """Reads and writes one session; knows nothing of editing.

    Attributes:
        path: the folder.
        draft: whether the session is still being made; readers do not see it yet.
    """

    path: Path
    draft: bool = False
    _known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def journal(self) -> Journal:
        """What was done."""
        return Journal(self.path / (journal.DRAFT if self.draft else journal.NAME))

    @property
    def objects(self) -> Objects:
        """The photo, the inputs and the results."""
        return Objects(self.path / OBJECTS)

    @property
    def snapshots(self) -> Objects:
        """All changes of some edits and of those before them, each as one file; they may be deleted."""
        return Objects(self.path / SNAPSHOTS)

    @classmethod
    @contextmanager
    def creating(cls, path: Path, photo: Photo | Path) -> Iterator[Folder]:
        """A new session, to be filled within the block; a file is stored byte for byte, a photo from memory as PNG.

        Readers see it once the block has ended. If the block fails, all that was written is removed; if it is killed,
        what is left does not hinder the next attempt.

        Raises:
            PhotoError: the photo cannot be read.
            SessionError: the folder holds a session, or anything else, or somebody is making one there.
            SaveError: it cannot be made.
        """
        data, suffix, name, picture = _source(photo)
        folder = cls(path, draft=True)
        try:
            before = folder._refuse_others()
            path.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SaveError(f"Cannot make the folder {path}: {reason}; choose another.") from error
        with lock.writing(path):
            folder._refuse_others()  # again: somebody else may have been quicker
            try:
                folder._prepare()
                size = {"width": picture.width, "height": picture.height, "bits": picture.bits}
                facts = {"file": folder.objects.put(data, suffix), "name": name, **size}
                folder.journal.create({"photo": facts, "time": _now()})
                yield folder
                folder.journal.path.replace(path / journal.NAME)
                sync(path)
            except BaseException:
                folder._discard(before)
                raise

    @contextmanager
    def writing(self) -> Iterator[Tree]:
        """Holds the lock and gives the present tree.

        Raises:
            SessionError: another writer is at work, or the session is damaged.
        """
        self.journal.content()  # so that nothing is written into a folder that is no session
        with lock.writing(self.path):
            tree = self.read()[1]
            self._prepare()
            yield tree

    def append(self, record: Record) -> None:
        """Adds an action to the journal; see :meth:`Journal.append`."""
        self.journal.append({**record, "time": _now()})

    def read(self) -> tuple[Facts, Tree]:
        """What the photo is, and all edits, as the journal tells them.

        Raises:
            SessionError: damaged, or of a newer version.
        """
        end, data = self.journal.end(), self.journal.content()
        if (end, data) == self._known.get("read"):  # parsing hundreds of edits takes longer than comparing bytes
            return self._known["facts"], self._known["tree"]
        first, records = self.journal.read(data, end)
        facts, tree = first.get("photo"), Tree()
        types = {"file": str, "name": str, "width": int, "height": int, "bits": int}
        if not isinstance(facts, dict) or not all(isinstance(facts.get(key), kind) for key, kind in types.items()):
            raise SessionError(f"The journal of {self.path} names no photo; restore it from a copy of the session.")
        for record in records:
            tree = tree.after(record)
        self._known.update(read=(end, data), facts=facts, tree=tree)
        return facts, tree

    def original(self, facts: Facts) -> Photo:
        """The photo as it came.

        Raises:
            SessionError: its file is missing or damaged.
        """
        photo = read_photo(self.objects.path(facts["file"]), max_pixels=_LIMIT * MAX_PIXELS)
        if (photo.width, photo.height, photo.bits) != (facts["width"], facts["height"], facts["bits"]):
            raise SessionError(f"The photo of {self.path} is not the one that was stored; restore it from a copy.")
        return photo

    def patch(self, node: Node, facts: Facts) -> Patch:
        """What an edit changed.

        Raises:
            SessionError: its file is missing or damaged.
        """
        limit = _LIMIT * facts["width"] * facts["height"]
        return Patch.of(read_photo(self.objects.path(node.patch), max_pixels=limit), node.place)

    def snapshot(self, node: Node) -> Patch | None:
        """What an edit and those before it changed; None if that is not stored, or no longer."""
        with suppress(SessionError, OSError, ValueError, EOFError, MemoryError):
            if node.snapshot:
                return Patch.loaded(read_file(self.snapshots.path(node.snapshot)))
        return None

    def keep(self, patch: Patch) -> str:
        """Stores a patch as PNG and returns its name."""
        return self.objects.put(encode(patch.picture(), PNG, QUALITY), PNG.suffixes[0])

    def keep_snapshot(self, patch: Patch) -> str:
        """Stores all changes so far and returns the name; empty where that fails: the session does without."""
        with suppress(SaveError, OSError):
            return self.snapshots.put(patch.content(), ".npy")
        return ""

    def drop_snapshots(self, tree: Tree) -> None:
        """Removes all but the last two of the present line, and of the others every 16th."""
        depths = [0]
        for node in tree.nodes:
            depths.append(depths[node.parent] + 1)
        wanted = [*tree.line(tree.tip)[-2:], *(n for n in tree.nodes if depths[n.number] % SNAPSHOT_EVERY == 0)]
        names = {node.snapshot for node in wanted}
        for path in self.snapshots.files():
            if path.name not in names:
                with suppress(OSError):
                    path.unlink()

    def is_original(self, path: Path, facts: Facts) -> bool:
        """Whether a file holds the very photo that the session began with, whatever it is called."""
        stored = self.objects.path(facts["file"])
        try:
            return path.stat().st_size == stored.stat().st_size and path.read_bytes() == stored.read_bytes()
        except (OSError, ValueError):
            return False

    def _parts(self) -> list[Path]:
        return [self.objects.folder, self.snapshots.folder]

    def _files(self) -> set[Path]:
        """What the making of a session leaves behind when it is killed."""
        names = lock.NAME, journal.DRAFT, journal.END
        stored = [*self.objects.files(), *self.snapshots.files()]
        unfinished = [one for place in (self.path, *self._parts()) for one in place.glob(".*") if is_unfinished(one)]
        return {path for path in (*(self.path / name for name in names), *stored) if path.is_file()}.union(unfinished)

    def _refuse_others(self) -> set[Path]:
        """What is in the folder, itself included, if a session may be made in it; empty if there is no folder."""
        if not self.path.exists():
            return set()
        inside = {one for place in (self.path, *self._parts()) if place.is_dir() for one in place.iterdir()}
        others = inside - self._files() - set(self._parts())
        if others := {one for one in others if os.path.lexists(one)}:  # another maker's unfinished files come and go
            what = "a session" if self.path / journal.NAME in others else "other files"
            raise SessionError(f"{self.path} holds {what} already; choose an empty folder, or a new one.")
        return {self.path, *inside}

    def _prepare(self) -> None:
        """Makes the folders for stored files, and removes what a writer that was killed left unfinished."""
        try:
            for place in self._parts():
                if place.is_symlink():
                    raise SessionError(f"{place} is a link; put the folder itself there.")
                place.mkdir(exist_ok=True)
            for place in (self.path, *self._parts()):
                for path in place.glob(".*"):
                    if is_unfinished(path):
                        path.unlink(missing_ok=True)
        except OSError as error:
            raise SaveError(
                f"Cannot write to {self.path}: {error.strerror or error}; choose another folder."
            ) from error

    def _discard(self, before: set[Path]) -> None:
        """Removes what was written since then, and nothing else."""
        for path in self._files() - before:
            with suppress(OSError):
                path.unlink()
        for place in (*self._parts(), self.path):
            if place not in before:
                with suppress(OSError):
                    place.rmdir()


def _source(photo: Photo | Path) -> tuple[bytes, str, str, Photo]:
    """The photo's file: content, ending and name; and what is in it."""
    if isinstance(photo, Photo):
        name = "photo" if photo.path is None else photo.path.stem
        return encode(photo, PNG, QUALITY), PNG.suffixes[0], f"{name}.png", photo
    picture = read_photo(photo)
    return photo.read_bytes(), photo.suffix, photo.name, picture


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
