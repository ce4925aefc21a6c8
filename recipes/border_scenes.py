"""Heads whose hair is known exactly, before other backdrops and in other colors, dyed from that and by a found matte.

Convention:
    Pictures are (H, W, 3) float32 in [0, 255], mattes (H, W) float32 in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.compose.border import local_colors, wide_blur
from mien.compose.morphology import disc
from mien.conditions.colors import NAMES
from mien.guides.dyes.coloring import SETTINGS, Dye, coloring, curve, lab_of
from mien.guides.dyes.dark_roots import dark_roots
from mien.guides.guide import box_of
from mien.types import Bool, Face, Float32, UInt8
from recipes.backdrops import backdrop
from recipes.distort import Rng

GROWN = {
    "black": 4, "dark-brown": 5, "brown": 3, "chestnut": 2, "dark-blond": 1, "blond": 1, "auburn": 1, "gray": 1,
    "dark-gray": 1, "light-brown": 1, "ginger": 1,
}  # fmt: skip
"""Colors that hair is shown in, and how often."""

FAIR = ("blond", "light-blond", "platinum", "silver", "ginger", "golden-blond", "copper", "honey-blond", "ash-blond")
VIVID = ("pink", "teal", "blue", "purple", "green", "red", "lavender", "rose-gold", "pastel-pink")
OTHER = ("brown", "chestnut", "auburn", "dark-blond", "black", "gray", "dark-brown", "caramel", "burgundy", "copper")
"""Wishes."""

PLAIN, APART = 9.0, 70.0
"""Levels by which a backdrop may be uneven, and by which it must differ from hair, for strands to be told by color."""


@dataclass(frozen=True, eq=False)
class Head:
    """Attributes:
    picture: (H, W, 3).
    alpha: (H, W) of the hair.
    front, back: (H, W, 3) of the hair, and of what lies behind it.
    behind: (H, W) how much of that is backdrop.
    plain: whether the backdrop is plain.
    face: whose hair it is.
    """

    picture: Float32
    alpha: Float32
    front: Float32
    back: Float32
    behind: Float32
    plain: bool
    face: Face


@dataclass(frozen=True, eq=False)
class Mixed:
    """Attributes:
    picture: (H, W, 3) uint8, what is shown.
    alpha, front: of the hair in it.
    blur: standard deviation of the camera's blur in it; 0 for none.
    """

    picture: UInt8
    alpha: Float32
    front: Float32
    blur: float


def keyed(picture: Float32, alpha: Float32, behind: Float32, skin: Float32, unit: float) -> tuple[Float32, Bool]:
    """A matte (H, W) with the strands that a plain backdrop or skin shows, and where (H, W) a backdrop shows them."""
    hair = (alpha > 0.97).astype(np.float32)
    clear = ((behind > 0.9) & (cv2.dilate(alpha, disc(2 * unit)) < 0.02)).astype(np.float32)
    (ahead, _), (after, uneven) = (local_colors(picture, area, reach * unit) for area, reach in ((hair, 6), (clear, 8)))
    way = ahead - after
    apart = np.sqrt((way**2).sum(2))
    toward = picture - after
    placed = (toward * way).sum(2) / (apart**2 + 1)
    beside = np.sqrt(np.maximum((toward**2).sum(2) - (placed * apart) ** 2, 0))
    near = cv2.dilate((alpha > 0.3).astype(np.uint8), disc(9 * unit)) > 0
    sure = near & (behind > 0.6) & (apart > APART) & (uneven < PLAIN) & (skin < 0.1)
    least = 2.5 * (uneven + 2) / (apart + 1)
    told = np.clip((placed - least) / (0.9 - least), 0, 1) * (beside < 0.35 * apart)
    closed = cv2.morphologyEx(picture, cv2.MORPH_CLOSE, disc(0.8 * unit))
    dark = closed.mean(2) - picture.mean(2)
    contrast = np.maximum(closed.mean(2) - ahead.mean(2), 40)
    line = np.clip((dark / contrast - 0.1) / 0.8, 0, 1) * (skin > 0.5)
    line = line * cv2.dilate((alpha > 0.4).astype(np.uint8), disc(1.6 * unit))
    found = np.where(sure, np.maximum(told, alpha * (told > 0)), np.maximum(alpha, line))
    return np.asarray(found, np.float32), sure


def without_strands(back: Float32, alpha: Float32, skin: Float32, unit: float) -> Float32:
    """What lies behind, (H, W, 3), with dark lines on the skin around hair closed."""
    near = cv2.dilate((alpha > 0.05).astype(np.uint8), disc(2.5 * unit)).astype(np.float32) * (skin > 0.5)
    near = cv2.GaussianBlur(near, (0, 0), unit)[..., None]
    closed = cv2.morphologyEx(back, cv2.MORPH_CLOSE, disc(0.8 * unit))
    return np.asarray(back + near * (cv2.GaussianBlur(closed, (0, 0), 0.6) - back), np.float32)


def recolored(head: Head, rng: Rng) -> Float32:
    """Its hair (H, W, 3) in a color that hair grows in, or as it is."""
    if rng.random() < 0.2:
        gain = np.exp(rng.normal(0, 0.15) + rng.normal(0, 0.05, 3)).astype(np.float32)
        return np.clip(head.front * gain, 0, 255)
    names, weights = list(GROWN), np.array(list(GROWN.values()), np.float64)
    color = np.array(NAMES[str(rng.choice(names, p=weights / weights.sum()))], np.float32)
    color = np.clip(color * np.exp(rng.normal(0, 0.2) + rng.normal(0, 0.05, 3)), 4, 250).astype(np.float32) / 255
    unit_front = np.clip(head.front / np.float32(255), 0, 1)
    made = curve(unit_front, head.alpha, color, Dye(strands=False, contrast=(0.35, 2.0), variety=0.6))(unit_front)
    return np.asarray(255 * made, np.float32)


def mixed(head: Head, other: UInt8, rng: Rng) -> Mixed:
    """A head in another color, before another backdrop, with stray hairs."""
    front, back, alpha = recolored(head, rng), head.back, head.alpha
    size = len(alpha)
    if not head.plain or rng.random() < 0.75:
        new = _backdrop(size, head, front, other, rng)
        wide = cv2.GaussianBlur(head.behind * (1 - alpha), (0, 0), 5)
        wide = wide / np.maximum(cv2.GaussianBlur(1 - alpha, (0, 0), 5), np.float32(1e-3))
        share = np.where(alpha > 0.02, np.clip(1.6 * wide - 0.3, 0, 1), head.behind)[..., None]
        back = back + share * (new - back)
    if rng.random() < 0.25:
        skin_gain = np.exp(rng.normal(-0.1, 0.25) + rng.normal(0, 0.04, 3)).astype(np.float32)
        back = np.clip(back * (1 + (1 - head.behind[..., None]) * (skin_gain - 1)), 0, 255)
    if rng.random() < 0.3:
        back = _shaded(back, alpha, rng)
    if rng.random() < 0.75:
        alpha, front = strayed(alpha, front, rng)
    picture = front * alpha[..., None] + back * (1 - alpha[..., None])
    blur = float(rng.uniform(0.4, 0.9)) if rng.random() < 0.3 else 0.0
    picture = cv2.GaussianBlur(picture, (0, 0), blur) if blur else picture
    if rng.random() < 0.5:
        picture = picture + rng.normal(0, rng.uniform(0.5, 4), picture.shape)
    shown = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(70, 97))]
        shown = np.ascontiguousarray(cv2.imdecode(cv2.imencode(".jpg", shown[..., ::-1], quality)[1], 1)[..., ::-1])
    return Mixed(shown, alpha, np.clip(front, 0, 255), blur)


def _backdrop(size: int, head: Head, front: Float32, other: UInt8, rng: Rng) -> Float32:
    """A new one; a fifth are of the hair's color."""
    if rng.random() < 0.2:
        color = np.clip((front * head.alpha[..., None]).sum((0, 1)) / max(float(head.alpha.sum()), 1), 0, 255)
        plain = np.broadcast_to(np.clip(color + rng.normal(0, 14, 3), 0, 255).astype(np.float32), (size, size, 3))
        cells = int(rng.choice([3, 6, 20]))
        cloud = cv2.resize(rng.normal(0, rng.uniform(2, 16), (cells, cells)).astype(np.float32), (size, size))
        return np.clip(plain + cloud[..., None], 0, 255)
    return backdrop(size, head.picture.astype(np.uint8), other, rng).astype(np.float32)


