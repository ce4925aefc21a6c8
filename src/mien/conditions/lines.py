"""Lines of a picture: the paper's pencil filter, thinned, and lines of one width.

Convention:
    Sketches are binary, True on lines. A thin line is ``line_width(size)`` pixels wide at every size.
    A batch is a tensor of torch, as in training, or planes of NumPy, as for a user; the same code serves both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np

from mien.conditions.thinning import thin, widen
from mien.types import Bool

if TYPE_CHECKING:
    import torch
    from torch import Tensor


REFERENCE = 256
"""The side at which the settings are stated."""


@dataclass(frozen=True)
class PencilFilter:
    """Settings of the extraction.

    Attributes:
        blur: standard deviation of the Gaussian, pixels of a 256 px crop.
        threshold: slope (horizontal plus vertical) from which a pixel is a line: fraction of the range from black to
            white, for each pixel of a 256 px crop.
        thinned: fraction of the samples of a training batch whose lines are thinned.
    """

    blur: float = 1.0
    threshold: float = 0.03
    thinned: float = 0.5


def line_width(size: int) -> int:
    """Width of a thin line in a crop of this side, pixels."""
    return max(1, round(size / REFERENCE))


def pencil(image: Any, settings: PencilFilter | None = None) -> Any:
    """Lines where the picture has edges: gray, light blur, Sobel on it and on its negative, sum, threshold.

    Args:
        image: (B, 3, S, S) in [-1, 1], tensor or planes.
        settings: None takes the defaults.

    Returns:
        (B, 1, S, S) bool, of the same kind.
    """
    s = settings or PencilFilter()
    across, down = slopes(image, s)
    return abs(across) + abs(down) > s.threshold


def thin_pencil(image: Any, settings: PencilFilter | None = None) -> Any:
    """The same, reduced to the crests of the edges (Canny's non-maximum suppression): one pixel wide, nothing merged.

    A skeleton of the pencil lines would join what lies close together, such as lids and lashes.

    Args:
        image: (B, 3, S, S) in [-1, 1], tensor or planes.
        settings: None takes the defaults.

    Returns:
        (B, 1, S, S) bool, of the same kind, a subset of :func:`pencil`.
    """
    s = settings or PencilFilter()
    across, down = slopes(image, s)
    strength = _padded(across * across + down * down, 1, 1, "constant")
    flat = abs(down) < 0.4142 * abs(across)  # tan(22.5 degrees): the edge stands upright
    steep = abs(across) < 0.4142 * abs(down)
    diagonal = across * down > 0
    side = image.shape[-1]
    centre = strength[..., 1:-1, 1:-1]
    crest = flat & False
    for (dy, dx), where in (
        ((0, 1), flat),
        ((1, 0), steep),
        ((1, 1), diagonal & ~flat & ~steep),
        ((1, -1), ~diagonal & ~flat & ~steep),
    ):
        ahead = strength[..., 1 + dy : 1 + dy + side, 1 + dx : 1 + dx + side]
        behind = strength[..., 1 - dy : 1 - dy + side, 1 - dx : 1 - dx + side]
        crest |= where & (centre > ahead) & (centre >= behind)
    return crest & (abs(across) + abs(down) > s.threshold)


def slopes(image: Any, settings: PencilFilter | None = None) -> tuple[Any, Any]:
    """Horizontal and vertical Sobel responses for each pixel of a 256 px crop, so that all sizes give the same drawing.

    On bytes, a response below zero is cut to zero; adding that of the negative picture restores it. Together they are
    the absolute value, of which :func:`pencil` takes the threshold.

    Args:
        image: (B, 3, S, S) in [-1, 1], tensor or planes.
        settings: None takes the defaults.

    Returns:
        two of (B, 1, S, S), as fractions of the range from black to white; gradients flow.
    """
    s = settings or PencilFilter()
    scale = image.shape[-1] / REFERENCE
    red, green, blue = (image[:, k : k + 1] for k in range(3))
    gray = _blur((0.299 * red + 0.587 * green + 0.114 * blue) / 2, s.blur * scale)
    padded = _padded(gray, 1, 1, "replicate")
    across, down = padded[..., 2:] - padded[..., :-2], padded[..., 2:, :] - padded[..., :-2, :]
    across = across[..., :-2, :] + 2 * across[..., 1:-1, :] + across[..., 2:, :]
    down = down[..., :-2] + 2 * down[..., 1:-1] + down[..., 2:]
    return across * (scale / 8), down * (scale / 8)


def _blur(gray: Any, sigma: float) -> Any:
    """Gaussian by shifted sums: for one channel that is several times faster than a convolution."""
    radius = max(1, round(2.5 * sigma))
    weights = [math.exp(-0.5 * (k / sigma) ** 2) for k in range(radius + 1)]
    total = weights[0] + 2 * sum(weights[1:])
    height, width = gray.shape[2:]
    for dy, dx in ((1, 0), (0, 1)):
        padded = _padded(gray, radius * dy, radius * dx, "replicate")

        def moved(k: int, source: Any = padded, dy: int = dy, dx: int = dx) -> Any:
            y, x = (radius + k) * dy, (radius + k) * dx
            return source[..., y : y + height, x : x + width]

        gray = moved(0) * (weights[0] / total)
        for k, weight in enumerate(weights[1:], 1):
            gray = gray + (moved(-k) + moved(k)) * (weight / total)
    return gray


def _padded(batch: Any, rows: int, columns: int, mode: Literal["constant", "replicate"]) -> Any:
    """Rows above and below, columns left and right: of 0, or the border's."""
    if isinstance(batch, np.ndarray):
        widths = ((0, 0), (0, 0), (rows, rows), (columns, columns))
        return np.pad(batch, widths, mode="constant" if mode == "constant" else "edge")
    from torch.nn import functional

    return functional.pad(batch, (columns, columns, rows, rows), mode=mode)


def extract_sketch(image: Tensor, generator: torch.Generator, settings: PencilFilter | None = None) -> Tensor:
    """Training form: pencil lines, thinned in a random part of the batch.

    Args:
        image: (B, 3, S, S) in [-1, 1].
        generator: on the CPU, whatever the device of the image; same seed, same drawing.
        settings: None takes the defaults.

    Returns:
        (B, 1, S, S) float32 in {0, 1}.
    """
    import torch
    from torch.nn import functional

    s = settings or PencilFilter()
    lines: Tensor = pencil(image.float(), s)
    chosen = (torch.rand(len(image), generator=generator) < s.thinned).nonzero()[:, 0].to(image.device)
    if len(chosen):
        width = line_width(image.shape[-1])
        before, after = (width - 1) // 2, width // 2
        thinned = functional.pad(thin_pencil(image[chosen].float(), s).float(), (before, after, before, after))
        lines[chosen] = functional.max_pool2d(thinned, width, 1) > 0
    return lines.float()


def sketch_of(image: Any, settings: PencilFilter | None = None) -> Bool:
    """What a user gets to paint on: thin lines of one crop (1, 3, S, S), specks removed; (S, S) bool."""
    return tidy(np.asarray(thin_pencil(image, settings)[0, 0]))


def tidy(lines: Bool) -> Bool:
    """(S, S) bool: thin lines of the standard width without specks."""
    size = lines.shape[0]
    return widen(_without_specks(thin(lines), round(5 * size / REFERENCE)), line_width(size))


def _without_specks(lines: Bool, smallest: int) -> Bool:
    _, index, stats, _ = cv2.connectedComponentsWithStats(lines.astype(np.uint8), connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= smallest
    keep[0] = False
    kept: Bool = keep[index]
    return kept
