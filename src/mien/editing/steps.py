"""What was done to a photo so far, without painting: pixels that were brought to where they should be, step by step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mien.align.paste import Mask
from mien.guides.guide import Guide
from mien.types import Bool, Photo

LEFT_OUT, AIMED = 0.9, 0.5
"""Share of what is asked for that a mask leaves out for it to have missed it, and the share of the mask that lies on
what is asked for from which on it is meant so: streaks of hair."""


@dataclass(frozen=True, eq=False)
class Guided:
    """A photo whose pixels were brought to where they should be.

    Attributes:
        photo: with all guides laid over it.
        area: (H, W), where something changed.
        operations: what was done, in words.
        notes: what the user should know about it, in words.
        unreached: share of a region that was asked for that could not be reached; None where it is not known.
    """

    photo: Photo
    area: Bool
    operations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unreached: float | None = 0.0

    def then(self, guide: Guide, operation: str, mask: Mask | None, strength: float) -> Guided:
        """With one more guide, faded by a strength and kept within a mask."""
        x0, y0, x1, y1 = guide.box
        confidence = guide.confidence if strength == 1 else guide.confidence * np.float32(strength)
        if mask is not None:
            confidence = confidence * mask[y0:y1, x0:x1].astype(np.float32)
        photo, area = replace(guide, confidence=confidence).over(self.photo)
        lost = 0.0 if mask is None else missed(guide.confidence, mask[y0:y1, x0:x1], float(mask.sum()))
        operations, notes = (*self.operations, operation), (*self.notes, *guide.notes)
        return Guided(photo, self.area | area, operations, notes, worse(self.unreached, lost))

    def and_then(self, later: Guided) -> Guided:
        """With what was done to its photo afterwards."""
        operations, notes = (*self.operations, *later.operations), (*self.notes, *later.notes)
        unreached = worse(self.unreached, later.unreached)
        return Guided(later.photo, self.area | later.area, operations, notes, unreached)


def missed(wanted: Any, inside: Any, extent: float) -> float:
    """The share of what is wanted that a mask leaves out, where that is nearly all; 0 where the mask limits it.

    Args:
        wanted: how much is asked for of each place, in [0, 1].
        inside: of the same shape, the mask there, in [0, 1] or bool.
        extent: the sum of all of the mask: one that lies on what is wanted is a limit, however small.
    """
    total, kept = float(wanted.sum()), float((wanted * inside).sum())
    if total <= 0 or total - kept < LEFT_OUT * total or kept > AIMED * extent:
        return 0.0
    return 1 - kept / total


def worse(one: float | None, other: float | None) -> float | None:
    """The larger of two shares; None where either is not known."""
    return None if one is None or other is None else max(one, other)
