"""Glasses drawn over a strip around the eyes, and what a program would know of them: where they are, not quite.

Frames of metal, of thick plastic, transparent, of two tones, half rims and none; shadows on the skin, reflections,
tints, and a little magnification. What lies behind them is known.

Convention:
    Pictures are (h, w, 3) float32 in [0, 255]; points (N, 2) in units from the middle of the eyes, y down.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.guides.glasses.strip import UNIT
from mien.types import Float32, Float64
from recipes.distort import Rng

FINE = 3
"""Frames are drawn at so many times the strip's resolution."""

AROUND = 64
"""Points on each rim."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Glasses over a strip; planes are (h, w) in [0, 1].

    Attributes:
        picture: with them.
        clean: without, seen through lenses where they magnify.
        frame: what they hide.
        lenses: what is seen through them.
        shade: where shadows and reflections are.
    """

    picture: Float32
    clean: Float32
    frame: Float32
    lenses: Float32
    shade: Float32


@dataclass(frozen=True, eq=False)
class Shape:
    """Attributes:
    rims: (2, AROUND, 2) middle lines, left one first, each from its outer side on, upwards.
    widths: (AROUND,) of the rims, units.
    kind: "metal", "plastic", "clear", "two", "half", "none".
    """

    rims: Float64
    widths: Float64
    kind: str


def drawn(picture: Float32, points: Float32, rng: Rng) -> Drawn:
    """Random glasses over a strip whose landmarks (478, 2) are known."""
    turn = float(np.clip(2 * (points[1, 0] - points[[33, 263], 0].mean()) / UNIT, -0.5, 0.5))
    shape = _shape(rng, turn)
    middle = points[[33, 133, 362, 263]].mean(0).astype(np.float64)
    size = picture.shape[:2]
    lens = [_filled(size, middle, [rim]) for rim in shape.rims]
    lenses = np.maximum(*lens)
    clean, picture = _magnified(picture, middle, shape, lens, rng)
    frame, over = _parts(size, middle, shape, points, rng)
    made, shade = _lit(picture, lenses, frame, rng)
    for alpha, colors in over:
        made = made + alpha[..., None] * (colors - made)
    return Drawn(np.clip(made, 0, 255).astype(np.float32), clean, frame, lenses, shade)


def _shape(rng: Rng, turn: float) -> Shape:
    kind = str(rng.choice(["metal", "plastic", "clear", "two", "half", "none"], p=[0.3, 0.36, 0.08, 0.08, 0.1, 0.08]))
    angle = np.linspace(0, 2 * np.pi, AROUND, endpoint=False) + np.pi
    cos, sin = np.cos(angle), np.sin(angle)
    wide, high = rng.normal(0.265, 0.035), rng.normal(0.19, 0.042)
    wide, high = float(np.clip(wide, 0.18, 0.36)), float(np.clip(high, 0.1, 0.3))
    power = 2 * np.where(
        sin < 0, np.clip(rng.normal(0.42, 0.12), 0.15, 0.55), np.clip(rng.normal(0.45, 0.1), 0.15, 0.55)
    )
    x = wide * np.sign(cos) * np.abs(cos) ** power
    y = high * np.sign(sin) * np.abs(sin) ** power
    x = x * (1 + rng.normal(-0.03, 0.07) * y / high)
    y = y + x * rng.normal(0.0, 0.07) - (rng.uniform(0, 0.06) * (np.abs(x / wide) ** 3) if rng.random() < 0.2 else 0)
    apart, low = rng.normal(0.375, 0.03), rng.normal(0.05, 0.045)
    apart = max(apart, wide + 0.03)
    rims = np.stack(
        [np.stack([s * (x * -1 + apart) * (1 + s * 0.25 * turn) + 0.1 * turn, y + low], 1) for s in (-1, 1)]
    )
    roll = rng.normal(0, 0.02)
    rims = rims @ np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    thin = rng.uniform(0.008, 0.024)
    thick = rng.uniform(0.025, 0.085)
    base = {
        "metal": thin,
        "plastic": thick,
        "clear": thick,
        "two": thick,
        "half": rng.choice([thin, thick]),
        "none": 0.007,
    }[kind]
    widths = np.full(AROUND, base)
    above = np.clip(0.5 - 2 * sin, 0, 1)
    if kind in ("plastic", "clear") and rng.random() < 0.6:
        widths = widths * (rng.uniform(0.4, 0.9) + above * rng.uniform(0.1, 0.6))
    if kind == "two":
        widths = np.where(sin < 0.1, widths, thin)
    if kind == "half":
        widths = np.where(sin < rng.uniform(-0.2, 0.5), widths, 0.006)
    return Shape(rims, cv2.blur(widths[:, None], (1, 3)).ravel(), kind)


