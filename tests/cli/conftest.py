"""Running ``mien`` as a process of its own, as a person does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mien.photos.write import save_photo
from mien.types import Photo, UInt8

Mien = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def mien() -> Mien:
    """``mien("faces", path, ok=0)``: runs the verb and checks its exit code."""

    def run(*arguments: str | Path, ok: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from mien.cli import main; main()", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == ok, done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def portrait(astronaut: UInt8, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The astronaut as a PNG."""
    path = tmp_path_factory.mktemp("photos") / "portrait.png"
    return save_photo(Photo(astronaut), path)
