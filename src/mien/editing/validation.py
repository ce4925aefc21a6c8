"""What can be known to be wrong about a request before any network is loaded, or any face looked for. No torch here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from mien.conditions.colors import plain_color
from mien.conditions.folder import NOTES
from mien.conditions.pictures import name_of
from mien.conditions.regions import check_region, is_expression
from mien.conditions.text import validate_text
from mien.conditions.types import Conditions
from mien.editing.auto import moves_attributes
from mien.editing.crop_frame import CropFrame
from mien.editing.dyes import check_dyes
from mien.editing.looks import LOOKS
from mien.editing.request import LAYERS, Request, is_number
from mien.editing.weights import LARGEST, weights_of
from mien.editing.worded import resolved
from mien.errors import ConfigError, LayerError, UnreadablePhotoError
from mien.guides.parts import check_parts
from mien.guides.shapes import Shapes
from mien.types import Photo

CLIP = "openai/clip-vit-base-patch32"
"""What a message names."""

ORIENTATION, TURNED = 0x0112, (5, 6, 7, 8)
"""EXIF's tag, and those of its values that exchange width and height."""


GUIDE = "guide"


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
        ConfigError: an attribute that the painter does not know, a text of which nothing can be done, or mode "look"
            where nothing would be painted.
        LayerError, PhotoError: no mask, no region or part of such a name, a file that is not there, or a picture
            of a size that fits neither the photo nor a square crop.
    """
    _check_mode(request)
    request, recipe = resolved(request, painter)
    layers = request.layers if isinstance(request.layers, Conditions) else Conditions()
    attributes = {name: strength for name, strength in {**layers.attributes, **request.attributes}.items() if strength}
    moved, masked, rest = (
        moves_attributes(request) or request.mode == "difference",
        request.mask is not None or layers.mask is not None,
        request,
    )
    if (rest := without_guide(request)) is not request:
        check_guide(request, masked)
    paints = rest.draws if recipe or rest is not request else request.paints
    for name in attributes:
        if not moved and name not in painter.attributes:
            known = f"it knows {', '.join(painter.attributes)}" if painter.attributes else "it knows none"
            hint = "; 'mien reshape' moves it" if name in Shapes.bundled().ranges else _meant(name, painter)
            raise ConfigError(f"This editor has no attribute '{name}'; {known}{hint}.")
    text = validate_text((layers.text or "") if request.text is None else request.text)
    if text and not painter.reader:
        raise ConfigError(f"'{text}' needs a network that understands words; give a CLIP, such as {CLIP}.")
    if isinstance(request.layers, str | Path):
        if not (Path(request.layers) / NOTES).is_file():
            raise LayerError(f"{request.layers} is no folder of layers: it has no {NOTES}; run 'mien conditions'.")
    elif paints and not moved and not masked and not (request.part == "hair" and request.sketch is not None):
        raise LayerError("Nothing says where the face may change; give a mask: a region such as hair, or a picture.")
    if isinstance(request.mask, str) and is_expression(request.mask):
        check_region(request.mask)
    for name in filter(None, (part.strip().lower() for part in request.protect.split(","))):
        check_region(name)
    check_dyes(request)
    if request.part:
        check_parts(request.part)
    if request.reshape:
        Shapes.bundled().displacement(request.reshape)
    plain = plain_color(request.color)
    frame = CropFrame(np.eye(2, 3), 1, (photo.width, photo.height), request.frame)
    for name, source in _pictures(request):
        if not (name == "color" and plain) and (size := _size(source)) is not None:
            frame.for_source(source).over_photo(*size, name_of(source, name))
    weights_of(rest.weights, {}, frame)


def _check_mode(request: Request) -> None:
    """Raises ConfigError where "look" is asked for and pixels are moved, borrowed or dyed alone."""
    asked = request.part or request.dye or request.reshape or request.drag
    if request.mode != "look" or not asked or request.draws or request.guide is not None:
        return
    if request.part:
        raise ConfigError(
            f"A part is borrowed as it is, never painted; for a painted look, say --mask {request.part} --mode look "
            "with the exemplar and without --part, or leave out --mode look."
        )
    way, instead = (
        ("Dyes color", "--mask REGION --color COLOR")
        if request.dye
        else ("Moves shift", "--mask REGION --attribute NAME=1")
    )
    raise ConfigError(
        f"{way} the photo's own pixels and paint nothing; for a painted look, say {instead} --mode look, or leave out "
        "--mode look."
    )


def without_guide(request: Request) -> Request:
    """What else is asked for; the same object where no guide is given."""
    layers = request.layers if isinstance(request.layers, Conditions) else None
    if request.guide is None and (layers is None or layers.guide is None):
        return request
    left = request.layers if layers is None else layers.without(GUIDE)
    weights, maps = (
        {name: one for name, one in named.items() if name != GUIDE} for named in (request.weights, request.weight_maps)
    )
    nothing = isinstance(left, Conditions) and not left.given
    changes: Any = {"layers": None if nothing else left, "weights": weights, "weight_maps": maps}
    return replace(request, guide=None, harmonise=False, **changes)


def check_guide(request: Request, masked: bool) -> None:
    """Raises ConfigError, LayerError where a guide has a weight that is none, or no bounds."""
    number, source = request.weights.get(GUIDE, 1), request.guide
    if not is_number(number, 0, LARGEST):
        raise ConfigError(f"The weight of {GUIDE} is {number!r}; give a number of at least 0, such as 1 or 0.5.")
    if source is not None and not masked and _is_opaque(source):
        name = name_of(source, GUIDE)
        raise LayerError(f"{name} has no transparency; erase what is not to be pasted, or give a mask.")


def _is_opaque(source: Any) -> bool:
    """Whether a picture has no transparency, as far as it can be told without reading all of it."""
    if isinstance(source, Photo):
        return source.alpha is None
    if isinstance(source, Image.Image):
        return not source.has_transparency_data
    with suppress(Exception), Image.open(source) as picture:  # what is wrong with a file is told by its reader
        return not picture.has_transparency_data
    return False


def _pictures(request: Request) -> Iterator[tuple[str, Any]]:
    """Files and arrays by name; words, and exemplars, which may have any size, apart."""
    for name in LAYERS[:-1]:
        source = getattr(request, name)
        word = isinstance(source, str) and not Path(source).suffix
        if source is not None and not word:
            yield name, source
    yield from ((f"weight map of {name}", source) for name, source in request.weight_maps.items())


def _size(source: Any) -> tuple[int, int] | None:
    """(width, height) as far as it can be told without reading all of a picture."""
    if isinstance(source, Photo):
        return source.width, source.height
    if isinstance(source, np.ndarray) and source.ndim in (2, 3):
        return int(source.shape[1]), int(source.shape[0])
    if isinstance(source, str | Path) and not Path(source).exists() and not str(source).endswith(".svg"):
        raise UnreadablePhotoError(f"{source} does not exist or is no ordinary file; check the name.")
    try:
        with nullcontext(source) if isinstance(source, Image.Image) else Image.open(source) as picture:
            return picture.size[::-1] if picture.getexif().get(ORIENTATION) in TURNED else picture.size
    except Exception:  # a drawing of strokes, a folder, a tensor; and what is wrong with a file is told by its reader
        return None


def _meant(name: str, painter: Knows) -> str:
    """What a name may be a misspelling of, in words; and where all names are."""
    near = get_close_matches(name, {*painter.attributes, *LOOKS, *Shapes.bundled().ranges}, 1)
    return f"{f'; perhaps {near[0]} is meant' if near else ''}; 'mien attributes' lists all"
