"""What was done to a photo so far, without painting: pixels that were brought to where they should be, step by step."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mien.align.paste import Mask
from mien.guides.guide import Guide
from mien.types import Bool, Photo


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
        confidence = guide.confidence * np.float32(strength)
        if mask is not None:
            confidence = confidence * mask[y0:y1, x0:x1].astype(np.float32)
        photo, area = replace(guide, confidence=confidence).over(self.photo)
        return Guided(
            photo, self.area | area, (*self.operations, operation), (*self.notes, *guide.notes), self.unreached
        )

    def and_then(self, later: Guided) -> Guided:
        """With what was done to its photo afterwards."""
        operations, notes = (*self.operations, *later.operations), (*self.notes, *later.notes)
        unreached = worse(self.unreached, later.unreached)
        return Guided(later.photo, self.area | later.area, operations, notes, unreached)


def worse(one: float | None, other: float | None) -> float | None:
    """The larger of two shares; None where either is not known."""
    return None if one is None or other is None else max(one, other)
