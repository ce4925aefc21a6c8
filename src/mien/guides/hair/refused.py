"""Whose hair is not borrowed: heads lit from another side, outlines that photos do not tell, hair that is too short.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.border import local_colors
from mien.compose.morphology import disc
from mien.errors import LayerError
from mien.guides.guide import Doubt
from mien.guides.hair.fit import Fitted
from mien.guides.hair.lent import clear, within
from mien.guides.scene import Scene
from mien.types import Face, Float32, Photo

CHEEKS = ((117, 118, 101, 36, 205, 187, 123), (346, 347, 330, 266, 425, 411, 352))
"""Outlines of both cheeks."""

ASIDE, DEGREES = 0.6, 20.0
"""Logarithms by which one cheek is lighter than the other in one of two photos from which hair is not exchanged; and
the degrees of turn that count as much as a unit of it."""

UNTOLD = 0.03
"""Share of the other's hair that ends where nothing tells it, from which it is not borrowed."""

BALD = 0.1
"""Square units of hair below which a head is bald."""

BARED = 0.9
"""Square units of old hair before a backdrop that new hair leaves bare at most."""

MADE, MIXED, BROAD = 1.0, 5.0, 0.35
"""Square units of backdrop and clothes that are made up without a word; these times how far the backdrop beside them is
from its mean around, levels; and units of that."""

FULL, FAIRER, THIN = 2.2, 14.0, 0.265
"""Square units of the other's hair, and L* by which it is fairer, from which both together are doubted; and half-seen
pixels of it over those that are seen for sure, from which it is."""

FULLER = "fuller, fairer hair on a darker head is seldom believed: its outline and brows tell; choose darker hair"

SOFT = "much of the other's hair is thin or its outline soft, so that its own backdrop comes along"

BESIDE = 0.18
"""Units around what is made up within which that is told."""


def side_light(photo: Photo, face: Face) -> float:
    """Logarithm of how much lighter the left cheek is than the right one, in the photo."""
    means = []
    for cheek in CHEEKS:
        points = face.landmarks[list(cheek), :2]
        x0, y0 = np.maximum(points.min(0).astype(int), 0)
        x1, y1 = points.max(0).astype(int) + 1
        part = photo.pixels[y0:y1, x0:x1, :3].astype(np.float32) / (2**photo.bits - 1)
        area = np.zeros(part.shape[:2], np.uint8)
        cv2.fillPoly(area, [np.round(points - (x0, y0)).astype(np.int32)], 1)
        means.append(float(part[area > 0].mean()) if area.any() and part.size else 0.5)
    return float(np.log((means[0] + 0.04) / (means[1] + 0.04)))


def nearer_mirrored(photo: Photo, face: Face, other: Photo, other_face: Face) -> bool:
    """Whether the other head, mirrored, looks more the same way, in more the same light."""
    turn, goal = other_face.pose.yaw, face.pose.yaw
    light, lit = side_light(other, other_face), side_light(photo, face)
    as_is = abs(turn - goal) + DEGREES * abs(light - lit)
    return abs(-turn - goal) + DEGREES * abs(-light - lit) + 4 < as_is and abs(-turn - goal) < abs(turn - goal) + 8


def check_light(photo: Photo, face: Face, other: Photo, other_face: Face) -> None:
    """Refuses another head that is lit from the other side.

    Raises:
        LayerError: it is.
    """
    if abs(side_light(photo, face) - side_light(other, other_face)) > ASIDE:
        raise LayerError("The other head is lit from another side; its hair would show that. Choose another photo.")


def doubts(here: Scene, there: Scene) -> tuple[Doubt, ...]:
    """What is told of another's hair that seldom looks real on this head.

    Args:
        here, there: both scenes as they were seen.
    """
    sure = there.hair > 0.88
    thin = float(((there.hair > 0.12) & ~sure).sum()) / max(1, int(sure.sum()))
    found = (Doubt(SOFT),) if thin > THIN and float(there.hair.sum()) > BALD * there.unit**2 else ()
    if float(there.hair.sum()) < FULL * there.unit**2 or float(here.hair.sum()) < BALD * here.unit**2:
        return found
    levels = [_level(one) for one in (here, there)]
    return (*found, Doubt(FULLER)) if levels[1] - levels[0] > FAIRER else found


def _level(scene: Scene) -> float:
    """Median L* of hair that is seen for sure."""
    lab = cv2.cvtColor(scene.picture / np.float32(255), cv2.COLOR_RGB2LAB)[..., 0]
    sure = scene.hair > 0.95
    return float(np.median(lab[sure])) if sure.any() else 50.0


def check_outline(there: Scene) -> None:
    """Refuses another's hair whose outline is not told.

    Raises:
        LayerError: much of it is cut off by its photo, or lies before something of its color.
    """
    matte = clear(there)
    lost = float((matte - within(there, matte)).clip(0).sum()) / max(float(matte.sum()), 1.0)
    if lost > UNTOLD:
        raise LayerError(
            "Where the other's hair ends is not seen: its photo cuts it off, or it lies before something of its color. "
            "Choose another photo."
        )


def check_size(here: Scene, fit: Fitted) -> None:
    """Refuses hair that leaves much of this head's hair uncovered; a bald head is asked for as it is.

    Raises:
        LayerError: it does.
    """
    if float(fit.alpha.sum()) < BALD * here.unit**2:
        return
    bare = here.loose * (1 - fit.alpha) * (1 - np.clip(fit.shares["face"] + fit.shares["ears"], 0, 1))
    if float(bare.sum()) > BARED * here.unit**2:
        raise LayerError(
            "The other's hair is much shorter or narrower than this head's, and what that hides is not known. "
            "Choose a photo of fuller hair."
        )


def made_up(here: Scene, hole: Float32) -> bool:
    """Whether much is made up (h, w) where the old hair was, or less of it before a window, a flag or shelves."""
    unit = here.unit
    size = float(hole.sum()) / unit**2
    near = cv2.dilate((hole > 0.5).astype(np.uint8), disc(BESIDE * unit)) > 0
    ring = near & (here.shares["background"] > 0.9) & (here.loose < 0.02)
    if size > MADE or int(ring.sum()) < 100:
        return size > MADE
    soft, share = cv2.GaussianBlur(here.picture, (0, 0), 0.06 * unit), ring.astype(np.float32)
    broad = local_colors(here.picture, share, BROAD * unit)[0]  # a slope of light is made up well
    return size * float(np.abs(soft - broad)[ring].mean()) > MIXED
