"""One photo of a batch: read, edited, written whole."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from mien.batch.places import Place
from mien.batch.plan import Item, Plan
from mien.errors import MienError

if TYPE_CHECKING:
    from mien.editing.context import EditContext
    from mien.editing.request import Request
    from mien.types import Photo


@dataclass(frozen=True)
class Done:
    """What became of an item.

    Attributes:
        item: which.
        reason: why it failed; empty where its result is there.
        seconds: that it took.
    """

    item: Item
    reason: str = ""
    seconds: float = 0.0


class Worker:
    """An editor with its networks, ready for one photo after the other; every process has one.

    Raises:
        MienError: the recipe or the editor cannot be used.
    """

    def __init__(self, plan: Plan) -> None:
        os.environ["OMP_NUM_THREADS"] = str(plan.threads)
        import cv2

        from mien.editor import Editor
        from mien.sessions.recipe_file import read_recipe

        cv2.setNumThreads(plan.threads)
        self.plan, self.photos, self.results = plan, Place(plan.folder), Place(plan.out)
        with TemporaryDirectory(prefix="mien-") as scratch:
            path = Path(plan.recipe)
            if not path.is_file():  # a session, or another machine
                path = Path(scratch) / "recipe.json"
                path.write_text(plan.text, encoding="utf-8")
            self.recipe = read_recipe(path)
        self.editor = Editor.from_pretrained(plan.editor, device=plan.device)

    def __call__(self, item: Item) -> Done:
        """Never raises for what is wrong with one photo."""
        start = perf_counter()
        try:
            self._make(item)
            reason = ""
        except MienError as error:
            reason = str(error)
        except Exception as error:
            reason = f"unexpected {type(error).__name__}: {' '.join(str(error).split())[:200]}"
        return Done(item, reason, round(perf_counter() - start, 3))

    def _make(self, item: Item) -> None:
        from mien.editing.cache import EditCache
        from mien.editing.context import EditContext
        from mien.photos.read import read_photo

        with TemporaryDirectory(prefix="mien-") as folder:
            scratch, cache = Path(folder), EditCache()
            photo = read_photo(self.photos.fetched(item.source, scratch))
            context = EditContext(self.editor, cache)
            requests = self.recipe.requests(photo, context, scratch)
            if self.plan.every_face:
                requests = self._of_every_face(photo, context, requests)
            result = self.editor.edit_in_turn(photo, requests, cache=cache)
            target = self.results.path(item.target, scratch)
            result.save(target, quality=self.plan.quality)
            self.results.keep(target, item.target)

    @staticmethod
    def _of_every_face(photo: Photo, context: EditContext, requests: list[Request]) -> list[Request]:
        from mien.errors import NoFaceError

        count = len(context.faces(photo))
        if not count:
            raise NoFaceError("No face was found; take the photo out of the folder.")
        return [replace(one, face=face) for face in range(count) for one in requests]
