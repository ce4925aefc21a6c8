"""Brows in another color, hair by hair: what is skin between and beside the hairs stays.

A pixel is a mixture, in linear light, of the skin around the brow and of the brow's hair; only the hair's part changes.

Convention:
    Pictures are (h, w, 3) float32 in linear light, over a box of the photo.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.guides.dyes.coloring import lab_of, rgb_of, shaded_hue
from mien.guides.guide import Box, Guide, box_of, changed
from mien.guides.tint import linear, srgb
from mien.photos.color import to_srgb
from mien.types import Bool, Float32, Float64, Photo

LARGEST = 320
"""Longer side at which the skin below a brow is made up, pixels."""

AROUND = 0.55
"""Thicknesses of a brow around it in which its hairs end."""

DARKEST = 0.25
"""Share of a brow that is hair alone."""

DARKER = 0.9
"""Light over that of the ring around nearby below which something is no skin: lashes, glasses, hair of the head."""

NOISE = 0.04
"""Share of hair up to which darker skin is pores and shade."""

TAKEN, LIGHTER = 0.85, 15.0
"""How far hairs go to a wished lightness, and by how much L* they become lighter at most: brows are bleached little."""

BELOW, STRONGER = 9.0, 1.8
"""L* by which hairs stay darker than the skin, and the most by which their contrast with it grows."""

OTHER = 1.5
"""Units of a* and b* towards the old hue that the rim of a brow may have over a mixture of skin and new hair."""

GRAYS = 0.4
"""Share of a brow's hue that grays keep."""


def dyed_brows(photo: Photo, alpha: Float32, color: tuple[int, int, int], strength: float) -> Guide:
    """Brows with hairs of another color.

    Args:
        photo: any.
        alpha: (H, W) where brows are.
        color: sRGB that the hairs shall come near.
        strength: in [0, 1].

    Raises:
        ValueError: the matte is empty.
    """
    sure = alpha > 0.4
    if not sure.any():
        raise ValueError("the matte is empty")
    whole = box_of(sure)
    count, index, stats, _ = cv2.connectedComponentsWithStats(_joined(sure, whole))
    largest = stats[1:, cv2.CC_STAT_AREA].max()
    room = int(np.ceil((AROUND + 1) * stats[1:, cv2.CC_STAT_HEIGHT].max()))
    box = max(0, whole[0] - room), max(0, whole[1] - room), whole[2] + room, whole[3] + room
    box = box[0], box[1], min(photo.width, box[2]), min(photo.height, box[3])
    pixels = to_srgb(photo, box)
    before, light = pixels.astype(np.float32), linear(pixels)
    made = before.copy()
    for number in range(1, count):
        if stats[number, cv2.CC_STAT_AREA] < 0.1 * largest:
            continue
        brow = np.zeros(light.shape[:2], np.bool_)
        y, x = whole[1] - box[1], whole[0] - box[0]
        brow[y : y + index.shape[0], x : x + index.shape[1]] = index == number
        brow &= sure[box[1] : box[3], box[0] : box[2]]
        rows, columns = _near(brow, room)
        change = _dyed(light[rows, columns], brow[rows, columns], color) - before[rows, columns]
        made[rows, columns] += strength * change
    seen = np.abs(made - before).max(2) > 0.1
    return Guide(box, changed(photo, box, before, made), seen.astype(np.float32))


def hairs_color(photo: Photo, alpha: Float32) -> tuple[int, int, int]:
    """Mean sRGB of the hairs of brows with a matte (H, W), without the skin between them."""
    sure = alpha > min(0.4, 0.9 * float(alpha.max()))
    box = box_of(sure)
    pixels = to_srgb(photo, box)[sure[box[1] : box[3], box[0] : box[2]]].astype(np.float32)
    gray = pixels.mean(1)
    red, green, blue = np.rint(pixels[gray <= np.quantile(gray, DARKEST)].mean(0)).astype(int)
    return int(red), int(green), int(blue)


