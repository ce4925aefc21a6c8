"""Workers that need no networks and die; light to import, since every process does it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from mien.batch.plan import Item, Plan
from mien.batch.work import Done


class Mortal:
    """A worker that needs no networks; it dies of some photos, for ever or for the first time."""

    def __init__(self, plan: Plan) -> None:
        self.out = Path(plan.out)

    def __call__(self, item: Item) -> Done:
        first = self.out / f"{item.source}.begun"
        dies = "deadly" in item.source or ("sick" in item.source and not first.exists())
        first.touch()
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        (self.out / item.target).write_text(item.source)
        return Done(item)
