"""The crop that is edited, and how what was drawn over the photo gets into it.

Convention:
    As in :mod:`mien.align.crop`. Beyond the photo's edge lies its mirror image, in layers as in the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.align.crop import between_pixels, inverse, matrix_to_quad, pixel_scale, quad_to_matrix
from mien.align.paste import Mask
from mien.conditions.folder import NOTES
from mien.editing.request import Frame
from mien.errors import ConfigError, LayerError
from mien.types import AlignedFace, Bool, Float32, Float64, Photo

LARGEST = 1024
"""Side at which layers of very large faces are looked at; a multiple of every editor's side."""


@dataclass(frozen=True, eq=False)
class CropFrame:
    """Where the crop lies.

    Attributes:
        matrix: (2, 3) crop to photo.
        size: side of the crop.
        photo_size: (width, height).
        frame: where layers were drawn; "auto" goes by their size.
        name: of the face, for errors.
    """

    matrix: Float64
    size: int
    photo_size: tuple[int, int]
    frame: Frame = "auto"
    name: str = "the face"

    @classmethod
    def of(cls, crop: AlignedFace, frame: Frame, name: str = "the face") -> CropFrame:
        """The frame of a crop.

        Raises:
            ConfigError: ``frame`` is no frame.
        """
        if frame not in ("auto", "photo", "crop"):
            raise ConfigError(f"'{frame}' is no frame; choose auto, photo or crop.")
        return cls(crop.matrix, crop.size, crop.photo_size, frame, name)

    @classmethod
    def around(cls, photo: Photo, quad: Float64, frame: Frame, name: str = "the face", size: int = 256) -> CropFrame:
        """The frame of a crop that need not be cut; errors as of :meth:`of`."""
        blank = np.empty((size, size, 3), np.uint8)
        return cls.of(AlignedFace(blank, quad_to_matrix(quad, size), (photo.width, photo.height)), frame, name)

    def for_source(self, source: Any) -> CropFrame:
        """The same for one layer: a file out of a folder of layers lies over the crop, whatever its size says."""
        of_folder = isinstance(source, str | Path) and (Path(source).parent / NOTES).is_file()
        return replace(self, frame="crop") if of_folder and self.frame == "auto" else self

    @property
    def side(self) -> int:
        """Side at which layers drawn over the photo are brought into the crop: at least the photo's own resolution."""
        return self.size * int(np.clip(np.ceil(pixel_scale(self.matrix) - 0.1), 1, max(1, LARGEST // self.size)))

    @property
    def reach(self) -> str:
        """In words, how far the crop reaches in the photo: "from 243,57 to 815,629"."""
        quad = matrix_to_quad(self.matrix, self.size)
        (x0, y0), (x1, y1) = quad.min(0), quad.max(0)
        return f"from {x0:.0f},{y0:.0f} to {x1:.0f},{y1:.0f}"

    def matrix_at(self, side: int) -> Float64:
        """(2, 3) from the crop at another side to the photo."""
        return np.column_stack([self.matrix[:, :2] * (self.size / side), self.matrix[:, 2]])

    def over_photo(self, width: float, height: float, name: str) -> bool:
        """Whether a layer of this size was drawn over the photo, rather than over the crop.

        Raises:
            LayerError: it fits neither.
        """
        fits_photo, fits_crop = (width, height) == self.photo_size, width == height
        if self.frame != "crop" and fits_photo:
            return True
        if self.frame != "photo" and fits_crop:
            return False
        of_photo = f"the photo's size, {self.photo_size[0]} x {self.photo_size[1]}"
        wanted = {"auto": f"{of_photo}, or a square over the face crop", "photo": of_photo, "crop": "a square"}
        raise LayerError(f"{name} is {width:g} x {height:g} pixels; draw it at {wanted[self.frame]}.")

    def bring(self, pixels: NDArray[Any], name: str, *, smooth: bool) -> NDArray[Any]:
        """A layer in the crop's frame, at the side that it has there.

        Args:
            pixels: (H, W) or (H, W, C), uint8 or float32, over the photo or over the crop.
            name: for errors.
            smooth: interpolate; otherwise every value stays one that was painted.

        Returns:
            (D, D) or (D, D, C).

        Raises:
            LayerError: it has the size of neither.
        """
        over_photo = self.over_photo(pixels.shape[1], pixels.shape[0], name)
        return self.from_photo(pixels, smooth=smooth) if over_photo else pixels

    def from_photo(self, pixels: NDArray[Any], *, smooth: bool) -> NDArray[Any]:
        """As :meth:`bring`, for (H, W) or (H, W, C) over the photo."""
        matrix, size = self.matrix_at(self.side), np.array(self.photo_size)
        shrink = int(pixel_scale(matrix)) if smooth else 1
        if shrink > 1:
            reduced = -(-size // shrink)
            pixels = cv2.resize(pixels, reduced.tolist(), interpolation=cv2.INTER_AREA)
            matrix = matrix * (reduced / size)[:, None]
        brought: Any = cv2.warpAffine(
            pixels,
            between_pixels(matrix),
            (self.side, self.side),
            flags=(cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST) | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT,
        )
        return brought  # type: ignore[no-any-return]

    def share_of(self, area: Bool) -> Float32:
        """As :meth:`from_photo`, of an area (H, W): how much of each pixel (D, D) it covers, in [0, 1]."""
        return np.asarray(
            self.from_photo(area.view(np.uint8) * np.uint8(255), smooth=True) / np.float32(255), np.float32
        )

    def points(self, points: Float64) -> Float64:
        """(N, 2) photo coordinates -> crop coordinates as fractions of its side."""
        back = inverse(self.matrix)
        inside: Float64 = (points @ back[:, :2].T + back[:, 2]) / self.size
        return inside

    def within(self, mask: Mask, name: str) -> tuple[Mask, float]:
        """A mask in the photo's frame without what lies outside the crop, and the fraction that did.

        Raises:
            LayerError: all of it does.
        """
        inside = self._footprint()
        total = np.count_nonzero(mask)
        kept = cut(mask, ~inside)
        left = np.count_nonzero(kept)
        if not left:
            raise LayerError(
                f"{name} lies outside the crop of {self.name}, which reaches {self.reach}; mask something within it, "
                "or choose another face."
            )
        return kept, 1 - left / total

    def _footprint(self) -> Bool:
        canvas = np.zeros(self.photo_size[::-1], np.uint8)
        corners = np.round((matrix_to_quad(self.matrix, self.size) - 0.5) * 16).astype(np.int32)
        cv2.fillConvexPoly(canvas, corners, 1, cv2.LINE_8, 4)
        return canvas > 0


def cut(mask: Mask, area: Bool) -> Mask:
    """A mask without an area, both (H, W)."""
    left: Any = np.where(area, np.zeros((), mask.dtype), mask)
    return left  # type: ignore[no-any-return]


def reaches_beyond(mask: Float32 | None, crop: AlignedFace) -> bool:
    """Whether a mask (S, S) reaches the crop's border where the photo goes on beyond it."""
    assert mask is not None
    rows, columns = np.nonzero(mask > 0)
    last = crop.size - 1
    border = (rows == 0) | (rows == last) | (columns == 0) | (columns == last)
    points = np.stack([columns[border] + 0.5, rows[border] + 0.5], 1) @ crop.matrix[:, :2].T + crop.matrix[:, 2]
    margin = 2 * pixel_scale(crop.matrix)
    beyond = (points > margin).all(1) & (points < np.array(crop.photo_size) - margin).all(1)
    return bool(beyond.any())
