"""Texture that continues a picture into a hole: what the surroundings predict, and the grain that they do not.

A Gaussian texture with the surroundings' autocorrelation is drawn under the condition that it agrees with the hole's
border (Galerne and Leclaire, "Texture inpainting using efficient Gaussian conditional simulation", 2017): the mean is
the best linear prediction, so that edges, strands and pores go on where the surroundings have such; the rest is as
rough as they are. Deep holes are first filled at half the size, and finer detail is added at each size.

Convention:
    Pictures are (h, w, 3) float32 in [0, 255]; holes (h, w) bool.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.interrupt import checkpoint
from mien.types import Bool, Float32, Float64

Int = NDArray[np.int64]

BORDER = 4
"""Width of the border that the texture agrees with, pixels."""

MOST = 280
"""Border pixels that are used at most."""

DEEP = 7
"""Depth from which a hole is filled at half the size first, pixels."""

NEAR = 24.0
"""Distance at which surroundings count 1/e less, pixels."""

FEWER = 0.9
"""How much weaker what is drawn is at each halving of the size."""

ERROR = (0.002, 0.05)
"""Variance by which a border pixel may be off: a share of the texture's, and levels squared (rounding)."""

SMOOTH = 8.0
"""Reach of the slow changes that any picture may have besides its texture, pixels."""

AROUND, CLIP, TO_DEVIATION = 5.0, 2.5, 1.28
"""How far the strength of the grain is averaged, pixels; multiple of the median beyond which detail is no grain;
and what leads from the mean size of what is left to a standard deviation (a normal distribution has 1.32)."""

COARSE = 4.0
"""Standard deviation of the blur above which nothing is drawn by chance at the coarsest size, pixels."""

CONVOLVED = 2.0
"""Pairs of pixels per pixel of a texture from which a convolution costs less than their sum."""

SMALLEST = 12
"""Shorter side of a picture that is not halved any more, pixels."""


@dataclass(frozen=True, eq=False)
class Gaussian:
    """A stationary texture of one channel.

    Attributes:
        spot: (h, w) spectrum of the picture whose autocorrelation it has.
        covariance: (h, w) by lag, wrapped around.
    """

    spot: NDArray[np.complex128]
    covariance: Float64

    @classmethod
    def of(cls, values: Float32, weight: Float32) -> Gaussian:
        """The texture of the weighted part of a picture, which counts as zero elsewhere."""
        height, width = values.shape
        shape = (cv2.getOptimalDFTSize(2 * height), cv2.getOptimalDFTSize(2 * width))
        # a power of the spot is what a window sees: divided by the window's power
        spot = np.fft.rfft2(values * weight, shape) / np.sqrt(max(float((weight**2).sum()), 1e-6))
        covariance = np.fft.irfft2(np.abs(spot) ** 2, shape)
        return cls(spot, covariance)

    @property
    def power(self) -> float:
        """Variance of a pixel."""
        return float(self.covariance[0, 0])

    def normalised(self) -> Gaussian:
        """The same with a variance of 1."""
        power = self.power + 1e-9
        return Gaussian(self.spot / np.sqrt(power), self.covariance / power)

    @cached_property
    def whole(self) -> Float64:
        """(h, w) covariance by lag, wrapped around, of the texture with the slow changes beside it."""
        return np.asarray(self.covariance + self.power * _slow(self.covariance.shape)[0])

    def between(self, first: Int, second: Int) -> Float64:
        """Covariances (N, M) of pixels (N, 2) with pixels (M, 2), rows first."""
        lags = first[:, None] - second[None]
        return np.asarray(self.whole[lags[..., 0], lags[..., 1]])

    def spread(self, weights: Float64, second: Int, first: Int) -> Float64:
        """``between(first, second) @ weights``, (N,), of weights (M,): as a convolution where that costs less."""
        shape = self.covariance.shape
        if len(first) * len(second) < CONVOLVED * shape[0] * shape[1]:
            return np.asarray(self.between(first, second) @ weights)
        places = np.zeros(shape)
        places[second[:, 0], second[:, 1]] = weights
        spectrum = np.abs(self.spot) ** 2 + self.power * _slow(shape)[1]
        return _at(np.fft.irfft2(spectrum * np.fft.rfft2(places), shape), first)

    def sample(self, rng: np.random.Generator) -> Float64:
        """One picture of the texture, twice as large as what it was made of."""
        noise = np.fft.rfft2(rng.standard_normal(self.covariance.shape))
        return np.fft.irfft2(noise * self.spot, self.covariance.shape)


@lru_cache(maxsize=8)
def _slow(shape: tuple[int, int]) -> tuple[Float64, NDArray[np.complex128]]:
    """(h, w) covariance by lag, wrapped around, of slow changes with a variance of 1, and its spectrum."""
    rows, columns = (np.minimum(np.arange(n), n - np.arange(n)) for n in shape)
    away = np.hypot(rows[:, None], columns[None]) / SMOOTH
    found = (1 + away) * np.exp(-away)
    return found, np.fft.rfft2(found)


