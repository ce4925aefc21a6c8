"""Sketches: where lines run; drawn by the paper's pencil filter, or by a user.

Convention:
    Sketches are binary, True on lines. A thin line is ``line_width(size)`` pixels wide at every size.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mien.conditions.modality import Array, MapModality
from mien.conditions.pictures import drawing, rgba
from mien.conditions.resample import levels_at
from mien.conditions.svg import drawing_size, read_svg, render_strokes
from mien.types import Bool, Float32, Float64, PictureLike, UInt8

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from mien.conditions.extract import Extraction

INK = 64
"""Levels by which a pixel of a repainted sketch must differ."""

SPECK = 6
"""Pixels of the sketch that hang together, below which a difference is none."""


class Sketch(MapModality):
    """(S, S) bool, True on lines."""

    name, short, title = "sketch", "Sk", "sketch"
    channels, dtype = 1, np.bool_
    tint = (230, 60, 60)
    smooth, needs_labels, erased_counts = True, False, True
    beyond = None  # an edge of the paper would be taken for a line
    threshold = 0.3  # of a line's ink: reducing a thin line spreads it
    hint = "draw a line there, or leave it out"

    def specified(self, value: Array) -> Bool:
        return value

    def encode(self, value: Array) -> Float32:
        lines: Float32 = value[None, None].astype(np.float32)
        return lines

    def resample(self, value: Array, side: int) -> Array:
        """Where lines cover half a pixel, and the center lines of whatever is thinner."""
        from mien.conditions.thinning import thin

        if value.shape[0] == side:
            return value
        cover = levels_at(value.astype(np.float32), side)
        centres: Bool = thin(cover > 0)
        return (cover >= 0.5) | centres if value.shape[0] > side else cover >= 0.5

    def find(self, folder: Path) -> Path | None:
        return next((path for suffix in (".png", ".svg") if (path := folder / f"sketch{suffix}").exists()), None)

    def strokes(self, source: PictureLike) -> tuple[Sequence[Float64], tuple[float, float]] | None:
        """Of an SVG file."""
        if not isinstance(source, str | Path) or Path(source).suffix.lower() != ".svg":
            return None
        return read_svg(Path(source)), drawing_size(Path(source))

    def render(self, strokes: Sequence[Float64], size: int) -> Array:
        from mien.conditions.lines import line_width

        return render_strokes(strokes, size, line_width(size))

    def parse(self, drawn: Bool | UInt8, name: str, notes: list[str]) -> Array:
        """Any color on any background, or on a transparent sheet."""
        return drawn if drawn.dtype == np.bool_ else normalise(rgba(drawn.astype(np.uint8, copy=False)))

    def write(self, value: Array, path: Path) -> None:
        """Black lines on white, which every painting program opens."""
        super().write(self.draw(value)[..., 0], path)

    def draw(self, value: Array) -> UInt8:
        return np.repeat(np.where(value, 0, 255).astype(np.uint8)[..., None], 3, 2)

    def extract(self, image: Tensor, labels: Tensor, generator: torch.Generator, settings: Extraction) -> Tensor:
        from mien.conditions.lines import extract_sketch

        return extract_sketch(image, generator, settings.pencil)

    def of_crop(self, pixels: UInt8, labels: UInt8, *, superpixels: bool = False) -> Array | None:
        """None in a picture without any edge."""
        from mien.conditions.lines import sketch_of
        from mien.pixels import to_planes

        lines = sketch_of(to_planes(pixels))
        return lines if lines.any() else None

    def differs(self, value: Array, fresh: Array | None, path: Path | None) -> Bool:
        """The file is compared: reading it makes all lines anew."""
        old = np.zeros_like(value) if fresh is None else fresh
        if path is None or path.suffix == ".svg":
            return value | old
        pixels = rgba(drawing(path, self.title).astype(np.uint8, copy=False))
        opaque = pixels[..., 3] / np.float32(255)
        shade = pixels[..., :3].mean(2) * opaque + 255 * (1 - opaque)
        differs = np.abs(shade - np.where(old, 0, 255)) > INK
        _, index, stats, _ = cv2.connectedComponentsWithStats(differs.astype(np.uint8), connectivity=8)
        drawn: Bool = differs & (stats[index, cv2.CC_STAT_AREA] >= SPECK)
        return drawn


def normalise(pixels: UInt8) -> Bool:
    """Lines of the standard width from any drawing.

    Ink is what differs from the paper: from transparency where the sheet has it, from the local background otherwise,
    so that the shade of a photographed sheet does not count. A drawing that is in standard form already stays as it is.

    Args:
        pixels: (S, S, 4) uint8 RGBA.

    Returns:
        (S, S) bool.
    """
    from mien.conditions.lines import REFERENCE, tidy

    ink = _ink(pixels)
    if _is_standard(pixels, ink > 127):
        return ink > 127
    ink = cv2.GaussianBlur(ink, (0, 0), 0.7 * ink.shape[0] / REFERENCE)
    level, _ = cv2.threshold(ink, 0, 255, cv2.THRESH_OTSU)
    lines: Bool = ink > max(level, 24)
    return tidy(lines)


def _ink(pixels: UInt8) -> UInt8:
    """(S, S) uint8, how much each pixel differs from the paper: 0 is paper."""
    alpha = pixels[..., 3]
    if (alpha < 128).mean() > 0.3:
        return alpha.copy()
    opaque = alpha[..., None] / np.float32(255)
    rgb = (pixels[..., :3] * opaque + 255 * (1 - opaque)).astype(np.uint8)
    small = cv2.resize(rgb, (96, 96), interpolation=cv2.INTER_AREA)
    paper = cv2.resize(cv2.medianBlur(small, 41), rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    difference: UInt8 = cv2.absdiff(rgb, paper).max(2)
    return difference


def _is_standard(pixels: UInt8, lines: Bool) -> bool:
    """Two-valued, and nowhere wider than a standard line plus one pixel."""
    from mien.conditions.lines import line_width

    values = np.unique(pixels[..., :3])
    if pixels[..., 3].min() < 255 or not np.isin(values, (0, 255)).all():
        return False
    width = line_width(lines.shape[0]) + 2
    eroded = cv2.erode(lines.astype(np.uint8), np.ones((width, width), np.uint8))
    return not eroded.any()
