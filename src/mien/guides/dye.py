"""Dye: a region takes on a colour; strands, shadows and highlights stay.

Convention:
    Lab is CIE L*a*b* of sRGB (D65): L from 0 to 100. Pictures are (H, W, 3) float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageFilter

from mien.compose.matte import part_at
from mien.guides.guide import Box, Guide, box_of
from mien.guides.lift import Lift, detail
from mien.guides.rim import shaded, unmixed
from mien.photos.color import from_srgb, to_srgb
from mien.types import Float32, Photo

LARGEST = 768
"""Longer side at which the region's colours are told from those behind it."""

STRIP, NODES = 256, 33
"""Rows that are dyed at a time, and levels of each channel for which the dye is computed."""

VIVID = 0.8
"""How much deeper vivid colours stay on dark hair, as a share of ``HELD``."""

TURN = 0.3
"""Degrees by which natural hair colours turn towards red for each unit of lightness that they lose."""

HELD = np.array([0.08, 0.12, 0.12])
"""Share of the wish that very dark hair does not come to: no bleach takes all of it, and the photo's light is dark."""

BEYOND = np.array([14.0, 12.0, 12.0])
"""L*, a* and b* by which the hair of a thin region may go beyond the wish, so that the region comes to it."""

DEEP = 9.0
"""L* below which colours fade: real hair keeps its chroma down to about 15."""

THIN = 0.6
"""How far the matte of thin hair is evened out where it becomes lighter: strands stay darker than the skin between."""

SEEN = 1 / 255
"""Part of a pixel below which a matte says that nothing of the region is there."""


@dataclass(frozen=True)
class Dye:
    """How a colour is laid on.

    Attributes:
        strength: in [0, 1], 1 takes all of the colour.
        contrast: range of the factor by which light and dark within the region may change with its lightness.
        variety: how much of the region's own play of hues stays.
        light: in [0, 1], how much of the colour's lightness counts against the region's: eyes lie in shadow.
        cast: share of the region's mean hue that grays keep: in warm light, what is gray looks warm.
        strands: whether soft pixels of the matte are strands before something else, whose colours are told apart.
        vivid: the largest chroma that a region of lightness 50 may have; darker ones have less. Eyes never glow.
        lifts: whether what becomes lighter is opened up: strands that black hair hides are seen in blond.
    """

    strength: float = 1.0
    contrast: tuple[float, float] = (0.5, 2.0)
    variety: float = 0.35
    light: float = 1.0
    cast: float = 0.15
    lifts: bool = False
    strands: bool = True
    vivid: float = 150.0


SETTINGS: Mapping[str, Dye] = {
    "hair": Dye(lifts=True),
    "irises": Dye(0.8, light=0.35, variety=0.5, strands=False, vivid=22),
    "brows": Dye(variety=0.15, light=0.6, cast=0.6, strands=False),
    "beard": Dye(contrast=(0.6, 1.5), variety=0.15, light=0.6, cast=0.6, strands=False),
    "moustache": Dye(contrast=(0.6, 1.5), variety=0.15, light=0.6, cast=0.6, strands=False),
    "lips": Dye(contrast=(0.7, 1.4), light=0.55, strands=False, vivid=44),
    "teeth": Dye(0.6, light=0.5, strands=False),
    "skin": Dye(light=0.5, strands=False),
}
"""Where the defaults are not what looks real."""

FOLLOWING = Dye(variety=0.3, cast=0, strands=False)
"""For brows that follow the hair."""


def dye(photo: Photo, alpha: Float32, color: tuple[int, int, int], settings: Dye | None = None) -> Guide:
    """A region in another colour.

    Args:
        photo: any.
        alpha: (H, W) the region's matte.
        color: sRGB, what the region's mean shall be.
        settings: None takes the defaults.

    Raises:
        ValueError: the matte is empty.
    """
    box = _box_of(alpha)
    x0, y0, x1, y1 = box
    shrink = min(1.0, LARGEST / max(x1 - x0, y1 - y0))
    size = (max(2, round((x1 - x0) * shrink)), max(2, round((y1 - y0) * shrink)))
    picture, a = to_srgb(photo, box), alpha[y0:y1, x0:x1]
    small, covered = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (picture, a))
    layers = Layers.of(small.astype(np.float32) / np.float32(255), covered, color, settings or Dye())
    samples = photo.pixels[y0:y1, x0:x1].copy()
    highest = 2**photo.bits - 1
    for top in range(0, y1 - y0, STRIP):
        rows = (0, top, x1 - x0, min(y1 - y0, top + STRIP))
        here = np.s_[top : rows[3]]
        part = picture[here].astype(np.float32)
        made = layers.over(part, a[here], (x1 - x0, y1 - y0), rows)
        change = from_srgb(made, photo) - from_srgb(part, photo)
        samples[here] = np.rint(np.clip(samples[here] + change, 0, highest)).astype(samples.dtype)
    return Guide(box, samples, (a > SEEN).astype(np.float32))


