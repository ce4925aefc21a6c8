"""What lies behind a pair of glasses: on the face as :mod:`mien.guides.surround` says, beside it patches of its kind.

Convention:
    That of :mod:`mien.guides.surround`.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mien.compose.grain import levels, missing, noise
from mien.compose.morphology import grown
from mien.compose.patches import patched
from mien.guides.bank import Entry
from mien.guides.laid import blurred
from mien.guides.surround import SOFT, Worn, surrounded
from mien.types import Bool, Float32

CALM = 24.0
"""Pixels of a reduced picture around what is new where grain is measured."""

LARGEST = 240.0
"""Unit, pixels, from which a picture is filled at a reduced size."""

KINDS, PLACES = np.float32(70), np.float32(60)
"""Levels that two kinds are apart, and two places a unit apart."""

SKIN = 0.3
"""How likely skin is where no patches for hair, ears and background are taken."""


EDGES, BARRED = 0.02, 0.05
"""How far beyond a frame its edge is seen, and how far from it no patches are taken, units."""


def uncovered(worn: Worn, kinds: Float32, others: Sequence[Entry]) -> tuple[Float32, Float32]:
    """What is behind glasses, (h, w, 3), and where, (h, w).

    Args:
        worn: the face, at a unit of LARGEST at most.
        kinds: (h, w, k) how likely each kind of thing is there, such as hair.
        others: faces whose relief may be taken, the most alike first.
    """
    made, weight = surrounded(worn, others)
    mixed = worn.picture + weight[..., None] * (made - worn.picture)
    rest = _rest(worn)
    barred = grown(worn.hole, BARRED * worn.unit) | (kinds[..., 0] > SKIN)
    filled = patched(mixed, rest, barred, np.random.default_rng(0), hints=_hints(worn, kinds))
    soft = (blurred(worn.beside, SOFT * worn.unit) * (weight > 0) + rest * (weight == 0))[..., None]
    return (made + soft * (filled - made)).astype(np.float32), np.maximum(weight, rest)


def enlarged(
    before: Float32, small: Float32, plain: Float32, through: Float32, made: Float32, weight: Float32
) -> tuple[Float32, Float32]:
    """The photo (H, W, 3) changed as its reduced picture was, with its grain where something is new; and where, (H, W).

    Args:
        before, small: at the photo's size, and reduced (h, w, 3), or both the same.
        plain, through: (h, w, 3) with lenses cleared, and (h, w) where they were.
        made, weight: (h, w, 3) what is behind glasses, and (h, w) where.
    """
    if before.shape == small.shape:
        mixed = plain + weight[..., None] * (made - plain)
        return mixed.astype(np.float32), np.maximum(weight > 0, through).astype(np.float32)
    ring = (grown(weight > 0, CALM) & (weight == 0)).astype(np.uint8)
    planes = (plain - small, through, made, weight, ring)
    more, clear, new, share, near = (np.asarray(cv2.resize(one, before.shape[1::-1])) for one in planes)
    base, share = before + more, np.clip(share, 0, 1)
    wanted, there = (cv2.cvtColor(one.astype(np.float32), cv2.COLOR_RGB2GRAY) for one in (before, new))
    grain = noise(share.shape, missing(levels(wanted, near > 0), levels(there, share > 0.5)))
    mixed = base + share[..., None] * (new + grain - base)
    return mixed.astype(np.float32), np.maximum(share > 0, np.clip(clear, 0, 1)).astype(np.float32)


def _hints(worn: Worn, kinds: Float32) -> Float32:
    """(h, w, k) levels: kinds but skin, and how far to the right: hair comes from the same side, in its light."""
    right = np.broadcast_to(np.arange(kinds.shape[1]) * (PLACES / np.float32(worn.unit)), kinds.shape[:2])
    return np.dstack([KINDS * kinds[..., 1:], right]).astype(np.float32)


def _rest(worn: Worn) -> Bool:
    """What is hidden of hair, ears and background."""
    return grown(worn.hole & worn.beside, EDGES * worn.unit) & worn.beside
