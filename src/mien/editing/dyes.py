"""What a dye's color stands for, and what may be dyed at all. No torch here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mien.conditions.colors import is_name, parse_color
from mien.editing.request import Request
from mien.errors import LayerError, UnreadablePhotoError

UNCHANGED = "own"
"""As a color: what the region had before other hair was borrowed."""

RELATIVE: Mapping[str, tuple[tuple[int, int, int], float]] = {
    "lighter": ((255, 240, 220), 0.3),
    "darker": ((16, 11, 9), 0.4),
    "whiter": ((246, 242, 234), 0.45),
    "grayer": ((158, 155, 152), 0.6),
    "redder": ((170, 30, 55), 0.45),
    "rosier": ((205, 70, 80), 0.3),
    "smokier": ((60, 42, 45), 0.4),
}
"""As colors: how far the region's own goes towards another one."""

WARM, DARK, LIGHT = (215, 145, 85), 45.0, 120.0
"""Where what is dark goes instead when it gets lighter, and the levels from which on less and not at all: black hair
becomes brown and not gray."""

SKIN = {
    *("all", "chin", "ears", "face", "forehead", "foreground", "head", "left_ear", "lower_face", "neck", "nose"),
    *("person", "right_ear", "skin", "under_eyes", "left_under_eye", "right_under_eye", "wrinkles"),
}
"""Regions of skin: they are dyed only where ``skin_tone`` says so. Cheeks and eyelids take make-up."""


def check_dyes(request: Request) -> None:
    """Refuses what can be no dye, whatever the photo.

    Raises:
        LayerError: no such region or color, skin without ``skin_tone``, or a swatch whose file is not there.
    """
    for region, value in request.dye.items():
        source = swatch_of(value)
        if source is None:
            check_color(value, region)
        elif not source[0].is_file():
            raise UnreadablePhotoError(f"{source[0]} does not exist or is no ordinary file; check the name.")
    from mien.conditions.regions import check_region, terms  # brings NumPy and OpenCV

    for region in request.dye:
        check_region(region)
        named = {name for sign, name in terms(region) if sign != "-"}
        if named & SKIN and not request.skin_tone:
            raise LayerError(
                f"'{region}' is skin, whose tone is kept; say --skin-tone (skin_tone=True) if another one is meant."
            )


def check_color(value: Any, region: str) -> None:
    """Refuses what stands for no color and is no swatch.

    Raises:
        LayerError: it says how to write a swatch where it is a file.
    """
    if value == UNCHANGED or value in RELATIVE:
        return
    try:
        parse_color(value)
    except LayerError:
        if not isinstance(value, str) or not Path(value).is_file():
            raise
        raise LayerError(
            f"'{value}' is a file; write {value}:{region} for the color of its {region}, @{value} for its mean color."
        ) from None


def swatch_of(value: Any) -> tuple[Path, str] | None:
    """File and region of a swatch; None for a plain color."""
    if not isinstance(value, str):
        return None
    if value.startswith("@"):
        return Path(value[1:]), ""
    file, colon, region = value.rpartition(":")
    if not colon or not file:
        return None
    from mien.conditions.regions import is_expression

    return (Path(file), region) if is_expression(region) else None


def depends_on_hair(region: str, color: Any) -> bool:
    """Whether what a color gives depends on the hair that it is laid on: see :mod:`mien.guides.dyes.hair_chart`."""
    return region == "hair" and is_name(color)


def shaded(color: tuple[int, int, int], name: str) -> tuple[int, int, int]:
    """A color that is "lighter", "darker" or "whiter" than another."""
    goal, share = RELATIVE[name]
    if name == "lighter":
        warm = min(1.0, max(0.0, (LIGHT - sum(color) / 3) / (LIGHT - DARK)))
        away = [round(g + warm * (w - g)) for g, w in zip(goal, WARM, strict=True)]
        goal = away[0], away[1], away[2]
    red, green, blue = (round(c + share * (g - c)) for c, g in zip(color, goal, strict=True))
    return red, green, blue
