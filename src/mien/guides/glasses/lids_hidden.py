"""Lids and brows that a frame covers: what is made of them shows, and is told."""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.glasses.frames import area_of
from mien.guides.glasses.lines import UNIT, disc
from mien.guides.glasses.surround import BROWS
from mien.guides.guide import Doubt
from mien.types import Bool, Float64

AROUND = 0.12
"""Units around the eyes that are lids."""

LIDS, BROW = 0.4, 0.3
"""Share of the lids, and of the brows, that is covered from which that is told: 0.19 and 0.05 at most where glasses
came off well, 0.61 of lids where gray patches were left, and 0.34 and 0.39 of brows where they show."""

COVERED = "the frame lies before {:.0%} of the {}: what is made there may show as gray patches"


def told_of(hidden: Bool, eyes: Bool, points: Float64) -> list[str]:
    """Doubts; none where the frame lies beside lids and brows.

    Args:
        hidden, eyes: (h, w) what the frame covers, and the eyes, in the plane of :mod:`mien.guides.glasses.lines`.
        points: (478, 2) landmarks in it.
    """
    lids = (cv2.dilate(eyes.astype(np.uint8), disc(AROUND * UNIT)) > 0) & ~eyes
    areas = (("lids", lids, LIDS), ("brows", area_of([points[list(one)] for one in BROWS]), BROW))
    shares = [(name, float((hidden & area).sum()) / max(1, int(area.sum())), limit) for name, area, limit in areas]
    return [Doubt(COVERED.format(share, name)) for name, share, limit in shares if share > limit]
