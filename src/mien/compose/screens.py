"""Screens of printed photos: whether a picture is made of dots in rows, and at which frequencies it repeats itself.

Dots of one ink lie on a square lattice all over a print, so that the spectra of most parts of it have the same narrow
peaks: two of them in directions at right angles, equally far from zero, and others where whole multiples of them lie.
What else photos show, cloth and blinds and the grid of JPEG, is in parts of them only, or has no such two peaks.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255]; frequencies are (x, y), cycles per pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

import cv2
import numpy as np

from mien.types import Float32, Float64

TILE, TILES, FEW = 128, 48, 16
"""Side of the parts whose spectra are looked at, pixels; how many of them at most, and at a first glance."""

COMMON = 0.4
"""Share of the parts that must have a peak."""

PITCHES = (2.6, 16.0)
"""Distances of rows of dots that are looked for, pixels."""

CLEAR, SEEN, LEAST = 3.0, 1.3, 1.5
"""Logarithm of the power of a peak over what is around it, of a lattice, and of its multiples; amplitude in levels."""

FAINT, WEAK = 0.04, 0.15
"""Least amplitude of a wave and of a lattice, against the strongest."""

SQUARE = (0.06, 4.0)
"""How far two peaks of a lattice may be from equal lengths, a share, and from a right angle, degrees."""

HIGHEST, ORDER, INKS = 0.46, 4, 4
"""Highest frequency that is used, most multiples of a peak, and most lattices."""

AROUND = 13
"""Side of the square of a spectrum that a peak is compared with, pixels."""

GRID = 1 / 8
"""Frequency of the grid of JPEG."""


@dataclass(frozen=True, eq=False)
class Screens:
    """The lattices of a print.

    Attributes:
        lattices: (L, 2, 2) two frequencies of each.
        strongest: (L,) the channel in which each is seen best.
        waves: by channel, (N, 2 L) whole multiples of the frequencies of all lattices at which it repeats itself.
    """

    lattices: Float64
    strongest: tuple[int, ...]
    waves: tuple[Float64, ...]

    @property
    def pitch(self) -> float:
        """The longest distance of two rows, pixels."""
        return float(1 / np.linalg.norm(self.lattices, axis=2).min())


def screens_of(picture: Float32) -> Screens | None:
    """The screens of a picture; None for a photo that is no print, or one whose dots cannot be seen."""
    if min(picture.shape[:2]) < TILE or not _lattices(*_spectra(picture[..., 1], FEW)):
        return None
    spectra = [_spectra(picture[..., channel], TILES) for channel in range(3)]
    found: list[tuple[float, int, Float64]] = []
    for channel, one in enumerate(spectra):
        found += [(strength, channel, pair) for strength, pair in _lattices(*one)]
    if not found:  # what the first glance saw is in too few of the parts
        return None
    kept: list[tuple[float, int, Float64]] = []
    found.sort(key=lambda one: -one[0])
    for strength, channel, pair in found:
        if len(kept) < INKS and strength > WEAK * found[0][0] and not any(_same(pair, other) for _, _, other in kept):
            kept.append((strength, channel, pair))
    lattices = np.stack([pair for _, _, pair in kept])
    waves = tuple(_waves(lattices, *one) for one in spectra)
    return Screens(lattices, tuple(channel for _, channel, _ in kept), waves)


def _spectra(plane: Float32, most: int) -> tuple[Float64, Float64]:
    """(TILE, TILE) logarithm of the power over what is around it that many parts have, and mean amplitudes; the
    frequency 0 lies in the middle."""
    starts = [np.linspace(0, n - TILE, max(1, -(-2 * (n - TILE) // TILE) + 1)).astype(int) for n in plane.shape]
    places = list(product(*starts))
    chosen = [places[n] for n in np.unique(np.linspace(0, len(places) - 1, min(most, len(places))).astype(int))]
    profile = np.hanning(TILE)
    window = np.outer(profile, profile)
    clear, mean = [], np.zeros((TILE, TILE))
    for y, x in chosen:
        part = plane[y : y + TILE, x : x + TILE].astype(np.float64)
        power = np.abs(np.fft.fftshift(np.fft.fft2((part - part.mean()) * window))) ** 2
        logs = np.log(power + 1)
        clear.append(logs - cv2.blur(logs, (AROUND, AROUND)))
        mean += power / len(chosen)
    return np.quantile(np.stack(clear), 1 - COMMON, axis=0), 2 * np.sqrt(mean) / float(window.sum())


def _lattices(peaks: Float64, amplitude: Float64) -> list[tuple[float, Float64]]:
    """Amplitudes, and pairs of frequencies (2, 2) that span a square lattice, the strongest first."""
    highest = cv2.dilate(peaks, np.ones((5, 5), np.uint8))
    places = np.argwhere((peaks == highest) & (peaks > CLEAR) & (amplitude > LEAST))
    found: list[tuple[float, Float64]] = []
    for y, x in places:
        if not (2 <= y < TILE - 2 and 2 <= x < TILE - 2):
            continue
        at = _between(amplitude, int(y), int(x))
        if (at[0] > 1e-6 or (abs(at[0]) <= 1e-6 and at[1] > 0)) and 1 / PITCHES[1] < np.hypot(*at) < 1 / PITCHES[0]:
            found.append((float(amplitude[y, x]), at))
    pairs = []
    for (a, first), (b, second) in combinations(found, 2):
        lengths = np.hypot(*first), np.hypot(*second)
        turn = np.degrees(np.arcsin(min(1.0, abs(float(first @ second)) / (lengths[0] * lengths[1]))))
        if abs(lengths[0] / lengths[1] - 1) < SQUARE[0] and turn < SQUARE[1]:
            pairs.append((min(a, b), np.stack([first, second])))
    kept: list[tuple[float, Float64]] = []
    for strength, pair in sorted(pairs, key=lambda one: -one[0]):
        if not any(_of_lattice(pair, other) for _, other in kept):
            kept.append((strength, pair))
    plain = [one for one in kept if not _grid(one[1])]
    return kept if plain else []


def _between(amplitude: Float64, y: int, x: int) -> Float64:
    """The frequency of a peak, by a parabola through the logarithms of its neighbors."""
    logs = np.log(amplitude[y - 1 : y + 2, x - 1 : x + 2] + 1e-9)
    off = []
    for low, middle, high in (logs[1], logs[:, 1]):
        bend = low - 2 * middle + high
        off.append(float(np.clip((low - high) / (2 * bend), -0.5, 0.5)) if bend < 0 else 0.0)
    return np.array([x - TILE // 2 + off[0], y - TILE // 2 + off[1]]) / TILE


def _grid(pair: Float64) -> bool:
    """Whether a lattice may be the grid of JPEG."""
    multiples = pair / GRID
    return bool((np.abs(multiples - np.round(multiples)) < 0.5 / (GRID * TILE)).all()) and bool(
        (np.abs(multiples).min(1) < 0.1).all()
    )


def _of_lattice(pair: Float64, other: Float64) -> bool:
    """Whether both frequencies are whole multiples of another lattice's."""
    multiples = pair @ np.linalg.inv(other)
    return bool((np.abs(multiples - np.round(multiples)) @ np.linalg.norm(other, axis=1) < 1.2 / TILE).all())


