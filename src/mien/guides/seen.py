"""What a network sees of glasses.

Convention:
    That of :mod:`mien.guides.lines`.
"""

from __future__ import annotations

from dataclasses import dataclass

from mien.types import Bool, Float32


@dataclass(frozen=True, eq=False)
class Seen:
    """What a network sees of glasses; planes are (SIDE, SIDE).

    Attributes:
        front: the frame's front with its shadows and reflections.
        likely: how likely it is.
        low: what lies below the eyes.
        lenses: what is seen through lenses, roughly.
        eyes: with their lids.
        made: (SIDE, SIDE, 3) what would be there without it.
        within: where that is known.
    """

    front: Bool
    likely: Float32
    low: Bool
    lenses: Float32
    eyes: Float32
    made: Float32
    within: Float32
