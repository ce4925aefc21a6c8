"""``mien paste``: a crop that was changed in any program, put back into its photo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import print_json

if TYPE_CHECKING:
    from mien.align.paste import Mask
    from mien.types import Bool, Float64, Photo, UInt8


def paste(
    photo: Annotated[Path, typer.Argument(help="The photo that the crop was cut from.")],
    crop: Annotated[Path, typer.Argument(help="The changed crop, as 'mien faces --crops' named it.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write the result.")] = None,
    mask: Annotated[Path | None, typer.Option(help="What may change, at the photo's or the crop's size.")] = None,
    matrix: Annotated[Path | None, typer.Option(help="The crop's JSON; by default the one beside the crop.")] = None,
    feather: Annotated[float | None, typer.Option(min=0, help="Soft edge inside the mask, photo pixels.")] = None,
    quality: Annotated[int, typer.Option(min=1, max=100, help="For lossy targets.")] = 95,
    receipt: Annotated[bool, typer.Option("--receipt", help="Print the receipt as JSON.")] = False,
) -> None:
    """Put a changed crop back: inside the mask only; without --mask, where the crop was changed."""
    from mien.align.paste import mask_to_photo, paste_face
    from mien.photos.colour import to_srgb
    from mien.photos.mask import read_mask
    from mien.photos.read import read_photo
    from mien.photos.receipt import save_with_receipt
    from mien.photos.write import default_output

    picture = read_photo(photo)
    changed = to_srgb(read_photo(crop))
    way_back = _read_matrix(matrix or crop.with_suffix(".json"), picture, changed.shape[:2])
    region: Mask = read_mask(mask) if mask is not None else _changed(picture, changed, way_back)
    if region.shape != (picture.height, picture.width):
        region = mask_to_photo(_fitting(region, changed, picture), way_back, (picture.width, picture.height))
    edited = paste_face(picture, changed, way_back, region, feather=feather)
    target = output or default_output(photo, "pasted")
    done = save_with_receipt(picture, edited, region, target, (f"pasted {crop.name}",), quality=quality)
    if receipt:
        print_json(done.as_dict())
    else:
        print(target)


def _read_matrix(path: Path, photo: Photo, shape: tuple[int, ...]) -> Float64:
    """The matrix of a crop's JSON, checked against the photo and the crop that came with it."""
    import json

    import numpy as np

    from mien.errors import LayerError

    try:
        notes = json.loads(path.read_text(encoding="utf-8"))
        matrix: Float64 = np.array(notes["matrix"], np.float64)
        size, photo_size = int(notes["crop_size"]), list(notes["photo_size"])
        if matrix.shape != (2, 3) or not np.isfinite(matrix).all() or abs(np.linalg.det(matrix[:, :2])) < 1e-9:
            raise ValueError("not an invertible 2x3 matrix")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LayerError(f"{path} is not the JSON of a crop; make one with 'mien faces --crops'.") from error
    if photo_size != [photo.width, photo.height]:
        raise LayerError(f"{path.name} belongs to a photo of {photo_size} pixels, not {[photo.width, photo.height]}.")
    if shape[0] != shape[1]:
        raise LayerError(f"The crop is {shape[1]} x {shape[0]} pixels, not square; keep the size {size} x {size}.")
    matrix[:, :2] *= size / shape[0]  # a crop that was enlarged or reduced in between still fits
    return matrix


def _fitting(mask: Mask, changed: UInt8, photo: Photo) -> Mask:
    """The mask itself, if it is of the crop's size."""
    from mien.errors import LayerError

    if mask.shape != changed.shape[:2]:
        raise LayerError(
            f"The mask is {mask.shape[1]} x {mask.shape[0]}; give one of the photo's size, {photo.width} x "
            f"{photo.height}, or of the crop's, {changed.shape[1]} x {changed.shape[0]}."
        )
    return mask


def _changed(photo: Photo, changed: UInt8, matrix: Float64) -> Bool:
    """(S, S) bool: where the crop differs from the photo's own crop by more than rounding, closed and grown."""
    import cv2
    import numpy as np

    from mien.align.crop import crop_face, matrix_to_quad
    from mien.errors import LayerError

    size = changed.shape[0]
    own = crop_face(photo, matrix_to_quad(matrix, size), size).pixels
    differs = (np.abs(own.astype(np.int16) - changed).max(2) > 3).astype(np.uint8)
    if not differs.any():
        raise LayerError("The crop is the photo's own, unchanged; paint in it first, or give --mask.")
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    grown: Bool = cv2.dilate(cv2.morphologyEx(differs, cv2.MORPH_CLOSE, kernel), kernel) > 0
    return grown
