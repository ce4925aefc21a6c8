"""Files are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from mien.errors import SaveError
from mien.files import atomic_path


def test_the_file_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "file.txt"
    target.write_text("a long old text", encoding="utf-8")
    with atomic_path(target) as temporary:
        temporary.write_text("new", encoding="utf-8")
        assert temporary.parent == target.parent
        assert target.read_text(encoding="utf-8") == "a long old text"
    assert target.read_text(encoding="utf-8") == "new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("error", "expected"), [(KeyError("own"), KeyError), (OSError(28, "No space left"), SaveError)]
)
def test_failure_leaves_the_old_file(error: Exception, expected: type[Exception], tmp_path: Path) -> None:
    target = tmp_path / "file.txt"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(expected), atomic_path(target) as temporary:
        temporary.write_text("ha", encoding="utf-8")
        raise error
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing/file.txt", "choose a folder that exists"),
        ("folder", "is a folder; give the name of a file"),
        ("file/below.txt", "choose another name"),
        ("n" * 300, "choose another name"),
        ("nul\0", "choose another name"),
    ],
)
def test_impossible_places_are_one_sentence(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(SaveError, match=words), atomic_path(tmp_path / name):
        pytest.fail("there is nothing to write to")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]
