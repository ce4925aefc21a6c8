"""An endless, resumable sequence of windows in batches.

Legend: B batch, S side of the window, F side of the whole face.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mien.data.feed import Batch
from mien.data.sampler import Sampler
from mien.pixels import scale_bytes
from mien.training.phases import Step
from mien.training.windows.draw import WindowDraw, draw_window
from mien.training.windows.guides import GuideDraw, draw_guide
from mien.training.windows.store import WindowStore
from mien.types import UInt8


@dataclass(frozen=True, eq=False)
class WindowPictures:
    """A window of every edit."""

    store: WindowStore
    windows: WindowDraw

    def __len__(self) -> int:
        return len(self.store.face_of)

    def batch(self, indices: Sequence[int]) -> UInt8:
        """(B, S, S, 3)."""
        drawn = [draw_window(self.store, i, np.random.default_rng(i), self.windows) for i in indices]
        return np.stack([one.truth for one in drawn])


class WindowFeed:
    """Implements what :class:`mien.training.loop.Loop` asks of a feed; all follows from the sampler's position.

    Args:
        store: windows are cut from it.
        batch: windows per step.
        seed: of order and windows.
        windows, guides: how they are drawn.
    """

    def __init__(
        self, store: WindowStore, batch: int, seed: int, windows: WindowDraw, guides: GuideDraw | None = None
    ) -> None:
        self.store, self.batch, self.windows = store, batch, windows
        self.guides = guides or GuideDraw()
        self.sampler = Sampler(np.asarray(store.weights), seed)

    @property
    def images(self) -> WindowPictures:
        """The windows as a set of pictures, for what is calibrated on some of them."""
        return WindowPictures(self.store, self.windows)

    def next(self) -> Batch:
        """The next windows: truth as pictures, and everything else by name; see :meth:`at`."""
        rng = np.random.default_rng([self.sampler.seed, 2, self.sampler.drawn])
        return self.at(self.sampler.draw(self.batch), rng)

    def at(self, edits: Sequence[int], rng: np.random.Generator) -> Batch:
        """Windows of these edits.

        Returns:
            pictures (B, 3, S, S) and labels (B, S, S) uint8; others: mask and real (B, 1, S, S), coarse (B, 3, S, S),
            mirror (B, 4, S, S), face (B, 4, F, F), guide (B, 3, S, S) uint8; confidence (B, 1, S, S), place (B, 3)
            float32.
        """
        drawn = [draw_window(self.store, edit, rng, self.windows) for edit in edits]
        guides = [draw_guide(one.truth, one.mask, drawn[k - 1].truth, rng, self.guides) for k, one in enumerate(drawn)]
        others = {
            "mask": torch.from_numpy(np.stack([one.mask for one in drawn]))[:, None],
            "real": torch.from_numpy(np.stack([one.real for one in drawn]))[:, None],
            "coarse": _planes([one.coarse for one in drawn]),
            "mirror": _planes([one.mirror for one in drawn]),
            "face": _planes([one.face for one in drawn]),
            "guide": _planes([guide for guide, _ in guides]),
            "confidence": torch.from_numpy(np.stack([sure for _, sure in guides]))[:, None],
            "place": torch.from_numpy(np.stack([one.place for one in drawn])),
        }
        labels = torch.from_numpy(np.stack([one.labels for one in drawn]))
        return Batch(_planes([one.truth for one in drawn]), labels, others)

    def step(self, device: torch.device) -> Step:
        """One batch as a step, for previews."""
        batch = self.next()
        assert batch.labels is not None
        others = {name: one.to(device) for name, one in batch.others.items()}
        return Step(0, 0, self.batch, scale_bytes(batch.pictures.to(device)), batch.labels.to(device), others)

    def state_dict(self) -> dict[str, int]:
        """The sampler's."""
        return self.sampler.state_dict()

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Continues where :meth:`state_dict` was taken."""
        self.sampler.load_state_dict(state)


def _planes(pictures: Sequence[UInt8]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(np.stack(pictures).transpose(0, 3, 1, 2)))
