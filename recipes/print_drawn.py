"""What printing does to pictures, drawn: screens of dots, gray and in four inks, sepia, and the grain of paper."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from mien.types import Float32, UInt8

FINER = 4
"""Samples per pixel along each side while dots are drawn."""

ANGLES = (15.0, 75.0, 0.0, 45.0)
"""Of the screens of cyan, magenta, yellow and black, degrees."""

INKS = ((0.0, 0.62, 0.93), (0.9, 0.05, 0.5), (1.0, 0.93, 0.05))
"""sRGB of the colors that cyan, magenta and yellow leave of white."""

PAPER, BLACK = (0.97, 0.96, 0.92), 0.1
"""sRGB of paper; and what black ink leaves of it."""

SEPIA = (1.0, 0.87, 0.68)
"""Colors of an old print, against its light."""


def halftoned(pixels: UInt8, pitch: float, angle: float = 45.0, seed: int = 0) -> UInt8:
    """A picture (H, W, 3) printed in black: round dots, ``pitch`` pixels apart, in rows at an angle in degrees."""
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    ink = _screened(1 - gray**1.3, pitch, angle, np.random.default_rng(seed))[..., None]
    return _scanned((1 - ink * (1 - BLACK)) * np.float32(PAPER))


def rosette(pixels: UInt8, pitch: float, seed: int = 0) -> UInt8:
    """A picture (H, W, 3) printed in four inks, whose screens lie at the usual angles."""
    rng = np.random.default_rng(seed)
    left = 1 - pixels.astype(np.float32) / 255
    black = 0.7 * np.clip(left.min(2) - 0.2, 0, 1)
    result = np.broadcast_to(np.float32(PAPER), pixels.shape).copy()
    for channel in range(3):
        cover = np.clip((left[..., channel] - black) / (1 - black), 0, 1)
        ink = _screened(cover, pitch, ANGLES[channel], rng)[..., None]
        result *= 1 - ink * (1 - np.float32(INKS[channel]))
    return _scanned(result * (1 - _screened(black, pitch, ANGLES[3], rng)[..., None] * (1 - BLACK)))


def sepia(pixels: UInt8) -> UInt8:
    """A picture (H, W, 3) in browns, with a film's grain."""
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    noise = np.random.default_rng(0).normal(0, 9, gray.shape).astype(np.float32)
    gray = 25 + 0.82 * gray + cv2.GaussianBlur(noise, (0, 0), 0.8)
    return _encoded(gray[..., None] / 255 * np.float32(SEPIA))


def on_paper(pixels: UInt8, strength: float = 18.0) -> UInt8:
    """A picture (H, W, 3) on paper whose fibers show: strong grain of several pixels."""
    rng, height, width = np.random.default_rng(1), *pixels.shape[:2]
    grain = np.zeros((height, width), np.float32)
    for sigma, share in (((0.9, 0.9), 0.4), ((2.2, 1.1), 0.5), ((1.1, 2.2), 0.5), ((4.0, 4.0), 0.3)):
        one = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), sigma[0], sigmaY=sigma[1])
        grain += share * one / float(one.std())
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return _encoded((20 + 0.85 * gray + strength * grain)[..., None] / 255 * np.float32(SEPIA))


def _screened(cover: Float32, pitch: float, angle: float, rng: np.random.Generator) -> Float32:
    """(H, W) share of each pixel that is inked, where ``cover`` is to be."""
    height, width = cover.shape
    fine = cv2.resize(cover, (width * FINER, height * FINER), interpolation=cv2.INTER_LINEAR)
    xs = (np.arange(width * FINER, dtype=np.float32) + 0.5) / (FINER * pitch)
    ys = (np.arange(height * FINER, dtype=np.float32) + 0.5)[:, None] / (FINER * pitch)
    c, s = np.float32(np.cos(np.deg2rad(angle))), np.float32(np.sin(np.deg2rad(angle)))
    shift = rng.uniform(0, 1, 2).astype(np.float32)
    spot = 0.5 + 0.25 * (
        np.cos(2 * np.pi * (c * xs + s * ys + shift[0])) + np.cos(2 * np.pi * (c * ys - s * xs + shift[1]))
    )
    levels = np.quantile(spot[: 64 * FINER, : 64 * FINER], np.linspace(0, 1, 65)).astype(np.float32)
    rank = np.interp(spot.ravel(), levels, np.linspace(0, 1, 65)).astype(np.float32).reshape(spot.shape)
    return cv2.resize((fine > 1 - rank).astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)


def _scanned(picture: Float32) -> UInt8:
    return _encoded(cv2.GaussianBlur(picture, (0, 0), 0.7))


def _encoded(picture: Float32) -> UInt8:
    """Pixels of a picture of 0 to 1 out of a JPEG."""
    values = np.rint(picture.clip(0, 1) * 255).astype(np.uint8)[..., ::-1]
    coded = cv2.imencode(".jpg", values, [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
    return np.ascontiguousarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)[..., ::-1])


PRINTS: dict[str, Callable[[UInt8], UInt8]] = {
    "dots-4": partial(halftoned, pitch=4.0),
    "dots-5": partial(halftoned, pitch=5.3, angle=15.0),
    "dots-7": partial(halftoned, pitch=7.0, angle=75.0),
    "dots-9": partial(halftoned, pitch=9.0),
    "rosette-5": partial(rosette, pitch=5.0),
    "rosette-8": partial(rosette, pitch=8.0),
    "sepia": sepia,
    "paper": on_paper,
}
"""Kinds of prints, by name."""