@dataclass(frozen=True, eq=False)
class Layers:
    """A region of a reduced picture (h, w), ready to be dyed at any size.

    Attributes:
        through: (h, w, 3) what is to be added to the picture so that nothing of what lies behind is seen.
        rim: (h, w, 5) mean colours nearby times their share, that share, and an even matte.
        back: (h, w, 3) the colours behind; None: soft pixels are no strands.
        laid, maps: what takes colours, with their maps, to the dyed ones.
        table: the same as a filter, where there are no maps.
        lifted: in [0, 1], how much lighter the region becomes.
    """

    through: Float32
    rim: Float32
    back: Float32 | None
    laid: Callable[[Float32, Float32 | None], Float32]
    maps: Float32 | None
    table: Any
    lifted: float

    @classmethod
    def of(cls, seen: Float32, alpha: Float32, color: tuple[int, int, int], settings: Dye) -> Layers:
        """Of a region (h, w, 3) with a matte (h, w)."""
        none = np.zeros((*alpha.shape, 5), np.float32)
        pure, rim, back = unmixed(seen, alpha) if settings.strands else (seen, none, None)
        front = pure * (1 - rim[..., 3:4]) + rim[..., :3]
        shares = (seen, rim[..., 3]) if settings.strands else None
        laid, maps = _coloring(front, alpha, np.array(color, np.float32) / np.float32(255), settings, shares)
        bright = cv2.mean(front, (alpha > 0.5).astype(np.uint8))
        lifted = float(np.clip((sum(color) / 3 - 85 * sum(bright)) / 40, 0, 1))
        table = None if maps is not None else _table(lambda rgb: laid(rgb, None))
        return cls(pure - seen, rim, back, laid, maps, table, lifted)

    def over(self, part: Float32, alpha: Float32, size: tuple[int, int], rows: Box) -> Float32:
        """Rows of the picture at another size, (H, W, 3) in [0, 255], dyed; their matte is (H, W)."""
        if self.back is None:
            return np.clip(part + alpha[..., None] * (self._dyed(part, size, rows) - part), 0, 255)
        through = part_at(self.through, size, rows) * np.float32(255)
        even, near, calm = np.split(part_at(self.rim, size, rows), [3, 4], 2)
        here = alpha[..., None]
        here = here + THIN * self.lifted * near * (calm - here) * (here > SEEN)
        ahead = np.rint(np.clip((part + through) * (1 - near) + even * 255, 0, 255))
        dyed = self._dyed(ahead, size, rows)
        ends = (dyed, part, part_at(self.back, size, rows) * np.float32(255))  # a mixture lies between its colours
        made = np.clip(part + here * (dyed - ahead), np.minimum.reduce(ends), np.maximum.reduce(ends))
        return np.asarray(np.clip(made, 0, 255), np.float32)

    def _dyed(self, ahead: Float32, size: tuple[int, int], rows: Box) -> Float32:
        if self.table is not None:
            return np.asarray(Image.fromarray(ahead.astype(np.uint8)).filter(self.table)).astype(np.float32)
        assert self.maps is not None
        return np.asarray(255 * self.laid(ahead / np.float32(255), part_at(self.maps, size, rows)), np.float32)


def mean_color(photo: Photo, alpha: Float32) -> tuple[int, int, int]:
    """The mean sRGB colour of a region with a matte (H, W).

    Raises:
        ValueError: the matte is empty.
    """
    x0, y0, x1, y1 = box = _box_of(alpha)
    shrink = min(1.0, LARGEST / max(x1 - x0, y1 - y0))
    size = (max(1, round((x1 - x0) * shrink)), max(1, round((y1 - y0) * shrink)))
    pictures = (to_srgb(photo, box), alpha[y0:y1, x0:x1])
    small, weight = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in pictures)
    weight = np.where(weight > 0.5 * weight.max(), weight, 0)
    mean: Any = np.tensordot(weight / weight.sum(), _lab(small / np.float32(255)), 2)
    red, green, blue = np.rint(_rgb(mean.astype(np.float32)[None, None])[0, 0] * 255).astype(int)
    return int(red), int(green), int(blue)


def curve(front: Float32, alpha: Float32, color: Float32, settings: Dye) -> Callable[[Float32], Float32]:
    """What takes a region's colours (..., 3) to those whose mean is ``color`` (3,), light and dark kept.

    Args:
        front: (H, W, 3) the region's colours, reduced if it is large.
        alpha: (H, W) the region's matte.
    """
    laid, _ = _coloring(front, alpha, color, replace(settings, lifts=False), None)
    return lambda rgb: laid(rgb, None)


