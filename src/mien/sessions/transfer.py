"""A recipe for another photo: layers go where the face is.

Convention:
    What was drawn over the face's crop stays as it is: the crop's matrix takes it to the other face by itself. What was
    drawn over the whole photo is mapped through both crops, T = M' M⁻¹, where M leads from the unit square of the crop
    to the one photo and M' to the other. Masks, drawings and weights are interpolated; classes and colors are not.
    Beyond the edge of the photo that it was drawn on, a layer says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.align.crop import between_pixels, inverse, pixel_scale, quad_to_matrix
from mien.conditions.modalities import placed
from mien.conditions.svg import drawing_size, read_svg
from mien.photos.encode import interleaved
from mien.photos.read import read_photo
from mien.sessions.objects import Objects
from mien.sessions.recipe import Recipe, encoded, over_files
from mien.types import Float64, Photo

Array = NDArray[Any]
Size = tuple[int, int]
"""(width, height) of a photo."""

_DRAWN = ("mask", "weight_maps")
"""What lies over the photo or its crop, besides the maps."""


@dataclass(frozen=True, eq=False)
class FaceFrame:
    """A face in a photo, and where that photo's session keeps its files.

    Attributes:
        objects: the stored files.
        size: (width, height) of the photo.
        quad: (4, 2) corners of the face's crop, photo pixels.
    """

    objects: Objects
    size: Size
    quad: Any

    @property
    def matrix(self) -> Float64:
        """(2, 3), from the unit square to the photo."""
        return quad_to_matrix(np.asarray(self.quad), 1)


def transferred(recipe: Recipe, old: FaceFrame, new: FaceFrame) -> dict[str, Any]:
    """The recipe with its files stored in the new session, those drawn over the old photo mapped to the new one.

    Raises:
        SessionError: a stored file is missing or damaged.
    """
    there, back = new.matrix, inverse(old.matrix)
    matrix = np.column_stack([there[:, :2] @ back[:, :2], there[:, :2] @ back[:, 2] + there[:, 2]])
    frames: set[str] = set()

    def moved(name: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
        path = old.objects.path(value["file"])
        data, suffix = path.read_bytes(), path.suffix
        if name in _DRAWN or name in placed():
            drawn = None if recipe.get("frame") == "crop" else _redrawn(path, name, matrix, old.size, new.size)
            frames.add("crop" if drawn is None else "photo")
            data, suffix = drawn or (data, suffix)
        return {**value, "file": new.objects.put(data, suffix)}

    result = over_files(recipe, moved)
    # Said once and for all: a square layer may happen to be as large as the new photo.
    return {**result, "frame": frames.pop()} if len(frames) == 1 else result


def _redrawn(path: Path, name: str, matrix: Float64, old: Size, new: Size) -> tuple[bytes, str] | None:
    """Content and ending of a layer over the old photo, as drawn over the new one; None if it is not over the photo."""
    if path.suffix == ".svg":
        return _redrawn_svg(path, matrix, old, new)
    drawn = None if path.suffix == ".npy" else read_photo(path)
    samples: Array = np.load(path, allow_pickle=False) if drawn is None else interleaved(drawn)
    if samples.shape[1::-1] != old:
        return None
    mapped = _mapped(_with_alpha(samples, name), name, matrix, new)
    if drawn is None:
        return encoded(mapped)
    colors = mapped.shape[2] - (mapped.shape[2] in (2, 4))
    alpha = mapped[..., colors] if colors < mapped.shape[2] else None
    return encoded(Photo(mapped[..., :colors], alpha, drawn.icc))


def _redrawn_svg(path: Path, matrix: Float64, old: Size, new: Size) -> tuple[bytes, str] | None:
    """The strokes themselves are mapped."""
    width, height = drawing_size(path)
    if (round(width), round(height)) != old:
        return None
    lines = []
    for stroke in read_svg(path):
        points = stroke * (max(width, height) * old[0] / width) @ matrix[:, :2].T + matrix[:, 2]
        lines.append('<polyline points="' + " ".join(f"{x:.2f},{y:.2f}" for x, y in points) + '"/>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {new[0]} {new[1]}" fill="none" stroke="black">'
    return f"{head}{''.join(lines)}</svg>".encode(), ".svg"


def _with_alpha(samples: Array, name: str) -> Array:
    """Colors with an alpha, which can tell where there is nothing."""
    plain = name in _DRAWN or (placed()[name].smooth and not placed()[name].blended)
    if plain or samples.ndim == 2 or samples.shape[2] != 3:
        return samples
    return np.dstack([samples, np.full(samples.shape[:2], np.iinfo(samples.dtype).max, samples.dtype)])


def _mapped(samples: Array, name: str, matrix: Float64, size: Size) -> Array:
    """Samples over the old photo, (H, W) or (H, W, C), as samples over the new one, of the same type."""
    modality = placed().get(name)
    classes = modality is not None and not modality.smooth
    values = samples if classes else samples.astype(np.float32)
    blended = modality is not None and modality.blended and samples.shape[2:] in ((2,), (4,))
    if blended:  # colors count by their alpha
        values[..., :-1] *= values[..., -1:]
    shrink = pixel_scale(inverse(matrix))
    if not classes and shrink > 1:  # against aliasing
        values = cv2.GaussianBlur(values, (0, 0), 0.5 * np.sqrt(shrink**2 - 1), borderType=cv2.BORDER_REPLICATE)
    beyond = modality.beyond if modality is not None else 0 if name == "mask" else None
    mapped: Array = cv2.warpAffine(
        values,
        between_pixels(matrix),
        size,
        flags=cv2.INTER_NEAREST if classes else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE if beyond is None else cv2.BORDER_CONSTANT,
        borderValue=beyond or 0 if min(samples.shape[2:], default=1) == 1 else 0,
    )
    mapped = mapped.reshape(size[1], size[0], *samples.shape[2:])
    if blended:
        mapped[..., :-1] /= np.maximum(mapped[..., -1:], np.float32(1e-3))
    if samples.dtype == np.bool_:
        return mapped >= (0.5 if modality is None else modality.threshold)
    return np.rint(mapped).astype(samples.dtype) if samples.dtype.kind in "iu" else mapped.astype(samples.dtype)
