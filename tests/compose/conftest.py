from __future__ import annotations

import pytest

from mien.align.crop import crop_face
from mien.align.finder import FaceFinder
from mien.types import Photo, UInt8


@pytest.fixture(scope="session")
def crop(astronaut: UInt8) -> UInt8:
    """(128, 128, 3): the portrait's aligned face."""
    photo = Photo(astronaut)
    return crop_face(photo, FaceFinder.bundled().find(photo)[0].quad, 128).pixels
