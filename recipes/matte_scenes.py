"""Pictures of hair whose matte is known exactly: hair of one photo, in other colors, before what lies behind it there.

Convention:
    Pictures are (h, w, 3) float32 in [0, 255], mattes (h, w) float32 in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.types import Float32, UInt8
from recipes.backdrops import backdrop
from recipes.distort import Rng


@dataclass(frozen=True, eq=False)
class Sample:
    """What a network is shown and what it shall answer, of one size.

    Attributes:
        picture: (h, w, 3) uint8.
        told: (h, w, 3) uint8, the parser's hair, skin and others.
        matte: (h, w).
        apart: (h, w, 3) hair's colors less those behind: what an error of the matte is seen by.
        counts: (h, w), 0 where nothing is known.
    """

    picture: UInt8
    told: UInt8
    matte: Float32
    apart: Float32
    counts: Float32


def scene(store: UInt8, valid: UInt8, other: UInt8, side: int, rng: Rng) -> Sample:
    """A square window of a stored photo, mixed anew.

    Args:
        store: (14, S, S), see :mod:`recipes.matte_data`.
        valid: (S, S), 0 where the photo was mirrored.
        other: (S, S, 3) another photo.
        side: of the window, pixels.
        rng: draws.
    """
    reach = int(side / rng.uniform(0.55, 1.35))
    planes, seen = _window(store, valid, min(reach, store.shape[1]), rng)
    photo, front, back = (planes[..., i : i + 3] for i in (0, 3, 6))
    alpha, told, behind = planes[..., 9] / 255, planes[..., 10:13], planes[..., 13] / 255
    if rng.random() < 0.85:
        front, back = _recolored(front, rng), _before(back, alpha, behind, photo, other, rng)
    if rng.random() < 0.5:
        alpha, front = _stray(alpha, front, rng)
    if rng.random() < 0.35:
        back = _shaded(back, alpha, rng)
    mixed = front * alpha[..., None] + back * (1 - alpha[..., None])
    told = _doubted(told, alpha, rng)
    total = np.dstack([mixed, told, 255 * alpha, seen, np.clip(front - back, -255, 255)])
    way = cv2.INTER_AREA if len(total) > side else cv2.INTER_LINEAR
    parts = (total[..., i : i + 4].astype(np.float32) for i in range(0, total.shape[2], 4))
    total = np.dstack([cv2.resize(part, (side, side), interpolation=way) for part in parts])
    if rng.random() < 0.5:
        total = total[:, ::-1]
    picture = _taken(total[..., :3], rng)
    told = np.clip(total[..., 3:6], 0, 255).astype(np.uint8)
    counts = (total[..., 7] > 0.99).astype(np.float32)
    return Sample(picture, told, total[..., 6] / np.float32(255), total[..., 8:] / np.float32(255), counts)


def _window(store: UInt8, valid: UInt8, reach: int, rng: Rng) -> tuple[Float32, Float32]:
    """A window with hair's border in it, (reach, reach, 14) float32, and what of it is real."""
    size = store.shape[1]
    soft = store[9, ::4, ::4]
    ys, xs = np.nonzero((soft > 12) & (soft < 243))
    if len(ys) and rng.random() < 0.9:
        pick = rng.integers(len(ys))
        y, x = (4 * int(v[pick]) - int(rng.integers(reach)) for v in (ys, xs))
    else:
        y, x = rng.integers(0, size, 2) - reach // 2
    y, x = (int(np.clip(v, 0, size - reach)) for v in (y, x))
    here = np.s_[y : y + reach, x : x + reach]
    planes = np.ascontiguousarray(store[:, here[0], here[1]].transpose(1, 2, 0)).astype(np.float32)
    return planes, valid[here].astype(np.float32)


def _recolored(front: Float32, rng: Rng) -> Float32:
    """Hair in other colors: black, bleached, red, dyed."""
    gray = front @ np.array([0.299, 0.587, 0.114], np.float32)
    saturated = gray[..., None] + np.float32(rng.uniform(0, 1.6)) * (front - gray[..., None])
    kind = rng.random()
    if kind < 0.3:
        level = rng.uniform(0.15, 0.8)
        return np.asarray(saturated * np.float32(level), np.float32)
    if kind < 0.55:
        share = np.float32(rng.uniform(0.2, 0.8))
        light = 255 - (255 - saturated) * (1 - share)
        return np.asarray(light * np.array([1, rng.uniform(0.85, 1), rng.uniform(0.6, 1)], np.float32), np.float32)
    if kind < 0.75:
        return np.clip(saturated * rng.uniform(0.4, 1.6, 3).astype(np.float32), 0, 255)
    return saturated


def _before(back: Float32, alpha: Float32, behind: Float32, photo: Float32, other: UInt8, rng: Rng) -> Float32:
    """What lies behind, with another backdrop where it is one; skin in other light."""
    sigma = 6.0
    share = cv2.GaussianBlur(1 - alpha, (0, 0), sigma)
    wide = cv2.GaussianBlur(behind * (1 - alpha), (0, 0), sigma) / np.maximum(share, np.float32(1e-3))
    wide = np.where(alpha > 0.02, np.clip(1.6 * wide - 0.3, 0, 1), behind)[..., None]
    if rng.random() < 0.3:
        gain = np.float32(rng.uniform(0.5, 1.3)) * np.exp(rng.normal(0, 0.06, 3)).astype(np.float32)
        back = back + (1 - wide) * (np.clip(back * gain, 0, 255) - back)
    if rng.random() < 0.75:
        new = backdrop(len(back), photo.astype(np.uint8), other, rng).astype(np.float32)
        back = back + wide * (new - back)
    return np.asarray(back, np.float32)


