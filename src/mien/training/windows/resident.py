"""Windows that are drawn before the run and stay on the device: a step waits for no other processor.

Legend: K windows in all, B of a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import torch
from torch import Tensor

from mien.data.feed import Batch
from mien.data.sampler import Sampler
from mien.training.windows.feed import WindowFeed, WindowPictures

PIECE = 64
"""Windows that a process draws at once."""


class ResidentFeed:
    """Implements what :class:`mien.training.loop.Loop` asks of a feed.

    Args:
        feed: draws the windows; the same feed gives the same ones, whatever the number of processes.
        count: K.
        device: where they are kept.
        processes: that draw them.
    """

    def __init__(self, feed: WindowFeed, count: int, device: torch.device, processes: int = 1) -> None:
        self.feed, self.batch = feed, feed.batch
        self.sampler = Sampler(np.ones(count), feed.sampler.seed)
        source = Sampler(np.asarray(feed.store.weights), feed.sampler.seed)
        parts = [source.draw(min(PIECE, count - start)) for start in range(0, count, PIECE)]
        drawn = [(feed, part, number) for number, part in enumerate(parts)]
        if processes > 1:
            with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
                batches = list(pool.map(_drawn, drawn))
        else:
            batches = [_drawn(one) for one in drawn]
        first = batches[0]
        self._pictures = torch.cat([one.pictures for one in batches]).to(device)
        self._labels = torch.cat([one.labels for one in batches if one.labels is not None]).to(device)
        self._others: dict[str, Tensor] = {
            name: torch.cat([one.others[name] for one in batches]).to(device) for name in first.others
        }

    @property
    def images(self) -> WindowPictures:
        """Of the feed that drew them."""
        return self.feed.images

    def next(self) -> Batch:
        """The next windows, on the device."""
        rows = torch.tensor(self.sampler.draw(self.batch), device=self._pictures.device)
        return Batch(self._pictures[rows], self._labels[rows], {name: one[rows] for name, one in self._others.items()})

    def state_dict(self) -> dict[str, int]:
        """The sampler's."""
        return self.sampler.state_dict()

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Continues where :meth:`state_dict` was taken."""
        self.sampler.load_state_dict(state)


def _drawn(asked: tuple[WindowFeed, Sequence[int], int]) -> Batch:
    feed, edits, number = asked
    return feed.at(edits, np.random.default_rng([feed.sampler.seed, 3, number]))
