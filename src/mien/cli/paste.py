"""``mien paste``: a crop that was changed in any program, put back into its photo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.codes import takes_code
from mien.cli.console import print_json, remark

if TYPE_CHECKING:
    from mien.align.paste import Mask
    from mien.types import Bool, Float64, Photo, Samples, UInt8


@takes_code(then="crop")
def paste(
    photo: Annotated[Path, typer.Argument(help="The photo that the crop was cut from.")],
    crop: Annotated[Path, typer.Argument(help="The changed crop, as 'mien faces --crops' named it.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write the result.")] = None,
    mask: Annotated[Path | None, typer.Option(help="What may change, at the photo's or the crop's size.")] = None,
    matrix: Annotated[Path | None, typer.Option(help="The crop's JSON; by default the one beside the crop.")] = None,
    feather: Annotated[float | None, typer.Option(min=0, help="Soft edge inside the mask, photo pixels.")] = None,
    quality: Annotated[int, typer.Option(min=1, max=100, help="For lossy targets.")] = 95,
    receipt: Annotated[bool, typer.Option("--receipt", "--json", help="Print the receipt as JSON.")] = False,
) -> None:
    """Put a changed crop back: inside the mask only; without --mask, where the crop was changed."""
    from mien.align.crop import crop_face, matrix_to_quad
    from mien.align.paste import mask_to_photo, paste_face
    from mien.files import check_targets
    from mien.photos.color import to_srgb
    from mien.photos.mask import read_mask
    from mien.photos.read import read_photo
    from mien.photos.receipt import save_with_receipt
    from mien.photos.write import default_output, target_container

    notes = matrix or crop.with_suffix(".json")
    inputs = [path for path in (photo, crop, notes, mask) if path is not None]
    if output is not None:
        target_container(output)
    check_targets([output], inputs)
    facts = _read_notes(notes)
    picture = read_photo(photo)
    layer = read_photo(crop)
    way_back, drawn_at = _matrix_of(facts, notes, picture, (layer.height, layer.width))
    size = layer.height
    own = crop_face(picture, matrix_to_quad(way_back, size), size).pixels
    changed = _over(own, to_srgb(layer), layer.alpha)
    region: Mask = read_mask(mask) if mask is not None else _changed(own, changed, drawn_at)
    if region.shape != (picture.height, picture.width):
        region = mask_to_photo(_fitting(region, changed, picture), way_back, (picture.width, picture.height))
    edited = paste_face(picture, changed, way_back, region, feather=feather, reference=own)
    target = output or default_output(photo, "pasted", picture)
    done = save_with_receipt(
        picture, edited, region, target, (f"pasted {crop.name}",), quality=quality, protected=inputs
    )
    if receipt:
        print_json(done.as_dict())
        return
    print(target)
    if not done.preserved:
        remark(done.operations[-1])


def _read_notes(path: Path) -> dict[str, Any]:
    """What a crop's JSON says; its matrix as an array, checked."""
    import json

    import numpy as np

    from mien.align.crop import check_matrix
    from mien.errors import LayerError

    try:
        if not path.is_file():  # also a pipe, which might never end
            raise ValueError("no ordinary file")
        notes = json.loads(path.read_text(encoding="utf-8"))
        matrix = np.array(notes["matrix"], np.float64)
        check_matrix(matrix)
        facts: dict[str, Any] = {
            "matrix": matrix,
            "size": int(notes["crop_size"]),
            "photo_size": list(notes["photo_size"]),
        }
        if facts["size"] < 1:
            raise ValueError("no crop has no pixels")
        return {**facts, "sha256": notes.get("photo_sha256")}
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError, AttributeError, RecursionError) as error:
        raise LayerError(f"{path} is not the JSON of a crop; make one with 'mien faces --crops'.") from error


def _matrix_of(facts: dict[str, Any], path: Path, photo: Photo, shape: tuple[int, ...]) -> tuple[Float64, int]:
    """The matrix from the crop to the photo, checked against both, and the size that the crop had."""
    import hashlib

    from mien.errors import LayerError

    matrix, size, photo_size = facts["matrix"], facts["size"], facts["photo_size"]
    if photo_size != [photo.width, photo.height]:
        raise LayerError(
            f"{path.name} belongs to a photo of {' x '.join(map(str, photo_size))} pixels, not {photo.width} x "
            f"{photo.height}; give the photo that the crop was cut from."
        )
    if facts["sha256"] not in (None, hashlib.sha256(photo.pixels.tobytes()).hexdigest()):
        raise LayerError(f"{path.name} belongs to another photo of the same size; give the one it was cut from.")
    if shape[0] != shape[1]:
        raise LayerError(f"The crop is {shape[1]} x {shape[0]} pixels, not square; keep the size {size} x {size}.")
    matrix[:, :2] *= size / shape[0]  # a crop that was enlarged or reduced in between still fits
    return matrix, size


def _fitting(mask: Mask, changed: UInt8, photo: Photo) -> Mask:
    """The mask itself, if it is of the crop's size."""
    from mien.errors import LayerError

    if mask.shape != changed.shape[:2]:
        raise LayerError(
            f"The mask is {mask.shape[1]} x {mask.shape[0]}; give one of the photo's size, {photo.width} x "
            f"{photo.height}, or of the crop's, {changed.shape[1]} x {changed.shape[0]}."
        )
    return mask


def _over(original: UInt8, layer: UInt8, alpha: Samples | None) -> UInt8:
    """The layer over the photo's own crop: strokes on a transparent sheet leave the rest as it is."""
    import numpy as np

    if alpha is None or layer.shape != original.shape:
        return layer
    share = alpha[..., None] / np.float32(np.iinfo(alpha.dtype).max)
    mixed: UInt8 = np.rint(layer * share + original * (1 - share)).astype(np.uint8)
    return mixed


def _changed(original: UInt8, changed: UInt8, drawn_at: int) -> Bool:
    """(S, S) bool: where the crop differs from the photo's own, beyond what JPEG or resizing do, closed and grown.

    Hysteresis: a place counts if it differs a little and hangs together with one that differs a lot.
    """
    import cv2
    import numpy as np

    from mien.errors import LayerError

    size = len(original)
    if drawn_at < size:  # an enlarged crop lacks the photo's fine detail everywhere; compare what both have
        original, changed = (
            cv2.resize(one, (drawn_at, drawn_at), interpolation=cv2.INTER_AREA) for one in (original, changed)
        )
    difference = cv2.GaussianBlur(np.abs(original.astype(np.float32) - changed).max(2), (0, 0), 0.8)
    _, parts = cv2.connectedComponents((difference > 7).astype(np.uint8))
    differs = np.isin(parts, np.setdiff1d(np.unique(parts[difference > 20]), [0])).astype(np.uint8)
    if not differs.any():
        raise LayerError("The crop is the photo's own, unchanged; paint in it first, or give --mask.")
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    spread = cv2.dilate(cv2.morphologyEx(differs, cv2.MORPH_CLOSE, kernel), kernel)
    grown: Bool = cv2.resize(spread, (size, size), interpolation=cv2.INTER_NEAREST) > 0
    return grown
