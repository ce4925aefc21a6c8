"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from mien.errors import SaveError
from mien.files import atomic_path, check_targets, write_all
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


def test_symbolic_links_are_followed(tmp_path: Path) -> None:
    real = tmp_path / "below" / "real.txt"
    real.parent.mkdir()
    for before in (None, "old"):
        link = tmp_path / f"{before}.txt"
        link.symlink_to(real)
        with atomic_path(link) as temporary:
            temporary.write_text("new", encoding="utf-8")
            assert (real.read_text(encoding="utf-8") if real.exists() else None) == before
        assert link.is_symlink() and real.read_text(encoding="utf-8") == "new"
        real.write_text("old", encoding="utf-8")
    assert list(real.parent.iterdir()) == [real]


@pytest.mark.parametrize("check", [lambda path: check_targets([path]), lambda path: write_all({path: b"x"})])
def test_what_is_no_ordinary_file_is_never_replaced(check: Callable[[Path], None], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    before = sorted(tmp_path.iterdir())
    for name in ("pipe", "link", "loop", "."):
        with pytest.raises(SaveError, match=r"; (choose|give) "):
            check(tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before and stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_targets_are_checked_together(tmp_path: Path) -> None:
    photo, out = tmp_path / "photo.png", tmp_path / "out.png"
    photo.touch()
    (tmp_path / "link.png").symlink_to(out)
    check_targets([out, None, tmp_path / "other.png"], [photo])
    for targets in ([out, out], [out, tmp_path / "." / "out.png"], [out, tmp_path / "link.png"]):
        with pytest.raises(SaveError, match="written twice"):
            check_targets(targets, [photo])
    (tmp_path / "linked.png").symlink_to(photo)
    for target in (photo, tmp_path / "linked.png"):
        with pytest.raises(SaveError, match="is an input"):
            check_targets([out, target], [photo])
    with pytest.raises(SaveError, match="no such folder"):
        check_targets([tmp_path / "absent" / "out.png"])


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
