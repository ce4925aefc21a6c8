"""What lies behind glasses: skin, hair, ears or the backdrop, as they are around.

Convention:
    That of :mod:`mien.guides.glasses.lines`.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.guides.glasses.lines import UNIT, disc
from mien.types import Bool, Float32, Float64

KINDS = ("face", "hair", "ears", "background", "hat")
"""What is told apart, in this order."""

BELOW, SCARF = 5.0, 20.0
"""How far below the eyes hats end, units, and square units of what is none."""

SURE_KIND, UNLIKELY = 4, 0.2
"""Power of how likely each kind of thing is behind a frame, since a mixture of skin and hair has patches of neither;
and how much less likely are skin beyond the face's outline and background, where hair or ears are close."""


def hats_of(likely: Float32, points: Float64) -> Float32:
    """(SIDE, SIDE) how likely hats are; nothing where they go on below the eyes, as scarves do: arms lie before those.

    Args:
        likely: (SIDE, SIDE) what the parser says.
        points: (478, 2) landmarks.
    """
    below = likely[max(0, round(float(points[[33, 263], 1].mean()) + BELOW * UNIT)) :]
    return likely * np.float32(int((below > 0.5).sum()) < SCARF * UNIT**2)


def kinds_behind(likely: Mapping[str, Float32], frame: Bool, lenses: Bool, outline: Bool) -> Float32:
    """(SIDE, SIDE, 5) how likely face, hair, ears, background, hats are there: behind a frame, as around it."""
    seen = cv2.dilate((frame | (likely["worn"] > 0.3)).astype(np.uint8), disc(1.0)) == 0
    kinds = np.dstack([likely[name] for name in KINDS])
    rims = cv2.dilate(frame.astype(np.uint8), disc(1.0)) > 0
    inside = lenses & outline & ~rims  # hair may lie behind a rim
    kinds[inside] = (1, 0, 0, 0, 0)
    known = seen | inside
    spread = np.where(known[..., None], kinds, membrane(kinds, known.astype(np.float32), 1.0))
    spread = np.maximum(spread, 1e-3) ** SURE_KIND
    spread[..., 0] *= np.where(outline | seen, 1, UNLIKELY)
    spread[..., 3] *= np.where(seen, 1, UNLIKELY)
    spread[..., 4] *= np.where(seen, 1, 1e-6)  # hats end above glasses
    return np.asarray(spread / spread.sum(2, keepdims=True), np.float32)


def beside_outlines(kinds: Float32, glass: Bool, outside: Bool, inside: Bool, bald: Bool) -> Float32:
    """The same where a head's outline behind glasses is known: backdrop beyond it, none of it and no ears within.

    Args:
        kinds: (SIDE, SIDE, 5).
        glass: frame and lenses.
        outside, inside, bald: (SIDE, SIDE) of the outline, near it; and what has no hair.
    """
    back, ears, hair = (KINDS.index(name) for name in ("background", "ears", "hair"))
    sure = np.full(len(KINDS), 1e-3, np.float32)
    sure[back] = 1
    made = np.where((outside & glass)[..., None], kinds * sure, kinds)
    for one, area in ((back, inside), (ears, inside), (hair, bald)):  # a lens before a backdrop looks like an ear
        made[..., one] *= np.where(area & glass, np.float32(1e-3), np.float32(1))
    made[outside & glass] += sure
    return np.asarray(made / made.sum(2, keepdims=True), np.float32)
