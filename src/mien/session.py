"""A session: the tree of edits of one photo, on disk. docs/sessions.md describes the files.

session = Session.create("portrait-edits", "portrait.jpg")
session.apply(mask="hair", color="red.png")
session.apply(mask="mouth", attributes={"smile": 1.5})
session.change(1, color="brown.png")  # and edit 2 is made again on top
session.save("edited.png")
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.errors import SessionError
from mien.sessions.folder import SNAPSHOT_EVERY, Folder
from mien.sessions.history import History
from mien.sessions.objects import Objects
from mien.sessions.recipe import Recipe, changed, freeze
from mien.sessions.step import FaceEditor, Quad, Wish, check_inputs, edited, perform, quad_of
from mien.sessions.transfer import FaceFrame, transferred
from mien.sessions.tree import ORIGINAL, Node, Tree
from mien.types import Photo

if TYPE_CHECKING:
    from mien.editing.result import EditResult


class Session(History):
    """Edits that build upon each other; each can be undone, left for another branch, and changed afterwards.

    Writers exclude each other, by a lock that is held as long as an action takes; every action starts from what is on
    disk then. If one fails or is killed, the session is as it was before.

    Args:
        folder: of a session that is there already.
        editor: makes the edits; None takes the bundled one when it is first needed.
    """

    def __init__(self, folder: str | Path | Folder, editor: FaceEditor | None = None) -> None:
        super().__init__(folder)
        self._editor = editor

    @classmethod
    def create(cls, folder: str | Path, photo: str | Path | Photo, editor: FaceEditor | None = None) -> Session:
        """A new session in a folder that is empty, or not there yet. The photo is copied into it.

        Raises:
            PhotoError, SessionError, SaveError: the photo cannot be read, or the folder cannot be used.
        """
        with Folder.creating(Path(folder), photo if isinstance(photo, Photo) else Path(photo)):
            pass
        return cls(folder, editor)

    @classmethod
    def open(cls, folder: str | Path, editor: FaceEditor | None = None) -> Session:
        """The same as the constructor."""
        return cls(folder, editor)

    @property
    def editor(self) -> FaceEditor:
        """What makes the edits."""
        if self._editor is None:
            from mien.editor import Editor

            self._editor = Editor.from_pretrained()
        return self._editor

    @editor.setter
    def editor(self, editor: FaceEditor) -> None:
        self._editor = editor

    @cached_property
    def cache(self) -> Any:
        """What the editor remembers from one edit to the next: an :class:`mien.editing.cache.EditCache`."""
        from mien.editing.cache import EditCache

        return EditCache()

    def apply(self, *, note: str = "", parent: int | None = None, **inputs: Any) -> Node:
        """One more edit, on top of the present one.

        Args:
            note: the user's own words, for log and sheet.
            parent: number of another edit to build upon: a new branch.
            **inputs: those of :class:`mien.editor.Editor`, apart from ``n``. Files are copied into the session.

        Raises:
            MienError: as the editor does; SessionError where another writer is at work.
        """
        with self._writing():
            recipe = freeze(self._checked(inputs), self.folder.objects)
            head = self.tree.head if parent is None else parent
            return self._grow("edit", head, [Wish(recipe, self._quad(recipe), note)])

    def trial(self, *, parent: int | None = None, n: int = 1, **inputs: Any) -> EditResult:
        """The same edit as :meth:`apply` makes, of which the session keeps nothing.

        Args:
            parent: number of the edit to build upon; None is where the session stands.
            n: so many variants, see :meth:`mien.editor.Editor.__call__`.
            **inputs: as in :meth:`apply`.

        Raises:
            MienError: as the editor does.
        """
        recipe = freeze(self._checked(inputs), self.folder.objects)
        wish = Wish(recipe, self._quad(recipe))
        return edited(self.editor, self.cache, self.folder, self.result(parent), wish, **({"n": n} if n > 1 else {}))

    def undo(self, steps: int = 1) -> int:
        """Back by some edits. As :meth:`redo` and :meth:`checkout`, it tells where the session then stands.

        Raises:
            SessionError: there are not that many, or another writer is at work.
        """
        return self._move("undo", lambda tree: tree.undone(steps))

    def redo(self, steps: int = 1) -> int:
        """Forward again; what an edit after an undo has cut off is reached by :meth:`checkout`."""
        return self._move("redo", lambda tree: tree.redone(steps))

    def checkout(self, number: int) -> int:
        """To any edit of the tree, or to 0, the original. The next edit there begins a branch."""
        return self._move("checkout", lambda tree: tree.at(number))

    def change(self, number: int, *, note: str | None = None, **inputs: Any) -> Node:
        """Another edit in the place of one that led here, and those after it made again on top: a new branch.

        Args:
            number: of the edit. It stays valid for what is made in its place.
            note: None keeps it.
            **inputs: those that differ; None takes one away.

        Raises:
            SessionError: the edit did not lead here, or another writer is at work.
            MienError: as the editor does.
        """
        with self._writing():
            first = self.tree.now(number)
            steps = [node for node in self.line() if node.number >= first.number]
            given = self._checked(inputs)
            recipe = changed(first.recipe, given, self.folder.objects)
            quad = self._quad(recipe) if "face" in given else first.quad
            wish = Wish(recipe, quad, first.note if note is None else note, replaces=first.number)
            return self._grow("change", first.parent, [wish, *map(Wish.again, steps[1:])])

    def replay(self, folder: str | Path, photo: str | Path | Photo, *, face: Any = None) -> Session:
        """The edits that led here, made again on another photo, in a session of its own.

        Args:
            folder: of the new session.
            photo: the other photo.
            face: in it, for all edits; None looks for each edit's own: "largest", the same number, the same point; the
                largest where a crop was given.

        Raises:
            MienError: as :meth:`create` and the editor do, and SessionError where there is nothing to replay; then
                there is no new session.
        """
        steps = self.line()
        if not steps:
            raise SessionError("There is nothing to replay: the session stands at the photo as it came.")
        with Folder.creating(Path(folder), photo if isinstance(photo, Photo) else Path(photo)) as draft:
            other = Session(draft, self.editor)
            other._grow("replay", ORIGINAL, [other._moved(node, self, face) for node in steps])
        return Session(folder, self.editor)

    def _quad(self, recipe: Recipe, files: Objects | None = None) -> Quad:
        objects = files or self.folder.objects
        return quad_of(recipe, self.tree, self.original, self.name, lambda: self.editor, self.cache, objects)

    def _checked(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return check_inputs(inputs, self.result, lambda: self.editor)

    def _moved(self, node: Node, origin: Session, face: Any) -> Wish:
        """An edit of another session as a wish for this one. A crop that was given by hand means no face here."""
        named = node.recipe.get("face", "largest")
        which = self._checked({"face": ("largest" if isinstance(named, list) else named) if face is None else face})
        recipe = {**node.recipe, **which}
        new = FaceFrame(self.folder.objects, _size(self.original), self._quad(recipe, origin.folder.objects))
        old = FaceFrame(origin.folder.objects, _size(origin.original), node.quad)
        return Wish(transferred(recipe, old, new), new.quad, node.note, node.number)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self.folder.writing() as self.tree:
            yield

    def _move(self, action: str, step: Callable[[Tree], Tree]) -> int:
        with self._writing():
            tree = step(self.tree)
            self.folder.append(tree.record(action))
            self.tree = tree
        return tree.head

    def _grow(self, action: str, parent: int, wishes: Sequence[Wish]) -> Node:
        """Makes edits upon each other and, when all are there, tells the journal in one line."""
        photo, changes, nodes = self.result(parent), self.changes(parent), list[Node]()
        depth = len(self.line(parent))
        for wish in wishes:
            numbers = len(self.tree.nodes) + len(nodes) + 1, nodes[-1].number if nodes else parent
            node, patch = perform(self.editor, self.cache, self.folder, photo, wish, numbers)
            photo, changes = patch.onto(photo), patch if changes is None else changes.then(patch)
            nodes.append(node)
            if len(nodes) == len(wishes) or (depth + len(nodes)) % SNAPSHOT_EVERY == 0:
                nodes[-1] = replace(node, snapshot=self.folder.keep_snapshot(changes))
        record = self.tree.grown(nodes).record(action, nodes)
        self.folder.append(record)
        self.tree = self.tree.after(record)
        self.folder.drop_snapshots(self.tree)
        self._latest = self.tree.head, changes, photo
        return self.tree.node(self.tree.head)


def _size(photo: Photo) -> tuple[int, int]:
    return photo.width, photo.height
