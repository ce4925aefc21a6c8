"""Groups of people, so that no mean hides whom it does not hold for: skin tone as measured, others from the index.

Skin tone is the individual typology angle of the skin's median color (Chardon, Cretois & Hourseau, 1991):

    ITA = atan2(L* − 50, b*) · 180/π

with the classes of Del Bino & Bernerd (2013). Light and camera move it by tens of degrees: the groups hold pictures of
light or dark skin in the picture, not people.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from mien.conditions.labels import INDEX
from mien.evaluation.metrics.color import skimage_color
from mien.types import UInt8

TONES = ((55.0, "very light"), (41.0, "light"), (28.0, "intermediate"), (10.0, "tan"), (-30.0, "brown"))
"""Each from so many degrees; below the last is dark."""

AGES = ((30, "under 30"), (50, "30 to 49"))
"""Each below so many years."""

FEWEST_PIXELS = 64


def typology_angle(image: UInt8, labels: UInt8) -> float | None:
    """ITA of the skin of the face in degrees; None where hardly any is seen.

    Args:
        image: (S, S, 3) uint8 sRGB.
        labels: (S, S) uint8.

    Raises:
        ConfigError: scikit-image is not installed.
    """
    skin = image[np.isin(labels, (INDEX["skin"], INDEX["nose"]))]
    if len(skin) < FEWEST_PIXELS:
        return None
    lightness, _, yellow = np.median(skimage_color().rgb2lab(skin), axis=0)
    return math.degrees(math.atan2(lightness - 50, yellow))


def groups_of(fields: Mapping[str, str], angle: float | None) -> tuple[str, ...]:
    """The groups that a picture is in, each as "kind: group".

    Args:
        fields: what the index says; "gender" is gender presentation, "age" in years, "birth_year".
        angle: see :func:`typology_angle`.
    """
    tone = "unknown" if angle is None else next((name for least, name in TONES if angle > least), "dark")
    found = [f"skin tone: {tone}"]
    if gender := fields.get("gender", "").strip():
        found.append(f"gender presentation: {gender}")
    if (age := fields.get("age", "").strip()).isdecimal():
        found.append(f"age: {next((name for below, name in AGES if int(age) < below), '50 and over')}")
    elif (year := fields.get("birth_year", "").strip()).isdecimal():
        found.append(f"born: {int(year) // 20 * 20} to {int(year) // 20 * 20 + 19}")
    return tuple(found)
