"""What a wished color becomes in one photo: seen under its light, and followed by the brows.

Convention:
    Colors are sRGB, 0 to 255; Lab is CIE L*a*b* of sRGB (D65).
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.photos.color import to_srgb
from mien.types import Face, Photo

Color = tuple[int, int, int]

BARE = (50, 280, 117, 346, 205, 425, 9)
"""Landmarks where no beard grows, or hardly any."""

USUAL = (12.0, 17.0)
"""a* and b* of skin under neutral light; people differ less in these than in lightness."""

TINT, LEAST, MOST = (0.15, 0.55), (-2.0, -1.0), (2.0, 11.0)
"""Shares of the skin's difference from the usual in a* and b* that are put down to the light, which is rather yellow or
blue than red or green, and the bounds by which it shifts a gray: pale skin is less yellow, too, and blue hair odd."""

SATURATED = 90.0
"""Chroma from which a color is so strong that the light hardly shows in it."""

PINK = (48.0, 0.25, -8.0)
"""Hue of skin in degrees below which it is pink, share of what it lacks by which hair's hue is turned, and the most."""

HUED, GROWN = (6.0, 10.0), ((10.0, 19.0, 42.0, 68.0), (45.0, 57.0, 59.0, 67.0))
"""Chroma from which on hair has a hue, and its own; hue of hair as it grows, by L*."""

PALE = (22.0, 0.75)
"""Chroma of skin below which colors of the photo are weak, and the least that is left of those of hair."""

GRAYED = 0.5
"""How much of a beard's color goes beside gray hair."""

LIGHTER, WARMER, LIMIT = 0.45, 0.6, 11.0
"""How far brows follow hair that becomes lighter, and its hue; and the most that they become lighter."""


def under_light(color: Color, photo: Photo, face: Face, hair: Color | None = None) -> Color:
    """A wish as it looks in the photo's light: in a warm one, gray hair is a warm gray, as everything gray is.

    Args:
        color: the wish.
        photo, face: whose skin tells the light.
        hair: the color of hair that is dyed: no light is redder or yellower than what it makes of that.
    """
    skin = _skin(photo, face)
    if skin is None:
        return color
    shift = np.clip(np.array(TINT) * (skin[1:] - USUAL), LEAST, MOST)
    lab = _lab(color)
    if hair is not None:
        own = _lab(hair)
        darker, most = (min(1.0, float((lab[0] + 16) / (one[0] + 16))) for one in (skin, own))
        shift = np.minimum(darker * shift, np.maximum(most * own[1:], LEAST))
    lab[1:] += max(0.0, 1 - float(np.hypot(*lab[1:])) / SATURATED) * shift
    return _color(lab)


def beside_skin(color: Color, photo: Photo, face: Face, hair: Color | None = None) -> Color:
    """A color that hair grows in as it is beside this skin: redder beside pink skin, weaker in a pale photo.

    Brown hair beside pink skin looks olive else. Hair that had a hue of its own (``hair``, its color) tells better how
    red it becomes in this light: fair hair that is turned without need has skin's color.
    """
    skin = _skin(photo, face)
    lab = _lab(color)
    angle, chroma = float(np.degrees(np.arctan2(lab[2], lab[1]))), float(np.hypot(*lab[1:]))
    grown = float(np.interp(angle, (30, 40, 90, 100), (0, 1, 1, 0)) * np.interp(chroma, (3, 8), (0, 1)))
    if skin is None or not grown:
        return color
    pink = min(0.0, float(np.degrees(np.arctan2(skin[2], skin[1]))) - PINK[0])
    turn = np.radians(grown * max(PINK[1] * pink, PINK[2], _redder(hair)))
    weaker = 1 - grown * (1 - float(np.clip(np.hypot(*skin[1:]) / PALE[0], PALE[1], 1)))
    c, s = np.cos(turn), np.sin(turn)
    lab[1:] = weaker * np.array([c * lab[1] - s * lab[2], s * lab[1] + c * lab[2]])
    return _color(lab)


def _redder(hair: Color | None) -> float:
    """Degrees, 0 or less, that hair's hue lies below that of hair of its lightness, as far as it has one."""
    if hair is None:
        return -360.0
    light, *hue = _lab(hair)
    known = float(np.interp(np.hypot(*hue), HUED, (0, 1)))
    redder = min(0.0, float(np.degrees(np.arctan2(hue[1], hue[0])) - np.interp(light, *GROWN)))
    return known * redder + (1 - known) * PINK[2]


def _skin(photo: Photo, face: Face) -> Any:
    """Lab (3,) of a face's skin; None where it is not in the photo."""
    points = face.landmarks[list(BARE), :2]
    (x0, y0), (x1, y1) = np.floor(points.min(0)).astype(int), np.ceil(points.max(0)).astype(int) + 1
    x0, y0, x1, y1 = max(0, int(x0)), max(0, int(y0)), min(photo.width, int(x1)), min(photo.height, int(y1))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return None
    small = cv2.resize(to_srgb(photo, (x0, y0, x1, y1)), (64, 64), interpolation=cv2.INTER_AREA)
    at = np.clip((points - (x0, y0)) * 64 / (x1 - x0, y1 - y0), 0, 63).astype(int)
    return np.median([_lab(small[y, x]) for x, y in at], 0)


def brows_after(brows: Color, hair: Color, wish: Color) -> Color | None:
    """The color of brows beside dyed hair, which follow it half of the way.

    Colorists lighten brows when dark hair becomes ginger or blond; black brows would tell that it is dyed. Colors
    that hair does not grow in, and darker hair, leave brows as they are.

    Args:
        brows: their mean color.
        hair: mean color of the hair so far.
        wish: of the hair.

    Returns:
        None where brows stay.
    """
    old, new, brow = _lab(hair), _lab(wish), _lab(brows)
    angle, chroma = float(np.degrees(np.arctan2(new[2], new[1]))), float(np.hypot(*new[1:]))
    grown = chroma < 14 or 30 < angle < 100
    raised = LIGHTER * float(new[0] - old[0])
    if not grown or raised < 3 or new[0] < brow[0] + 6:
        return None
    light = min(brow[0] + min(raised, LIMIT), 0.85 * new[0])
    hue = new[1:] * min(1.0, light / max(float(new[0]), 1)) ** 0.5
    return _color(np.array([max(light, brow[0]), *(brow[1:] + WARMER * (hue - brow[1:]))]))


def beard_after(beard: Color, hair: Color, wish: Color) -> Color | None:
    """The color of a beard beside hair that becomes gray: it becomes so in part, as beards do.

    Args:
        beard: its mean color.
        hair: mean color of the hair so far.
        wish: of the hair.

    Returns:
        None where the beard stays.
    """
    old, new, grown = _lab(hair), _lab(wish), _lab(beard)
    if np.hypot(*new[1:]) > 10 or new[0] < max(old[0], grown[0]) + 15:
        return None
    return _color(grown + np.array((0.4, GRAYED, GRAYED)) * (new - grown))


def _lab(color: Any) -> Any:
    rgb = np.asarray(color, np.float32).reshape(1, 1, 3) / np.float32(255)
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[0, 0].astype(np.float64)


def _color(lab: Any) -> Color:
    rgb = cv2.cvtColor(np.asarray(lab, np.float32).reshape(1, 1, 3), cv2.COLOR_LAB2RGB)[0, 0]
    red, green, blue = np.rint(np.clip(rgb, 0, 1) * 255).astype(int)
    return int(red), int(green), int(blue)
