"""One edit of one photo, without a session: what the endpoints in the shape of other programs have in common."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mien.errors import LayerError
from mien.guides.healing.heal import heal
from mien.photos.containers import CONTAINERS, PNG, sniff
from mien.photos.encode import encode
from mien.photos.read import read_photo
from mien.photos.write import obstacle
from mien.serve.faults import ApiError
from mien.serve.pictures import size_of
from mien.serve.schema import Wishes
from mien.serve.settings import ServeSettings
from mien.serve.wishes import check_words
from mien.serve.work import CURRENT
from mien.types import Float32, Photo

LAYERS = ("sketch", "semantic", "color", "guide", "exemplar")
"""What pictures besides photo and mask may be."""


@dataclass(eq=False)
class SingleEdit:
    """What is asked for.

    Attributes:
        photo: to edit.
        mask: (H, W) float32 in [0, 1], 1 may change; None lets the words choose.
        wishes: fields of a request.
        layers: pictures by name.
        seed, count, strength: see :class:`mien.editing.request.Request`.
    """

    photo: Photo
    mask: Float32 | None = None
    wishes: dict[str, Any] = field(default_factory=dict)
    layers: dict[str, Photo] = field(default_factory=dict)
    seed: int = 0
    count: int = 1
    strength: float = 1.0

    def made(self, editor: Any) -> list[Photo]:
        """The edited photos. Runs in a worker.

        Nothing but a mask means that what it covers shall vanish, faces or not.

        Raises:
            MienError: it cannot be made.
        """
        only_mask = not self.layers and (not self.wishes or self.wishes == {"mode": "heal"})
        if self.mask is not None and only_mask:
            return [heal(self.photo, self.mask, strength=self.strength).over(self.photo)[0]]
        inputs = {**self.wishes, **self.layers, "seed": self.seed, "strength": self.strength}
        if self.mask is not None:
            inputs["mask"] = self.mask
        task = CURRENT.get()
        callback = None if task is None else task.progress
        result = editor(self.photo, n=self.count, callback=callback, **inputs)
        return [variant.photo for variant in result.variants]


def wishes_of(given: Wishes) -> dict[str, Any]:
    """Fields of a request out of wishes that name no uploads.

    Raises:
        ApiError: they do, or use a word that is none.
    """
    found = {name: value for name, value in given.wished().items() if value is not None}
    check_words(found)
    for name, value in found.items():
        if name == "weight_maps" or (isinstance(value, Mapping) and "upload" in value):
            raise ApiError("validation", f"{name}: send the picture itself here.", name)
    if "drag" in found:
        found["drag"] = tuple(tuple(one) for one in found["drag"])
    return found


def photo_of(data: bytes, settings: ServeSettings, name: str) -> Photo:
    """A photo out of the bytes of its file.

    Raises:
        ApiError, PhotoError: it is none, or too large.
    """
    container = sniff(data[:64])
    if container is None:
        raise ApiError("photo", f"The {name} is no picture in a format that mien reads; send PNG or JPEG.", name)
    size_of(data, container, settings.pixels)
    with TemporaryDirectory(prefix="mien-") as folder:
        path = Path(folder) / f"{name}{container.suffixes[0]}"
        path.write_bytes(data)
        return replace(read_photo(path, max_pixels=settings.pixels), path=None)


def from_base64(text: Any, name: str) -> bytes:
    """The bytes of a picture that came as text, with or without ``data:image/png;base64,`` before it.

    Raises:
        ApiError: it is none.
    """
    if not isinstance(text, str) or not text:
        raise ApiError("validation", f"{name}: send a picture in base64.", name)
    try:
        return base64.b64decode(text.rpartition("base64,")[2] if text.startswith("data:") else text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ApiError("validation", f"{name}: this is no base64.", name) from error


def levels_of(mask: Photo) -> Float32:
    """Brightness of a mask, (H, W) in [0, 1]; transparency is ignored."""
    highest = np.float32(2**mask.bits - 1)
    return np.asarray(mask.pixels.mean(2, dtype=np.float32) / highest, np.float32)


def checked_mask(levels: Float32, photo: Photo) -> Float32:
    """A mask that fits its photo.

    Raises:
        LayerError: another size, or nothing in it.
    """
    if levels.shape != (photo.height, photo.width):
        size = f"{levels.shape[1]} x {levels.shape[0]}"
        raise LayerError(f"The mask is {size} and the image {photo.width} x {photo.height}; send one of its size.")
    if not levels.any():
        raise LayerError("The mask is empty: it marks nothing to edit.")
    return levels


def file_of(photo: Photo, kind: str, quality: int = 95) -> bytes:
    """An edited photo as the bytes of a file.

    Args:
        photo: to write.
        kind: "png", "jpeg" or "webp".
        quality: of JPEG.

    Raises:
        ApiError: the format cannot hold it.
    """
    container = next((one for one in CONTAINERS if one.name == kind.upper() and one.writable), PNG)
    if (reason := obstacle(photo, container)) is not None:
        raise ApiError("config", f"The image cannot be saved so: {reason}.")
    return encode(photo, container, quality)


def text_of(files: Sequence[bytes]) -> list[str]:
    """base64 of each."""
    return [base64.b64encode(one).decode("ascii") for one in files]
