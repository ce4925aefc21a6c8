"""What lies behind a pair of glasses: on the face as :mod:`mien.guides.surround` says, beside it patches of its kind.

Convention:
    That of :mod:`mien.guides.surround`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from mien.compose.grain import levels, missing, noise
from mien.compose.morphology import grown
from mien.compose.patches import patched
from mien.guides.bank import Entry
from mien.guides.laid import blurred
from mien.guides.surround import SOFT, Worn, surrounded
from mien.types import Bool, Float32

LARGEST = 240.0
"""Unit, pixels, from which a picture is filled at a reduced size."""

KINDS, PLACES = np.float32(70), np.float32(60)
"""Levels that two kinds are apart, and two places a unit apart."""

SKIN = 0.3
"""How likely skin is where no patches for hair, ears and background are taken."""


EDGES, BARRED = 0.02, 0.05
"""How far beyond a frame its edge is seen, and how far from it no patches are taken, units."""


def uncovered(worn: Worn, kinds: Float32, others: Sequence[Entry]) -> tuple[Float32, Float32]:
    """What is behind glasses, (h, w, 3), and where, (h, w); large ones at a reduced size, with grain added afterwards.

    Args:
        worn: the face.
        kinds: (h, w, k) how likely each kind of thing is there, such as hair.
        others: faces whose relief may be taken, the most alike first.
    """
    scale = min(1.0, LARGEST / worn.unit)
    if scale == 1:
        made, weight = surrounded(worn, others)
        mixed = worn.picture + weight[..., None] * (made - worn.picture)
        rest = _rest(worn)
        barred = grown(worn.hole, BARRED * worn.unit) | (kinds[..., 0] > SKIN)
        filled = patched(mixed, rest, barred, np.random.default_rng(0), hints=_hints(worn, kinds))
        soft = (blurred(worn.beside, SOFT * worn.unit) * (weight > 0) + rest * (weight == 0))[..., None]
        return (made + soft * (filled - made)).astype(np.float32), np.maximum(weight, rest)
    size = (round(worn.hole.shape[1] * scale), round(worn.hole.shape[0] * scale))
    less, kind = (np.asarray(cv2.resize(x, size, interpolation=cv2.INTER_AREA)) for x in (worn.picture, kinds))
    areas = [
        cv2.resize(one.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
        for one in (worn.hole, worn.eyes, worn.lenses, worn.beside)
    ]
    face = replace(worn.face, landmarks=worn.face.landmarks * np.float32(scale))
    small = uncovered(Worn(less, face, *areas), kind.reshape(*kind.shape[:2], -1), others)
    made, weight = (cv2.resize(x, worn.hole.shape[::-1], interpolation=cv2.INTER_CUBIC) for x in small)
    weight = np.clip(weight, 0, 1)
    ring = grown(weight > 0, 0.1 * worn.unit) & (weight == 0) & ~worn.beside & ~worn.hole
    grain = noise(weight.shape, missing(levels(worn.picture, ring), levels(made, weight > 0.5)))
    return np.clip(made + grain, 0, 255).astype(np.float32), np.asarray(weight, np.float32)


def _hints(worn: Worn, kinds: Float32) -> Float32:
    """(h, w, k) levels: kinds but skin, and how far to the right: hair comes from the same side, in its light."""
    right = np.broadcast_to(np.arange(kinds.shape[1]) * (PLACES / np.float32(worn.unit)), kinds.shape[:2])
    return np.dstack([KINDS * kinds[..., 1:], right]).astype(np.float32)


def _rest(worn: Worn) -> Bool:
    """What is hidden of hair, ears and background."""
    return grown(worn.hole & worn.beside, EDGES * worn.unit) & worn.beside
