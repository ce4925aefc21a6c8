"""Heads that were taken before about the wall that is asked for."""

from __future__ import annotations

import numpy as np

from mien.generation.heads import PLAIN, Head
from mien.types import Float32

ALIKE, LIGHT = (1 / 25, 1 / 9, 1 / 9), (75.0, 5.0)
"""Shares of L*, a* and b* by which a backdrop may differ from what is asked for; L* from which a color is white, and
how much more its L* counts."""


def walled(head: Head, color: Float32) -> bool:
    """Whether a head was taken before a wall of about a color, CIE L*, a*, b*."""
    return head.entry.path.stem in PLAIN and like(color, head.behind)


def like(color: Float32, backdrop: Float32) -> bool:
    """Whether a backdrop may pass for one of a color, both CIE L*, a*, b*: grays may be dark."""
    away = (backdrop - color) * ALIKE
    away[0] *= LIGHT[1] if color[0] > LIGHT[0] else 1
    return bool(np.linalg.norm(away) < 1)
