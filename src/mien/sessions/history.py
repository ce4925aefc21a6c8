"""What a session tells: results, figures and pictures of the edits that led to where one stands, read from disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mien.errors import SaveError
from mien.photos.receipt import save_with_receipt
from mien.photos.write import QUALITY
from mien.sessions.drift import Drift, measure, metrics_of
from mien.sessions.folder import Folder
from mien.sessions.patch import Patch
from mien.sessions.recipe import describe
from mien.sessions.sheet import Step, around, draw_history
from mien.sessions.tree import Node
from mien.types import Bool, Photo, Receipt, UInt8

if TYPE_CHECKING:
    from mien.evaluation.metrics import Metric


class History:
    """The reading half of a session; it needs no editor and no lock.

    Wherever the number of an edit may be given, None is where the session stands and 0 is the original.

    Args:
        folder: of the session.

    Attributes:
        facts: of the photo: "file", "name", "width", "height", "bits".
        tree: all edits, as they were when they were last read; ``tree.head`` is where the session stands.

    Raises:
        SessionError: there is no session, it is damaged, or of a newer version.
    """

    def __init__(self, folder: str | Path | Folder) -> None:
        self.folder = folder if isinstance(folder, Folder) else Folder(Path(folder))
        self.facts, self.tree = self.folder.read()
        self._latest: tuple[int, Patch | None, Photo] | None = None

    @cached_property
    def original(self) -> Photo:
        """The photo as it came."""
        return self.folder.original(self.facts)

    @property
    def name(self) -> str:
        """What the photo's file was called."""
        return str(self.facts["name"])

    def line(self, number: int | None = None) -> list[Node]:
        """The edits that led to one, oldest first, that one included.

        Raises:
            SessionError: there is no such edit. So do all others here.
        """
        return self.tree.line(self.tree.head if number is None else number)

    def result(self, number: int | None = None) -> Photo:
        """The photo as an edit left it: put together from what is stored, not computed again."""
        number = self.tree.head if number is None else number
        latest = self._latest  # other threads may look at other edits
        if latest is None or latest[0] != number:
            changes = self.changes(number)
            latest = number, changes, self.original if changes is None else changes.onto(self.original)
            self._latest = latest
        return latest[2]

    def changes(self, number: int | None = None) -> Patch | None:
        """All that has changed from the original to an edit, as one patch; None for the original."""
        number = self.tree.head if number is None else number
        latest = self._latest
        if latest is not None and latest[0] == number:
            return latest[1]
        changes, later = None, list[Node]()
        for node in reversed(self.line(number)):
            changes = self.folder.snapshot(node)
            if changes is not None:
                break
            later.append(node)
        for node in reversed(later):
            patch = self.folder.patch(node, self.facts).checked(self.facts["width"], self.facts["height"])
            changes = patch if changes is None else changes.then(patch)
        return changes

    def mask(self, number: int | None = None) -> Bool:
        """(H, W), the union of the masks of all edits that led to one; outside of it nothing has changed."""
        union = np.zeros((self.facts["height"], self.facts["width"]), np.bool_)
        changes = self.changes(number)
        if changes is not None:
            changes.cover(union)
        return union

    def save(
        self, path: str | Path, number: int | None = None, *, quality: int = QUALITY, overwrite: bool = True
    ) -> Receipt:
        """Saves a result and verifies the file; see :func:`mien.photos.receipt.save_with_receipt`.

        Raises:
            SaveError: it cannot be written, or the file is the original photo.
        """
        if self.folder.is_original(Path(path), self.facts):
            raise SaveError(f"{path} is the photo that the session began with; choose another name, so that it stays.")
        done = [f"edit {node.number}: {words}" for node in self.line(number) for words in node.operations]
        photo, mask = self.result(number), self.mask(number)
        receipt = save_with_receipt(self.original, photo, mask, path, done, quality=quality, overwrite=overwrite)
        return replace(receipt, input=self.name)

    def drift(self, number: int | None = None, metrics: Sequence[Metric] | None = None) -> list[Drift]:
        """How far from the original each edit that led to one is.

        Args:
            number: of the edit.
            metrics: what compares the crops; None takes those that need no network of the user's, see
                :func:`mien.sessions.drift.metrics_of`.
        """
        chosen = metrics_of() if metrics is None else metrics
        union, rows = np.zeros((self.original.height, self.original.width), np.bool_), list[Drift]()
        for node, photo, patch in self._results(number):
            patch.cover(union)
            rows.append(measure(self.original, node, photo, union, chosen))
        return rows

    def sheet(self, number: int | None = None, *, side: int = 320, columns: int = 5) -> UInt8:
        """The history as one picture, (h, w, 3); see :func:`mien.sessions.sheet.draw_history`."""
        steps = (
            Step((f"edit {node.number}", node.note or describe(node.recipe)), photo, patch)
            for node, photo, patch in self._results(number)
        )
        box = around(self.mask(number), [node.quad for node in self.line(number)])
        return draw_history(self.original, steps, box, self.name, side=side, columns=columns)

    def _results(self, number: int | None) -> Iterator[tuple[Node, Photo, Patch]]:
        """Each edit that led to one, its result and what it changed."""
        photo = self.original
        for node in self.line(number):
            patch = self.folder.patch(node, self.facts)
            photo = patch.onto(photo)
            yield node, photo, patch
