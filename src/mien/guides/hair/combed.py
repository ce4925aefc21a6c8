"""A wide piece of straightened hair, combed: what runs across its strands is evened along them, strands stay sharp.

Convention:
    That of :mod:`mien.guides.hair.straightened`.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.guides.hair.straightened import Strands
from mien.types import Bool, Float32

BROAD, FINE = 2.0, (0.02, 0.12)
"""Pixels from which light is broad; units along strands over which fine light, and broad light, are evened."""

GAIN = (1.8, 1.5)
"""How much stronger fine light, and broad light, become at most, to be as strong as before."""

BANDS = ((0.0, 1.0, 0.1), (1.0, 2.0, 0.17), (2.0, 4.0, 0.25))
"""Pixels between which light of a band lies, and units that its strands are long."""


def combed(piece: Strands, light: Float32, hair: Bool, unit: float, rng: np.random.Generator) -> Strands:
    """A piece with strands that go on, as contrasty in each band as this hair.

    Args:
        piece: any.
        light: (h, w) logarithm of the light of the scene.
        hair: (h, w) hair that is seen for sure.
        unit: in pixels.
        rng: for strands that bands lack.
    """
    broad = cv2.GaussianBlur(piece.light, (0, 0), BROAD)
    made = np.zeros_like(piece.light)
    for plane, reach, most in zip((piece.light - broad, broad), FINE, GAIN, strict=True):
        even = _along(plane, reach * unit)
        made += even * np.float32(min(float(plane.std() / max(float(even.std()), 1e-4)), most))
    for low, high, long in BANDS:
        lacks = _strength(_band(light, low, high), hair) ** 2 - _strength(_band(made, low, high)) ** 2
        if lacks > 0:
            noise = rng.standard_normal(made.shape).astype(np.float32)
            noise = cv2.GaussianBlur(noise, (0, 0), sigmaX=max(0.45, 0.5 * (low + 0.35)), sigmaY=long * unit)
            noise = _band(noise, low, high)
            made += noise * np.float32(np.sqrt(lacks) / max(_strength(noise), 1e-6))
    return replace(piece, light=made, hue=_along(piece.hue, FINE[1] * unit))


def _along(plane: Float32, reach: float) -> Float32:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigmaX=0.3, sigmaY=max(0.3, reach)), np.float32)


def _band(plane: Float32, low: float, high: float) -> Float32:
    fine = plane if low == 0 else cv2.GaussianBlur(plane, (0, 0), low)
    return np.asarray(fine - cv2.GaussianBlur(plane, (0, 0), high), np.float32)


def _strength(plane: Float32, area: Bool | None = None) -> float:
    return 1.25 * float(np.abs(plane if area is None else plane[area]).mean())
