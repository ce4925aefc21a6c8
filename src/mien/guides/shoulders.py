"""Where neck, clothes and backdrop lie below hair that is cut, told from what is seen of this person beside the hair.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.compose.border import wide_blur
from mien.compose.morphology import disc
from mien.guides.scene import Scene
from mien.types import Bool, Float32, Float64

HALF, BASE, FLARE = 0.54, 0.32, 0.12
"""Half the width of a neck, how far below the chin it meets the shoulders, and by how much it is wider there, units."""

SLOPE, FALLS = 1.3, 0.75
"""Units beside the neck in which a shoulder falls, and by how much it does, where nobody sees it."""

COLLAR, DEEP = 0.08, 0.8
"""Units below the shoulder at which clothes begin beside a neck; and below the chin, before it, where none are seen."""

SHADED, BESIDE, LEAST = 0.07, 0.08, 0.03
"""Units beside hair, and below the chin, in which a neck lies in their shade; and square units of it that tell its
color."""

SIDES = 0.25
"""How much darker a neck is at its sides."""

CENTRAL = 0.3
"""Units around the middle of a neck in which clothes before it are looked for."""


def body(here: Scene, seen: Bool, there: Mapping[str, Float32]) -> dict[str, Float32]:
    """Classes (h, w) of what lies under hair below the jaw; those of another head (h, w) above it.

    Args:
        here: the scene.
        seen: (h, w) where no hair is.
        there: the other's classes at the same places.
    """
    unit, chin = here.unit, float(here.points[152, 1])
    middle = float(here.points[[172, 397, 152], 0].mean())
    xs = np.arange(here.shape[1], dtype=np.float64)
    ys = np.arange(here.shape[0], dtype=np.float32)[:, None]
    tops = _shoulders(here, seen, middle, chin + BASE * unit)
    wide = HALF + FLARE * np.clip((ys - chin) / np.float32(BASE * unit), 0, 1) ** 3
    neck = np.abs(xs[None] - middle) / unit < wide
    share = np.clip(np.abs(xs - middle) / ((HALF + FLARE) * unit), 0, 1)
    edge = chin + (BASE + COLLAR) * unit
    front = edge + (_front(here, seen, middle) - edge) * (1 - share**2)
    clothes = ys > np.where(share < 1, front, tops)
    level = float(here.points[[172, 397], 1].mean())
    lower = np.clip((ys - level) / np.float32(0.1 * unit), 0, 1)
    planes = {"clothes": clothes, "neck": neck & ~clothes, "background": ~clothes & ~neck}
    made = {name: wide_blur(plane.astype(np.float32), 0.01 * unit) for name, plane in planes.items()}
    none = np.zeros(here.shape, np.float32)
    return {
        name: np.asarray(plane + lower * (made.get(name, none) - plane), np.float32) for name, plane in there.items()
    }


def skinned(here: Scene, neck: Float32, fill: Float32) -> Float32:
    """A picture (h, w, 3) whose neck (h, w) has the color of what is seen of it, darker towards its sides."""
    unit = here.unit
    calm = cv2.dilate((here.loose > 0.06).astype(np.uint8), disc(SHADED * unit)) == 0
    known = (calm & (here.shares["neck"] > 0.8)).astype(np.float32)
    known[: round(float(here.points[152, 1] + BESIDE * unit))] = 0
    if float(known.sum()) < LEAST * unit**2:
        return fill
    color = wide_blur(membrane(here.picture, known, 255.0), 0.06 * unit)
    middle = float(here.points[[172, 397, 152], 0].mean())
    aside = np.abs(np.arange(here.shape[1], dtype=np.float32) - np.float32(middle)) / np.float32(HALF * unit)
    color = color * (1 - SIDES * np.clip(aside, 0, 1.2) ** 3)[None, :, None]
    return np.asarray(fill + neck[..., None] * (color - fill), np.float32)


def _shoulders(here: Scene, seen: Bool, middle: float, base: float) -> Float64:
    """(w,) row at which shoulders begin: as they are seen, and a curve from the neck to there."""
    unit, columns = here.unit, np.arange(here.shape[1])
    worn = (here.shares["clothes"] > 0.6) & seen
    first = np.argmax(worn, 0)
    above = here.shares["background"][np.maximum(first - round(0.06 * unit), 0), columns] > 0.5
    known = worn.any(0) & above & seen[np.maximum(first - round(0.06 * unit), 0), columns]
    found = np.zeros(len(columns))
    for way in (-1, 1):
        aside = way * (columns - middle) / unit - HALF
        side, those = aside > 0, known & (aside > 0.1)
        q = np.clip(aside / SLOPE, 0, 1)
        curve = base + FALLS * unit * (1 - (1 - q) ** 2)
        if those.any():
            near = columns[those][np.argmin(aside[those])]
            length, fall = aside[near], first[near] - base
            q = np.clip(aside / length, 0, 1)
            inner = base + fall * (q if fall < 0 else 1 - (1 - q) ** 2)
            beyond = np.interp(columns, columns[those], first[those].astype(np.float64))
            curve = np.where(aside < length, inner, beyond)
        found = np.where(side, curve, found)
    found = np.where(np.abs(columns - middle) <= HALF * unit, base, found)
    smooth = cv2.GaussianBlur(found[None], (0, 0), 0.03 * unit, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smooth[0], np.float64)


def _front(here: Scene, seen: Bool, middle: float) -> float:
    """The row at which clothes begin before the middle of the neck."""
    unit, chin = here.unit, round(float(here.points[152, 1]))
    left, right = round(middle - CENTRAL * unit), round(middle + CENTRAL * unit)
    worn = ((here.shares["clothes"] > 0.6) & seen)[chin:, left:right]
    return float(chin + np.median(np.argmax(worn, 0)[worn.any(0)])) if worn.any() else chin + DEEP * unit
