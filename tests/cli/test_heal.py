"""mien heal says what it needs, before anything is loaded or written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--glasses", "--red-eyes"), "one of them"),
        (("--glasses", "--mask", "nose"), "one of them"),
    ],
)
def test_one_wish_at_a_time(mien: Callable[..., object], tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    done = mien("heal", tmp_path / "photo.jpg", *options, ok=5)
    assert words in done.stderr  # type: ignore[attr-defined]
    assert not list(tmp_path.iterdir())
