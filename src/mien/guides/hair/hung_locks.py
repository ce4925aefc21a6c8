"""Locks of a piece of straightened hair, laid over one another along a flow, from what lies behind to the front.

Convention:
    That of :mod:`mien.guides.hair.lock_flow`. q is -1 and 1 at the sides of a lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mien.guides.hair.fit import places_of
from mien.guides.hair.fringe_locks import noise
from mien.guides.hair.lock_flow import Flow
from mien.guides.hair.straightened import Strands
from mien.guides.scene import Scene
from mien.types import Bool, Float32, Float64

EACH, COUNT, WIDTHS = 0.075, (6, 22), (0.14, 0.34)
"""Units of width that have a lock; fewest and most locks of a side; and their widths, units."""

LAYERS = (-0.22, -0.09, 0.0)
"""How light locks behind, between and in front are, in logarithms."""

SWAY, WAVES, BEGIN = 0.02, (1.4, 3.0), 0.6
"""Units by which locks sway, lengths of that, and units below the roots from which they do fully."""

ROOTS = 0.22
"""Units over which roots of a lock hide among the old hair."""

TAPER, TIP = 0.45, 0.22
"""Units above its end from which a lock becomes narrower, and how wide its end is."""

ENDS, STRANDS = 0.12, (0.05, 0.04)
"""Units over which strands end, and by which thick and thin ones end sooner or later."""

EDGE, FADE = 0.022, 0.3
"""Units over which the side of a lock fades; and units below its roots in which it becomes as dark or light as it is.
"""

ROUND, CAST, FALLS = 0.14, (0.12, 0.22), 0.03
"""How much darker the sides of a lock are, and what is beneath it, in logarithms, behind and before; and how far that
reaches, units."""

MIDDLE = 0.09
"""Standard deviation of the light of parts of locks, in logarithms."""

BEHIND, NECK, RIM, SHORTER = -0.34, -0.2, 0.12, 0.1
"""How dark what lies behind all locks is, and how much darker beside the neck, in logarithms; units from the outer edge
in which it is lighter; and how much sooner it ends, units."""

SINGLE, LONG, LEAVES, SEEN = (8, 10), (0.4, 1.1), (0.01, 0.09), (0.25, 0.6)
"""Single hairs beyond the outer edge, and over the locks; their lengths, and how far they leave the way of the locks,
units; and how much is seen of them."""

TABLE, SPACING = 1400, 0.5
"""Values by which strands across differ, and pixels between them."""


class Canvas:
    """What has been laid so far.

    Attributes:
        alpha, light: (h, w) how much is seen, and its light in logarithms.
        hue: (h, w, 2) a* and b*, less those around.
        places: (h, w, 2) of the scene.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.alpha, self.light = np.zeros((2, *shape), np.float32)
        self.hue = np.zeros((*shape, 2), np.float32)
        self.places = places_of(self.hue)

    def lay(self, part: Any, alpha: Float32, light: Float32, hue: Float32, places: Float32) -> None:
        """Lays a lock (h, w) over a part of it."""
        both = alpha + self.alpha[part] * (1 - alpha)
        share = np.where(both > 1e-4, alpha / np.maximum(both, 1e-4), 0).astype(np.float32)
        self.light[part] += share * (light - self.light[part])
        self.hue[part] += share[..., None] * (hue - self.hue[part])
        self.places[part] = np.where((share > 0.5)[..., None], places, self.places[part])
        self.alpha[part] = both


@dataclass(frozen=True)
class Lock:
    """Attributes:
    share: where between the edges it hangs, in [0, 1].
    half: half its width, pixels.
    light: how light it is, in logarithms.
    start, end: units below the roots, and below the line, at which it begins and ends.
    sway: units, wave: units, phase: in waves.
    across, down: pixels of the piece at which it is taken.
    layer: 0 behind to 2 in front.
    """

    share: float
    half: float
    light: float
    start: float
    end: float
    sway: float
    wave: float
    phase: float
    across: float
    down: float
    layer: int


def _locks(flow: Flow, unit: float, piece: Strands, rng: np.random.Generator) -> list[Lock]:
    """The locks of a side, those behind first."""
    width = float(np.median(flow.outer - flow.inner)) / unit
    count = int(np.clip(round(width / EACH), *COUNT))
    height, across = piece.light.shape
    found = []
    for layer, light in enumerate(LAYERS):
        many = max(3, round(count / len(LAYERS)))
        shares = (np.arange(many) + rng.uniform(0.15, 0.85, many)) / many
        for share in rng.permutation(shares):
            short = rng.uniform(0, 0.22) * (layer == 2 and rng.uniform() < 0.35)
            found.append(
                Lock(
                    float(share),
                    0.5 * unit * rng.uniform(*WIDTHS) * (1.15 if layer == 0 else 1),
                    light + 0.07 * rng.standard_normal(),
                    rng.uniform(-0.5, 0.3) if layer == 2 else rng.uniform(-0.1, 0.25),
                    rng.normal(0, 0.05) - 0.05 * (layer < 2) - short,
                    SWAY * rng.uniform(0.5, 1.3),
                    rng.uniform(*WAVES),
                    0.5 * share + rng.normal(0, 0.12),
                    rng.uniform(0, across),
                    rng.uniform(0, 0.25 * height),
                    layer,
                )
            )
    return found


