from __future__ import annotations

import pytest

from mien.align.finder import FaceFinder
from mien.conditions.parser import FaceParser
from mien.types import Face, Photo, UInt8


@pytest.fixture(scope="session")
def portrait(astronaut: UInt8) -> Photo:
    return Photo(astronaut)


@pytest.fixture(scope="session")
def face(portrait: Photo) -> Face:
    return FaceFinder.bundled().find(portrait)[0]


@pytest.fixture(scope="session")
def parser() -> FaceParser:
    return FaceParser.bundled()
