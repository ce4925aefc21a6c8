"""Semantic maps: which of the 19 classes lies where; as index or color pictures, or one picture for each class."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.conditions.labels import (
    CELEBAMASK_HQ,
    COUNT,
    INDEX,
    PALETTES,
    UNKNOWN,
    canonical,
    colors,
)
from mien.conditions.modality import Array, MapModality, opaque
from mien.conditions.pictures import check_size, drawing
from mien.conditions.resample import labels_at
from mien.errors import LayerError
from mien.files import atomic_path
from mien.types import Bool, Float32, PictureLike, UInt8

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from mien.conditions.extract import Extraction
    from mien.conditions.parser import FaceParser

TOLERANCE = 2
"""Largest difference of a channel at which a color counts as one of the palette; saving rounds that much."""

NEAR = 12
"""The same up to which there is no doubt which one it is: colors of our palette differ by more than twice as much."""

MIXED = 96
"""Largest difference of a channel from a mixture of two colors of the picture: compression adds that much."""

REACH = 8
"""Pixels from a color of the palette up to which mixtures are edges that were smoothed or compressed."""


class Semantic(MapModality):
    """(S, S) uint8, labels in the order of :mod:`mien.conditions.labels`, ``UNKNOWN`` where no class is given."""

    name, short, title = "semantic", "Se", "semantic map"
    channels = COUNT
    tint = (60, 170, 80)
    codes = True
    beyond = UNKNOWN
    hint = "paint some class there, or leave it out"

    def specified(self, value: Array) -> Bool:
        known: Bool = value != UNKNOWN
        return known

    def encode(self, value: Array) -> Float32:
        planes: Float32 = (value == np.arange(COUNT, dtype=np.uint8)[:, None, None])[None].astype(np.float32)
        return planes

    def resample(self, value: Array, side: int) -> Array:
        return labels_at(value, side)

    def extract(self, image: Tensor, labels: Tensor, generator: torch.Generator, settings: Extraction) -> Tensor:
        return one_hot(labels)

    def of_crop(self, pixels: UInt8, labels: UInt8, *, superpixels: bool = False) -> Array | None:
        return labels

    def origin(self, parser: FaceParser, *, superpixels: bool = False) -> Mapping[str, Any] | None:
        """The parser, see :meth:`mien.conditions.parser.FaceParser.identity`."""
        return parser.identity()

    def open(self, source: PictureLike) -> Bool | UInt8:
        """A folder holds one picture for each class, named after it (``left_eye.png``, ``00012_l_eye.png``)."""
        if isinstance(source, str | Path) and Path(source).is_dir():
            return _from_classes(Path(source))
        return drawing(source, self.title, codes=True)

    def parse(self, drawn: Bool | UInt8, name: str, notes: list[str]) -> Array:
        """Gray pictures hold labels; others colors of our palette or CelebAMask-HQ's; transparent is unknown."""
        drawn = drawn.astype(np.uint8, copy=False)
        return _from_indices(drawn, name) if drawn.ndim == 2 else _from_colors(drawn, name, notes)

    def write(self, value: Array, path: Path) -> None:
        """A palette PNG, which painting programs show in color; unknown is transparent."""
        picture = Image.frombytes("P", value.shape[::-1], value.tobytes())
        entries = np.zeros((256, 3), np.uint8)
        entries[:COUNT] = colors()
        picture.putpalette(entries.tobytes())
        with atomic_path(path) as temporary:
            picture.save(temporary, format="PNG", transparency=UNKNOWN)

    def draw(self, value: Array) -> UInt8:
        """Unknown is white."""
        entries = np.full((256, 3), 255, np.uint8)
        entries[:COUNT] = colors()
        return entries[value]


def one_hot(labels: Tensor) -> Tensor:
    """(B, H, W) uint8 labels -> (B, 19, H, W) float32; all 0 where ``UNKNOWN``."""
    import torch

    index = labels.clamp(max=COUNT)[:, None].long()  # unknown goes to one channel more, which is cut off
    batch, height, width = labels.shape
    hot = torch.zeros(batch, COUNT + 1, height, width, device=labels.device).scatter_(1, index, 1.0)
    return hot[:, :COUNT]


def _from_indices(values: UInt8, name: str) -> UInt8:
    wrong = (values >= COUNT) & (values != UNKNOWN)
    if wrong.any():
        places = "; ".join(_places(values == v, f"index {v}") for v in np.unique(values[wrong])[:5])
        raise LayerError(f"{name} holds labels that are none of the {COUNT} classes: {places}.")
    return values


def _from_colors(pixels: UInt8, name: str, notes: list[str]) -> UInt8:
    """Labels from (H, W, 4) RGBA, by the palette that leaves the fewest pixels without a class.

    Colors between two classes, as at edges that were smoothed, get the class of the nearest pixel that has one.

    Raises:
        LayerError: a color stands for something else.
    """
    rgb, painted = opaque(pixels)
    tried = [(*_nearest(rgb, palette), palette) for palette in PALETTES.values()]
    labels, away, palette = min(tried, key=lambda one: (int((painted & (one[1] > NEAR)).sum()), one[1].sum()))
    labels = np.where(painted, labels, UNKNOWN).astype(np.uint8)
    doubtful = painted & ((away > NEAR) | ((away > TOLERANCE) & _thin(labels)))
    if doubtful.any():
        labels[doubtful] = UNKNOWN
        found = [palette[one] for one, index in INDEX.items() if (labels == index).any()]
        distance, nearest = _spread(labels)
        wrong = doubtful & (distance > REACH)
        wrong[doubtful] |= ~_mixed(rgb[doubtful], np.array(found, np.float32).reshape(-1, 3))
        wrong &= away > NEAR
        if wrong.any():
            raise LayerError(f"{name} has colors that stand for no class: {_colors(wrong, rgb)}; use the palette's.")
        labels = np.where(doubtful, nearest, labels)
    off = painted & (away > TOLERANCE)
    if off.any():
        notes.append(
            f"{name}: {int(off.sum())} pixels ({off.mean():.1%}) have no color of the palette, as after smoothing or "
            "JPEG compression; they were taken for the nearest class"
        )
    return labels