def _fixed(points: Float64, middle: Float64) -> np.ndarray:
    return np.round((points * UNIT + middle) * FINE * 16 - 8).astype(np.int32)


def _blank(size: tuple[int, int]) -> Float32:
    return np.zeros((size[0] * FINE, size[1] * FINE), np.uint8)


def _less(fine: Float32, size: tuple[int, int]) -> Float32:
    return np.asarray(cv2.resize(fine, size[::-1], interpolation=cv2.INTER_AREA), np.float32) / 255


def _filled(size: tuple[int, int], middle: Float64, contours: list[Float64]) -> Float32:
    fine = _blank(size)
    for one in contours:
        cv2.fillPoly(fine, [_fixed(one, middle)], 255, cv2.LINE_AA, 4)
    return _less(fine, size)


def _line(size: tuple[int, int], middle: Float64, line: Float64, widths: Float64, closed: bool = False) -> Float32:
    """A line of changing width: a quadrangle for each of its pieces."""
    fine = _blank(size)
    after = np.roll(line, -1, 0) if closed else line[1:]
    before, width = (line, widths) if closed else (line[:-1], widths[:-1])
    for a, b, w in zip(_fixed(before, middle), _fixed(after, middle), width, strict=True):
        cv2.line(fine, a.tolist(), b.tolist(), 255, max(1, round(w * UNIT * FINE)), cv2.LINE_AA, 4)
    return _less(fine, size)


