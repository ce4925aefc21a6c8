"""Masks as files: which part of a photo may change."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mien.errors import LayerError
from mien.photos.colour import to_srgb
from mien.photos.read import read_photo
from mien.types import Float32


def read_mask(path: Path) -> Float32:
    """A painted mask: (H, W) float32 in [0, 1], 1 where the photo may change.

    Transparency counts if the file has any; otherwise brightness does, so that white on black and ink on a transparent
    sheet both work.

    Raises:
        PhotoError: not a picture.
        LayerError: nothing is painted.
    """
    picture = read_photo(path)
    peak = float(np.iinfo(picture.pixels.dtype).max)
    alpha = picture.alpha
    if alpha is not None and int(alpha.min()) < peak:
        mask = alpha.astype(np.float32) / np.float32(peak)
    else:
        mask = to_srgb(picture).mean(2, dtype=np.float32) / np.float32(255)
    if not mask.any():
        raise LayerError(f"The mask {path.name} is empty; paint white (or ink on a transparent sheet) what may change.")
    return mask
