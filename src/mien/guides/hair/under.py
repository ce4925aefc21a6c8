"""What stays of a face under another's hair, and how hair meets it.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.border import local_colors, wide_blur
from mien.compose.morphology import disc
from mien.guides.hair.bare import face_of
from mien.guides.hair.fit import Fitted
from mien.guides.hair.hairline_shade import above_eyes
from mien.guides.scene import Scene
from mien.types import Bool, Float32

SOFT = 0.03
"""Softness of its border, units."""

RIM, RICHER = 0.05, 1.1
"""Units from skin within which hair is no more colorful than both, but for this factor."""

DOWN, MOST = 0.08, 0.7
"""Units from hair within which down darkens skin, and by how much it does at most."""

BESIDE = 0.2
"""How much of it is taken below the eyes, where what is dark is a shadow of the other's locks."""

APART = 0.05
"""Units from hair from which skin is plain."""

SPECK = 0.01
"""Square units up to which pieces of hair that hang on nothing are left out."""

SKIN = 0.6
"""How likely skin is from which it stays."""

EDGE, INSIDE = 0.3, 0.035
"""How likely it is that something else begins within which distance, units, where none stays: the outline of a face has
its own shade, and the backdrop's color."""


def stays(here: Scene, seen: Bool) -> Float32:
    """(h, w): 1 on skin of the face and the forehead, which stays as it is: another's would lie on it as a band.

    Args:
        here: the scene.
        seen: (h, w) where no old hair is.
    """
    beyond = sum(here.shares[name] for name in ("background", "ears", "neck", "clothes")) > EDGE
    rim = cv2.dilate(np.asarray(beyond, np.uint8), disc(INSIDE * here.unit)) > 0
    skin = (seen & (here.shares["face"] > SKIN) & ~rim).astype(np.float32)
    return np.asarray(face_of(here) * cv2.GaussianBlur(skin, (0, 0), SOFT * here.unit), np.float32)


def rimmed(picture: Float32, here: Scene, fit: Fitted) -> Float32:
    """A picture (h, w, 3) of the new hair that is not more colorful, where it meets skin, than a mixture of both.

    What shines through hair at its end is red; on another head it is a red line.
    """
    unit, place = here.unit, cv2.dilate(face_of(here), disc(2 * RIM * here.unit))
    solid = (fit.alpha > 0.97).astype(np.float32)
    skin = ((here.shares["face"] > 0.8) & (here.loose < 0.1)).astype(np.float32)
    if min(float(solid.sum()), float(skin.sum())) < 50:
        return picture
    near = np.clip(20 * wide_blur(1 - solid, RIM * unit) - 1, 0, 1) * place
    lab = cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB)
    mine = cv2.cvtColor(here.picture / np.float32(255), cv2.COLOR_RGB2LAB)
    dark, light = local_colors(lab, solid, 0.1 * unit)[0], local_colors(mine, skin, 0.2 * unit)[0]
    span = light[..., 0] - dark[..., 0]
    at = np.clip((lab[..., 0] - dark[..., 0]) / np.where(np.abs(span) < 5, 5, span), 0, 1)[..., None]
    most = dark[..., 1:] + at * (light[..., 1:] - dark[..., 1:])
    most = RICHER * np.sqrt((most**2).sum(2)) + 2
    found = np.sqrt((lab[..., 1:] ** 2).sum(2))
    factor = np.minimum(1, most / np.maximum(found, 1e-3))
    lab[..., 1:] *= (1 + near * (factor - 1))[..., None]
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255, 0, 255), np.float32)


def down(head: Float32, here: Scene, fit: Fitted) -> Float32:
    """(h, w) in [0, 1]: what the other's down and fine hairs take of the light on skin beside its hair.

    A hairline is no line: where this skin stays, it is darkened as the other's skin is there.

    Args:
        head: (h, w, 3) the other's head in this photo's colors.
        here, fit: the scenes.
    """
    unit = here.unit
    close = wide_blur((fit.alpha > 0.5).astype(np.float32), APART * unit)
    plain = ((fit.shares["face"] > 0.8) & (fit.alpha < 0.02) & (close < 0.02)).astype(np.float32)
    if float(plain.sum()) < 50:
        return np.zeros(here.shape, np.float32)
    light, (skin, _) = cv2.cvtColor(head, cv2.COLOR_RGB2GRAY), local_colors(head, plain, 0.15 * unit)
    share = 1 - light / np.maximum(cv2.cvtColor(skin, cv2.COLOR_RGB2GRAY), 8)
    near = np.clip(4 * wide_blur((fit.alpha > 0.5).astype(np.float32), DOWN * unit), 0, 1)
    able = near * np.clip(fit.shares["face"] + fit.alpha, 0, 1) * (1 - fit.shares["strained"])
    able *= above_eyes(here, BESIDE)
    return np.asarray(np.clip(share - 0.04, 0, MOST) * able, np.float32)


def specks(shown: Float32, unit: float) -> Bool:
    """(h, w): where something small is shown (h, w) that hangs on nothing."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats((shown > 0.1).astype(np.uint8))
    small = stats[:, cv2.CC_STAT_AREA] < SPECK * unit**2
    small[0] = False
    return np.asarray(cv2.dilate(small[pieces].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0, np.bool_)
