"""The shade below a jaw, without which a chin that was made melts into its neck.

Light comes from above: of 45 shaven men of ``wide`` train half have at least the shade ``USUAL`` below their chins.

Convention:
    That of :mod:`mien.guides.beards.lower`. Shade is 100 ln(L* + 16), less that of the chin at the first of ``STEPS``.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.edge import UNIT, blurred, larger, reduced
from mien.guides.dyes.coloring import lab_of
from mien.types import Float32, Float64

STEPS = np.array([-0.18, -0.14, -0.1, -0.06, -0.02, 0.02, 0.06, 0.1, 0.14, 0.18, 0.22, 0.26, 0.3, 0.36, 0.42])
"""Eye distances outside of the outline of a face."""

USUAL = np.array([0, -2, -5, -12, -21, -29, -29, -26, -23, -19, -15, -12, -9, -4, 0], np.float64)
"""How light it is there, somewhat lighter than in half of these men."""

MOST = 14.0
"""By how much anything is darkened at most."""

CHIN = range(11, 26)
"""Points of the outline that lie below the corners of the mouth or beside the chin."""

LEVELS, HUES = 73.0, np.array([0.9, 1.0, 1.04], np.float32)
"""Shade of a change of levels by the factor e, and how much red, green and blue there are of it: shade is warm."""

ENOUGH = 4
"""Points of the outline, below which something is made, that tell what lacks."""


def shaded(here: AroundBeard, picture: Float32, made: Float32, weight: Float32, share: Float32) -> Float32:
    """What replaces a beard (h, w, 3), with the shade of the jaw on the neck, where it has less than is usual.

    Args:
        here: what is seen.
        picture: (h, w, 3) the part of the photo, levels, at any size.
        made: (h, w, 3) what replaces it.
        weight: (h, w) in [0, 1], how much is replaced.
        share: (h, w) in [0, 1], how much of that is skin.
    """
    size = here.shape[1], here.shape[0]
    before, after, replaced, skin = (reduced(one, size) for one in (picture, made, weight, share))
    result = np.asarray((before + replaced[..., None] * (after - before)).clip(0, 255) / 255, np.float32)
    light = 100 * np.log(blurred(lab_of(result)[..., 0], 1.0) + 16)
    lacks = _lacking(here, light, replaced * skin)
    if not lacks.any():
        return made
    face = here.oval
    out, within = (cv2.distanceTransform(one.astype(np.uint8), cv2.DIST_L2, 5) / UNIT for one in (~face, face))
    away = np.where(face, 0.5 / UNIT - within, out - 0.5 / UNIT)
    dark = np.interp(away, STEPS, lacks, left=0, right=0).astype(np.float32) * _downwards(here)
    dark = larger(blurred(dark, 0.7), made.shape) * share
    return np.asarray((made + 8) * np.exp(-dark[..., None] / np.float32(LEVELS) * HUES) - 8, np.float32)


def _lacking(here: AroundBeard, light: Float32, replaced: Float32) -> Float64:
    """By how much less shade there is below a chin than usual, by step; 0 where too little of it is made."""
    line = here.points[list(mesh.OUTLINE), :2]
    outwards = _outwards(line)
    found = []
    for n in CHIN:
        at = (line[n] + UNIT * STEPS[:, None] * outwards[n] - 0.5).astype(np.float32)[None]
        seen, made = (
            cv2.remap(one, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0] for one in (light, replaced)
        )
        if made[4:7].min() > 0.5:
            found.append(seen - seen[0])
    if len(found) < ENOUGH:
        return np.zeros(len(STEPS))
    lacks = np.clip(np.median(found, 0) - USUAL, 0, MOST)
    return np.asarray(np.convolve(np.pad(lacks, 1, "edge"), (0.25, 0.5, 0.25), "valid"), np.float64)


def _outwards(line: Float64) -> Float64:
    """Unit vectors (N, 2) out of a closed outline (N, 2)."""
    along = np.roll(line, -1, 0) - np.roll(line, 1, 0)
    found = np.stack([along[:, 1], -along[:, 0]], 1) / np.linalg.norm(along, axis=1, keepdims=True)
    return np.asarray(found * np.sign(((line - line.mean(0)) * found).sum(1, keepdims=True)))


def _downwards(here: AroundBeard) -> Float32:
    """(h, w): how much what lies beside the outline lies below it: all of it below a chin, nothing beside a cheek."""
    mouth, chin = float(here.points[[61, 291], 1].mean()), float(here.points[152, 1])
    rows = np.broadcast_to(here.rows, here.shape).astype(np.float32)
    return np.asarray(blurred(np.clip((rows - mouth) / max(0.7 * (chin - mouth), 1.0), 0, 1), 2.0), np.float32)
