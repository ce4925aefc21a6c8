"""What a network sees of glasses.

Convention:
    That of :mod:`mien.guides.glasses.lines`.
"""

from __future__ import annotations

from dataclasses import dataclass

from mien.types import Bool, Float32


@dataclass(frozen=True, eq=False)
class Seen:
    """What a network sees of glasses; planes are (SIDE, SIDE), or some of its rows.

    Attributes:
        front: the frame's front with its shadows and reflections.
        likely: how likely it is, in [0, 1].
        low: what lies below the eyes.
        lenses: what is seen through lenses, roughly, in [0, 1].
        eyes: with their lids, above 0.
        made: (SIDE, SIDE, 3) levels that would be there without it.
        within: where that is known, in [0, 1].
    """

    front: Bool
    likely: Float32
    low: Bool
    lenses: Float32
    eyes: Float32
    made: Float32
    within: Float32
