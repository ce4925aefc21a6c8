"""Colors that a sentence asks for, given to a finished face: of hair and lips.

Legend: S side of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import cv2
import numpy as np

from mien.align.measure import describe_face
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.dyes.bordered import dyed_hair
from mien.guides.dyes.coloring import SETTINGS
from mien.guides.dyes.dye import dye, mean_color
from mien.guides.regions import region_matte
from mien.guides.traits import lab_of
from mien.types import Face, Float32, Photo, UInt8

DARK, FAR = 40.0, (14.0, 26.0)
"""CIE L*, a*, b* by which a color of hair is missed before anything is done, for colors of less L* and for lighter,
in which hair looks painted sooner."""

MOSTLY = (0.75, 0.35)
"""How much of the way hair goes, and for fair hair, which is a wig else: all of it glows."""

DARKER, FADED = (10.0, 3.0, 8.0), 0.55
"""L* by which hair is lighter than what it shall be from which it goes all of the way, and by how much it goes farther,
and where it is gray: fair hair that goes three quarters of the way to brown is ginger; and the share of the chroma that
gray hair gets."""

FAIR, GRAY, BROWN = 10.0, 7.0, 50.0
"""Chroma from which light hair is fair, and up to which it is gray; and L* up to which a color of hair is brown."""

GINGER = 20.0
"""a* from which a color is red, all of whose hue gray hair gets."""

LIPS, SHEER, THICK = (146, 26, 42), 0.0, 1.6
"""sRGB of lipstick of which no color is named, the share of the lips' own hue that shows through any, and by how much
more of it lies on thin lips than the matte of lips tells."""


def colored(
    picture: UInt8,
    points: Float32,
    mean: Float32,
    wished: Mapping[str, Float32],
    parser: FaceParser,
    *,
    streaked: bool = False,
) -> UInt8:
    """A face with the colors that are wished for, where they are missed.

    Args:
        picture: (S, S, 3) sRGB.
        points: (478, 3) landmarks in pixels.
        mean: (478, 3) the mean face.
        wished: CIE L*, a*, b* (3,) by attribute: "hair-color", "lip-color"; others are left alone.
        parser: finds the parts.
        streaked: whether hair is brown in the mean, and seen to be fair.
    """
    photo, face = Photo(picture), describe_face(points, 1.0, mean)
    if "hair-color" in wished:
        photo = _hair(photo, face, wished["hair-color"], parser, streaked=streaked)
    if "lip-color" in wished:
        with suppress(LayerError):  # no lips are seen
            lips = np.minimum(THICK * region_matte(photo, face, "lips", parser), 1).astype(np.float32)
            settings = replace(SETTINGS["lips"], sheer=SHEER, light=1.0)
            photo = dye(photo, lips, _srgb(wished["lip-color"]), settings).over(photo)[0]
    return np.asarray(photo.pixels, np.uint8)


def _hair(photo: Photo, face: Face, color: Float32, parser: FaceParser, *, streaked: bool) -> Photo:
    try:
        alpha = region_matte(photo, face, "hair", parser)
    except LayerError:
        return photo
    found = lab_of(np.array(mean_color(photo, alpha), np.uint8)[None, None])[0, 0]
    gray, hued = (float(np.hypot(*one[1:])) for one in (found, color))
    grayed = gray < GRAY and hued > FAIR
    missed = grayed or (streaked and hued > FAIR and color[0] < BROWN)
    if np.linalg.norm(found - color) < FAR[int(color[0] >= DARK)] and not missed:
        return photo
    shade = _shade(found, color, grayed=grayed, all_of_it=missed and color[0] < BROWN)
    return dyed_hair(photo, face, alpha, _srgb(shade), SETTINGS["hair"], parser).over(photo)[0]


def _shade(found: Float32, color: Float32, *, grayed: bool, all_of_it: bool) -> Float32:
    """CIE L*, a*, b* that hair is dyed with, given its own mean and what is wished for."""
    if all_of_it or found[0] > color[0] + DARKER[0]:
        faded = FADED if grayed and color[1] < GINGER else 1.0
        return np.array([color[0] - DARKER[1 + grayed], *(faded * color[1:])], np.float32)
    fair = color[0] >= DARK and float(np.hypot(*color[1:])) > FAIR and not grayed
    return np.asarray(found + MOSTLY[fair] * (color - found), np.float32)


def _srgb(lab: Float32) -> tuple[int, int, int]:
    rgb = cv2.cvtColor(lab.astype(np.float32)[None, None], cv2.COLOR_LAB2RGB)[0, 0] * 255
    red, green, blue = (round(float(v)) for v in np.clip(rgb, 0, 255))
    return red, green, blue
