"""The dots of a print apart from what is printed: fitted as waves whose strength follows the light of the print.

In a part of a picture each channel is a smooth base and a sum of waves at the frequencies of its screens
(:mod:`mien.compose.screens`); the coefficient of each wave is a polynomial in the base, since dots grow, meet and
become holes as it gets darker. The phases are those of the part, so that dots go on in line where nothing is known.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255]; areas (h, w) bool; frequencies (x, y), cycles per pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.compose.screens import Screens
from mien.interrupt import checkpoint
from mien.types import Bool, Float32, Float64

Int = NDArray[np.int64]

CELL = 64
"""Distance of the middles of parts, pixels; each is twice as wide, and fades towards its sides."""

BASE = 0.5
"""Standard deviation of the blur that leaves the base, against the distance of rows."""

SAMPLES = 4000
"""Pixels of a part that are used at most."""

DEGREES = (3, 2)
"""Degree of the polynomials in the base, for one screen and for several."""

RIDGE = 1e-3
"""What is added to the squares of each unknown, a share of the pixels'."""

STEP = 12
"""Pixels over which phases are compared to correct a frequency."""

FARTHEST = 2.0
"""Standard deviations of the base within which its polynomials are used."""

NOTCH, LOW, NARROW, KEPT = 0.8, 0.8, 2.5, 0.35
"""Reach of what a notch takes a wave from, in distances of rows; the frequency, in rows, below which waves are rosettes
of several inks, the reach there; and the lowest frequency that is taken, below which lies the picture."""


@dataclass(frozen=True, eq=False)
class Cell:
    """The waves of one part.

    Attributes:
        x, y: of its corner.
        waves: by channel, (N, 2) frequencies.
        weights: by channel, (degree + 1, N) complex.
        usual: by channel, mean and spread of the base.
    """

    x: int
    y: int
    waves: tuple[Float64, ...]
    weights: tuple[NDArray[np.complex128], ...]
    usual: tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Dots:
    """The dots of a picture."""

    cells: tuple[Cell, ...]
    sigma: float

    def over(self, base: Float32) -> Float32:
        """(h, w, 3) what the dots add to a base; 0 where none are known."""
        total, share = np.zeros_like(base), np.full((*base.shape[:2], 1), 1e-6, np.float32)
        for cell in self.cells:
            there = np.s_[cell.y : cell.y + 2 * CELL, cell.x : cell.x + 2 * CELL]
            part = base[there]
            profile = _hat(*part.shape[:2])
            for channel in range(3):
                total[there][..., channel] += profile * _drawn(cell, channel, part[..., channel])
            share[there][..., 0] += profile
        return np.asarray(total / share, np.float32)

    def off(self, picture: Float32, known: Bool) -> Float32:
        """(h, w, 3) a picture without its dots, as fine as it was otherwise; of no meaning where nothing is known."""
        return np.asarray(picture - self.over(self.base(picture, known)), np.float32)

    def on(self, picture: Float32) -> Float32:
        """(h, w, 3) a picture without dots with the dots that it would have been printed with."""
        return picture + self.over(np.asarray(cv2.GaussianBlur(picture, (0, 0), self.sigma), np.float32))

    def base(self, picture: Float32, known: Bool) -> Float32:
        """(h, w, 3) the picture without its dots, blurred, also near what is unknown."""
        weight = known.astype(np.float32)
        total, share = (cv2.GaussianBlur(x, (0, 0), self.sigma) for x in (picture * weight[..., None], weight))
        return _spread(np.asarray(total / np.maximum(share, 1e-6)[..., None], np.float32), share > 0.2)


def without_dots(picture: Float32, screens: Screens) -> Float32:
    """(h, w, 3) a whole picture without its dots: notches in its spectrum. What is no dot stays nearly as sharp."""
    height, width = picture.shape[:2]
    shape = [cv2.getOptimalDFTSize(n + 4 * round(screens.pitch)) for n in (height, width)]
    below, beside = shape[0] - height, shape[1] - width
    padded = cv2.copyMakeBorder(picture, 0, below, 0, beside, cv2.BORDER_REFLECT_101)
    rows, columns = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None]
    planes = []
    for channel in range(3):
        spectrum = np.fft.rfft2(padded[..., channel])
        for at in screens.waves[channel] @ screens.lattices.reshape(-1, 2):
            rate = float(np.linalg.norm(at)) * screens.pitch
            spread = 1 / (2 * np.pi * (NOTCH if rate > LOW else NARROW) * screens.pitch)
            for x, y in (at, -at) if rate > KEPT else ():
                few = np.abs(columns[0] - x) < 4 * spread
                off = (rows - y + 0.5) % 1 - 0.5, columns[:, few] - x
                spectrum[:, few] *= 1 - np.exp(-(off[0] ** 2 + off[1] ** 2) / (2 * spread**2))
        planes.append(np.fft.irfft2(spectrum, shape)[:height, :width])
    return np.stack(planes, 2).astype(np.float32)


