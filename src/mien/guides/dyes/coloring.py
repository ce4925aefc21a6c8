"""What takes a region's colors to a wished one, light and dark kept, and how each region is dyed.

Convention:
    Lab is CIE L*a*b* of sRGB (D65): L from 0 to 100. Colors are (..., 3) float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import cv2
import numpy as np

from mien.guides.dyes.cloth import BEHIND, WORN, Cloth, calmed, cloth, kept_within
from mien.guides.dyes.hair_tones import deep_at, hair_toned, opened_up
from mien.interrupt import checkpoint
from mien.types import Float32

Laid = Callable[[Float32, Sequence[Float32] | None], Float32]
"""Colors (h, w, 3), and the maps (h, w) of their part if there are any -> the dyed colors."""

MUTED = 32.0
"""Chroma below which sheer colors are twice as sheer: nude lips are gray in warm light else."""

TURN = 0.3
"""Degrees by which natural hair colors turn towards red for each unit of lightness that they lose."""

GLOSS = 0.8
"""How much stronger the shine of lips becomes where they become darker: red lips of the wide portraits' training split
are as bright at their lightest twentieth, over their median, as pale ones are, 20 L*."""

SAMPLES = 30000
"""Pixels at most by which the mean is set."""

BEYOND = np.array([14.0, 12.0, 12.0])
"""L*, a* and b* by which the hair of a thin region may go beyond the wish, so that the region comes to it."""


@dataclass(frozen=True)
class Dye:
    """How a color is laid on.

    Attributes:
        strength: in [0, 1], 1 takes all of the color.
        contrast: range of the factor by which light and dark within the region may change with its lightness.
        variety: how much of the region's own play of hues stays.
        light: in [0, 1], how much of the color's lightness counts against the region's: eyes lie in shadow.
        brighter: the same where the color is lighter than the region: no lipstick is lighter than the light allows.
        cast: share of the region's mean hue that grays keep: in warm light, what is gray looks warm.
        sheer: share of the region's mean hue that shows through every color.
        strands: whether soft pixels of the matte are strands before something else, whose colors are told apart.
        vivid: the largest chroma that a region of lightness 50 may have; darker ones have less. Eyes never glow.
        cloth: how lights are bleached and shadows are dull, see :mod:`mien.guides.dyes.cloth`; None: as elsewhere.
        lifts: whether what becomes lighter is opened up: strands that black hair hides are seen in blond.
    """

    strength: float = 1.0
    contrast: tuple[float, float] = (0.5, 2.0)
    variety: float = 0.35
    light: float = 1.0
    brighter: float = 1.0
    cast: float = 0.15
    sheer: float = 0.0
    lifts: bool = False
    strands: bool = True
    vivid: float = 150.0
    cloth: Cloth | None = None


SETTINGS: Mapping[str, Dye] = {
    "hair": Dye(lifts=True),
    "irises": Dye(0.8, light=0.35, variety=0.5, strands=False, vivid=22),
    "brows": Dye(variety=0.15, light=0.6, cast=0.6, strands=False),
    "beard": Dye(contrast=(0.6, 1.5), variety=0.15, light=0.6, cast=0.6, strands=False),
    "moustache": Dye(contrast=(0.6, 1.5), variety=0.15, light=0.6, cast=0.6, strands=False),
    "lips": Dye(contrast=(0.9, 1.1), light=0.65, brighter=0.12, variety=0.7, sheer=0.36, strands=False, vivid=50),
    "teeth": Dye(0.6, light=0.5, strands=False),
    **dict.fromkeys(
        ("cheeks", "left_cheek", "right_cheek"),
        Dye(0.75, light=0.25, brighter=0.1, variety=1.0, strands=False, vivid=42),
    ),
    **dict.fromkeys(("eyelids", "left_eyelid", "right_eyelid"), Dye(0.8, variety=0.7, strands=False)),
    "skin": Dye(light=0.5, strands=False),
    **dict.fromkeys(("clothes", "cloth"), Dye(cloth=WORN, vivid=1e3)),
    "background": Dye(cloth=BEHIND, vivid=1e3),
}
"""Where the defaults are not what looks real."""

FOLLOWING = Dye(variety=1.5, cast=0, strands=False)
"""For beards that become gray with the hair: brown hairs stay among them."""


def curve(front: Float32, alpha: Float32, color: Float32, settings: Dye) -> Callable[[Float32], Float32]:
    """What takes a region's colors (..., 3) to those whose mean is ``color`` (3,), light and dark kept.

    Args:
        front: (H, W, 3) the region's colors, reduced if it is large.
        alpha: (H, W) the region's matte.
    """
    laid, _ = coloring(front, alpha, color, replace(settings, lifts=False), None)
    return lambda rgb: laid(rgb, None)


def coloring(
    front: Float32,
    alpha: Float32,
    color: Float32,
    settings: Dye,
    seen: Float32 | None,
    kept: Float32 | None = None,
) -> tuple[Laid, Float32 | None]:
    """What takes colors, with the maps of their part, to the wished ones; and the maps (H, W, 5), if there are any.

    The mean counts in the picture (H, W, 3) that the region is dyed in; None: of the region alone. Of ``kept`` (H, W)
    the colors stay.
    """
    weight: Any = np.where(alpha > 0.5, alpha, 0)
    weight = weight / max(float(weight.sum()), 1e-6)
    lab = lab_of(front)
    mean: Any = np.tensordot(weight, lab, 2)
    wanted = aimed(lab_of(color[None, None])[0, 0], mean, settings)
    gain = calmed(lab[..., 0], weight, mean, settings.cloth)
    gain *= float(np.clip(((wanted[0] + 16) / (mean[0] + 16)) ** 0.7, *settings.contrast))
    wanted, maps = opened_up(lab, alpha, weight, wanted, mean, seen is not None) if settings.lifts else (wanted, None)
    variety = settings.variety * float(np.clip(np.hypot(*wanted[1:]) / 35, 0.3, 1))  # little of red stays in gray
    toned = partial(_toned, settings, mean, wanted, gain, variety)
    share = alpha if kept is None else alpha * (1 - kept)
    aim = _met(toned, wanted, weight, (lab, front, share, front if seen is None else seen), maps, seen is not None)
    strength = np.float32(settings.strength)
    if strength == 1:
        return lambda rgb, maps: toned(aim, lab_of(rgb), maps), maps
    return lambda rgb, maps: np.asarray(rgb + strength * (toned(aim, lab_of(rgb), maps) - rgb), np.float32), maps


def _toned(
    settings: Dye,
    mean: Any,
    wanted: Any,
    gain: float,
    variety: float,
    aim: Any,
    lab: Float32,
    maps: Sequence[Float32] | None,
) -> Float32:
    """Colors (..., 3) of Lab with its maps, around an aim (3,), which makes up for what is missed of the wish.

    Args:
        settings: of the region.
        mean, wanted: (3,) Lab of the region as it is, and as it should be.
        gain: of its light and dark.
        variety: of its hues.
    """
    checkpoint()
    if maps is not None:
        return rgb_of(hair_toned(lab, maps, aim, mean))
    light = gain * (lab[..., 0] - mean[0])
    if settings.sheer:
        light = _sheer(light, lab[..., 0], float(aim[0]), float(mean[0] - wanted[0]))
    laid = (cloth(settings.cloth) if settings.cloth else _laid_on)(light, variety * (lab[..., 1:] - mean[1:]), aim)
    if settings.sheer and aim[1] < mean[1]:  # nor does the border become less red than the wish
        laid[..., 1] = np.maximum(laid[..., 1], np.minimum(lab[..., 1], np.float32(aim[1])))
    return rgb_of(laid)


def _met(
    toned: Callable[[Any, Float32, Sequence[Float32] | None], Float32],
    wanted: Any,
    weight: Any,
    planes: tuple[Float32, ...],
    maps: Float32 | None,
    within: bool,
) -> Any:
    """(3,) the aim around which colors have the wished mean in Lab.

    Args:
        toned: colors of an aim, of Lab and of its maps.
        wanted: (3,) the mean in Lab.
        weight: (H, W) of the mean.
        planes: Lab and colors of the region, its share, and the picture that the mean counts in.
        maps: (H, W, 5) of hair.
        within: whether the mean counts in the picture, not in the region alone.
    """
    picked = np.flatnonzero(weight)[:: 1 + np.count_nonzero(weight) // SAMPLES]
    few, under, share, light = (one.reshape(len(weight.flat), -1)[picked][None] for one in planes)
    those = None if maps is None else [one.flat[picked][None] for one in cv2.split(maps)]
    part = weight.flat[picked] / max(float(weight.flat[picked].sum()), 1e-6)
    aim: Any = wanted.copy()
    for _ in range(5):  # the range is limited, so that what was aimed at is missed by a little
        dyed = toned(aim, few, those)
        if within:
            dyed = np.clip(light + share * (dyed - under), 0, 1)
        aim = aim + (wanted - part @ lab_of(dyed)[0])
        aim = np.clip(aim, wanted - BEYOND, wanted + BEYOND)
        aim[0] = np.clip(aim[0], 2, 98)
    return aim


def _sheer(light: Float32, before: Float32, aim: float, darker: float) -> Float32:
    """L* (...) over that of a sheer color: shine stays, and so does what is lighter than the color, as skin is."""
    light = np.where(light > 0, (1 + GLOSS * float(np.clip(darker / 15, 0, 1))) * light, light)
    return np.asarray(np.minimum(light, np.maximum(before - aim, 0) + max(0.0, darker)), np.float32)


def aimed(wish: Any, mean: Any, settings: Dye) -> Any:
    """Lab (3,) of a wish where a region of a mean Lab lies in shadow, and under light that tints grays."""
    wanted = wish.copy()
    bright = float(wanted[0])
    share = min(settings.light, settings.brighter if bright > mean[0] else 1)
    wanted[0] += (1 - share) * (mean[0] - wanted[0])
    wanted[1:] = shaded_hue(wanted[1:], bright - wanted[0]) * min(1.0, wanted[0] / max(bright, 1)) ** 0.85
    wanted[1:] += settings.cast * np.clip(1 - np.hypot(*wanted[1:]) / 30, 0, 1) * mean[1:]
    muted = float(np.clip((MUTED - np.hypot(*wanted[1:])) / 12, 0, 1))
    wanted[1:] += settings.sheer * (1 + muted) * (mean[1:] - wanted[1:])
    most = settings.vivid * (max(float(wanted[0]), 1) / 50) ** 0.75
    wanted[1:] *= min(1.0, most / max(float(np.hypot(*wanted[1:])), 1e-6))
    return wanted


def _laid_on(detail: Float32, hues: Float32, aim: Float32) -> Float32:
    """Lab: lightness around the aim, softly kept within the range; colors fade towards black and white."""
    light = kept_within(detail, aim)
    deep = deep_at(light, aim)
    pale = np.clip((100 - light) / max(100 - aim[0], 1), 0, 1) ** 0.7
    pale = pale * (
        1 + 0.35 * np.clip((light - aim[0]) / max(aim[0], 10), 0, 1)
    )  # colors of dark hair glow in the light
    hue = shaded_hue(aim[1:], aim[0] - light)
    return np.dstack([light, hue * (deep * pale)[..., None] + hues * deep[..., None]]).astype(np.float32)


def shaded_hue(hue: Any, darker: Any) -> Any:
    """a* and b* (..., 2) of a natural hair color where it is darker: blond in shadow is brown, and not olive."""
    angle = float(np.degrees(np.arctan2(hue[1], hue[0])))
    natural = np.clip(min(angle - 35, 115 - angle) / 20, 0, 1)
    turn = np.radians(np.clip(-TURN * natural * np.asarray(darker), -14, 10))
    c, s = np.cos(turn), np.sin(turn)
    return np.stack([c * hue[0] - s * hue[1], s * hue[0] + c * hue[1]], -1)


def lab_of(rgb: Float32) -> Float32:
    """CIE L*a*b* (H, W, 3) of sRGB in [0, 1]."""
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32), cv2.COLOR_RGB2LAB), np.float32)


def rgb_of(lab: Float32) -> Float32:
    """sRGB (H, W, 3) in [0, 1], clipped, of CIE L*a*b*."""
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1), np.float32)
