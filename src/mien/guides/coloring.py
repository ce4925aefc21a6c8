"""What takes a region's colors to a wished one, light and dark kept, and how each region is dyed.

Convention:
    Lab is CIE L*a*b* of sRGB (D65): L from 0 to 100. Colors are (..., 3) float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import cv2
import numpy as np

from mien.guides.cloth import BEHIND, WORN, Cloth, calmed, cloth, kept_within
from mien.guides.hair_shades import at, brown, locks, shades
from mien.guides.lift import Lift, deepened, detail
from mien.guides.rim import shaded
from mien.interrupt import checkpoint
from mien.threads import side_by_side
from mien.types import Float32

Laid = Callable[[Float32, Sequence[Float32] | None], Float32]
"""Colors (h, w, 3), and the maps (h, w) of their part if there are any -> the dyed colors."""

VIVID = 0.8
"""How much deeper vivid colors stay on dark hair, as a share of ``HELD``."""

MUTED = 32.0
"""Chroma below which sheer colors are twice as sheer: nude lips are gray in warm light else."""

TURN = 0.3
"""Degrees by which natural hair colors turn towards red for each unit of lightness that they lose."""

GLOSS = 0.8
"""How much stronger the shine of lips becomes where they become darker: red lips of the wide portraits' training split
are as bright at their lightest twentieth, over their median, as pale ones are, 20 L*."""

ALIKE = (3.0, 11.0)
"""Distance in Lab of a wish from hair up to which all that is seen in hair stays, and from which nothing has to."""

SAMPLES = 30000
"""Pixels at most by which the mean is set."""

HELD = np.array([0.08, 0.12, 0.12])
"""Share of the wish that very dark hair does not come to: no bleach takes all of it, and the photo's light is dark."""

BEYOND = np.array([14.0, 12.0, 12.0])
"""L*, a* and b* by which the hair of a thin region may go beyond the wish, so that the region comes to it."""

BLACK = 15.0
"""L* below which a wish for hair is black."""

OTHER = (3.0, 15.0)
"""L* by which hair becomes lighter or darker from which on light of what is behind shows at its rim, and fully."""

STEPS = 4001
"""Levels for which hair's colors are told."""