def strayed(alpha: Float32, front: Float32, rng: Rng) -> tuple[Float32, Float32]:
    """Single hairs that leave the others, thinner towards their ends."""
    contours, _ = cv2.findContours((alpha > 0.8).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    long = [c[:, 0].astype(np.float64) for c in contours if len(c) > 60]
    if not long:
        return alpha, front
    weights = np.array([len(c) for c in long], np.float64)
    drawn, shade = np.zeros_like(alpha), np.ones_like(alpha)
    for _ in range(int(rng.integers(3, 30))):
        border = long[rng.choice(len(long), p=weights / weights.sum())]
        at, curl, reach = int(rng.integers(len(border))), rng.normal(0, 0.035), rng.uniform(8, 44)
        heading, spread = rng.uniform(0, 2 * np.pi), rng.uniform(4, 30)
        strength, thick = rng.uniform(0.3, 1), 1 if rng.random() < 0.9 else 2
        for _ in range(int(rng.integers(1, 10))):
            start = border[(at + int(rng.normal(0, spread))) % len(border)]
            steps = max(4, int(rng.uniform(0.4, 1.2) * reach))
            turns = heading + rng.normal(0, 0.3) + (curl + rng.normal(0, 0.015)) * np.arange(steps)
            path = start + np.cumsum(np.stack([np.cos(turns), np.sin(turns)], 1) * 2.5, 0)
            _draw(drawn, shade, path, strength * rng.uniform(0.6, 1), thick, rng.uniform(0.7, 1.3))
    color, _ = local_colors(front, alpha**4, 10)
    total = 1 - (1 - alpha) * (1 - drawn)
    share = (alpha / np.maximum(total, np.float32(1e-4)))[..., None]
    return total, np.asarray(front * share + color * shade[..., None] * (1 - share), np.float32)


def _draw(drawn: Float32, shade: Float32, path: Any, strength: float, thick: int, light: float) -> None:
    (x0, y0), (x1, y1) = np.floor(path.min(0)).astype(int) - 3, np.ceil(path.max(0)).astype(int) + 4
    x0, y0, x1, y1 = max(0, x0), max(0, y0), min(drawn.shape[1], x1), min(drawn.shape[0], y1)
    if x1 <= x0 or y1 <= y0:
        return
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    points = np.round((path - (x0, y0)) * 16).astype(np.int32)
    pieces = 4
    for piece in range(pieces):
        part = points[piece * len(points) // pieces : (piece + 1) * len(points) // pieces + 1]
        level = int(255 * (1 - 0.7 * piece / pieces))
        one = np.zeros_like(mask)
        cv2.polylines(one, [part], False, level, thick, cv2.LINE_AA, 4)
        mask = np.maximum(mask, one)
    found = mask.astype(np.float32) * np.float32(strength / 255)
    here = np.s_[y0:y1, x0:x1]
    shade[here] = np.where(found > drawn[here], np.float32(light), shade[here])
    drawn[here] = np.maximum(drawn[here], found)


def _shaded(back: Float32, alpha: Float32, rng: Rng) -> Float32:
    """Hair's shadow on skin and wall."""
    dx, dy = rng.normal(0, 8, 2)
    moved = cv2.warpAffine(
        alpha, np.array([[1, 0, dx], [0, 1, dy + 4]]), alpha.shape[::-1], borderMode=cv2.BORDER_REPLICATE
    )
    depth = wide_blur(moved, float(rng.uniform(4, 18)))[..., None] * np.float32(rng.uniform(0.1, 0.5))
    return np.asarray(back * (1 - depth), np.float32)


def wish(mean_light: float, rng: Rng) -> Float32:
    """A color in [0, 1] that hair of a mean L* is dyed in: most often a lighter or a vivid one, if it is dark."""
    kind = rng.random()
    names = FAIR if kind < (0.5 if mean_light < 45 else 0.25) else VIVID if kind < 0.75 else OTHER
    color = np.array(NAMES[str(rng.choice(names))], np.float32) * np.exp(rng.normal(0, 0.05, 3))
    return np.clip(color / 255, 0.02, 0.98).astype(np.float32)


def truly_dyed(one: Mixed, face: Face, color: Float32, rough: UInt8, matte: Float32, unit: float) -> Float32:
    """(H, W, 3) in [0, 255]: the picture with its hair dyed by what is known of it, as light as ``rough`` inside."""
    x0, y0, x1, y1 = box_of(one.alpha > 1 / 255)
    here = np.s_[y0:y1, x0:x1]
    front, alpha = one.front[here] / np.float32(255), one.alpha[here]
    seen = one.picture[here].astype(np.float32) / np.float32(255)
    light = lab_of(front)[..., 0]
    mean = float((light * alpha).sum() / alpha.sum())
    lifted = float(np.clip((lab_of(color[None, None])[0, 0, 0] - mean - 5) / 20, 0, 1))
    kept = np.float32(lifted) * dark_roots(one.alpha, face)[here]
    laid, maps = coloring(front, alpha, color, SETTINGS["hair"], seen, kept)
    parts = None if maps is None else cv2.split(maps)
    change = 255 * (laid(front, parts) - front) * (1 - kept)[..., None]
    solid = cv2.erode(((alpha > 0.95) & (matte[here] > 0.95)).astype(np.uint8), disc(unit)).astype(np.float32)
    found = rough[here].astype(np.float32) - 255 * seen
    off, _ = local_colors(found - change, solid, 5 * unit)
    total = np.zeros(one.picture.shape, np.float32)
    total[here] = alpha[..., None] * (change + off)
    total = cv2.GaussianBlur(total, (0, 0), one.blur) if one.blur else total
    return np.clip(one.picture.astype(np.float32) + total, 0, 255)