def _nearest(rgb: UInt8, palette: Mapping[str, tuple[int, int, int]]) -> tuple[UInt8, NDArray[np.int32]]:
    """(H, W): labels of the nearest colors, and the largest difference of a channel from them."""
    packed = rgb.astype(np.int32) @ np.array([65536, 256, 1])
    found, inverse = np.unique(packed.ravel(), return_inverse=True)
    unpacked = np.stack([found >> 16, found >> 8 & 255, found & 255], 1)
    away = np.stack([np.abs(unpacked - np.array(color)).max(1) for color in palette.values()])
    codes = np.array([INDEX[name] for name in palette], np.uint8)[away.argmin(0)]
    return codes[inverse].reshape(packed.shape), away.min(0)[inverse].reshape(packed.shape).astype(np.int32)


def _thin(labels: UInt8) -> Bool:
    """(H, W) bool: pixels that are in no square of 3 x 3 of their class, as the mixture of two others may be."""
    around = np.ones((3, 3), np.uint8)
    flat = (cv2.erode(labels, around) == cv2.dilate(labels, around)).astype(np.uint8)
    thin: Bool = cv2.dilate(flat, around) == 0
    return thin


def _spread(labels: UInt8) -> tuple[Float32, UInt8]:
    """(H, W): how far the nearest pixel with a class is, and its class."""
    unknown = labels == UNKNOWN
    if unknown.all():
        return np.full(labels.shape, np.inf, np.float32), labels
    away, index = cv2.distanceTransformWithLabels(
        unknown.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    classes = np.zeros(int(index.max()) + 1, np.uint8)
    classes[index[~unknown]] = labels[~unknown]
    return away.astype(np.float32), classes[index]


def _mixed(colors: UInt8, palette: Float32) -> Bool:
    """(N, 3) colors -> (N,) bool, whether each is about a mixture of two of (P, 3)."""
    points, inverse = np.unique(colors, axis=0, return_inverse=True)
    away = np.full(len(points), np.inf, np.float32)
    for k, start in enumerate(palette):
        for end in palette[k:]:
            line = end - start
            part = np.clip((points - start) @ line / max(float(line @ line), 1.0), 0, 1)
            np.minimum(away, np.abs(points - start - part[:, None] * line).max(1), out=away)
    mixed: Bool = (away <= MIXED)[inverse.ravel()]
    return mixed


def _colors(wrong: Bool, rgb: UInt8) -> str:
    """The most frequent of the wrong colors, with their places."""
    found, counts = np.unique(rgb[wrong], axis=0, return_counts=True)
    worst = found[np.argsort(-counts)][:5]
    places = "; ".join(_places(wrong & (rgb == c).all(2), f"({c[0]}, {c[1]}, {c[2]})") for c in worst)
    return places + (f"; and {len(found) - 5} more colors" if len(found) > 5 else "")


def _places(where: np.ndarray, what: str) -> str:
    y, x = np.argwhere(where)[0]
    count = int(where.sum())
    return f"{what} at x {x}, y {y}" + (f" and {count - 1} more pixels" if count > 1 else "")


def _from_classes(folder: Path) -> UInt8:
    """Labels from one picture for each class, white where it is.

    They are painted in CelebAMask-HQ's order, later classes over earlier ones, as that data set's tools do.
    """
    files: dict[str, Path] = {}
    for file in sorted(folder.glob("*.png")):
        name = _class_of(file.stem)
        if name is None:
            raise LayerError(f"{file.name} is named after none of the {COUNT} classes: {', '.join(INDEX)}.")
        files[name] = file
    if not files:
        raise LayerError(f"{folder} holds no PNG; give a picture, or a folder with one picture for each class.")
    labels: UInt8 | None = None
    for name in (str(canonical(one)) for one in CELEBAMASK_HQ):
        if name not in files:
            continue
        drawn = drawing(files[name], "class").astype(np.uint8, copy=False)
        white = (drawn if drawn.ndim == 2 else cv2.cvtColor(drawn, cv2.COLOR_RGBA2GRAY)) > 127
        labels = np.full(white.shape, UNKNOWN, np.uint8) if labels is None else labels
        if labels.shape[0] != labels.shape[1] or white.shape != labels.shape:
            check_size(files[name].name, white, labels.shape[0])
        labels[white] = INDEX[name]
    assert labels is not None
    return labels


def _class_of(stem: str) -> str | None:
    """``left_eye`` and ``00012_l_eye`` -> left_eye."""
    parts = stem.split("_")
    return next((name for k in range(len(parts)) if (name := canonical("_".join(parts[k:]))) is not None), None)
