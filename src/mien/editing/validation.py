"""What can be known to be wrong about a request before any network is loaded, or any face looked for. No torch here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from mien.conditions.regions import is_expression, parse_region
from mien.conditions.types import Conditions
from mien.editing.request import LAYERS, Request
from mien.errors import ConfigError, LayerError, UnreadablePhotoError
from mien.types import Photo

CLIP = "openai/clip-vit-base-patch32"
"""What a message names."""

NOTES = "layers.json"
"""Marks a folder of layers."""

TURNED = (5, 6, 7, 8)
"""Values of EXIF's orientation that exchange width and height."""


class Knows(Protocol):
    """What paints, or will: see :class:`mien.backends.base.CropEditor`."""

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names."""

    @property
    def reader(self) -> str:
        """Empty where nothing reads text."""


def check_request(request: Request, photo: Photo, painter: Knows) -> None:
    """Refuses what cannot work on a photo.

    Args:
        request: what is asked for.
        photo: that is edited.
        painter: what will paint.

    Raises:
        ConfigError: an attribute that the painter does not know, or a text that nothing reads.
        LayerError, PhotoError: no mask, no region of such a name, a file that is not there, or a picture of a size that
            fits neither the photo nor a square crop.
    """
    layers = request.layers if isinstance(request.layers, Conditions) else Conditions()
    for name in {**layers.attributes, **request.attributes}:
        if name not in painter.attributes:
            known = f"it knows {', '.join(painter.attributes)}" if painter.attributes else "it knows none"
            raise ConfigError(f"This editor has no attribute '{name}'; {known}.")
    text = request.text or layers.text
    if text and not painter.reader:
        raise ConfigError(f"'{text}' needs a network that understands words; give a CLIP, such as {CLIP}.")
    if isinstance(request.layers, str | Path):
        if not (Path(request.layers) / NOTES).is_file():
            raise LayerError(f"{request.layers} is no folder of layers: it has no {NOTES}; run 'mien conditions'.")
    elif request.mask is None and layers.mask is None:
        raise LayerError("Nothing says where the face may change; give a mask: a region such as hair, or a picture.")
    if is_expression(request.mask):
        parse_region(request.mask)
    for name in filter(None, (part.strip().lower() for part in request.protect.split(","))):
        if name != "teeth":
            parse_region(name)
    for name, source in _pictures(request):
        _check_picture(name, source, request.frame, photo)


def _pictures(request: Request) -> Iterator[tuple[str, Any]]:
    """Files and arrays by name; words and exemplars, which may have any size, apart."""
    for name in LAYERS:
        source = getattr(request, name)
        word = isinstance(source, str) and not Path(source).suffix
        if source is not None and not word:
            yield name, source
    yield from ((f"weight map of {name}", source) for name, source in request.weight_maps.items())


def _check_picture(name: str, source: Any, frame: str, photo: Photo) -> None:
    size = _size(name, source)
    if size is None or name == "exemplar":
        return
    fits_photo, fits_crop = size == (photo.width, photo.height), size[0] == size[1]
    if (fits_photo and frame != "crop") or (fits_crop and frame != "photo"):
        return
    of_photo = f"the photo's size, {photo.width} x {photo.height}"
    wanted = {"auto": f"{of_photo}, or a square over the face crop", "photo": of_photo, "crop": "a square"}[frame]
    what = Path(source).name if isinstance(source, str | Path) else f"The {name}"
    raise LayerError(f"{what} is {size[0]} x {size[1]} pixels; draw it at {wanted}.")


def _size(name: str, source: Any) -> tuple[int, int] | None:
    """(width, height) as far as it can be told without reading all of a picture."""
    if isinstance(source, Photo):
        return source.width, source.height
    if isinstance(source, Image.Image):
        return source.size
    if isinstance(source, np.ndarray) and source.ndim in (2, 3) and source.shape[-1] != 0:
        return int(source.shape[1]), int(source.shape[0])
    if not isinstance(source, str | Path) or Path(source).suffix.lower() == ".svg" or Path(source).is_dir():
        return None
    try:
        with Image.open(source) as picture:
            turned = picture.getexif().get(0x0112) in TURNED
            return picture.size[::-1] if turned else picture.size
    except FileNotFoundError:
        error = LayerError if name in LAYERS[1:4] else UnreadablePhotoError
        raise error(f"{source} does not exist; check the name.") from None
    except Exception:  # whatever else is wrong with the file is told by what reads it
        return None
