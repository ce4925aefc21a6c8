"""What the name of a hair color gives on hair of another lightness, as hairdressers' charts tell it.

A name is a family of colors: blond is dark blond on hair that was black, and pink is deep magenta. So a named color is
laid on as it is while hair becomes lighter by no more than one bleach lifts, and beyond that goes a third of the way
(docs/log.md, "names of hair colors on dark hair"). Colors that hair does not fade to, red and blue ones, are laid on
dark hair with little bleach: vivid hair of the wide portraits is 20 to 41 L*, 30 in the middle; and gray grows among
hair that stays dark.

Convention:
    Lab is CIE L*a*b* of sRGB (D65): L from 0 to 100.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mien.guides.dyes.coloring import lab_of, rgb_of, shaded_hue
from mien.guides.light import beside_skin, under_light
from mien.types import Face, Photo

Color = tuple[int, int, int]

HAIR = (2.0, 8.0, 18.0, 28.0)
"""L* of hair: black that shows nothing, black with some lights, dark and brown hair."""

FAIR, STRONG, GRAY = (7.0, 12.0, 17.0, 22.0), (6.0, 9.0, 10.0, 10.0), (7.0, 11.0, 15.0, 17.0)
"""L* by which such hair becomes lighter as named: in colors that it fades to, in red, blue and other ones, and gray.
What black hair does not show, no dye can: farther on it is fog."""

UNSEEN = ((0.2, 0.5), (1.0, 0.5))
"""Shares of hair that are black from which on less of that comes, and half of it."""

PALE = (55.0, 75.0)
"""L* of red, blue and other colors from which hair begins to be bleached for them, and is: pastel pink."""

BEYOND = 0.22
"""How much of what a name asks for beyond that comes."""

NATURAL = ((10, 3, 3), (19, 5, 8), (29, 9, 14), (42, 11, 18), (50, 11, 20), (60, 11, 23), (68, 10, 23), (78, 8, 20))
"""Lab of hair as it grows, from black to light blond."""

GROWN, FAINT = (50.0, 62.0, 95.0, 110.0), (3.0, 7.0)
"""Hues, in degrees, at which colors begin to be those of fair hair as it grows, are, and end to be; and chroma."""

SHORT = 12.0
"""L* by which hair is darker than its color's name from which on that is told."""

BRIGHT, OF_IT = 55.0, 0.5
"""L* of names from which on heads are darker than their locks, and how much of what is beyond comes: of 581 portraits
blond heads have 51 to 66, white ones 60 to 77; lighter blond is flat, and skin's color."""

AMONG = 0.12
"""How much of the color of hair of its lightness gray has that grows among dark hair."""

LESS, AS_NAMED, HUE = 12.0, 0.6, 0.3
"""L* below its name at which such a color is as warm as hair of its lightness is, the power by which paler names are
paler, and how much the name's hue counts: the hue of light blond is green in dark blond."""


def charted(wish: Color, hair: Color, black: float = 0.0) -> Color:
    """The color that a name gives on hair, sRGB, 0 to 255.

    Args:
        wish: sRGB that the name stands for.
        hair: mean sRGB of the hair so far.
        black: share of it that shows nothing but black.
    """
    want, have = _lab(wish), _lab(hair)
    usual = on_a_head(wish, float(have[0]))
    most = _lab(usual)
    hue = np.asarray(want[1:], np.float64)
    angle, chroma = float(np.degrees(np.arctan2(hue[1], hue[0]))), float(np.hypot(*hue))
    faint = float(np.interp(chroma, FAINT, (1, 0)))
    bleached = max(float(np.interp(angle, GROWN, (0, 1, 1, 0))), float(np.interp(want[0], PALE, (0, 1))))
    fair, strong, gray = (float(np.interp(have[0], HAIR, ends)) for ends in (FAIR, STRONG, GRAY))
    colored = strong + (fair - strong) * bleached
    seen = float(np.interp(black, UNSEEN[0], UNSEEN[1]))
    whole = seen * (colored + faint * (gray - colored))
    more = float(want[0] - have[0]) - whole
    light = have[0] + whole + seen * BEYOND * more
    if light >= most[0]:
        return usual
    less = min(1.0, float(most[0] - light) / LESS)
    made = shaded_hue(most[1:], float(most[0] - light)) * (light + 8) / (most[0] + 8)
    made += AMONG * faint * less * _grown(light)
    share = np.interp(angle, GROWN, (0, 1, 1, 0)) * (1 - faint) * less
    if share:  # dark blond is warmer than platinum in shade
        here, there = (_grown(one) for one in (light, want[0]))
        grown = float(np.hypot(*here)) * (chroma / float(np.hypot(*there))) ** AS_NAMED
        mixed = here / np.hypot(*here) + HUE * hue / chroma
        made += share * (grown * mixed / np.hypot(*mixed) - made)
    return _color(np.array([light, *made]))


def named(wish: Color, hair: Color, black: float, photo: Photo, face: Face) -> Color:
    """The color that a name gives on a photo's hair, in its light; ``wish``, ``hair``, ``black`` as :func:`charted`."""
    return beside_skin(under_light(charted(wish, hair, black), photo, face, hair), photo, face, hair)


def on_a_head(wish: Color, hair: float) -> Color:
    """A name's color as a whole head has it, whose depths are dark, though no darker than hair of so many L*."""
    want = _lab(wish)
    if want[0] <= BRIGHT:
        return wish
    light = min(float(want[0]), max(BRIGHT + OF_IT * float(want[0] - BRIGHT), hair))
    return _color(np.array([light, *(want[1:] * (light + 8) / (want[0] + 8))]))


def falls_short(wish: Color, made: Color) -> bool:
    """Whether hair stays much darker than a name says."""
    return float(_lab(on_a_head(wish, 0.0))[0] - _lab(made)[0]) > SHORT


def _grown(light: float) -> Any:
    """a* and b* (2,) of hair as it grows, of a lightness."""
    levels, *hue = zip(*NATURAL, strict=True)
    return np.array([np.interp(light, levels, one) for one in hue])


def _lab(color: Color) -> Any:
    """Lab (3,) of sRGB, 0 to 255."""
    return lab_of(np.array([[color]], np.float32) / np.float32(255))[0, 0].astype(np.float64)


def _color(lab: Any) -> Color:
    rgb = 255 * rgb_of(np.asarray(lab, np.float32)[None, None])[0, 0]
    red, green, blue = (round(float(one)) for one in rgb)
    return red, green, blue
