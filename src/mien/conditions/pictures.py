"""Opening layer files: what every modality checks before it looks at the pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from mien.errors import LayerError
from mien.files import atomic_path
from mien.types import UInt8

MAX_PIXELS = 120_000_000
"""Layers may be as large as the largest photo (:data:`mien.photos.read.MAX_PIXELS`)."""


def open_picture(path: Path) -> Image.Image:
    """A decoded picture in its own mode.

    Raises:
        LayerError: missing, a folder, damaged, not a picture, animated, or far too large.
    """
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise LayerError(
                    f"{path.name} has {picture.width} x {picture.height} pixels, more than {MAX_PIXELS / 1e6:.0f} "
                    "million; reduce it first."
                )
            if getattr(picture, "n_frames", 1) > 1:
                raise LayerError(f"{path.name} is animated; give a still picture.")
            picture.load()
            return picture
    except FileNotFoundError:
        raise LayerError(f"{path} does not exist; check the name.") from None
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise LayerError(f"{path} cannot be read as a picture; save it as PNG again.") from error


def check_size(path: Path, found: tuple[int, int], side: int) -> None:
    """Raises LayerError unless a picture is as large as the crop that it belongs to."""
    if found != (side, side):
        raise LayerError(
            f"{path.name} is {found[0]} x {found[1]} pixels, but the face crop is {side} x {side}; "
            "resize it, or extract the layers again at the size that you paint at."
        )


def check_finite(name: str, values: np.ndarray) -> None:
    """Raises LayerError when an array given from Python holds NaN or infinity."""
    if np.issubdtype(values.dtype, np.floating) and not np.isfinite(values).all():
        y, x = np.argwhere(~np.isfinite(values))[0][:2]
        raise LayerError(f"The {name} holds NaN or infinity, first at x {x}, y {y}; replace it with numbers.")


def save_png(pixels: UInt8, path: Path) -> None:
    """Writes (H, W), (H, W, 3) or (H, W, 4) uint8 as a PNG, whole or not at all."""
    with atomic_path(path) as temporary:
        Image.fromarray(pixels).save(temporary, format="PNG")