def _stray(alpha: Float32, front: Float32, rng: Rng) -> tuple[Float32, Float32]:
    """Single strands and thin locks that leave the hair."""
    firm = (alpha > 0.9).astype(np.uint8)
    contours, _ = cv2.findContours(firm, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    long = [c[:, 0].astype(np.float64) for c in contours if len(c) > 40]
    if not long:
        return alpha, front
    drawn = np.zeros_like(alpha)
    shade = np.ones_like(alpha)
    for _ in range(int(rng.integers(1, 9))):
        border = long[rng.integers(len(long))]
        at, heading, curl = rng.integers(len(border)), rng.uniform(0, 2 * np.pi), rng.normal(0, 0.03)
        for _ in range(int(rng.integers(1, 12))):
            start = border[(at + int(rng.normal(0, 8))) % len(border)]
            path = _path(start, heading + rng.normal(0, 0.25), curl + rng.normal(0, 0.02), rng)
            mask = np.zeros(alpha.shape, np.uint8)
            wide = 1 if rng.random() < 0.75 else 2
            cv2.polylines(mask, [np.round(path * 16).astype(np.int32)], False, 255, wide, cv2.LINE_AA, 4)
            one = mask.astype(np.float32) / np.float32(255) * np.float32(rng.uniform(0.25, 1))
            shade = np.where(one > drawn, np.float32(rng.uniform(0.75, 1.25)), shade)
            drawn = np.maximum(drawn, one)
    weight = (alpha**2)[..., None] + np.float32(1e-4)
    mean = cv2.GaussianBlur(np.dstack([front * weight, weight]), (0, 0), 12)
    color = mean[..., :3] / np.maximum(mean[..., 3:], np.float32(1e-6)) * shade[..., None]
    total = 1 - (1 - alpha) * (1 - drawn)
    share = (alpha / np.maximum(total, np.float32(1e-4)))[..., None]
    return total, np.asarray(front * share + color * (1 - share), np.float32)


def _path(start: Any, heading: float, curl: float, rng: Rng) -> Any:
    steps = int(rng.integers(6, 36))
    angles = heading + curl * 3 * np.arange(steps)
    way = np.stack([np.cos(angles), np.sin(angles)], 1) * 3
    return start + np.cumsum(way, 0)


def _shaded(back: Float32, alpha: Float32, rng: Rng) -> Float32:
    """Hair's shadow on skin and wall: dark, and no hair."""
    sigma = float(rng.uniform(2, 14))
    dx, dy = rng.normal(0, 6, 2)
    matrix = np.array([[1, 0, dx], [0, 1, dy + 3]])
    moved = cv2.warpAffine(alpha, matrix, alpha.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    depth = cv2.GaussianBlur(moved, (0, 0), sigma)[..., None] * np.float32(rng.uniform(0.15, 0.6))
    return np.asarray(back * (1 - depth), np.float32)


def _doubted(told: Float32, alpha: Float32, rng: Rng) -> Float32:
    """What the parser might have said: blurred, moved, with parts of the hair missed and other things taken for it."""
    told = told.copy()
    size = len(told)
    if rng.random() < 0.5:
        dx, dy = rng.normal(0, 3, 2)
        told = cv2.warpAffine(told, np.array([[1, 0, dx], [0, 1, dy]]), (size, size), borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < 0.4:
        told = cv2.GaussianBlur(told, (0, 0), float(rng.uniform(1, 6)))
    for _ in range(int(rng.integers(0, 4))):
        soft = np.zeros((size, size), np.float32)
        center = tuple(int(v) for v in rng.integers(0, size, 2))
        axes = tuple(int(v) for v in rng.uniform(4, 0.18 * size, 2))
        cv2.ellipse(soft, center, axes, float(rng.uniform(0, 180)), 0, 360, 1, -1)
        soft = cv2.GaussianBlur(soft, (0, 0), float(rng.uniform(2, 6)))
        if rng.random() < 0.7:
            told[..., 0] *= 1 - soft * np.float32(rng.uniform(0.4, 1))
        else:
            told[..., 0] = np.maximum(told[..., 0], 255 * soft * np.float32(rng.uniform(0.2, 0.7)))
    return told


def _taken(picture: Float32, rng: Rng) -> UInt8:
    """As cameras and files take it: exposure, blur, grain, JPEG."""
    picture = picture * np.float32(rng.uniform(0.75, 1.2)) * np.exp(rng.normal(0, 0.04, 3)).astype(np.float32)
    if rng.random() < 0.4:
        picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.3, 1.0)))
    if rng.random() < 0.4:
        picture = picture + rng.normal(0, rng.uniform(0.5, 5), picture.shape)
    done = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 96))]
        done = cv2.imdecode(cv2.imencode(".jpg", done[..., ::-1], quality)[1], cv2.IMREAD_COLOR)[..., ::-1]
    return np.ascontiguousarray(done)
