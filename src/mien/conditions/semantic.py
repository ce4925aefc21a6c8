"""Semantic maps: one class for each pixel, as tensors, as index or colour pictures, as one picture for each class."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from mien.conditions.labels import (
    CELEBAMASK_HQ,
    COUNT,
    INDEX,
    ORDERS,
    PALETTE,
    PALETTES,
    UNKNOWN,
    canonical,
    colors,
    table,
)
from mien.conditions.pictures import check_size, open_picture, save_png
from mien.errors import LayerError
from mien.files import atomic_path
from mien.types import UInt8

Palette = Mapping[str, tuple[int, int, int]]

TOLERANCE = 2
"""Largest difference of a channel at which a colour still counts as one of the palette: colour management rounds."""


def one_hot(labels: Tensor) -> Tensor:
    """(B, H, W) uint8 labels -> (B, 19, H, W) float32; all 0 where ``UNKNOWN``."""
    index = labels.clamp(max=COUNT)[:, None].long()  # unknown goes to one channel more, which is cut off
    batch, height, width = labels.shape
    hot = torch.zeros(batch, COUNT + 1, height, width, device=labels.device).scatter_(1, index, 1.0)
    return hot[:, :COUNT]


def indices(semantic: Tensor) -> Tensor:
    """The inverse of :func:`one_hot`: (B, 19, H, W) -> (B, H, W) uint8; a pixel without any class is ``UNKNOWN``."""
    best, index = semantic.max(1)
    return torch.where(best > 0, index, UNKNOWN).to(torch.uint8)


def read_semantic(path: Path, size: int, *, order: str = "mien", palette: Palette | None = None) -> UInt8:
    """A map from a file or a folder.

    Gray pictures hold indices in ``order``; colour and palette pictures hold colours; a folder holds one picture for
    each class, named after it (``left_eye.png``, ``00012_l_eye.png``), white where it is. Transparent is unknown.

    Args:
        path: where it is.
        size: side that it must have.
        order: "mien", "face-parsing" or "celebamask-hq".
        palette: colour by class name; None recognises ours and CelebAMask-HQ's.

    Returns:
        (size, size) uint8 in our order.

    Raises:
        LayerError: unreadable, wrong size or mode, unknown indices or colours (named with their places), or empty.
    """
    if path.is_dir():
        labels = _from_classes(path, size)
    else:
        picture = open_picture(path)
        check_size(path, picture.size, size)
        if picture.mode in ("1", "L"):
            labels = from_indices(np.asarray(picture.convert("L")), order, path.name)
        elif picture.mode in ("P", "RGB", "RGBA", "PA", "LA"):
            labels = from_colors(np.asarray(picture.convert("RGBA")), palette, path.name)
        else:
            raise LayerError(
                f"{path.name} has mode {picture.mode}; save the semantic map as an 8-bit gray, palette or RGB picture."
            )
    if (labels == UNKNOWN).all():
        raise LayerError(f"{path.name} says nothing: every pixel is transparent or unknown; paint some class.")
    return labels


def from_indices(values: UInt8, order: str = "mien", name: str = "the semantic map") -> UInt8:
    """Labels from indices.

    Args:
        values: (H, W) uint8; 255 is unknown.
        order: see :func:`read_semantic`.
        name: for the error.

    Raises:
        LayerError: indices that stand for no class, named with their first position.
    """
    labels = table(ORDERS[order])[values]
    wrong = (labels == UNKNOWN) & (values != UNKNOWN)
    if wrong.any():
        places = "; ".join(_places(values == v, f"index {v}") for v in np.unique(values[wrong])[:5])
        raise LayerError(f"{name} holds labels that are none of the 19 classes: {places}.")
    return labels


def from_colors(pixels: UInt8, palette: Palette | None = None, name: str = "the semantic map") -> UInt8:
    """Labels from a coloured map.

    Args:
        pixels: (H, W, 4) uint8 RGBA; alpha below 128 means unknown.
        palette: colour by class name; None takes the known palette that leaves the fewest pixels unexplained.
        name: for the error.

    Raises:
        LayerError: colours that the palette does not have, named with their first position.
    """
    palettes = list(PALETTES.values()) if palette is None else [_checked(palette)]
    tried = [_match(pixels, candidate) for candidate in palettes]
    labels, wrong = min(tried, key=lambda result: int(result[1].sum()))
    if wrong.any():
        found, counts = np.unique(pixels[wrong][:, :3], axis=0, return_counts=True)
        worst = found[np.argsort(-counts)][:5]
        places = "; ".join(_places(wrong & (pixels[..., :3] == c).all(2), f"({c[0]}, {c[1]}, {c[2]})") for c in worst)
        more = f"; and {len(found) - 5} more colours" if len(found) > 5 else ""
        raise LayerError(
            f"{name} has colours that stand for no class: {places}{more}; "
            "paint with the palette's colours and without anti-aliasing."
        )
    return labels


def _checked(palette: Palette) -> Palette:
    unknown = [name for name in palette if canonical(name) is None]
    if unknown:
        raise LayerError(f"The palette names '{unknown[0]}', which is none of the 19 classes: {', '.join(INDEX)}.")
    return {str(canonical(name)): color for name, color in palette.items()}


def _match(pixels: UInt8, palette: Palette) -> tuple[UInt8, np.ndarray]:
    """Labels, and where no colour fits."""
    packed = pixels[..., :3].astype(np.int32) @ np.array([65536, 256, 1])
    found, inverse = np.unique(packed.ravel(), return_inverse=True)
    rgb = np.stack([found >> 16, found >> 8 & 255, found & 255], 1)
    wanted = np.array(list(palette.values()), np.int32)
    away = np.abs(rgb[:, None] - wanted[None]).max(2)
    codes = np.array([INDEX[name] for name in palette], np.uint8)[away.argmin(1)]
    codes = np.where(away.min(1) <= TOLERANCE, codes, UNKNOWN).astype(np.uint8)
    labels: UInt8 = codes[inverse].reshape(packed.shape)
    clear = pixels[..., 3] < 128
    labels[clear] = UNKNOWN
    return labels, (labels == UNKNOWN) & ~clear


def _places(where: np.ndarray, what: str) -> str:
    y, x = np.argwhere(where)[0]
    count = int(where.sum())
    return f"{what} at x {x}, y {y}" + (f" and {count - 1} more pixels" if count > 1 else "")


def _from_classes(folder: Path, size: int) -> UInt8:
    """Painted in CelebAMask-HQ's order, later classes over earlier ones, as its own tools do."""
    files: dict[str, Path] = {}
    for file in sorted(folder.glob("*.png")):
        name = _class_of(file.stem)
        if name is None:
            raise LayerError(f"{file.name} is named after none of the 19 classes: {', '.join(INDEX)}.")
        files[name] = file
    labels = np.full((size, size), UNKNOWN, np.uint8)
    for name in (canonical(n) for n in CELEBAMASK_HQ):
        if name in files:
            picture = open_picture(files[name])
            check_size(files[name], picture.size, size)
            labels[np.asarray(picture.convert("L")) > 127] = INDEX[name]
    return labels