def dots_of(picture: Float32, known: Bool, near: Bool, screens: Screens) -> Dots:
    """The dots of a picture in and around an area.

    Args:
        picture: with dots.
        known: where it is what was printed.
        near: where dots are needed.
        screens: of the whole print.
    """
    result = Dots((), BASE * screens.pitch)
    base = result.base(picture, known)
    height, width = known.shape
    cells: list[Cell] = []
    for y in range(-CELL, height, CELL):
        for x in range(-CELL, width, CELL):
            at = min(max(0, x), max(0, width - 2 * CELL)), min(max(0, y), max(0, height - 2 * CELL))
            there = np.s_[at[1] : at[1] + 2 * CELL, at[0] : at[0] + 2 * CELL]
            if near[there].any() and known[there].mean() > 0.1 and not any((c.x, c.y) == at for c in cells):
                cells.append(_fitted(at, picture[there], base[there], known[there], screens))
    return Dots(tuple(cells), result.sigma)


def _fitted(at: tuple[int, int], picture: Float32, base: Float32, known: Bool, screens: Screens) -> Cell:
    checkpoint()
    lattices = _corrected(picture - base, known, screens)
    rng = np.random.default_rng(0)
    places = np.argwhere(known)
    if len(places) > SAMPLES:
        places = places[rng.permutation(len(places))[:SAMPLES]]
    degree = DEGREES[min(len(lattices), 2) - 1]
    waves = tuple(one @ lattices.reshape(-1, 2) for one in screens.waves)
    values, levels = (one[places[:, 0], places[:, 1]] for one in (picture, base))
    usual = tuple((float(levels[:, n].mean()), float(levels[:, n].std()) + 2.0) for n in range(3))
    weights = tuple(
        _weights(waves[n], places, values[:, n] - levels[:, n], _powers(levels[:, n], *usual[n], degree))
        for n in range(3)
    )
    return Cell(*at, waves, weights, usual)


def _weights(waves: Float64, places: Int, rest: Float32, powers: Float32) -> NDArray[np.complex128]:
    """(degree + 1, N): what each wave (N, 2) has at pixels (M, 2) in what is not the base, by power (degree + 1, M)."""
    phase = (2 * np.pi * (waves @ places[:, ::-1].T)).astype(np.float32)
    terms = np.concatenate([np.cos(phase), np.sin(phase)])
    design = np.concatenate([powers, (powers[:, None] * terms[None]).reshape(-1, len(places))])
    system = design @ design.T
    system[np.diag_indices_from(system)] += RIDGE * len(places)
    solved = np.linalg.solve(system, design @ rest)[len(powers) :].reshape(len(powers), 2, -1)
    return np.asarray(solved[:, 0] - 1j * solved[:, 1], np.complex128)


def _powers(level: Float32, middle: float, spread: float, degree: int) -> Float32:
    t = np.clip((level - middle) / spread, -FARTHEST, FARTHEST)
    return np.stack([t**n for n in range(degree + 1)]).astype(np.float32)


def _corrected(rest: Float32, known: Bool, screens: Screens) -> Float64:
    """The lattices (L, 2, 2) of a part: their frequencies corrected by how phases drift."""
    height, width = known.shape
    ys, xs = np.mgrid[:height, :width]
    weight = known.astype(np.float32)
    result = screens.lattices.copy()
    step = min(STEP, min(height, width) // 3)
    for number, channel in enumerate(screens.strongest):
        for one in range(2):
            at = screens.lattices[number, one]
            turned = rest[..., channel] * weight * np.exp(-2j * np.pi * (at[0] * xs + at[1] * ys))
            local = _blurred(turned, screens.pitch)
            across = (local[:, step:] * local[:, :-step].conj()).sum()
            down = (local[step:] * local[:-step].conj()).sum()
            result[number, one] += np.angle([across, down]) / (2 * np.pi * step)
    return result


def _blurred(waves: NDArray[np.complex128], sigma: float) -> NDArray[np.complex64]:
    """Complex values (h, w), blurred."""
    real, imaginary = (np.ascontiguousarray(part, np.float32) for part in (waves.real, waves.imag))
    soft = cv2.GaussianBlur(real, (0, 0), sigma) + 1j * cv2.GaussianBlur(imaginary, (0, 0), sigma)
    return np.asarray(soft, np.complex64)


def _drawn(cell: Cell, channel: int, level: Float32) -> Float32:
    """(h, w) the waves of one channel of a part over a base."""
    height, width = level.shape
    found, weights = cell.waves[channel], cell.weights[channel]
    powers = _powers(level, *cell.usual[channel], len(weights) - 1)
    result = np.zeros(level.shape, np.float32)
    down = np.exp(2j * np.pi * np.arange(height)[:, None] * found[:, 1]).astype(np.complex64)
    across = np.exp(2j * np.pi * np.arange(width)[:, None] * found[:, 0]).astype(np.complex64)
    for power, weight in zip(powers, weights, strict=True):
        result += power * ((down * weight.astype(np.complex64)) @ across.T).real
    return result


def _hat(height: int, width: int) -> Float32:
    down, across = (1 - np.abs(np.linspace(-1, 1, n + 2)[1:-1]) for n in (height, width))
    return np.outer(down, across).astype(np.float32)


def _spread(values: Float32, known: Bool) -> Float32:
    """Values carried smoothly to where they are unknown, by ever wider means."""
    if known.all() or not known.any() or min(known.shape) < 2:
        return values
    size = (-(-known.shape[1] // 2), -(-known.shape[0] // 2))
    weight = known.astype(np.float32)
    share = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    mean = cv2.resize(values * weight[..., None], size, interpolation=cv2.INTER_AREA)
    coarse = _spread(np.asarray(mean / np.maximum(share, 1e-6)[..., None], np.float32), share > 0.2)
    guess = cv2.resize(coarse, known.shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.where(known[..., None], values, guess).astype(np.float32)
