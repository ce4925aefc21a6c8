"""What each modality contributed to each pixel: the shares ŝ of equation 16 as pictures.

Legend: S side of the crop.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mien.conditions.folder import draw_row
from mien.conditions.pictures import save_png
from mien.editing.resample import levels_at
from mien.editing.weights import MODALITIES
from mien.errors import SaveError
from mien.types import Float32, UInt8

COLORS = ((150, 150, 150), (230, 60, 60), (60, 170, 80), (70, 110, 240))
"""Of image, sketch, semantics and colour in the combined picture."""

LEGEND = "legend.png"


def write_shares(folder: Path, shares: Float32, image: UInt8, area: Float32) -> list[Path]:
    """Writes ``image.png``, ``sketch.png``, ``semantic.png`` and ``color.png``, white where all comes from it, and
    ``legend.png``, all of them in colours beside the crop.

    Args:
        folder: made if it is missing.
        shares: (4, S, S) in [0, 1].
        image: (S, S, 3) uint8, the crop.
        area: (S, S) in [0, 1], the mask; the legend gives each modality's mean inside of it.

    Returns:
        The files, the legend last.

    Raises:
        SaveError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(f"Cannot make the folder {folder}: {error.strerror}; choose another.") from error
    pictures = {f"{name}.png": _gray(share) for name, share in zip(MODALITIES, shares, strict=True)}
    pictures[LEGEND] = draw_legend(shares, image, area)
    for name, picture in pictures.items():
        save_png(picture, folder / name)
    return [folder / name for name in pictures]


def draw_legend(shares: Float32, image: UInt8, area: Float32, side: int = 256) -> UInt8:
    """The crop, each share in its own colour with its mean inside the mask, and all of them mixed: (h, w, 3) uint8."""
    colors = np.array(COLORS, np.float32)
    inside = area / max(float(area.sum()), 1e-6)
    tiles = [("crop", image.astype(np.float32))]
    for name, share, color in zip(MODALITIES, shares, colors, strict=True):
        tiles.append((f"{name} {(share * inside).sum():.0%}", share[..., None] * color))
    tiles.append(("all", np.tensordot(shares, colors, (0, 0))))
    return draw_row([(name, np.rint(levels_at(tile, side)).clip(0, 255).astype(np.uint8)) for name, tile in tiles])


def _gray(share: Float32) -> UInt8:
    return np.rint(share * 255).clip(0, 255).astype(np.uint8)
