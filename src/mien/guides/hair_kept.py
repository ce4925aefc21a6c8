"""The old hair that stays beside new hair: at the temples, in the new hair's colour.

Two people's hairlines differ most at the temples. Where the other's skin would have to be made there, this person's
short hair is real.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.border import local_colors, wide_blur
from mien.guides.hair_fit import Fitted
from mien.guides.scene import Scene
from mien.types import Float32, Float64

BESIDE = 0.06
"""Units from the new hair up to which the old stays, not before the backdrop."""

LEAST = 0.15
"""Square units of new hair from which the sides' old hair may belong to it: with a bald head, none stays."""

LONG, FULL = 0.04, 0.4
"""Square units of old hair beside the face, below the tip of the nose or farther from the temple than some units, from
which a side's hair is long: it goes."""

OUT, UP = 0.36, 5.0
"""How far from the temple the old hair stays, in units, and how far above the brow, in units of 0.15."""

TEMPLES = ((70, 162, 1), (300, 389, -1))
"""Outer end of a brow, outline of the face at its height, and the side's direction towards the middle."""

GAIN, LOSS = 2.2, 5.0
"""By how much the old hair is lightened and darkened at most."""


def kept(here: Scene, fit: Fitted) -> tuple[Float32, Float32, Float32]:
    """What of the old hair stays, (h, w): beside new hair, and at the temples farther away.

    Returns:
        Where nothing is made anew; how much of it is old hair; and factors (h, w, 3) that give that the new hair's
        colour.
    """
    temples = _temples(here, fit.alpha) * np.clip(2 * here.loose, 0, 1)
    beside = np.clip(4 * wide_blur(fit.alpha, BESIDE * here.unit) - 0.4, 0, 1)
    beside = beside * np.clip(1.5 - 3 * wide_blur(fit.shares["background"], 0.03 * here.unit), 0, 1)
    stays = np.maximum(temples, beside)
    old = np.clip(2 * here.hair - 0.9, 0, 1) * stays * (1 - fit.alpha)  # skin between strands keeps its colour
    return np.asarray(stays, np.float32), np.asarray(old, np.float32), _tint(here, fit)


def _temples(here: Scene, new: Float32) -> Float32:
    """(h, w): 1 beside the outer ends of the brows where old hair is short, as far down as the ears."""
    height, width = here.shape
    turned, level = _upright(here)
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    across: Any = xs * turned[0, 0] + ys * turned[0, 1]
    down: Any = xs * turned[1, 0] + ys * turned[1, 1]
    found = np.zeros(here.shape, np.float32)
    for end, outline, inward in TEMPLES:
        border = float(level[[end, outline], 0].mean())
        away = inward * (border - across)
        below = (down > level[4, 1]) & (down < level[152, 1]) & (away > 0)
        long = float((here.hair * (below | (away > FULL * here.unit))).sum()) > LONG * here.unit**2
        if not long and float(new.sum()) > LEAST * here.unit**2:
            side = np.clip(away / (0.08 * here.unit) + 0.5, 0, 1) * np.clip((OUT - away / here.unit) / 0.1, 0, 1)
            height_of = np.clip((level[4, 1] - down) / (0.1 * here.unit), 0, 1)
            height_of = height_of * np.clip((down - level[end, 1]) / (0.15 * here.unit) + UP, 0, 1)
            found = np.maximum(found, side * height_of)
    return found


def _upright(here: Scene) -> tuple[Float64, Float64]:
    """The rotation (2, 2) that sets the face upright, and the landmarks (478, 2) turned by it."""
    left, right = (here.points[n, :2] for n in mesh.OUTER_EYE_CORNERS)
    across = (right - left) / np.linalg.norm(right - left)
    across = across * np.sign(across[0])
    turned = np.array([across, [-across[1], across[0]]])
    return turned, here.points[:, :2] @ turned.T


def _tint(here: Scene, fit: Fitted) -> Float32:
    """(h, w, 3): local colours of the new hair over those of the old."""
    means = [_local(fit.front, fit.alpha**4, here.unit), _local(here.picture, here.hair**4, here.unit)]
    ratio = np.log(np.clip((means[0] + 8) / (means[1] + 8), 1 / LOSS, GAIN))
    return np.asarray(np.exp(cv2.GaussianBlur(ratio, (0, 0), 0.05 * here.unit)), np.float32)


def _local(picture: Float32, matte: Float32, unit: float) -> Float32:
    """(h, w, 3): the mean colour near each pixel; far from the region, that of all of it."""
    whole = (picture * matte[..., None]).sum((0, 1)) / max(float(matte.sum()), 1e-3)
    near = np.clip(20 * wide_blur(matte, 0.3 * unit), 0, 1)[..., None]
    return np.asarray(whole + near * (local_colors(picture, matte, 0.3 * unit)[0] - whole), np.float32)