def _joined(sure: Bool, box: Box) -> Any:
    """Pieces of a brow that lie close together as one, over a box."""
    part = sure[box[1] : box[3], box[0] : box[2]].astype(np.uint8)
    reach = max(3, (box[2] - box[0]) // 25)
    return cv2.morphologyEx(part, cv2.MORPH_CLOSE, np.ones((3, reach), np.uint8))


def _near(brow: Bool, room: int) -> tuple[slice, slice]:
    x0, y0, x1, y1 = box_of(brow)
    return slice(max(0, y0 - room), y1 + room), slice(max(0, x0 - room), x1 + room)


def _dyed(light: Float32, brow: Bool, color: tuple[int, int, int]) -> Float32:
    """sRGB (h, w, 3) in [0, 255] of a dyed brow."""
    thick = float(brow.sum() / max(1, brow.any(0).sum()))
    reach = max(2.0, AROUND * thick)
    away = cv2.distanceTransform((~brow).astype(np.uint8), cv2.DIST_L2, 3)
    skin = _skin(light, (away > reach) & (away < reach + max(2.0, thick)))
    gray = light.mean(2)
    dark = brow & (gray <= np.quantile(gray[brow], DARKEST))
    hair, bare = (np.median(one[dark], axis=0).astype(np.float64) for one in (light, skin))
    way = skin - hair
    share = ((skin - light) * way).sum(2) / np.maximum((way**2).sum(2), 1e-5)
    share = np.clip((share - NOISE) / (1 - NOISE), 0, 1) * np.clip(1.7 - 1.7 * away / reach, 0, 1) * (way.mean(2) > 0)
    strands = (share * np.minimum(gray / max(float(hair.mean()), 1e-3), 1))[..., None]  # darker ones stay so
    strands *= np.clip(skin.mean(2) / max(float(bare.mean()), 1e-3), 0.3, 1)[..., None]  # in shade, too
    dyed = _hair(hair, bare, color)
    made = np.maximum(light + strands * (dyed - hair), 0)
    near = np.clip(1.7 - 1.7 * away / reach, 0, 1)
    made = _without(made, skin + share[..., None] * (dyed - skin), _lab(hair)[1:] - _lab(bare)[1:], near)
    return srgb(made)


def _without(made: Float32, mixed: Float32, hue: Float64, near: Float64) -> Float32:
    """Linear light (h, w, 3) near a brow without what it has of the old hue (2,) of a* and b*, over that of a mixture.

    The rim of a brow is often more like its hair in hue than in light.
    """
    far = float(np.hypot(*hue))
    if far < 4:
        return made
    lab, beside = (lab_of(srgb(one) / np.float32(255)) for one in (made, mixed))
    more = np.maximum((lab[..., 1:] - beside[..., 1:]) @ (hue / far) - OTHER, 0) * near
    lab[..., 1:] -= more[..., None] * (hue / far)
    return np.where(more[..., None] > 0, linear(np.float32(255) * rgb_of(lab.astype(np.float32))), made)


def _skin(light: Float32, known: Bool) -> Float32:
    """The skin (h, w, 3) around a brow, spread smoothly below it."""
    size = light.shape[1::-1]
    shrink = min(1.0, LARGEST / max(size))
    less = (max(4, round(size[0] * shrink)), max(4, round(size[1] * shrink)))
    small, ring = (cv2.resize(one, less, interpolation=cv2.INTER_AREA) for one in (light, known.astype(np.float32)))
    logs, gray = np.log(small + np.float32(0.004)), small.mean(2)
    total = cv2.GaussianBlur(np.dstack([gray * ring, ring]), (0, 0), 0.05 * max(less))
    ring = ring * (gray > DARKER * total[..., 0] / np.maximum(total[..., 1], 1e-4))
    spread = cv2.GaussianBlur(membrane(np.asarray(logs, np.float32), np.asarray(ring, np.float32), 8.0), (0, 0), 2)
    return np.asarray(cv2.resize(np.exp(spread) - np.float32(0.004), size, interpolation=cv2.INTER_LINEAR), np.float32)


def _hair(hair: Float64, skin: Float64, color: tuple[int, int, int]) -> Float32:
    """(3,) linear light of hairs that come near a color, as far as brows do."""
    now, bare, wish = (_lab(one) for one in (hair, skin, linear(np.array([[color]], np.float32))[0, 0]))
    light = now[0] + TAKEN * (wish[0] - now[0])
    light = min(light, now[0] + LIGHTER, max(bare[0] - BELOW, now[0]))
    light = max(light, bare[0] - STRONGER * (bare[0] - now[0]), 3.0)
    chroma = float(np.hypot(*wish[1:]))
    hue = shaded_hue(wish[1:], wish[0] - light) * min(1.0, light / max(wish[0], 1.0)) ** 0.7
    hue = hue + GRAYS * max(0.0, 1 - chroma / 25) * now[1:]
    return np.asarray(linear(255 * rgb_of(np.array([[[light, *hue]]], np.float32)))[0, 0], np.float32)


def _lab(light: Any) -> Float64:
    return np.asarray(lab_of(srgb(np.asarray(light, np.float32).reshape(1, 1, 3)) / np.float32(255))[0, 0], np.float64)
