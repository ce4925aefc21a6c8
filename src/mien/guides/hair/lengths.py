"""Long hair made longer and fuller: this head's hairline stays, and another's lengths go on from it in its color.

Nothing of the old hair vanishes, so that no forehead, neck or backdrop has to be made up.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.border import local_colors, wide_blur
from mien.compose.morphology import disc
from mien.errors import LayerError
from mien.guides.hair.fit import Fitted
from mien.guides.hair.lent import pure
from mien.guides.scene import Scene, polygon
from mien.types import Bool, Float32

BESIDE = 0.02
"""Square units of hair beside the mouth, on either side, from which hair is long."""

BEHIND = (-0.012, 0.012)
"""Units from the face from which the other's hair is seen: it comes from behind face and ears, and hides their rim."""

HAZE = (0.3, 0.9)
"""Values of this hair's matte from which it begins to hide other hair behind it, and hides all of it."""

LOCK, WISP, HANGING = 0.1, 0.15, 0.5
"""Width of hair that counts, units, values of a matte from which new hair does, and how much lower than the old it may
hang on either side: lengths that are believed hang no lower (50, 52, 58 of wide's val), others by 0.55 to 2.25."""

BARE = 0.15
"""Square units of hair above the brows and between the temples below which there is no hairline."""

SLOPE = 0.55
"""How fast the outline leaves that of the old hair, downwards from the brows."""

OF_SKIN = 14.0
"""Distance in a* and b* from the face's color up to which something is taken for an ear, not for what is beside it."""

SPREAD = 0.2
"""Units over which the lightness of the old hair is followed: its light comes from where it did."""


class EndsAboveError(LayerError):
    """This head's hair ends above the lengths that it would get, or it has none; any lengths would hang below it."""


def long(here: Scene, hair: Float32) -> bool:
    """Whether hair (h, w) falls past the mouth on both sides."""
    unit, mouth = here.unit, float(here.points[[61, 291], 1].mean())
    rows = slice(max(0, round(mouth - 0.15 * unit)), max(1, round(mouth + 0.6 * unit)))
    middle = round(float(here.points[4, 0]))
    return all(float(side.sum()) > BESIDE * unit**2 for side in (hair[rows, :middle], hair[rows, middle:]))


def check_hairline(here: Scene) -> None:
    """Refuses lengths behind a head without a hairline: they would hang behind bare skin.

    Raises:
        EndsAboveError: it has none.
    """
    top = max(0, round(float(here.points[[105, 334], 1].mean())))
    left, right = sorted(max(0, round(float(x))) for x in here.points[[127, 356], 0])
    if float(here.hair[:top, left:right].sum()) < BARE * here.unit**2:
        raise EndsAboveError(
            "This head is bald or its hair is hidden: there is no hairline to which lengths of the bank could be "
            "added. Name a photo of hair to borrow all of it."
        )


def check_ends(here: Scene, alpha: Float32) -> None:
    """Refuses lengths (h, w) that would hang below hair which ends above them: they look tied on.

    Raises:
        EndsAboveError: they would.
    """
    unit, middle, mouth = here.unit, round(float(here.points[4, 0])), round(float(here.points[[61, 291], 1].mean()))
    for side in (np.s_[max(0, mouth) :, :middle], np.s_[max(0, mouth) :, middle:]):
        old, new = (_lowest(one[side] > least, LOCK * unit) for one, least in ((here.hair, 0.5), (alpha, WISP)))
        if new - old > HANGING * unit:
            raise EndsAboveError(
                "This head's hair ends above where the bank's lengths would hang; below it they look tied on. "
                "Name a photo of long hair to exchange all of it."
            )


def _lowest(hair: Bool, width: float) -> int:
    """The last row (of h) in which hair (h, w) is so wide; -1 where none is."""
    rows = np.flatnonzero(hair.sum(1) > width)
    return int(rows[-1]) if rows.size else -1