def _same(pair: Float64, other: Float64) -> bool:
    return _of_lattice(pair, other) or _of_lattice(other, pair)


def _waves(lattices: Float64, peaks: Float64, amplitude: Float64) -> Float64:
    """Multiples (N, 2 L) of all lattices' frequencies at which a channel has peaks; one of each pair of opposites."""
    count = 2 * len(lattices)
    wanted: dict[tuple[int, ...], None] = {}
    for lattice in range(len(lattices)):
        for m, n in product(range(-ORDER, ORDER + 1), repeat=2):
            wanted[tuple(m * (i == 2 * lattice) + n * (i == 2 * lattice + 1) for i in range(count))] = None
    for one, other in combinations(range(count), 2):
        if one // 2 != other // 2:
            for sign in (1, -1):
                wanted[tuple((i == one) + sign * (i == other) for i in range(count))] = None
    clear, strong = (cv2.dilate(values, np.ones((3, 3), np.uint8)) for values in (peaks, amplitude))
    found, bins = [], set()
    for multiple in wanted:
        at = np.array(multiple) @ lattices.reshape(-1, 2)
        x, y = (int(v) for v in np.round(at * TILE))
        if np.hypot(*at) > HIGHEST or max(abs(x), abs(y)) < 2 or (x, y) in bins:
            continue
        if clear[y + TILE // 2, x + TILE // 2] > SEEN:
            found.append((float(strong[y + TILE // 2, x + TILE // 2]), multiple))
            bins |= {(x, y), (-x, -y)}
    least = FAINT * max((strength for strength, _ in found), default=0.0)
    return np.array([one for strength, one in found if strength > least], np.float64).reshape(-1, count)