def _class_of(stem: str) -> str | None:
    """``left_eye`` and ``00012_l_eye`` -> left_eye."""
    parts = stem.split("_")
    return next((name for k in range(len(parts)) if (name := canonical("_".join(parts[k:]))) is not None), None)


def write_semantic(labels: UInt8, path: Path, palette: Palette = PALETTE) -> None:
    """Writes (S, S) uint8 labels as a palette PNG, which painting programs show in colour; unknown is transparent."""
    picture = Image.frombytes("P", labels.shape[::-1], labels.tobytes())
    entries = np.zeros((256, 3), np.uint8)
    entries[:COUNT] = colors(palette)
    picture.putpalette(entries.tobytes())
    with atomic_path(path) as temporary:
        picture.save(temporary, format="PNG", transparency=UNKNOWN)


def write_classes(labels: UInt8, folder: Path) -> None:
    """Writes one black-and-white PNG for each class that occurs, named after it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, index in INDEX.items():
        if (labels == index).any():
            save_png(np.where(labels == index, 255, 0).astype(np.uint8), folder / f"{name}.png")


def draw_semantic(labels: UInt8, palette: Palette = PALETTE) -> UInt8:
    """(S, S) labels -> (S, S, 3) uint8 for people to look at; unknown is white."""
    entries = np.full((256, 3), 255, np.uint8)
    entries[:COUNT] = colors(palette)
    return entries[labels]
