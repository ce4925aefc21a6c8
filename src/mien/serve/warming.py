"""Networks are loaded, and every stage run once, before somebody waits for them."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from mien.guides.bank import BUNDLED
from mien.photos.read import read_photo
from mien.types import Photo, UInt8

LOG = logging.getLogger("mien.serve")

WISHES: tuple[dict[str, Any], ...] = (
    {"mask": "nose", "mode": "heal"},
    {"mask": "mouth", "color": "#a03050", "mode": "look"},
    {"dye": {"hair": "auburn"}},
)
"""Edits that between them use all that the page asks for most."""


def warm_up(service: Any) -> None:
    """Edits a face of nobody and forgets it. What fails here is told where somebody asks for it.

    Args:
        service: whose editor it is.
    """
    try:
        face = read_photo(min(BUNDLED.glob("*.webp")))
        pixels: UInt8 = np.ascontiguousarray(face.pixels[::2, ::2], np.uint8)
        small = Photo(pixels)
        for wishes in WISHES:
            service.editor(small, **wishes)
    except Exception:
        LOG.debug("Warming up failed", exc_info=True)