def _coloring(
    front: Float32, alpha: Float32, color: Float32, settings: Dye, shares: tuple[Float32, Float32] | None
) -> tuple[Callable[[Float32, Float32 | None], Float32], Float32 | None]:
    """What takes colours (..., 3), with the maps of their part, to the wished ones; and the maps, if there are any.

    The mean counts in the picture (H, W, 3) that the region is dyed in, with its rim (H, W); None: of the region alone.
    """
    weight: Any = np.where(alpha > 0.5, alpha, 0)
    weight = weight / max(float(weight.sum()), 1e-6)
    lab, wanted = _lab(front), _lab(color[None, None])[0, 0]
    mean: Any = np.tensordot(weight, lab, 2)
    wanted = _wanted(wanted, mean, settings)
    low, high = settings.contrast
    gain = float(np.clip(((wanted[0] + 16) / (mean[0] + 16)) ** 0.7, low, high))
    held = HELD * np.array([1 + VIVID * np.clip((np.hypot(*wanted[1:]) - 30) / 10, 0, 1), 1, 1])
    wanted = wanted * (1 - np.clip((wanted[0] - mean[0] - 25) / 25, 0, 1) * held * settings.lifts)
    maps = Lift.of(lab[..., 0], weight, float(wanted[0])).maps if settings.lifts else None
    if maps is not None and shares is not None:
        shaded(maps, alpha, shares[1])
    aim: Any = wanted.copy()
    variety = settings.variety * float(np.clip(np.hypot(*wanted[1:]) / 35, 0.3, 1))  # little of red stays in gray

    def made(lab: Float32, maps: Float32 | None) -> Float32:
        light = gain * (lab[..., 0] - mean[0]) if maps is None else detail(maps, lab[..., 0])
        return _rgb(_laid_on(light, variety * (lab[..., 1:] - mean[1:]), aim))

    for _ in range(5):  # the range is limited, so that what was aimed at is missed by a little
        dyed = made(lab, maps)
        if shares is not None:
            dyed = np.clip(shares[0] + alpha[..., None] * (dyed - front), 0, 1)
        aim = aim + (wanted - np.tensordot(weight, _lab(dyed), 2))
        aim = np.clip(aim, wanted - BEYOND, wanted + BEYOND)
        aim[0] = np.clip(aim[0], 2, 98)
    strength = np.float32(settings.strength)
    return lambda rgb, maps: np.asarray(rgb + strength * (made(_lab(rgb), maps) - rgb), np.float32), maps


def _wanted(wanted: Any, mean: Any, settings: Dye) -> Any:
    """Lab of a wish where the region lies in shadow, and under light that tints grays."""
    bright = float(wanted[0])
    wanted[0] += (1 - settings.light) * (mean[0] - wanted[0])
    wanted[1:] = _turned(wanted[1:], bright - wanted[0]) * min(1.0, wanted[0] / max(bright, 1)) ** 0.5
    wanted[1:] += settings.cast * np.clip(1 - np.hypot(*wanted[1:]) / 30, 0, 1) * mean[1:]
    most = settings.vivid * (max(float(wanted[0]), 1) / 50) ** 0.75
    wanted[1:] *= min(1.0, most / max(float(np.hypot(*wanted[1:])), 1e-6))
    return wanted


def _table(recolored: Callable[[Float32], Float32]) -> Any:
    """A curve as a filter of Pillow's, which interpolates between 33 levels of each channel."""
    levels = np.linspace(0, 1, NODES, dtype=np.float32)
    blue, green, red = np.meshgrid(levels, levels, levels, indexing="ij")
    made = recolored(np.dstack([red.reshape(1, -1), green.reshape(1, -1), blue.reshape(1, -1)]))
    return ImageFilter.Color3DLUT(NODES, made.reshape(-1).tolist())


def _laid_on(detail: Float32, hues: Float32, aim: Float32) -> Float32:
    """Lab: lightness around the aim, softly kept within the range; colours fade towards black and white."""
    light = aim[0] + detail
    room = np.where(light > aim[0], 99 - aim[0], aim[0] - 1)
    away = (light - aim[0]) / np.maximum(room, 1)
    light = aim[0] + room * away / np.sqrt(np.sqrt(1 + away**4))
    deep = (1 - np.exp(-np.maximum(light, 0) / DEEP)) / (1 - np.exp(-max(float(aim[0]), 1) / DEEP))
    pale = np.clip((100 - light) / max(100 - aim[0], 1), 0, 1) ** 0.7
    pale = pale * (
        1 + 0.35 * np.clip((light - aim[0]) / max(aim[0], 10), 0, 1)
    )  # colours of dark hair glow in the light
    hue = _turned(aim[1:], aim[0] - light)
    return np.dstack([light, hue * (deep * pale)[..., None] + hues * deep[..., None]]).astype(np.float32)


def _turned(hue: Any, darker: Any) -> Any:
    """a* and b* (..., 2) of a natural hair colour where it is darker: blond in shadow is brown, and not olive."""
    angle = float(np.degrees(np.arctan2(hue[1], hue[0])))
    natural = np.clip(min(angle - 35, 115 - angle) / 20, 0, 1)
    turn = np.radians(np.clip(-TURN * natural * np.asarray(darker), -14, 4))
    c, s = np.cos(turn), np.sin(turn)
    return np.stack([c * hue[0] - s * hue[1], s * hue[0] + c * hue[1]], -1)


def _box_of(alpha: Float32) -> Box:
    if not (alpha > SEEN).any():
        raise ValueError("the matte is empty")
    return box_of(alpha > SEEN)


def _lab(rgb: Float32) -> Float32:
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32), cv2.COLOR_RGB2LAB), np.float32)


def _rgb(lab: Float32) -> Float32:
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1), np.float32)
