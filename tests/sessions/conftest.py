"""A photo, the painter, and a session of both."""

from __future__ import annotations

from pathlib import Path

import pytest

from mien.photos.write import save_photo
from mien.session import Session
from tests.editing.conftest import editor as editor
from tests.editing.conftest import editor_folder as editor_folder
from tests.sessions.painter import Painter, picture


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return save_photo(picture(), tmp_path / "portrait.png")


@pytest.fixture
def painter() -> Painter:
    return Painter()


@pytest.fixture
def session(photo: Path, painter: Painter, tmp_path: Path) -> Session:
    return Session.create(tmp_path / "session", photo, painter)
