"""What of the marks found in a color photo is damage: bare paper or black dust, sharp, and no color of the picture.

In sepia and gray pictures every fold may be a scratch, and every scratch a fold; colors tell them apart. A fold is a
darker or lighter shade of its cloth, and a mouth's line is red. Where the print is
scratched off or dust lies, pale paper or black is seen instead, whatever is around.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255]; L* in [0, 100]; areas (h, w) bool.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.guides.healing.scratches import Part, parts_of
from mien.types import Bool, Float32

COLORS, TONES = 8.0, 16
"""Color (a*, b*) by which the most colored twentieth of a color photo differs from others of its lightness; and the
steps of lightness in which that is measured."""

PAPER, WHITE = 0.70, 26.0
"""Lightness of bare paper at least, against the lightest of the photo; and its color at most."""

BLACK, NEUTRAL, CALM = 12.0, 10.0, 20.0
"""Lightness and color of black dust at most, and the range of lightness around it: gaps of things lie at edges."""

SPECK_ON = 30.0, 20.0
"""Range of lightness, and of color, around a light speck at most."""

SHARP = 0.22
"""Steepest step per pixel of a mark's border, against how much it stands out: what is out of focus is none."""


def colored(lab: Float32) -> bool:
    """Whether a picture (h, w, 3) of L*, a*, b* has more colors than one for each lightness, as sepia has."""
    pixels = lab[::4, ::4].reshape(-1, 3)
    tone = np.clip(pixels[:, 0] / 100 * TONES, 0, TONES - 1).astype(int)
    away = np.zeros(len(pixels), np.float32)
    for number in np.unique(tone):
        here = tone == number
        away[here] = np.hypot(*(pixels[here, 1:] - np.median(pixels[here, 1:], axis=0)).T)
    return float(np.quantile(away, 0.95)) > COLORS


def sure(picture: Float32, specks: Bool, lines: Bool) -> Bool:
    """(h, w): specks and scratches; in a color photo only those that nothing else looks like."""
    lab = np.asarray(cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)
    if not colored(lab):
        return specks | lines
    light = lab[..., 0]
    white = float(np.quantile(light[::2, ::2], 0.995))
    steep = np.asarray(np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)) / 8, np.float32)
    found = np.zeros(specks.shape, np.bool_)
    for area, speck in ((specks, True), (lines, False)):
        near = cv2.dilate(area.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        for one in parts_of(near, near):
            if _damage(lab, area, steep, white, one, speck):
                found[one.rows, one.columns] |= area[one.rows, one.columns] & one.area
    return found


def _damage(lab: Float32, marks: Bool, steep: Float32, white: float, one: Part, speck: bool) -> bool:
    """Whether marks that belong together are of white paper or black dust."""
    x0, y0, x1, y1 = one.box
    wide = np.s_[max(0, y0 - 4) : y1 + 4, max(0, x0 - 4) : x1 + 4]
    near = np.zeros(marks.shape, np.bool_)[wide]
    near[y0 - wide[0].start : y1 - wide[0].start, x0 - wide[1].start : x1 - wide[1].start] = one.area
    ring = (cv2.dilate(near.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0) & ~near
    if not ring.any():
        return False
    inside, around = lab[wide][near & marks[wide]], lab[wide][ring]
    usual = float(np.median(around[:, 0]))
    lighter = float(np.median(inside[:, 0])) > usual
    order = np.argsort(inside[:, 0])[:: -1 if lighter else 1]
    mark = np.median(inside[order[: max(1, len(order) // 4)]], axis=0)
    if float(np.quantile(steep[wide][near], 0.7)) < SHARP * abs(float(mark[0]) - usual):
        return False
    spread = np.ptp(np.quantile(around, (0.1, 0.9), axis=0), axis=0)
    color = float(np.hypot(*mark[1:]))
    if not lighter:
        return float(mark[0]) < BLACK and color < NEUTRAL and float(spread[0]) < CALM
    if speck and (float(spread[0]) > SPECK_ON[0] or float(np.hypot(*spread[1:])) > SPECK_ON[1]):
        return False
    return float(mark[0]) > PAPER * white and color < WHITE