def lengthened(here: Scene, fit: Fitted) -> tuple[Fitted, Float32, Float32]:
    """The other's lengths behind this head's hair, in the colors that this has nearby.

    Returns:
        The hair; this head's hair (h, w, 3) without the backdrop that shines through it, and where (h, w) that is
        shown: before the new hair.
    """
    unit = here.unit
    skin = (wide_blur(_skin(here), 0.015 * unit) < 0.5).astype(np.uint8)
    away = (cv2.distanceTransform(skin, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - skin, cv2.DIST_L2, 5)) / np.float32(
        unit
    )
    beside = np.clip((away - BEHIND[0]) / (BEHIND[1] - BEHIND[0]), 0, 1)
    old = np.clip((here.hair - HAZE[0]) / (HAZE[1] - HAZE[0]), 0, 1)
    alpha = np.asarray(fit.alpha * beside * _room(here), np.float32)
    rim = alpha * (here.hair > 0.02) * (here.hair < 0.98)
    return (
        replace(fit, alpha=np.asarray(alpha * (1 - old), np.float32), front=_toned(here, fit)),
        pure(here, here.hair),
        np.asarray(rim, np.float32),
    )


def _room(here: Scene) -> Float32:
    """(h, w): where lengths come out of the old hair, below the brows, and farther out the farther below."""
    unit, middle = here.unit, float(here.points[4, 0])
    level = round(float(here.points[[105, 334], 1].mean()))
    ys = np.arange(here.shape[0], dtype=np.float32)
    xs = np.arange(here.shape[1], dtype=np.float32)
    room = np.zeros(here.shape, np.float32)
    for way in (-1.0, 1.0):
        aside = (way * (xs - middle)).astype(np.float32)
        outer = np.where(here.hair > 0.5, aside, 0).max(1)
        above = outer[max(0, level - round(0.3 * unit)) : level + 1].max()
        reach = np.maximum(above + SLOPE * (ys - level), outer)[:, None]
        room = np.maximum(room, np.clip((reach - aside) / (0.05 * unit), 0, 1) * (aside > 0))
    below = np.clip((ys - level) / (0.15 * unit), 0, 1)[:, None]
    return np.asarray(room * below, np.float32)


def _skin(here: Scene) -> Float32:
    """(h, w): face, ears and what is worn, before which no new hair lies."""
    oval = polygon(here.points[list(mesh.OUTLINE)], here.shape, 0.01 * here.unit)
    lab = cv2.cvtColor(cv2.GaussianBlur(here.picture, (0, 0), 1.0) / np.float32(255), cv2.COLOR_RGB2LAB)
    inner = oval * here.shares["face"] > 0.9
    hue = np.median(lab[inner], axis=0)[1:] if inner.any() else np.zeros(2, np.float32)
    of_skin = np.sqrt(((lab[..., 1:] - hue) ** 2).sum(2)) < OF_SKIN
    skin = np.maximum(oval, (here.shares["face"] + here.shares["ears"]) * of_skin)
    skin = np.maximum(skin, np.clip(2 * here.shares["worn"], 0, 1)).astype(np.float32)
    return np.asarray(cv2.morphologyEx(skin, cv2.MORPH_CLOSE, disc(0.05 * here.unit)), np.float32)


def _toned(here: Scene, fit: Fitted) -> Float32:
    """(h, w, 3): the new hair's colors moved to those of the old hair: mean by place, contrast as a whole."""
    mine, theirs = (cv2.cvtColor(one / np.float32(255), cv2.COLOR_RGB2LAB) for one in (here.picture, fit.front))
    old, new = ((one > 0.95).astype(np.float32) for one in (here.hair, fit.alpha))
    if float(old.sum()) < 100 or float(new.sum()) < 100:
        return fit.front
    spread = [one[area > 0].std(0) + 0.5 for one, area in ((mine, old), (theirs, new))]
    usual = mine[old > 0].mean(0)
    near, known = local_colors(mine, old, SPREAD * here.unit)[0], wide_blur(old, SPREAD * here.unit)[..., None]
    goal = usual + (near - usual) * np.clip(known / 0.1, 0, 1)
    mean = local_colors(theirs, new, SPREAD * here.unit)[0]
    gain = np.clip(spread[0] / spread[1], 0.4, 1.5).astype(np.float32)
    lab = (goal + (theirs - mean) * gain).astype(np.float32)
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1) * 255, np.float32)
