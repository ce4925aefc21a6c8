"""Crops of several edits are painted in one batch: who comes first waits a few milliseconds for others.

A result differs by one level of 255 at most from that of the edit alone, as in :meth:`mien.editor.Editor.batch`. It
pays where a batch of eight takes hardly longer than one crop: on accelerators, not on a CPU of a few cores.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from threading import Condition
from typing import Any

from mien.backends.base import CropOptions
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editing.result import CropEdit
from mien.editing.timing import Stopwatch
from mien.interrupt import interruptible
from mien.types import UInt8

WAIT = 0.008
"""Seconds that the first crop of a batch waits for others."""


@dataclass(eq=False)
class _Part:
    """Crops of one edit."""

    images: Sequence[UInt8]
    conditions: Sequence[Conditions]
    options: Sequence[CropOptions]
    made: Future[list[CropEdit]] = field(default_factory=Future)


class Together:
    """A crop editor that paints what several threads ask for at the same time in one batch.

    Args:
        backend: paints.
        most: crops of a batch.
        wait: seconds for which the first one waits.

    Attributes:
        sizes: of the batches so far: how many crops each had.
    """

    def __init__(self, backend: Any, most: int = 8, wait: float = WAIT) -> None:
        self._backend, self._most, self._wait = backend, most, wait
        self._waiting: list[_Part] = []
        self._changed = Condition()
        self.sizes: list[int] = []
        if hasattr(type(backend), "generate"):
            self.generate = backend.generate

    def __getattr__(self, name: str) -> Any:
        """Whatever else the backend has."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._backend, name)

    def edit(
        self,
        images: Sequence[UInt8],
        conditions: Sequence[Conditions],
        options: Sequence[CropOptions],
        context: EditContext,
    ) -> list[CropEdit]:
        """See :class:`mien.backends.base.CropEditor`."""
        part = _Part(images, conditions, options)
        with self._changed:
            self._waiting.append(part)
            self._changed.notify_all()
            leads = self._waiting[0] is part
            if leads:
                batch = self._gathered()
        if leads:
            self._paint(batch, context)
        with context.watch("paint"):
            return part.made.result()

    def _gathered(self) -> list[_Part]:
        """Those that came in time, under the lock; whoever is left over leads the next batch."""
        until = time.monotonic() + self._wait
        while sum(len(one.images) for one in self._waiting) < self._most:
            left = until - time.monotonic()
            if left <= 0 or not self._changed.wait(left):
                break
        batch, self._waiting = self._waiting, []
        return batch

    def _paint(self, batch: list[_Part], context: EditContext) -> None:
        """Paints all; an error of a batch of several is told to each edit by painting it alone."""
        own = replace(context, watch=Stopwatch())
        try:
            self.sizes.append(sum(len(one.images) for one in batch))
            images = [image for one in batch for image in one.images]
            conditions = [each for one in batch for each in one.conditions]
            options = [each for one in batch for each in one.options]
            with interruptible(lambda: None):  # that the leader is canceled must not end the others
                made = iter(self._backend.edit(images, conditions, options, own))
            for one in batch:
                one.made.set_result([next(made) for _ in one.images])
        except Exception as error:
            for one in batch:
                if len(batch) == 1:
                    one.made.set_exception(error)
                else:
                    self._paint([one], context)
