"""What each modality contributed to each pixel: the shares ŝ of equation 16 as pictures.

Legend: S side of the crop.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mien.conditions.folder import draw_row
from mien.conditions.modalities import MODALITIES, weightable
from mien.conditions.modality import MapModality
from mien.conditions.pictures import save_png
from mien.conditions.resample import levels_at
from mien.errors import SaveError
from mien.types import Float32, UInt8

LEGEND = "legend.png"


def write_shares(
    folder: Path, shares: Float32, image: UInt8, area: Float32, names: Sequence[str] | None = None
) -> list[Path]:
    """Writes ``image.png``, ``sketch.png`` and so on, white where all comes from that modality, and ``legend.png``, all
    of them in color beside the crop.

    Args:
        folder: made if it is missing.
        shares: (N, S, S) in [0, 1].
        image: (S, S, 3) uint8, the crop.
        area: (S, S) in [0, 1], the mask; the legend gives each modality's mean inside of it.
        names: of the N modalities; None for those that come first.

    Returns:
        The files, the legend last.

    Raises:
        SaveError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(f"Cannot make the folder {folder}: {error.strerror}; choose another.") from error
    names = weightable()[: len(shares)] if names is None else names
    pictures = {f"{name}.png": _gray(share) for name, share in zip(names, shares, strict=True)}
    pictures[LEGEND] = draw_legend(shares, image, area, names)
    for name, picture in pictures.items():
        save_png(picture, folder / name)
    return [folder / name for name in pictures]


def draw_legend(shares: Float32, image: UInt8, area: Float32, names: Sequence[str], side: int = 256) -> UInt8:
    """The crop, each share in a color with its mean inside the mask, and all of them mixed: (h, w, 3) uint8."""
    tints = [one.tint for name in names if isinstance(one := MODALITIES[name], MapModality)]
    colors = np.array(tints, np.float32)
    inside = area / max(float(area.sum()), 1e-6)
    tiles = [("crop", image.astype(np.float32))]
    for name, share, color in zip(names, shares, colors, strict=True):
        tiles.append((f"{name} {(share * inside).sum():.0%}", share[..., None] * color))
    tiles.append(("all", np.tensordot(shares, colors, (0, 0))))
    return draw_row([(name, np.rint(levels_at(tile, side)).clip(0, 255).astype(np.uint8)) for name, tile in tiles])


def _gray(share: Float32) -> UInt8:
    return np.rint(share * 255).clip(0, 255).astype(np.uint8)
