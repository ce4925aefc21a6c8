"""The shadow of a shaven beard: a little of its own darkness and of its own fine texture stays on the skin.

Skin without it looks like wax beside the rest of a man's face, and says nothing of the shape of jaw and chin.

Convention:
    That of :mod:`mien.guides.beards.lower`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.edge import UNIT, blurred, larger, mean_within, reduced
from mien.guides.beards.jaw import within_jaw
from mien.types import Float32

DARK, LEAST, MOST = 0.16, 0.035, 0.16
"""Share of a beard's darkness that stays, as a logarithm, and how much of it at least, as gray and fair beards have a
shadow, too, and at most."""

HUES = np.array([1.0, 0.94, 0.82], np.float32)
"""How dark it is in red, green and blue: hair below skin is bluish."""

SOFT, NECK = 0.07, 0.6
"""How softly a shadow ends, eye distances, and how much of it there is below a jaw, the face's being 1."""

PLAIN = (0.15, 0.4)
"""How dark a beard is, as a logarithm, up to which none of its texture stays, and what more until all does: of gray
beards strands would stay."""

INNER = 0.06
"""Eye distances within a beard's border in which its texture begins: single hairs are seen there."""

ROUGH = 0.9
"""How rough it is at most, bare skin being 1."""

FINE, GRAIN, DARKEST, LIGHTEST = 0.009, 0.14, 0.07, 0.02
"""How wide the texture of a beard is that stays, eye distances, which share of it, and how much darker and how much
lighter than skin it is at most, as logarithms: white hairs would look like hairs."""


def with_shadow(here: AroundBeard, picture: Float32, made: Float32, share: Float32, unit: float) -> Float32:
    """What is made (h, w, 3), with the shadow of the beard that was there.

    Args:
        here: what is seen.
        picture: (h, w, 3) the part of the photo, levels, at any size.
        made: (h, w, 3) what replaces the beard.
        share: (h, w) in [0, 1], how much of that is skin.
        unit: pixels of the picture between the outer corners of the eyes.
    """
    size = here.shape[1], here.shape[0]
    light = [np.log(np.maximum(reduced(one, size).mean(2), 0) + 8) for one in (picture, made)]
    face = within_jaw(here, here.shape)
    grown = here.hairs & ~here.lips
    darker = mean_within((light[0] - light[1]).clip(-1.5, 0), grown, 0.05 * UNIT)
    soft = np.clip(1.25 * blurred(grown, SOFT * UNIT), 0, 1) * (face + NECK * (1 - face))
    shade = larger(np.clip(DARK * darker, -MOST, -LEAST) * soft, picture.shape)
    inner = np.clip(2 * blurred(here.hairs, INNER * UNIT) - 1, 0, 1)
    plain = np.clip((-darker - PLAIN[0]) / PLAIN[1], 0, 1) * inner * face
    fine = np.log(np.maximum(picture.mean(2), 0) + 8)
    fine = (fine - blurred(fine, FINE * unit)).clip(-1, 1)
    plain = larger(plain, picture.shape)
    fine = _as_rough(here, (GRAIN * fine).clip(-DARKEST, LIGHTEST), fine, plain) * plain
    total = share[..., None] * (shade[..., None] * HUES + fine[..., None])
    return np.asarray((made + 8) * np.exp(total) - 8, np.float32)


def _as_rough(here: AroundBeard, grain: Float32, fine: Float32, area: Float32) -> Float32:
    """Grain (h, w) within an area (h, w), weaker where it is rougher than the finest texture (h, w) of bare skin."""
    bare, inside = larger(here.facial, fine.shape, cv2.INTER_LINEAR) > 0.9, area > 0.5
    if not (bare.any() and inside.any()):
        return grain
    most = ROUGH * float(fine[bare].clip(-0.1, 0.1).std())
    return np.asarray(grain * min(1.0, most / max(float(grain[inside].std()), 1e-6)), np.float32)
