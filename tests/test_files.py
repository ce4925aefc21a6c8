"""Files are written whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest

from mien.errors import SaveError
from mien.files import atomic_path
from mien.quiet import without_warnings

SOURCE = Path(__file__).parent.parent / "src" / "mien"


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


def test_a_new_file_has_the_rights_that_the_umask_leaves(tmp_path: Path) -> None:
    code = "import os, sys; os.umask(0o027); from mien.files import atomic_path; from pathlib import Path\n"
    code += "with atomic_path(Path(sys.argv[1])) as path: path.write_text('x')"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "file")], check=True)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


def test_nothing_changes_what_all_threads_share() -> None:
    """The umask and the filters of warnings belong to the process: a thread that puts them back undoes another's."""
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "os.umask" not in text, path
        assert path.name == "quiet.py" or "catch_warnings" not in text, path


def test_writing_a_file_leaves_the_umask_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "umask", lambda mask: pytest.fail("another thread would create files with this mask"))
    with atomic_path(tmp_path / "file") as path:
        path.write_text("x", encoding="utf-8")


def test_threads_that_silence_warnings_in_turn_leave_the_filters_as_they_were() -> None:
    before = list(warnings.filters)
    first_inside, second_inside = threading.Event(), threading.Event()

    def first() -> None:
        with without_warnings():
            first_inside.set()
            second_inside.wait(5)

    def second() -> None:
        first_inside.wait(5)
        with without_warnings():
            second_inside.set()
            one.join(5)  # enters later, leaves later
            with warnings.catch_warnings(record=True) as shown:
                warnings.warn("unheard", stacklevel=1)
            assert not shown

    one, other = threading.Thread(target=first), threading.Thread(target=second)
    one.start()
    other.start()
    other.join(10)
    assert list(warnings.filters) == before