DEEP = 9.0
"""L* below which colors fade: real hair keeps its chroma down to about 15."""


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
        cloth: how lights are bleached and shadows are dull, see :mod:`mien.guides.cloth`; None: as elsewhere.
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
    wanted, maps = _opened_up(lab, alpha, weight, wanted, mean, seen is not None) if settings.lifts else (wanted, None)
    aim: Any = wanted.copy()
    variety = settings.variety * float(np.clip(np.hypot(*wanted[1:]) / 35, 0.3, 1))  # little of red stays in gray

    def made(lab: Float32, maps: Sequence[Float32] | None) -> Float32:
        checkpoint()
        if maps is not None:
            return rgb_of(_hair(lab, maps, aim, mean))
        light = gain * (lab[..., 0] - mean[0])
        if settings.sheer:
            light = _sheer(light, lab[..., 0], float(aim[0]), float(mean[0] - wanted[0]))
        laid = (cloth(settings.cloth) if settings.cloth else _laid_on)(light, variety * (lab[..., 1:] - mean[1:]), aim)
        if settings.sheer and aim[1] < mean[1]:  # nor does the border become less red than the wish
            laid[..., 1] = np.maximum(laid[..., 1], np.minimum(lab[..., 1], np.float32(aim[1])))
        return rgb_of(laid)

    picked = np.flatnonzero(weight)[:: 1 + np.count_nonzero(weight) // SAMPLES]
    few, under, share, light = (
        one.reshape(len(weight.flat), -1)[picked][None]
        for one in (lab, front, alpha if kept is None else alpha * (1 - kept), front if seen is None else seen)
    )
    those = None if maps is None else [one.flat[picked][None] for one in cv2.split(maps)]
    part = weight.flat[picked] / max(float(weight.flat[picked].sum()), 1e-6)
    for _ in range(5):  # the range is limited, so that what was aimed at is missed by a little
        dyed = made(few, those)
        if seen is not None:
            dyed = np.clip(light + share * (dyed - under), 0, 1)
        aim = aim + (wanted - part @ lab_of(dyed)[0])
        aim = np.clip(aim, wanted - BEYOND, wanted + BEYOND)
        aim[0] = np.clip(aim[0], 2, 98)
    strength = np.float32(settings.strength)
    if strength == 1:
        return lambda rgb, maps: made(lab_of(rgb), maps), maps
    return lambda rgb, maps: np.asarray(rgb + strength * (made(lab_of(rgb), maps) - rgb), np.float32), maps


def _opened_up(lab: Float32, alpha: Float32, weight: Any, wanted: Any, mean: Any, rim: bool) -> tuple[Any, Float32]:
    """What hair comes to of a wish in Lab, and its maps (h, w, 5): base, broad and drawn light, gain, hues of locks.

    A rim is as dark as what is inside.
    """
    if mean[0] < wanted[0] < BLACK:  # what is as dark as black dye does not become lighter by it
        wanted = np.array([mean[0], *(mean[1:] + 0.3 * (wanted[1:] - mean[1:]))])
    raised = float(np.clip((wanted[0] - mean[0] - 25) / 25, 0, 1))
    vivid = raised * float(np.clip((np.hypot(*wanted[1:]) - 30) / 10, 0, 1))
    more = float(wanted[0] - mean[0]), float(np.hypot(*wanted[1:]))
    wanted = wanted * (1 - HELD * np.array([raised + VIVID * vivid, raised, raised]))

    def lifted() -> Float32:
        maps = Lift.of(lab[..., 0], weight, float(wanted[0])).maps
        deepened(maps, *more)
        if rim:
            shaded(maps, alpha, lab[..., 0], float(np.interp(abs(more[0]), OTHER, (0, 1))))
        return maps

    maps, hues = side_by_side(lifted, partial(locks, lab, weight, wanted))
    return wanted, np.dstack([maps[..., 0], maps[..., 1] + maps[..., 3], maps[..., 2], hues])


def _shifted(lab: Float32, mean: Any, aim: Any) -> Float32:
    """Hair (..., 3) of nearly the wished color already, in Lab: all that is seen in it stays."""
    light, change = lab[..., 0], (aim - mean).astype(np.float32)
    if change[0] < 0:
        change_of = light * (change[0] / max(float(mean[0]), 1.0))
    else:
        change_of = change[0] * np.clip((100 - light) / max(100 - float(mean[0]), 1.0), 0, 1)
    deep = np.clip(light / max(float(mean[0]), 1.0), 0, 1)[..., None]
    return np.dstack([light + change_of, lab[..., 1:] + deep * change[1:]]).astype(np.float32)


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
    deep = _deep(light, aim)
    pale = np.clip((100 - light) / max(100 - aim[0], 1), 0, 1) ** 0.7
    pale = pale * (
        1 + 0.35 * np.clip((light - aim[0]) / max(aim[0], 10), 0, 1)
    )  # colors of dark hair glow in the light
    hue = shaded_hue(aim[1:], aim[0] - light)
    return np.dstack([light, hue * (deep * pale)[..., None] + hues * deep[..., None]]).astype(np.float32)


def _hair(lab: Float32, maps: Sequence[Float32], aim: Any, mean: Any) -> Float32:
    """The same of hair with its maps, with the colors that real hair has at each lightness, as far as it is another."""
    other = float(np.interp(np.linalg.norm(aim - mean), ALIKE, (0, 1)))
    full = _tabled(detail(maps, cv2.extractChannel(lab, 0)), maps[3:], aim, brown(mean))
    return full if other == 1 else np.asarray(other * full + (1 - other) * _shifted(lab, mean, aim), np.float32)


def _tabled(detail: Float32, hues: Sequence[Float32], aim: Float32, pigment: float) -> Float32:
    """Hair's colors, read from a table over ``detail``, light around the aim."""
    table = _table(pigment, *(float(one) for one in aim))
    index = ((detail + np.float32(100)) * np.float32((STEPS - 1) / 200) + np.float32(0.5)).astype(np.int32)
    light, red, yellow, deep = cv2.split(table.take(index, axis=0, mode="clip"))
    return np.asarray(cv2.merge([light, red + hues[0] * deep, yellow + hues[1] * deep]), np.float32)


@lru_cache(maxsize=8)
def _table(pigment: float, *aim: float) -> Float32:
    """(``STEPS``, 4) Lab of hair around an aim, and how deep its locks' hues are; the parts of a picture share it."""
    middle = np.array(aim)
    light = kept_within(np.linspace(-100, 100, STEPS, dtype=np.float32), middle)
    return np.column_stack([light, at(shades(middle, pigment), light), _deep(light, middle)]).astype(np.float32)


def _deep(light: Float32, aim: Float32) -> Float32:
    """How much of their chroma colors have where they are as dark, over that at the aim."""
    faded = (1 - np.exp(-np.maximum(light, 0) / DEEP)) / (1 - np.exp(-max(float(aim[0]), 1) / DEEP))
    return np.asarray(faded, np.float32)


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
