"""``mien find``, on the bundled faces of nobody."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mien.guides.bank import BUNDLED, Bank
from tests.cli.conftest import Mien


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve pictures, half of them with teeth, in two folders, and a file that is no picture."""
    top = tmp_path_factory.mktemp("album")
    entries = sorted(Bank.bundled().entries, key=lambda entry: entry.traits.teeth)
    for index, entry in enumerate((*entries[:6], *entries[-6:])):
        place = top / ("shut" if index < 6 else "teeth")
        place.mkdir(exist_ok=True)
        shutil.copy(BUNDLED / entry.path.name, place)
    (top / "broken.png").write_bytes(b"no picture")
    return top


def test_who_laughs_comes_first(mien: Mien, folder: Path) -> None:
    told = json.loads(mien("find", folder, "laughing, showing teeth", "--json").stdout)
    assert told["photos"] == told["faces"] == 12 and len(told["hits"]) == 10
    scores = [hit["score"] for hit in told["hits"]]
    assert scores == sorted(scores, reverse=True) and scores[0] > 4 * scores[-1]
    assert all("teeth" in hit["photo"] for hit in told["hits"][:4])


def test_paths_alone_can_be_piped(mien: Mien, folder: Path) -> None:
    lines = mien("find", folder, "serious, lips closed", "--paths", "-n", "3").stdout.splitlines()
    assert len(lines) == 3 and all(Path(line).is_file() for line in lines)
    assert sum("shut" in line for line in lines) >= 2


def test_what_was_not_understood_or_read_is_said(mien: Mien, folder: Path) -> None:
    told = mien("find", folder, "glasses, a dragon tattoo, curly hair", "-n", "1").stdout
    assert "dragon" in told and "hair-curl" in told and "broken.png" in told


@pytest.mark.parametrize(("text", "words"), [("a tattoo", "tattoo"), ("", "nothing"), ("curly hair", "nothing")])
def test_what_cannot_be_looked_for_is_refused(mien: Mien, folder: Path, text: str, words: str) -> None:
    assert words in mien("find", folder, text, ok=9).stderr


def test_a_folder_without_pictures_is_refused(mien: Mien, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        assert str(folder) in mien("find", folder, "glasses", ok=8).stderr
