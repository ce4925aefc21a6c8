"""Locks that lie loose on clothes or before a backdrop, which neither parser nor matte takes for hair: told by color.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.compose.border import local_colors, wide_blur
from mien.compose.morphology import disc
from mien.guides.scene import Scene
from mien.types import Bool, Float32

Int = NDArray[np.int64]

BINS, STEPS = (20, 32, 32), np.array([5.0, 6.0, 6.0], np.float32)
"""Of the histograms of L*, a* and b*."""

AWAY, NEAR, APART = 0.2, 0.8, 3.0
"""Units from hair from which clothes and backdrop tell their own colors, and up to which locks are looked for; and how
much more often hair has a color than all else."""

LOCAL, ROUGH, UNLIKE = 0.4, 5.0, 1.6
"""Units from which clothes and backdrop tell their colors nearby; by how much, at least, they vary; and in how many
times that a lock differs."""

LEAST, SPECK, GAP = 0.02, 0.012, 0.05
"""Square units that tell a color; units of specks; and of gaps between hair and a lock of it."""

SKIN, GROWN = 0.04, 0.02
"""Units beside skin, with what is worn on it, where none is looked for; and by which what is found is widened: a lock
is darker or lighter at its border."""


def strays(here: Scene, below: Bool) -> Float32:
    """(h, w) in [0, 1]: loose locks in an area (h, w)."""
    unit = here.unit
    near = _grown(here.loose > 0.1, AWAY * unit)
    places = _places(here)
    rows = np.arange(here.shape[0])[:, None] > here.points[152, 1] - unit
    hair = _often(places, (cv2.erode((here.hair > 0.97).astype(np.uint8), disc(0.05 * unit)) > 0) & rows, unit)
    if hair is None:
        return np.zeros(here.shape, np.float32)
    matted: Bool = np.zeros(here.shape, np.bool_)
    like, core = np.ones(here.shape, np.bool_), (here.hair > 0.97).astype(np.float32)
    lab = cv2.cvtColor(here.picture / np.float32(255), cv2.COLOR_RGB2LAB)
    for name, least in (("clothes", 0.5), ("background", 0.8)):
        known = (here.shares[name] > least) & ~near
        often = _often(places, known, unit)
        if often is None:
            like &= here.shares[name] < 0.3
            continue
        mean, spread = local_colors(lab, known.astype(np.float32), LOCAL * unit)
        far = np.linalg.norm(lab - mean, axis=2) / (spread + ROUGH)
        like &= (hair > APART * np.maximum(often, 1e-4)) & (far > UNLIKE)
        if name == "clothes":
            nearer = np.linalg.norm(lab - local_colors(lab, core, LOCAL * unit)[0], axis=2) / (spread + ROUGH) < far
            matted = nearer & (far > UNLIKE) & (here.loose > 0.2) & (here.shares["worn"] < 0.2)
    like = cv2.GaussianBlur(like.astype(np.float32), (0, 0), 1.5)
    skin = here.shares["face"] + here.shares["neck"] + here.shares["worn"]
    found = (
        (like > 0.5)
        & below
        & _grown(here.loose > 0.3, NEAR * unit)
        & (np.maximum(skin, wide_blur(skin, SKIN * unit) - 0.2) < 0.3)
    )
    found |= matted & below
    found = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_OPEN, disc(SPECK * unit)) > 0
    sure = (here.loose > 0.5) & below
    _, pieces = cv2.connectedComponents(_grown(found | sure, GAP * unit).astype(np.uint8))
    found &= np.isin(pieces, np.unique(pieces[sure])) & (pieces > 0)
    grown = _grown(found, GROWN * unit).astype(np.float32)
    return np.asarray(np.clip(1.6 * wide_blur(grown, 0.01 * unit), 0, 1), np.float32)


def _grown(area: Bool, by: float) -> Bool:
    return np.asarray(cv2.dilate(area.astype(np.uint8), disc(by)) > 0, np.bool_)


def _places(here: Scene) -> Int:
    """(h, w) bins of the colors."""
    soft = cv2.GaussianBlur(here.picture, (0, 0), 1.0)
    lab = cv2.cvtColor(soft / np.float32(255), cv2.COLOR_RGB2LAB) + np.array([0, 96, 96], np.float32)
    found = np.clip(lab / STEPS, 0, np.array(BINS) - 1).astype(np.int64)
    return np.asarray(np.ravel_multi_index(tuple(found[..., n] for n in range(3)), BINS), np.int64)


def _often(places: Int, area: Bool, unit: float) -> Float32 | None:
    """(h, w): how often an area has the color of each pixel; None where it is too small to tell."""
    if float(area.sum()) < LEAST * unit**2:
        return None
    counts = np.bincount(places[area], minlength=int(np.prod(BINS))).astype(np.float32).reshape(BINS)
    counts = np.stack([cv2.GaussianBlur(one, (0, 0), 1.0) for one in counts])
    counts = cv2.GaussianBlur(counts.reshape(BINS[0], -1), (1, 5), 0, sigmaY=1.0)
    return np.asarray(counts.reshape(-1)[places] / max(float(counts.sum()), 1e-6), np.float32)
