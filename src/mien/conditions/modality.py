"""What a modality is: one kind of thing that may be given about a face.

A modality is one file in :mod:`mien.conditions.modalities` and one entry of its ``MODALITIES``; extraction, folders of
layers, resampling, the networks' channels, weights and sessions all go through this interface.

Legend: B batch, C channels, D side of a layer as it was drawn, S side of the crop that is edited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.conditions.pictures import check_size, drawing, rgba, save_png
from mien.errors import LayerError
from mien.types import Bool, Float32, Float64, PictureLike, UInt8

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from mien.conditions.extract import Extraction
    from mien.conditions.parser import FaceParser

Array = NDArray[Any]


class Modality:
    """Base of all. What is kept of one is called its value; None, or an empty one, gives no information.

    Attributes:
        name: as in :class:`mien.conditions.types.Conditions`, in files, options and weights.
        short: in the paper's notation, such as "Sk"; empty for what the paper's tables do not vary.
        pictured: whether users give it as a picture.
        empty: the value that gives no information.
    """

    name: str
    short: str = ""
    pictured: bool = False
    empty: Any = None

    def check(self, value: Any) -> None:
        """Raises ValueError or LayerError where a value is of the wrong shape, type or range."""

    def validate(self, value: Any) -> Any:
        """A value as :meth:`note` wrote it, checked; for what is no picture.

        Raises:
            LayerError: it is of the wrong kind, or out of range.
        """
        return value

    def note(self, value: Any) -> Any:
        """A value ready for JSON; for what is no picture."""
        return value

    def caption(self, value: Any) -> str:
        """A value in words, for people; for what is no picture."""
        return str(value)


class PictureModality(Modality):
    """What is a picture, and in a folder of layers a file of its own.

    Attributes:
        placed: whether it lies over the photo or its crop, so that on another photo it goes where the face is.
        blended: whether its alpha is how much of each pixel counts, rather than whether it counts.
        smooth: whether numbers between two values have a meaning, so that a drawing may be interpolated.
        beyond: what lies beyond the edge of a drawing that is moved: a number, or None where its border goes on.
        threshold: share of a pixel from which a bool drawing that is interpolated counts.
    """

    pictured = True
    placed: bool = False
    blended: bool = False
    smooth: bool = False
    beyond: int | None = 0
    threshold: float = 0.5

    def find(self, folder: Path) -> Path | None:
        """The file of a folder of layers that holds it; None if there is none."""
        path = folder / f"{self.name}.png"
        return path if path.exists() else None

    def read(self, path: Path, size: int, notes: list[str] | None = None) -> Array:
        """The value in a file of a folder of layers.

        Args:
            path: of the file.
            size: side of the folder's crop.
            notes: takes up what the user should know, in words.

        Raises:
            LayerError, PhotoError: unreadable, of the wrong size or kind, or empty.
        """
        raise NotImplementedError

    def write(self, value: Array, path: Path) -> None:
        """Writes a file that :meth:`read` reads, as PNG."""
        raise NotImplementedError

    def draw(self, value: Array) -> UInt8:
        """(D, D, 3) uint8 for people to look at."""
        raise NotImplementedError


class MapModality(PictureModality):
    """What is a map of the size of the crop, and a few channels of what the networks see.

    Attributes:
        title: of its picture in errors, such as "semantic map".
        channels: C, how many channels of the networks' input it takes, in [-1, 1].
        weightable: whether users may weigh it against the others.
        tint: (R, G, B) in pictures of what each modality contributed.
        dtype, depth: of the value: (S, S), or (S, S, depth).
        codes: whether a drawing's numbers and colors are codes for something else, to which no color profile applies.
        needs_labels: whether it is extracted from the parser's labels rather than from the picture alone.
        noise: levels by which painting programs may change a value by themselves.
        erased_counts: whether taking something out of the layer is a wish, too.
        hint: what to do about a layer without content, for errors.
    """

    title: str
    channels: int
    weightable: bool = True
    tint: tuple[int, int, int] = (128, 128, 128)
    dtype: Any = np.uint8
    depth: int | None = None
    placed: bool = True
    codes: bool = False
    needs_labels: bool = True
    noise: int = 0
    erased_counts: bool = False
    hint: str = "paint something there, or leave it out"

    # Values.

    def check(self, value: Any) -> None:
        """By ``dtype`` and ``depth``."""
        shape = tuple(value.shape[:1] * 2) + (() if self.depth is None else (self.depth,))
        if value.dtype != self.dtype or value.shape != shape:
            wanted = "(S, S)" if self.depth is None else f"(S, S, {self.depth})"
            raise ValueError(f"{self.name} must be {wanted} {np.dtype(self.dtype)}, got {value.shape} {value.dtype}")

    def specified(self, value: Array) -> Bool:
        """(S, S) bool: where a value gives any information."""
        return np.ones(value.shape[:2], np.bool_)

    def resample(self, value: Array, side: int) -> Array:
        """(D, D, ...) -> (S, S, ...)."""
        raise NotImplementedError

    def encode(self, value: Array) -> Float32:
        """(S, S, ...) -> (1, C, S, S) float32 in [-1, 1], 0 where it gives no information."""
        raise NotImplementedError

    # Extraction.

    def extract(self, image: Tensor, labels: Tensor, generator: torch.Generator, settings: Extraction) -> Tensor:
        """Of a training batch.

        Args:
            image: (B, 3, S, S) in [-1, 1], on any device.
            labels: (B, S, S) uint8 on the same device.
            generator: on the CPU.
            settings: of all modalities.

        Returns:
            (B, C, S, S).
        """
        raise NotImplementedError

    def of_crop(self, pixels: UInt8, labels: UInt8, *, superpixels: bool = False) -> Array | None:
        """For a user to repaint: pixels (S, S, 3) uint8 sRGB, labels (S, S) -> the value; None if there is nothing."""
        raise NotImplementedError

    def origin(self, parser: FaceParser, *, superpixels: bool = False) -> Mapping[str, Any] | None:
        """How :meth:`of_crop` comes to its value, ready for JSON; None where the picture alone decides."""
        return None

    def candidates(self, pixels: UInt8, labels: UInt8, origin: Mapping[str, Any]) -> list[Array | None]:
        """What :meth:`of_crop` may have returned for a crop, as far as ``origin`` tells."""
        return [self.of_crop(pixels, labels)]

    # Drawings of users.

    def open(self, source: PictureLike) -> Bool | UInt8:
        """A drawing as an array of any side; see :func:`mien.conditions.pictures.drawing`."""
        return drawing(source, self.title, codes=self.codes)

    def strokes(self, source: PictureLike) -> tuple[Sequence[Float64], tuple[float, float]] | None:
        """A drawing of vectors: strokes (N, 2) as fractions of its longer side, its (width, height); None otherwise."""
        return None

    def render(self, strokes: Sequence[Float64], size: int) -> Array:
        """Strokes, as fractions of the crop's side, as a value of side ``size``."""
        raise NotImplementedError

    def parse(self, drawn: Bool | UInt8, name: str, notes: list[str]) -> Array:
        """The value that a drawing means.

        Args:
            drawn: (D, D) bool or uint8, or (D, D, 4) uint8 RGBA.
            name: of the drawing, for errors.
            notes: takes up what the user should know, in words.

        Raises:
            LayerError: it means nothing.
        """
        raise NotImplementedError

    def write(self, value: Array, path: Path) -> None:
        """The value's numbers."""
        save_png(value, path)

    def read(self, path: Path, size: int, notes: list[str] | None = None) -> Array:
        """What :meth:`parse` or :meth:`render` gives for the file."""
        if (vectors := self.strokes(path)) is not None:
            value = self.render(vectors[0], size)
        else:
            drawn = self.open(path)
            check_size(path.name, drawn, size)
            value = self.parse(drawn, path.name, [] if notes is None else notes)
        if not self.specified(value).any():
            raise LayerError(f"{path.name} is empty; {self.hint}.")
        return value

    # Folders that were painted in, and other photos.

    def differs(self, value: Array, fresh: Array | None, path: Path | None) -> Bool:
        """(D, D) bool: where a layer differs from a freshly extracted one, apart from edges and rounding.

        Args:
            value: the layer.
            fresh: what extraction gives now.
            path: the layer's file.
        """
        if fresh is None:
            return self.specified(value)
        away = np.abs(value.astype(np.int32) - fresh.astype(np.int32))
        differs = (away if away.ndim == 2 else away.max(2)) > self.noise
        # Two runs of a network may put an edge beside each other's.
        opened: Bool = cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
        return opened


def opaque(drawn: UInt8) -> tuple[UInt8, Bool]:
    """The colors (D, D, 3) of a drawing, and where it is opaque by half at least (D, D)."""
    pixels = rgba(drawn)
    return pixels[..., :3], pixels[..., 3] >= 128
