"""Running ``mien`` as a person does, but in this process: loading PyTorch anew for every line takes seconds.

What needs a process of its own (consoles, interrupts, what is loaded when) is in ``test_manners.py``.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from mien.cli import main
from mien.photos.write import save_photo
from mien.types import Photo, UInt8

Mien = Callable[..., "CompletedProcess[str]"]


@pytest.fixture(scope="session")
def mien() -> Mien:
    """``mien("faces", path, ok=0)``: runs the verb and checks its exit code."""

    def run(*arguments: str | Path, ok: int = 0) -> CompletedProcess[str]:
        line = ["mien", *map(str, arguments)]
        out, err = (TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", line)
            code: object = None
            try:
                main()
            except SystemExit as end:
                code = end.code
            except Exception:  # with --debug
                code = 1
                traceback.print_exc()
        printed, told = (stream.buffer.getvalue().decode() for stream in (out, err))  # type: ignore[attr-defined]
        assert code == ok, told
        return CompletedProcess(line, ok, printed, told)

    return run


@pytest.fixture(scope="session")
def portrait(astronaut: UInt8, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The astronaut as a PNG."""
    path = tmp_path_factory.mktemp("photos") / "portrait.png"
    return save_photo(Photo(astronaut), path)