def fill(
    picture: Float32,
    hole: Bool,
    barred: Bool,
    rng: np.random.Generator,
    wanted: Bool | None = None,
    chance: float = 1.0,
) -> Float32:
    """The picture with its hole filled.

    Args:
        picture: the hole and its surroundings, something of which is known.
        hole: what is unknown.
        barred: where the surroundings tell nothing about the texture, such as what was filled before.
        rng: of the grain.
        chance: how strong the grain is, against that of the surroundings.
        wanted: the part of the hole that is needed; the rest may stay as it is.
    """
    inside = hole if wanted is None else wanted & hole
    depth = cv2.distanceTransform(np.pad(hole, 1).astype(np.uint8), cv2.DIST_L2, 5).max()
    if depth <= DEEP or min(hole.shape) < 2 * SMALLEST:
        return _detailed(picture, _trend(picture, ~hole), hole, inside, barred | hole, rng, chance, COARSE)
    small, unknown, useless = _halved(picture, hole, barred)
    if unknown.all():
        return _detailed(picture, _trend(picture, ~hole), hole, inside, barred | hole, rng, chance, COARSE)
    filled = fill(small, unknown, useless, rng, None, chance * FEWER)
    base = cv2.resize(filled, hole.shape[::-1], interpolation=cv2.INTER_CUBIC)
    return _detailed(picture, np.asarray(base, np.float32), hole, inside, barred | hole, rng, chance, None)


def _halved(picture: Float32, hole: Bool, barred: Bool) -> tuple[Float32, Bool, Bool]:
    size = (-(-hole.shape[1] // 2), -(-hole.shape[0] // 2))
    known = (~hole).astype(np.float32)
    share = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
    mean = cv2.resize(picture * known[..., None], size, interpolation=cv2.INTER_AREA)
    useless = cv2.resize((barred | hole).astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
    return np.asarray(mean / np.maximum(share, 1e-3)[..., None], np.float32), share < 0.5, useless


def _trend(picture: Float32, known: Bool) -> Float32:
    """A quadratic surface through what is known near the hole."""
    height, width = known.shape
    ys, xs = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones_like(xs), xs, ys, xs * xs, xs * ys, ys * ys], -1)
    weight = np.sqrt(_closeness(~known))[known][:, None]
    solved = np.linalg.lstsq(terms[known] * weight, picture[known] * weight, rcond=1e-4)[0]
    return np.asarray(terms @ solved, np.float32)


def _closeness(hole: Bool) -> Float32:
    away = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(np.exp(-away / NEAR), np.float32)


def _detailed(
    picture: Float32,
    base: Float32,
    hole: Bool,
    inside: Bool,
    barred: Bool,
    rng: np.random.Generator,
    chance: float,
    coarse: float | None,
) -> Float32:
    """What lies over the base, continued into the hole."""
    result = np.where(inside[..., None], base, picture).astype(np.float32)
    weight = np.asarray(_closeness(hole) * ~barred, np.float32)
    away = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_C, 3)
    border = np.argwhere(~hole & (away <= BORDER))
    if float(weight.sum()) < 1:
        return result
    if len(border) > MOST:
        border = border[rng.permutation(len(border))[:MOST]]
    rest = np.where(hole[..., None], 0, picture - base).astype(np.float32)
    pixels = np.argwhere(inside)
    for axis in _axes(rest, weight).T:
        values = (rest @ axis).astype(np.float32)
        likely, grain = _continued(values, weight, border, pixels, rng, coarse)
        result[inside] += (likely + chance * grain)[:, None] * axis
    return result


def _axes(rest: Float32, weight: Float32) -> Float64:
    """Three directions (3, 3) of color, columns, along which the channels are independent."""
    pixels = (rest * weight[..., None]).reshape(-1, 3)
    return np.linalg.eigh(pixels.T @ pixels)[1]


def _continued(
    values: Float32, weight: Float32, border: Int, inside: Int, rng: np.random.Generator, coarse: float | None
) -> tuple[Float64, Float64]:
    """Values of the pixels inside: what the border predicts, and grain that is 0 at the border."""
    fine = values if coarse is None else values - _blurred(values, weight, coarse)
    rough = _roughness(fine, weight)
    grain = Gaussian.of(np.asarray(fine / rough, np.float32), weight).normalised()
    drawn = grain.sample(rng)
    chance = _at(drawn, inside) - _predicted(grain, _at(drawn, border), border, inside)
    likely = _predicted(Gaussian.of(values, weight), _at(values, border), border, inside)
    return likely, np.asarray(chance * _at(rough, inside))


def _roughness(fine: Float32, weight: Float32) -> Float32:
    """(h, w) standard deviation of the grain around each pixel; edges count little."""
    known = (weight > 0).astype(np.float32)
    size = np.abs(fine)
    highest = CLIP * float(np.median(size[weight > weight.max() / 3]))
    total = cv2.GaussianBlur(np.minimum(size, highest) * known, (0, 0), AROUND)
    share = cv2.GaussianBlur(known, (0, 0), AROUND)
    mean = np.where(share > 1e-3, total / np.maximum(share, 1e-3), total.sum() / max(float(known.sum()), 1))
    return np.asarray(TO_DEVIATION * mean + 1e-3, np.float32)


def _predicted(texture: Gaussian, known: Float64, border: Int, inside: Int) -> Float64:
    """The best linear prediction (kriging) of the pixels inside."""
    checkpoint()
    if not len(border):
        return np.zeros(len(inside))
    system = texture.between(border, border)
    system[np.diag_indices_from(system)] += ERROR[0] * texture.power + ERROR[1] * min(1.0, texture.power) + 1e-9
    return texture.spread(np.asarray(np.linalg.solve(system, known), np.float64), border, inside)


def _at(values: Any, pixels: Int) -> Float64:
    return np.asarray(values[pixels[:, 0], pixels[:, 1]], np.float64)


def _blurred(values: Float32, weight: Float32, sigma: float) -> Float32:
    known = (weight > 0).astype(np.float32)
    total, share = (cv2.GaussianBlur(x, (0, 0), sigma) for x in (values * known, known))
    return np.asarray(total / np.maximum(share, 1e-3), np.float32)
