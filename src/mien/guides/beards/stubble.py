"""Stubble of a neck that fades where a beard was taken off above it, so that no line shows where it ends.

Convention:
    That of :mod:`mien.guides.beards.lower`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.edge import blurred, dilated, larger, mean_within, roughness, usual_roughness
from mien.types import Float32

FINE, REACH, MOST = 0.02, 0.45, 0.85
"""How fine stubble is, and how far below what was replaced it fades, eye distances; and how much of it goes at most."""

ROUGHER = (1.15, 0.6)
"""How much darker than the face's finest shades those of a neck with stubble are, and what more is surely stubble."""

STRANDS = 1.6
"""How much rougher than skin hair is that goes though it is as light as a neck."""


def lifted(here: AroundBeard, picture: Float32, replaced: Float32, unit: float) -> Float32:
    """By how much (h, w, 3) stubble is lightened, levels; 0 where the neck is no rougher than the face.

    Args:
        here: what is seen.
        picture: (h, w, 3) the part of the photo, levels, at any size.
        replaced: (h, w) in [0, 1], where skin was made.
        unit: pixels of the picture between the outer corners of the eyes.
    """
    neck = (here.below["skin"] > 0.6) & ~dilated(here.oval, 1) & (here.rows > here.points[61, 1])
    neck &= (here.shares["clothes"] < 0.2) & (here.shares["background"] < 0.3)
    area = np.clip(2 * larger(blurred(neck, 1.0), picture.shape) - 1, 0, 1)
    away = cv2.distanceTransform((replaced < 0.3).astype(np.uint8), cv2.DIST_L2, 5) / unit
    fade = MOST * area * np.clip(1 - away / REACH, 0, 1)
    face, near = larger(here.facial, picture.shape, cv2.INTER_LINEAR) > 0.9, (fade > 0.1) & (replaced < 0.3)
    if not (near.any() and face.any()):
        return np.zeros_like(picture)
    skin = np.maximum(picture, mean_within(picture, area + 0.01, FINE * unit))
    dark = np.maximum(mean_within(skin, area + 0.01, FINE * unit) - picture, 0)
    usual = np.maximum(blurred(np.maximum(picture, blurred(picture, FINE * unit)), FINE * unit) - picture, 0)
    rough = float(dark[near].mean()) / max(float(usual[face].mean()), 0.3)
    return np.asarray(dark * (fade * np.clip((rough - ROUGHER[0]) / ROUGHER[1], 0, 1))[..., None], np.float32)


def strands(here: AroundBeard, picture: Float32) -> Float32:
    """Where a beard is rough (h, w), 0 to 1: fair hair is no darker than a neck, but rougher.

    Args:
        here: what is seen.
        picture: (h, w, 3) the part of the photo, levels, at any size.
    """
    fine = roughness(picture, (here.shape[1], here.shape[0]))
    usual = usual_roughness(here.shares, here.beard, fine)
    rough = dilated(here.hairs & (fine > STRANDS * usual), 1)
    return larger(blurred(rough, 0.8), picture.shape).clip(0, 1)