def _magnified(
    picture: Float32, middle: Float64, shape: Shape, lens: list[Float32], rng: Rng
) -> tuple[Float32, Float32]:
    """What is to be seen, and what is seen through lenses: the latter ends at once where they end."""
    if rng.random() > 0.4:
        return picture, picture
    height, width = picture.shape[:2]
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    by = float(np.clip(rng.normal(-0.02, 0.035), -0.08, 0.06))
    soft, hard = np.zeros((2, height, width), np.float32), np.zeros((2, height, width), np.float32)
    for rim, one in zip(shape.rims, lens, strict=True):
        at = rim.mean(0) * UNIT + middle
        depth = cv2.distanceTransform((one > 0.5).astype(np.uint8), cv2.DIST_L2, 3) / (0.12 * UNIT)
        away = np.stack([xs - at[0], ys - at[1]]) * np.float32(-by)
        soft, hard = soft + away * np.clip(depth, 0, 1), hard + away * (one > 0.5)
    return tuple(
        cv2.remap(
            picture,
            (xs + d[0]).astype(np.float32),
            (ys + d[1]).astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        for d in (soft, hard)
    )  # type: ignore[return-value]


def _color(rng: Rng, kind: str) -> Float32:
    if kind == "metal":
        return np.array(
            [(190, 160, 100), (170, 170, 175), (70, 65, 60), (40, 40, 45), (150, 110, 90)][int(rng.integers(5))]
        ) * rng.uniform(0.6, 1.2)
    if kind == "clear":
        return rng.uniform(120, 250) * np.array([1, rng.uniform(0.85, 1), rng.uniform(0.75, 1)])
    if rng.random() < 0.6:
        return rng.uniform(5, 60) * np.array([1, rng.uniform(0.7, 1), rng.uniform(0.6, 1.1)])
    if rng.random() < 0.5:
        return np.array([120, 70, 40]) * rng.uniform(0.4, 1.2)
    return rng.uniform(20, 230, 3)


def _painted(size: tuple[int, int], rng: Rng, kind: str) -> Float32:
    """Colors (h, w, 3) of a frame: plain, mottled, or lighter above."""
    color = _color(rng, kind).astype(np.float32)
    colors = np.broadcast_to(color, (*size, 3)).astype(np.float32)
    if kind in ("plastic", "two") and rng.random() < 0.3:
        spots = cv2.GaussianBlur(rng.standard_normal(size).astype(np.float32), (0, 0), rng.uniform(2, 5))
        spots = np.clip(0.5 + spots / (2 * spots.std()), 0, 1)[..., None]
        colors = colors + spots * (rng.uniform(0.2, 1) * np.array([150, 95, 45], np.float32) - 0.3 * colors)
    if rng.random() < 0.5:
        colors = colors * np.linspace(*rng.uniform(0.7, 1.3, 2), size[0])[:, None, None]
    return np.asarray(colors, np.float32)


def _parts(
    size: tuple[int, int], middle: Float64, shape: Shape, points: Float32, rng: Rng
) -> tuple[Float32, list[tuple[Float32, Float32]]]:
    """Where anything is hidden, and the layers of it: opacity and colors."""
    rims = np.maximum(*[_line(size, middle, one, shape.widths, closed=True) for one in shape.rims])
    solid = rng.uniform(0.85, 1.0)
    if shape.kind == "clear":
        solid = rng.uniform(0.25, 0.7)
    if shape.kind == "none":
        solid = rng.uniform(0.15, 0.6)
    colors = _painted(size, rng, shape.kind)
    over = [(rims * np.float32(solid), colors)]
    metal = (
        _painted(size, rng, "metal") if shape.kind in ("metal", "half", "none", "two") or rng.random() < 0.2 else colors
    )
    top = float(np.max(shape.widths))
    bridge = _bridge(size, middle, shape, max(0.012, top * rng.uniform(0.6, 1.3)), rng)
    arms = _temples(size, middle, shape, points, max(0.012, top * rng.uniform(0.6, 1.2)), rng)
    least = np.float32(max(solid, 0.4))
    sides = metal if rng.random() < 0.7 else _painted(size, rng, str(rng.choice(["metal", "plastic"])))
    over += [(bridge * least, metal), (arms * least, sides)]
    parts = [rims, bridge, arms]
    if rng.random() < 0.6:
        pads = _pads(size, middle, shape, rng)
        over.append((pads * np.float32(rng.uniform(0.2, 0.8)), np.full((*size, 3), rng.uniform(90, 255), np.float32)))
        parts.append(pads)
    if rng.random() < 0.3:  # the lens' edge, seen through it
        edges = [
            _line(size, middle, one + (one.mean(0) - one) * rng.uniform(0.02, 0.1), shape.widths * 0 + 0.012, True)
            for one in shape.rims
        ]
        edge = cv2.GaussianBlur(np.maximum(*edges), (0, 0), rng.uniform(0.3, 1.5)) * np.float32(rng.uniform(0.05, 0.5))
        over.insert(0, (edge, np.full((*size, 3), rng.choice([rng.uniform(0, 60), rng.uniform(200, 255)]), np.float32)))
        parts.append(np.where(edge > 0.12, edge / max(float(edge.max()), 1e-3), 0).astype(np.float32))
    if rng.random() < 0.6:  # light on the frame
        moved = np.roll(cv2.erode(rims, np.ones((2, 2))), int(rng.integers(-1, 2)), 0)
        shine = cv2.GaussianBlur(rng.random(size).astype(np.float32), (0, 0), 12)
        shine = np.clip((shine - shine.mean()) / max(float(shine.std()), 1e-3), 0, 1)
        over.append((moved * rims * shine * np.float32(rng.uniform(0.2, 0.9)), np.full((*size, 3), 240, np.float32)))
    return np.max(parts, 0).astype(np.float32), over


def _bridge(size: tuple[int, int], middle: Float64, shape: Shape, wide: float, rng: Rng) -> Float32:
    ends = []
    for rim, inner in ((shape.rims[0], 1), (shape.rims[1], -1)):
        near = rim[np.argsort(-inner * rim[:, 0])[: AROUND // 3]]
        ends.append(near[np.argmin(np.abs(near[:, 1] - np.quantile(near[:, 1], rng.uniform(0.15, 0.45))))])
    along = np.linspace(0, 1, 12)[:, None]
    sag = rng.normal(-0.02, 0.03)
    line = ends[0] + along * (ends[1] - ends[0]) + np.array([[0, sag]]) * np.sin(np.pi * along)
    widths = wide * (1 + rng.uniform(0, 0.8) * np.abs(2 * along.ravel() - 1) ** 2)
    both = _line(size, middle, line, widths)
    if rng.random() < 0.12:  # a second bar
        both = np.maximum(both, _line(size, middle, line - (0, rng.uniform(0.05, 0.1)), widths * 0.7))
    return both


def _temples(size: tuple[int, int], middle: Float64, shape: Shape, points: Float32, wide: float, rng: Rng) -> Float32:
    """Hinges and arms to the ears, as far as they are seen."""
    total = np.zeros(size, np.float32)
    level = rng.uniform(0.05, 0.5)
    drop, bend = rng.normal(-0.01, 0.04), rng.normal(0, 0.012)
    shown = 1.0 if rng.random() < 0.75 else rng.uniform(0.2, 1.0)  # hair hides the rest
    thick, thin = rng.uniform(1, 2.2), rng.uniform(0.5, 1.4)
    block = rng.uniform(0.02, 0.14) if rng.random() < 0.6 else 0.0
    high = max(wide, 0.02) * rng.uniform(1.0, 2.2)
    for side, rim, ear in ((-1, shape.rims[0], 127), (1, shape.rims[1], 356)):
        outer = rim[np.argsort(-side * rim[:, 0])[: AROUND // 3]]
        start = outer[np.argmin(np.abs(outer[:, 1] - np.quantile(outer[:, 1], level)))]
        end = (points[ear].astype(np.float64) - middle) / UNIT
        reach = max(side * end[0], side * start[0] + 0.04) + rng.uniform(-0.02, 0.25)
        end = np.array([side * reach, start[1] + drop + rng.normal(0, 0.01)])
        along = np.linspace(0, 1, 10)[:, None] * shown
        widths = np.linspace(wide * thick, wide * thin, 10)
        line = start + along * (end - start) + (0, bend) * np.sin(np.pi * along)
        total = np.maximum(total, _line(size, middle, line, widths))
        if block > 0:  # where rim and arm meet
            joint = start + np.linspace(-0.3, 1, 6)[:, None] * (side * block, 0.3 * drop)
            total = np.maximum(total, _line(size, middle, joint, np.linspace(high, high * 0.8, 6)))
    return total


def _pads(size: tuple[int, int], middle: Float64, shape: Shape, rng: Rng) -> Float32:
    fine = _blank(size)
    high, wide, lean = rng.uniform(0.03, 0.06), rng.uniform(0.012, 0.028), rng.uniform(5, 35)
    for side, rim in ((-1, shape.rims[0]), (1, shape.rims[1])):
        near = rim[np.argmax(-side * rim[:, 0])]
        at = np.array([near[0] - side * rng.uniform(0.0, 0.035), near[1] + rng.uniform(0.0, 0.09)])
        x, y = _fixed(at[None], middle)[0] // 16
        axes = (round(wide * UNIT * FINE), round(high * UNIT * FINE))
        cv2.ellipse(fine, (int(x), int(y)), axes, -side * lean, 0, 360, 255, -1, cv2.LINE_AA)
        arm = _fixed(np.stack([near, at]), middle)
        cv2.line(fine, arm[0].tolist(), arm[1].tolist(), 255, max(1, round(0.01 * UNIT * FINE)), cv2.LINE_AA, 4)
    return _less(fine, size)


def _moved(plane: Float32, x: float, y: float) -> Float32:
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float32)
    return np.asarray(cv2.warpAffine(plane, matrix, plane.shape[::-1]), np.float32)


def _lit(picture: Float32, lenses: Float32, frame: Float32, rng: Rng) -> tuple[Float32, Float32]:
    """The face with shadows of the frame, seen through lenses with reflections, and where those are strong."""
    made, shade = picture, np.zeros(frame.shape, np.float32)
    for _ in range(int(rng.choice([0, 1, 2], p=[0.2, 0.5, 0.3]))):
        offset = rng.normal(0, 0.025) * UNIT, rng.uniform(-0.01, 0.1) * UNIT
        shadow = cv2.GaussianBlur(_moved(frame, *offset), (0, 0), rng.uniform(0.6, 3.5))
        depth = shadow * np.float32(rng.uniform(0.08, 0.5))
        color = np.array([1, rng.uniform(1, 1.15), rng.uniform(1, 1.2)], np.float32)
        made = made * (1 - np.clip(depth[..., None] * color, 0, 0.8))
        shade = np.maximum(shade, depth)
    if rng.random() < 0.4:
        tint = 1 + rng.normal(0, 0.025) + rng.normal(0, 0.012, 3)
        made = made * (1 + lenses[..., None] * (tint.astype(np.float32) - 1))
    if rng.random() < 0.45:
        ys, xs = np.mgrid[: len(frame), : frame.shape[1]].astype(np.float32) / UNIT
        glow = np.zeros_like(frame)
        for _ in range(int(rng.integers(1, 4))):
            x, y, angle = rng.uniform(0.2, 1.6), rng.uniform(0.1, 0.8), rng.uniform(0, np.pi)
            a, b = rng.uniform(0.01, 0.08), rng.uniform(0.03, 0.3)
            u, v = (
                (xs - x) * np.cos(angle) + (ys - y) * np.sin(angle),
                (ys - y) * np.cos(angle) - (xs - x) * np.sin(angle),
            )
            glow = np.maximum(glow, np.exp(-((u / a) ** 4) - (v / b) ** 4))
        glow = glow * lenses * np.float32(rng.uniform(0.05, 0.6))
        made = made + glow[..., None] * (rng.uniform(180, 255, 3).astype(np.float32) - made)
        shade = np.maximum(shade, glow)
    return made, shade
