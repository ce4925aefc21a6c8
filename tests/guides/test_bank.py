from __future__ import annotations

from pathlib import Path

import pytest

from mien.errors import CorruptCheckpointError, LayerError
from mien.guides.bank import Bank, check_album
from mien.types import Face, Photo


def test_the_bundled_faces_cover_what_is_borrowed() -> None:
    entries = Bank.bundled().entries
    assert len(entries) >= 70
    assert sum(entry.traits.teeth > 0.35 for entry in entries) >= 15
    assert {round(entry.traits.skin[0] / 15) for entry in entries} >= {2, 3, 4, 5}
    for entry in entries[::20]:
        photo = entry.photo()
        assert 300 <= max(photo.width, photo.height) <= 768
        assert (entry.face.landmarks[1, :2] < (photo.width, photo.height)).all()


def test_hair_is_lent_whole_and_its_place_is_known() -> None:
    bank = Bank.bundled()
    grown = next(entry for entry in bank.entries if entry.path.stem == "2121")
    lent = [entry for _, entry in bank.ranked(grown.face, grown.traits, "hair")]
    assert len(lent) >= 20
    assert not {"2125", "2726", "2813"} & {entry.path.stem for entry in lent}, "cut off, torn or green"
    assert all(entry.hair is not None and 0.03 < entry.hair.mean() < 0.6 for entry in lent)
    assert grown.hair is not None and grown.hair[-3:].any(), "long"


def test_a_damaged_bank_is_told(tmp_path: Path) -> None:
    with pytest.raises(CorruptCheckpointError, match="install mien again"):
        Bank.load(tmp_path)


def test_a_face_fits_itself_best() -> None:
    bank = Bank.bundled()
    for part in ("eyes", "mouth", "teeth", "hair"):
        able = bank.ranked(bank.entries[0].face, bank.entries[0].traits, part)
        first = able[0][1]
        cost, found = bank.ranked(first.face, first.traits, part)[0]
        assert found is first and cost < 0.7


def test_a_nose_of_the_bank_has_another_shape() -> None:
    bank = Bank.bundled()
    entry = bank.entries[0]
    order = [found for _, found in bank.ranked(entry.face, entry.traits, "nose")]
    assert order.index(entry) > 5


def test_an_album_needs_pictures(tmp_path: Path, portrait: Photo, face: Face) -> None:
    with pytest.raises(LayerError, match="no folder"):
        check_album(tmp_path / "none")
    with pytest.raises(LayerError, match="no picture"):
        check_album(tmp_path)
    (tmp_path / "a.jpg").write_bytes(b"no picture at all")
    with pytest.raises(LayerError, match="No face"):
        Bank.album(tmp_path, lambda photo: [])
