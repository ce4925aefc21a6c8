"""Lines of a picture: the paper's pencil filter, thinned, and lines of one width.

Convention:
    Sketches are binary, True on lines. A thin line is ``line_width(size)`` pixels wide at every size.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mien.conditions.thinning import thin, widen
from mien.types import Bool

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


def pencil(image: Tensor, settings: PencilFilter | None = None) -> Tensor:
    """Lines where the picture has edges: gray, light blur, Sobel on it and on its negative, sum, threshold.

    Args:
        image: (B, 3, S, S) in [-1, 1].
        settings: None takes the defaults.

    Returns:
        (B, 1, S, S) bool.
    """
    s = settings or PencilFilter()
    across, down = _slopes(image, s)
    return across.abs() + down.abs() > s.threshold


def thin_pencil(image: Tensor, settings: PencilFilter | None = None) -> Tensor:
    """The same, reduced to the crests of the edges (Canny's non-maximum suppression): one pixel wide, nothing merged.

    A skeleton of the pencil lines would join what lies close together, such as lids and lashes.

    Args:
        image: (B, 3, S, S) in [-1, 1].
        settings: None takes the defaults.

    Returns:
        (B, 1, S, S) bool, a subset of :func:`pencil`.
    """
    s = settings or PencilFilter()
    across, down = _slopes(image, s)
    strength = F.pad(across.square() + down.square(), (1, 1, 1, 1))
    flat = down.abs() < 0.4142 * across.abs()  # tan(22.5 degrees): the edge stands upright
    steep = across.abs() < 0.4142 * down.abs()
    diagonal = across * down > 0
    side = image.shape[-1]
    centre = strength[..., 1:-1, 1:-1]
    crest = torch.zeros_like(flat)
    for (dy, dx), where in (
        ((0, 1), flat),
        ((1, 0), steep),
        ((1, 1), diagonal & ~flat & ~steep),
        ((1, -1), ~diagonal & ~flat & ~steep),
    ):
        ahead = strength[..., 1 + dy : 1 + dy + side, 1 + dx : 1 + dx + side]
        behind = strength[..., 1 - dy : 1 - dy + side, 1 - dx : 1 - dx + side]
        crest |= where & (centre > ahead) & (centre >= behind)
    return crest & (across.abs() + down.abs() > s.threshold)


def _slopes(image: Tensor, settings: PencilFilter | None = None) -> tuple[Tensor, Tensor]:
    """Horizontal and vertical Sobel responses for each pixel of a 256 px crop, so that all sizes give the same drawing.

    On bytes, a response below zero is cut to zero; adding that of the negative picture restores it. Together they are
    the absolute value, of which :func:`pencil` takes the threshold.

    Args:
        image: (B, 3, S, S) in [-1, 1].
        settings: None takes the defaults.

    Returns:
        two of (B, 1, S, S) float32, as fractions of the range from black to white; gradients flow.
    """
    s = settings or PencilFilter()
    scale = image.shape[-1] / REFERENCE
    luma = torch.tensor([0.299, 0.587, 0.114], device=image.device).view(1, 3, 1, 1)
    gray = _blur((image.float() * luma).sum(1, keepdim=True) / 2, s.blur * scale)
    padded = F.pad(gray, (1, 1, 1, 1), mode="replicate")
    across, down = padded[..., 2:] - padded[..., :-2], padded[..., 2:, :] - padded[..., :-2, :]
    across = across[..., :-2, :] + 2 * across[..., 1:-1, :] + across[..., 2:, :]
    down = down[..., :-2] + 2 * down[..., 1:-1] + down[..., 2:]
    return across * (scale / 8), down * (scale / 8)


def _blur(gray: Tensor, sigma: float) -> Tensor:
    """Gaussian by shifted sums: for one channel that is several times faster than a convolution."""
    radius = max(1, round(2.5 * sigma))
    weights = torch.softmax(-0.5 * (torch.arange(radius + 1) / sigma) ** 2, 0).tolist()
    total = weights[0] + 2 * sum(weights[1:])
    for axis in (2, 3):
        padded = F.pad(gray, (0, 0, radius, radius) if axis == 2 else (radius, radius, 0, 0), mode="replicate")
        length = gray.shape[axis]
        gray = padded.narrow(axis, radius, length) * (weights[0] / total)
        for k, weight in enumerate(weights[1:], 1):
            gray += padded.narrow(axis, radius - k, length) * (weight / total)
            gray += padded.narrow(axis, radius + k, length) * (weight / total)
    return gray


def extract_sketch(image: Tensor, generator: torch.Generator, settings: PencilFilter | None = None) -> Tensor:
    """Training form: pencil lines, thinned in a random part of the batch.

    Args:
        image: (B, 3, S, S) in [-1, 1].
        generator: on the CPU, whatever the device of the image; same seed, same drawing.
        settings: None takes the defaults.

    Returns:
        (B, 1, S, S) float32 in {0, 1}.
    """
    s = settings or PencilFilter()
    lines = pencil(image, s)
    chosen = (torch.rand(len(image), generator=generator) < s.thinned).nonzero()[:, 0].to(image.device)
    if len(chosen):
        size = image.shape[-1]
        lines[chosen] = widen(thin_pencil(image[chosen], s), line_width(size))
    return lines.float()


def sketch_of(image: Tensor, settings: PencilFilter | None = None) -> Bool:
    """What a user gets to paint on: thin lines of one crop (1, 3, S, S), specks removed; (S, S) bool."""
    return tidy(thin_pencil(image, settings)[0, 0].cpu().numpy())


def tidy(lines: Bool) -> Bool:
    """(S, S) bool: thin lines of the standard width without specks."""
    size = lines.shape[0]
    thinned = thin(torch.from_numpy(lines)[None, None])
    kept = _without_specks(thinned[0, 0].numpy(), round(5 * size / REFERENCE))
    result: Bool = widen(torch.from_numpy(kept)[None, None], line_width(size))[0, 0].numpy()
    return result


def _without_specks(lines: Bool, smallest: int) -> Bool:
    _, index, stats, _ = cv2.connectedComponentsWithStats(lines.astype(np.uint8), connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= smallest
    keep[0] = False
    kept: Bool = keep[index]
    return kept