def hang(here: Scene, canvas: Canvas, flow: Flow, piece: Strands, wished: Bool, rng: np.random.Generator) -> None:
    """Lays the locks of a side over what was laid.

    Args:
        here, flow: the scene and the side.
        canvas: is drawn on.
        piece: strands.
        wished: (h, w) where hair is to be.
        rng: how locks differ.
    """
    hung = _Side(here, flow, piece, rng)
    hung.behind(canvas, wished)
    for lock in _locks(flow, here.unit, piece, rng):
        hung.lock(canvas, lock)
    for many, share in zip(SINGLE, ((0.93, 1.0), (0.05, 0.95)), strict=True):
        for _ in range(many):
            hung.single(canvas, rng.uniform(*share))


class _Side:
    """Attributes:
    rows, down: (R, 1) rows of the scene, and v.
    aside: (1, C) columns from the middle.
    """

    def __init__(self, here: Scene, flow: Flow, piece: Strands, rng: np.random.Generator) -> None:
        self.here, self.flow, self.piece, self.rng, self.unit = here, flow, piece, rng, here.unit
        self.left, self.right = flow.columns(here.shape[1])
        self.rows = flow.rows[:, None]
        self.down = (self.rows - flow.root) / self.unit
        self.aside = (flow.way * (np.arange(self.left, self.right) - flow.middle))[None].astype(np.float64)
        self.base = rng.uniform(0, 1)

    def part(self, first: int, last: int) -> Any:
        """The part of the canvas of columns from and to."""
        return np.s_[self.flow.first :, self.left + first : self.left + last]

    def behind(self, canvas: Canvas, wished: Bool) -> None:
        """Lays what lies behind all locks, between the edges and wherever else hair is wished beside the neck."""
        flow, unit, aside = self.flow, self.unit, self.aside
        part = self.part(0, self.right - self.left)
        inner, outer = flow.inner[:, None], flow.outer[:, None]
        across = np.broadcast_to(aside, (len(self.rows), aside.shape[1]))
        inside = np.clip(
            np.minimum(aside - inner, outer - aside) / (EDGE * unit) + 0.3 + 0.5 * self._noise(across, 2), 0, 1
        )
        low = np.clip((self.rows - self.here.points[[61, 291], 1].mean()) / (0.5 * unit), 0, 1)
        beside = cv2.GaussianBlur(wished[part].astype(np.float32), (0, 0), EDGE * unit)
        beside = np.clip(2 * beside - 0.6, 0, low * np.clip(aside / (RIM * unit), 0, 1))
        inside = np.maximum(inside, beside * (aside < 0.5 * (inner + outer)))
        begins = np.clip(self.down / ROOTS + 0.3 * self._noise(across, 1.5), 0, 1)
        uneven = 0.05 * self._noise(across, 8) + 0.03 * self._noise(across, 1.6)
        ends = np.clip(((flow.ends(aside) - self.rows) / unit - SHORTER + uneven) / ENDS + 0.5, 0, 1)
        dark = BEHIND + NECK * low * np.clip(1 - 2 * (aside - inner) / (outer - inner), 0, 1)
        dark = dark * np.clip((outer - aside) / (RIM * unit), 0, 1)
        light, hue, places = self._strands(aside, self.down * unit)
        light = 0.8 * light + dark * np.clip(self.down / FADE, 0, 1)
        canvas.lay(part, (inside * begins * ends).astype(np.float32), light.astype(np.float32), hue, places)

    def lock(self, canvas: Canvas, lock: Lock) -> None:
        """Lays a lock, and what it casts on what is beneath."""
        flow, unit, down = self.flow, self.unit, self.down
        wave = 2 * np.pi * (down / lock.wave + self.base + lock.phase)
        swaying = lock.sway * np.clip(down / BEGIN, 0, 1)
        middle = flow.inner + lock.share * (flow.outer - flow.inner)
        middle = np.clip(middle, flow.inner + 0.35 * lock.half, flow.outer - 0.3 * lock.half)
        middle = middle[:, None] + swaying * unit * np.sin(wave)
        ended = np.flatnonzero(flow.rows > flow.ends(middle[:, 0]) + lock.end * unit)
        end = flow.rows[ended[0]] if ended.size else flow.rows[-1] + BEGIN * unit
        above = (end - self.rows) / unit
        half = lock.half * (TIP + (1 - TIP) * np.sqrt(np.clip(above / TAPER, 0, 1)))
        half = half * (0.75 + 0.25 * np.clip((down - lock.start) / 0.5, 0, 1))
        q = (self.aside - middle) / np.hypot(1, np.gradient(middle[:, 0])[:, None]) / np.maximum(half, 1)
        near = np.flatnonzero((np.abs(q) < 1.5).any(0))
        if not near.size:
            return
        part, q = self.part(near[0], near[-1] + 1), q[:, near[0] : near[-1] + 1]
        across = lock.across + q * lock.half
        thick, thin = self._noise(across, 2.0), self._noise(across, 1.2)
        alpha = np.clip((1 - np.abs(q)) * half / (EDGE * unit) + 0.35 + 0.5 * thick, 0, 1)
        ends = (above + STRANDS[0] * thick + STRANDS[1] * thin - 0.05 * np.minimum(q**2, 2)) / ENDS + 0.4
        begins = (down - lock.start) / ROOTS + 0.5 * thin + 0.3 * thick
        alpha = (alpha * np.clip(ends, 0, 1) * np.clip(begins, 0, 1)).astype(np.float32)
        light, hue, places = self._strands(across, lock.down + down * unit)
        outer = np.where((q > 0) & (lock.share > 0.8), 0.3, 1.0)  # against the light behind it is no darker
        parts = MIDDLE * self._noise(across, 0.035 * unit / SPACING) - ROUND * outer * (np.minimum(q**2, 1.6) - 0.35)
        light = light + np.clip((down - lock.start) / FADE, 0, 1) * (parts + lock.light) + 1.5 * swaying * np.cos(wave)
        shade = cv2.GaussianBlur(alpha, (0, 0), FALLS * unit) * np.float32(CAST[lock.layer > 0])
        canvas.light[part] -= shade * (1 - alpha)
        canvas.lay(part, alpha, light.astype(np.float32), hue, places)

    def single(self, canvas: Canvas, share: float) -> None:
        """Lays a single hair that leaves the way of the locks."""
        flow, unit, rng = self.flow, self.unit, self.rng
        long, begins = rng.uniform(*LONG), rng.uniform(0.15, 0.8)
        last = float(flow.ends(flow.outer[-1])) - flow.root
        at = np.linspace(0, 1, 24)
        rows = flow.root + begins * max(last - 0.5 * long * unit, 0.2 * unit) + at * long * unit
        inner, outer = (np.interp(rows, flow.rows, one) for one in (flow.inner, flow.outer))
        away = (at**1.7) * rng.uniform(*LEAVES) * unit * (1 if share > 0.9 else rng.choice((-1, 1)))
        columns = flow.middle + flow.way * (inner + share * (outer - inner) + away)
        drawn = np.zeros(canvas.alpha.shape, np.uint8)
        points = np.round(np.stack([columns, rows], 1) * 16).astype(np.int32)
        cv2.polylines(drawn, [points], False, 255, 1, cv2.LINE_AA, 4)
        left, top = np.maximum(points.min(0) // 16 - 3, 0)
        part = np.s_[top : points[:, 1].max() // 16 + 4, left : points[:, 0].max() // 16 + 4]
        if not drawn[part].any():
            return
        alpha = cv2.GaussianBlur(drawn[part].astype(np.float32) / 255, (0, 0), 0.5) * np.float32(rng.uniform(*SEEN))
        light = np.full(alpha.shape, rng.normal(0.05, 0.15), np.float32)
        canvas.lay(part, alpha, light, np.zeros((*alpha.shape, 2), np.float32), canvas.places[part])

    def _noise(self, across: Float64, sigma: float) -> Float64:
        """(R, C) values by which strands at columns differ, mean 0 and standard deviation 1."""
        at = np.arange(TABLE) * SPACING
        return np.asarray(np.interp(np.mod(across, at[-1]), at, noise(self.rng, TABLE, sigma)), np.float64)

    def _strands(self, across: Float64, down: Float64) -> tuple[Float32, Float32, Float32]:
        """Light, hue and places of the piece at columns and rows of it, mirrored beyond its border."""
        height, width = self.piece.light.shape
        x, y = np.broadcast_arrays(_folded(across, width), _folded(down, height))
        x, y = (np.ascontiguousarray(one, np.float32) for one in (x, y))
        light = cv2.remap(self.piece.light, x, y, cv2.INTER_CUBIC)
        hue = cv2.remap(self.piece.hue, x, y, cv2.INTER_LINEAR)
        return light, hue, cv2.remap(self.piece.places, x, y, cv2.INTER_NEAREST)


def _folded(at: Float64, size: int) -> Float64:
    """Places in [0, size - 1], mirrored beyond."""
    last = size - 1
    return np.asarray(last - np.abs(np.mod(at, 2 * last) - last), np.float64)
