"""The lower half of a face: a bare chin for a bearded one.

A bare chin takes all below the nose but the lips, in the colours of this person's bare skin.

Convention:
    That of :mod:`mien.guides.laid`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane
from mien.compose.morphology import disc, shrunk
from mien.guides.borrow import box_around, field, free, turned, unit_of
from mien.guides.coloring import lab_of, rgb_of
from mien.guides.guide import Guide
from mien.guides.laid import blurred, filled, lay, looked_up, matched, soft
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Photo

FINE_HUES, THEIR_LIGHT = 0.5, 0.35
"""Shares of another skin's fine hues, and of its broad light, that a chin keeps: no lamps of another photo."""


def bare_chin(
    photo: Photo,
    face: Face,
    other: Photo,
    other_face: Face,
    *,
    skin: Bool,
    beard: Bool,
    other_skin: Bool,
    blocked: Bool | None = None,
) -> Guide:
    """The other's cheeks, chin and upper lip on this face; lips and everything above stay.

    Args:
        photo, face: where it goes.
        other, other_face: where it comes from.
        skin: (H, W) bare skin of this face.
        beard: (H, W) its beard, below the jaw, too.
        other_skin: (H, W) skin of the other's face and neck: hair, clothes and jewellery are not taken over.
        blocked: (H, W) what lies before this face.

    Raises:
        LayerError: the faces look in directions too far apart.
    """
    other, other_face, covered, notes = turned(face, other, other_face, ~other_skin, "lower_face")
    unit, points = unit_of(face), face.landmarks[:, :2].astype(np.float64)
    outline = points[[*mesh.OUTLINE[9:28], 205, 129, 2, 358, 425]]
    reached = np.argwhere(beard)[:, ::-1] if beard.any() else outline
    box = box_around(photo, np.concatenate([outline, reached.min(0)[None], reached.max(0)[None]]), unit, 0.0)
    x0, y0, x1, y1 = box
    taken, bared = looked_up(other, covered, field(face, other_face, points, box), box)
    sure = shrunk(bared > 0.9, 0.04 * unit)
    spread = membrane(taken, sure.astype(np.float32), 255.0)
    taken = spread + blurred(sure, 0.02 * unit)[..., None] * (taken - spread)
    lower = to_srgb(photo, box).astype(np.float32)
    grown = cv2.GaussianBlur(beard[y0:y1, x0:x1].astype(np.float32), (0, 0), 0.03 * unit) > 0.08
    seen = skin[y0:y1, x0:x1] | grown
    nose = points[[98, 2, 327], 1].max() - y0
    below = np.arange(y1 - y0)[:, None] > nose - 0.02 * unit
    hanging = cv2.GaussianBlur(beard[y0:y1, x0:x1].astype(np.float32), (0, 0), 0.015 * unit) > 0.5
    area = (filled(outline, box) & seen) | (hanging & below)  # beside the jaw, what surrounds a beard is no skin
    lips = blurred(filled(points[list(mesh.OUTER_LIPS)], box), 0.02 * unit)
    weight = soft(area, unit) * free(blocked, box, unit) * np.clip(1 - 1.5 * lips, 0, 1)
    bare = (skin[y0:y1, x0:x1] & ~grown).astype(np.float32)
    near = (bare > 0) & sure
    if near.any():  # skins of other colours: what is left for the border is a difference of light
        taken = taken + np.median(lower[near], axis=0) - np.median(taken[near], axis=0)
        taken = _in_skins_colors(taken, lower, cv2.erode(bare, disc(0.03 * unit)), 0.1 * unit)
    upper = matched(lower, np.clip(taken, 0, 255).astype(np.float32), weight > 0.02, unit, bare, 0.25)
    return lay(photo, box, upper, np.asarray(weight, np.float32), unit, notes)


def _in_skins_colors(taken: Float32, lower: Float32, bare: Float32, sigma: float) -> Float32:
    """Another's skin, sRGB in [0, 255], in the hues and half of the light that this one's bare skin has around it."""
    if not bare.any():
        return taken
    theirs, mine = (lab_of(np.clip(one, 0, 255) / np.float32(255)) for one in (taken, lower))
    mine = cv2.GaussianBlur(membrane(mine, bare, 128.0), (0, 0), sigma)
    broad = cv2.GaussianBlur(theirs, (0, 0), sigma)
    made = mine + np.array([1, FINE_HUES, FINE_HUES], np.float32) * (theirs - broad)
    made[..., 0] += THEIR_LIGHT * (broad[..., 0] - mine[..., 0])
    return np.asarray(255 * rgb_of(np.asarray(made, np.float32)), np.float32)
