"""Edits one upon the other: what stays, what is undone, what is made again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mien.errors import ConfigError, FaceSelectionError, LayerError, SaveError, SessionError
from mien.photos.read import read_photo
from mien.photos.write import save_photo
from mien.session import Session
from mien.types import AlignedFace, Photo
from tests.sessions.painter import Painter, picture


def same(one: Photo, other: Photo) -> bool:
    return np.array_equal(one.pixels, other.pixels)


def edited(session: Session, *masks: str) -> list[Photo]:
    """Results of edits in a row."""
    return [session.result(session.apply(mask=mask, seed=k).number) for k, mask in enumerate(masks)]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_ten_edits_leave_everything_else_exactly_as_it_was(
    dtype: type, channels: int, painter: Painter, tmp_path: Path
) -> None:
    photo = picture(dtype=dtype, channels=channels)
    session = Session.create(tmp_path / "s", photo, painter)
    masks = ["left", "right", "mouth", "hair", "left", "mouth", "right", "hair", "left", "right"]
    for seed, mask in enumerate(masks):
        session.apply(mask=mask, seed=seed, face="1" if seed % 4 == 3 else "largest")
    union = session.mask()
    result = Session.open(tmp_path / "s").result()
    difference = np.abs(result.pixels.astype(int) - photo.pixels.astype(int))
    assert result.bits == photo.bits and 0.05 < union.mean() < 0.6
    assert difference[~union].max() == 0 and difference[union].mean() > photo.bits
    assert [row.largest for row in session.drift(metrics=[])] == [0] * 10
    receipt = session.save(tmp_path / "out.png")
    assert receipt.preserved and receipt.mask_pixels == union.sum()
    assert same(read_photo(tmp_path / "out.png"), result)


def test_alpha_and_metadata_stay(painter: Painter, tmp_path: Path) -> None:
    plain = picture(dtype=np.uint16)
    alpha = np.linspace(0, 65535, plain.width, dtype=np.uint16)[None].repeat(plain.height, 0)
    exif = b"II*\0\x08\0\0\0\0\0\0\0\0\0"
    session = Session.create(tmp_path / "s", Photo(plain.pixels, alpha, exif=exif, dpi=(300.0, 300.0)), painter)
    session.apply(mask="left")
    session.save(tmp_path / "out.png")
    saved = read_photo(tmp_path / "out.png")
    assert saved.alpha is not None and np.array_equal(saved.alpha, alpha) and saved.exif == exif and saved.bits == 16
    assert not np.array_equal(saved.pixels, plain.pixels)


def test_results_are_read_not_made(session: Session, painter: Painter) -> None:
    results = edited(session, "left", "mouth", "left")
    again = Session.open(session.folder.path, painter)
    assert all(same(again.result(k), made) for k, made in enumerate(results, 1)) and same(again.result(), results[-1])
    assert same(again.result(0), session.original)
    assert len(painter.calls) == 3 and painter.searches == 1


def test_each_edit_sees_the_one_before_in_the_same_frame(session: Session, painter: Painter) -> None:
    edited(session, "left", "mouth")
    session.apply(mask="left", face="1")
    first, second, other = (call["face"] for call in painter.calls)
    assert np.array_equal(first, second) and not np.array_equal(first, other)
    assert painter.calls[0]["cache"] is painter.calls[1]["cache"] is session.cache


def test_undo_and_redo(session: Session) -> None:
    results = [session.original, *edited(session, "left", "mouth", "hair")]
    assert session.undo() == 2 and same(session.result(), results[2])
    assert session.undo(2) == 0 and same(session.result(), results[0])
    with pytest.raises(SessionError, match="nothing to undo"):
        session.undo()
    assert session.redo(2) == 2 and session.redo() == 3 and same(session.result(), results[3])
    with pytest.raises(SessionError, match="nothing to redo"):
        session.redo()
    with pytest.raises(SessionError, match="only 3"):
        session.undo(4)


def test_a_new_edit_cuts_redo_off_but_not_the_tree(session: Session) -> None:
    results = edited(session, "left", "mouth", "hair")
    session.undo(2)
    branch = session.apply(mask="right")
    assert (branch.number, branch.parent) == (4, 1) and session.tree.children(1) == [2, 4]
    with pytest.raises(SessionError):
        session.redo()
    assert session.checkout(2) == 2 and session.redo() == 3 and same(session.result(), results[2])
    assert session.checkout(1) == 1 and session.redo() == 2  # 1 lies on the line one is on
    with pytest.raises(SessionError, match="no edit 9; choose 1 to 4"):
        session.checkout(9)


def test_change_makes_the_rest_again(session: Session, painter: Painter) -> None:
    edited(session, "left", "mouth", "hair")
    session.apply(mask="right", note="the other eye")
    last = session.change(2, attributes={"smile": 1.0})
    assert [node.number for node in session.line()] == [1, 5, 6, 7] and last.note == "the other eye"
    assert [call["mask"] for call in painter.calls[4:]] == ["mouth", "hair", "right"]
    assert painter.calls[4]["attributes"] == {"smile": 1.0} and painter.calls[4]["seed"] == 1
    straight = Session.create(session.folder.path.parent / "straight", session.original, painter)
    for node in session.line():
        straight.apply(**node.recipe)
    assert same(straight.result(), session.result())
    assert session.checkout(4) == 4 and session.change(4, seed=9, note="new").parent == 3
    with pytest.raises(SessionError, match="Edit 5 did not lead to edit 8"):
        session.change(5, seed=1)


def test_attributes_are_changed_one_by_one(session: Session) -> None:
    session.apply(mask="left", attributes={"smile": 1.0, "age": 2.0}, strength=0.5)
    node = session.change(1, attributes={"smile": None, "age": 3.0}, strength=None)
    assert node.recipe == {"mask": "left", "attributes": {"age": 3.0}}


def test_inputs_are_taken_along(session: Session, painter: Painter, tmp_path: Path) -> None:
    mask = np.zeros((110, 150), np.uint8)
    mask[40:60, 30:50] = 255
    path = save_photo(Photo(mask[..., None]), tmp_path / "my mask.png")
    session.apply(mask=path, weight_maps={"sketch": str(path)})
    session.apply(mask=mask > 0, exemplar=AlignedFace(np.zeros((8, 8, 3), np.uint8), np.eye(2, 3), (8, 8)))
    results = [session.result(1), session.result(2)]
    for file in (path, tmp_path / "portrait.png"):
        file.unlink()
    moved = session.folder.path.rename(tmp_path / "elsewhere")
    again = Session.open(moved, painter)
    assert same(again.result(1), results[0])
    again.change(1, seed=0)
    assert same(again.result(), results[1])
    assert str(tmp_path) not in "".join(file.read_text() for file in moved.glob("*.jsonl"))
    assert isinstance(painter.calls[-1]["mask"], np.ndarray) and painter.calls[-1]["mask"].dtype == np.bool_
    assert isinstance(painter.calls[-1]["exemplar"], AlignedFace)
    assert again.line()[0].recipe["mask"]["name"] == "my mask.png"


def test_nothing_is_kept_of_an_edit_that_fails(session: Session, painter: Painter, tmp_path: Path) -> None:
    edited(session, "left", "mouth")
    before = (session.folder.path / "journal.jsonl").read_bytes()
    odd = save_photo(Photo(np.full((5, 9, 1), 255, np.uint8)), tmp_path / "odd.png")
    with pytest.raises(LayerError, match=r"^odd.png is 9 x 5 pixels"):
        session.apply(mask=odd)
    with pytest.raises(LayerError, match="no 'tail'"):
        session.change(1, mask="tail")
    with pytest.raises(LayerError, match=r"missing\.png cannot be read"):
        session.apply(mask=tmp_path / "missing.png")
    with pytest.raises(FaceSelectionError, match=r"portrait\.png"):
        session.apply(mask="left", face="7")
    with pytest.raises(ConfigError, match="'n' is no input"):
        session.apply(mask="left", n=4)
    with pytest.raises(ConfigError, match="cannot keep"):
        session.apply(mask="left", seed=float("nan"))
    painter.astray = True
    with pytest.raises(SessionError, match="outside its mask"):
        session.apply(mask="left")
    assert (session.folder.path / "journal.jsonl").read_bytes() == before and session.tree.head == 2


def test_the_original_is_never_replaced(session: Session, photo: Path, tmp_path: Path) -> None:
    session.apply(mask="left")
    data = photo.read_bytes()
    with pytest.raises(SaveError, match="began with"):
        session.save(photo)
    assert photo.read_bytes() == data
    receipt = session.save(tmp_path / "out.tif", 0)
    assert receipt.preserved and receipt.input == "portrait.png" and receipt.mask_pixels == 0
    assert session.save(tmp_path / "out.jpg").operations[0] == "edit 1: painted left"


def test_folders_that_will_not_do(session: Session, photo: Path, tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="holds a session already"):
        Session.create(session.folder.path, photo)
    with pytest.raises(SessionError, match="holds other files"):
        Session.create(tmp_path, photo)
    with pytest.raises(SessionError, match="is no session"):
        Session.open(tmp_path / "nowhere")
    with pytest.raises(SaveError):
        Session.create(photo / "below-a-file", photo)
    assert not (tmp_path / "nowhere").exists()


def test_a_trial_is_what_apply_would_make_and_leaves_nothing(session: Session, painter: Painter) -> None:
    before = session.result()
    tried = session.trial(mask="hair", seed=3)
    assert session.tree.nodes == () and session.result() is before
    session.apply(mask="hair", seed=3)
    assert np.array_equal(tried.photo.pixels, session.result().pixels)
    session.apply(mask="mouth")
    branch = session.apply(mask="left", parent=1)
    assert (branch.number, branch.parent) == (3, 1)
