"""Lists: the same settings on the same pictures give the same list, and nothing else passes for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.data import Picture
from mien.errors import ConfigError, DataError
from mien.evaluation.protocol.faces import FaceSets, open_set
from mien.evaluation.protocol.groups import groups_of
from mien.evaluation.protocol.lists import NAME, ItemList, check_list, evenly, read_list
from mien.evaluation.protocol.run import Setup

FAMILIES = ("hair", "irregular-20-30", "centre")
Make = Callable[..., Setup]


def listed(setup: Setup, families: tuple[str, ...] = FAMILIES) -> ItemList:
    return setup.items(setup.store([]), families)


def test_a_list_is_made_once_and_read_again(setup: Make, tmp_path: Path) -> None:
    first = listed(setup(size=64))
    written = (tmp_path / "report" / NAME).read_bytes()
    (tmp_path / "report" / NAME).touch()
    again = listed(setup(size=64))
    assert again.items == first.items and again.digest == first.digest == read_list(first.folder).digest
    elsewhere = listed(setup(size=64, folder=tmp_path / "other"))
    assert (tmp_path / "other" / NAME).read_bytes() == written
    assert all((first.mask(a) == elsewhere.mask(b)).all() for a, b in zip(first.items, elsewhere.items, strict=True))
    assert json.loads(written)["items"][0]["picture"] == "painted/0"


def test_a_mask_does_not_depend_on_its_company(setup: Make, tmp_path: Path) -> None:
    many = listed(setup(size=64))
    few = listed(setup(size=64, limit=2, folder=tmp_path / "few"), ("irregular-20-30",))
    assert [item.picture for item in few.items] == ["painted/0", "painted/5"]
    for item in few.items:
        twin = next(one for one in many.items if (one.picture, one.family) == (item.picture, item.family))
        assert twin.mask_sha256 == item.mask_sha256 and twin.coverage == few.mask(item).mean().round(6)


def test_who_is_shown_beside_whom(setup: Make) -> None:
    items = listed(setup(size=64))
    by_name = {item.picture: item for item in items.of_family("painted", "centre")}
    assert len(by_name) == 6
    assert (by_name["painted/0"].exemplar, by_name["painted/0"].mirrored) == ("painted/0", True)
    assert (by_name["painted/1"].exemplar, by_name["painted/1"].mirrored) == ("painted/2", False)
    # two files of one photograph would give the answer away
    assert (by_name["painted/3"].exemplar, by_name["painted/3"].mirrored) == ("painted/3", True)
    person = {name: setup().sets["painted"][int(name[-1])].fields["person"] for name in by_name}
    assert all(person[item.other] != person[name] for name, item in by_name.items())


def test_a_face_without_the_region_is_left_out(setup: Make) -> None:
    items = listed(setup(size=64))
    assert len(items.of_family("painted", "hair")) == 5
    assert [one["picture"] for one in items.left_out] == ["painted/4"] and "no hair" in items.left_out[0]["reason"]


def test_settings_make_another_list(setup: Make) -> None:
    first = listed(setup(size=64))
    assert listed(setup(size=64), ("centre",)).digest != first.digest
    assert listed(setup(size=32)).size == 32


def test_what_does_not_fit_is_named(setup: Make, pictures: tuple[Picture, ...], tmp_path: Path) -> None:
    items = listed(setup(size=64))
    item = items.items[0]
    assert listed(setup(size=64, folder=tmp_path / "guest", list_from=items.folder)).items == items.items
    with pytest.raises(ConfigError, match="--size 64"):
        listed(setup(size=32, folder=tmp_path / "guest", list_from=items.folder))
    changed = (replace(pictures[0], read=pictures[1].read), *pictures[1:])
    with pytest.raises(DataError, match="painted/0 is not the file"):
        check_list(items, FaceSets({"painted": changed}, setup().parser))
    with pytest.raises(DataError, match="no picture called painted/0"):
        check_list(items, FaceSets({"painted": pictures[1:]}, setup().parser))
    Image.fromarray(np.zeros((64, 64), np.uint8)).save(items.folder / item.mask)
    with pytest.raises(DataError, match="make the list again"):
        items.mask(item)
    Image.fromarray(np.full((64, 64), 255, np.uint8)).save(items.folder / item.mask)
    with pytest.raises(DataError, match="is not the one"):
        items.mask(item)


def test_odd_lists_are_named(setup: Make) -> None:
    folder = listed(setup(size=64)).folder
    whole = json.loads((folder / NAME).read_text(encoding="utf-8"))

    def changed(**fields: object) -> str:
        return json.dumps({**whole, "items": [{**whole["items"][0], **fields}]})

    odd = ["{}", "[]", "[" * 100_000, "\xff", changed(mask=3), changed(seed="a"), changed(more=1), json.dumps(None)]
    for text in [*odd, json.dumps({**whole, "left_out": [1]}), json.dumps({**whole, "size": "large"})]:
        (folder / NAME).write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match="is no list of edits"):
            read_list(folder)


def test_pictures_are_spaced_evenly(pictures: tuple[Picture, ...]) -> None:
    assert [one.name for one in evenly(pictures, 3)] == ["0", "2", "5"]
    assert evenly(pictures, 6) == evenly(pictures, None) == list(pictures)


def test_a_set_without_splits_is_read_whole(faces: Path, tmp_path: Path) -> None:
    assert [one.name for one in open_set(faces, "test", 2)] == ["0", "1"]
    (tmp_path / "images").mkdir()
    for number in range(3):
        Image.new("RGB", (8, 8)).save(tmp_path / "images" / f"p{number}.png")
    (tmp_path / "index.csv").write_text("id,kind\np0,neutral\np2,smiling\n")
    found = open_set(tmp_path, "test")
    assert [(one.name, one.fields["kind"]) for one in found] == [("p0", "neutral"), ("p2", "smiling")]
    (tmp_path / "index.csv").write_text("id,kind\nx,neutral\n")
    with pytest.raises(DataError, match="holds no pictures"):
        open_set(tmp_path, "test")


def test_odd_indexes_are_named_or_read(faces: Path, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "images" / "p0.png")
    index = tmp_path / "index.csv"
    for content in (b"id,kind\np0,\xff\xfe", b'id,kind\np0,"' + b"x" * 200_000 + b'"'):
        index.write_bytes(content)
        with pytest.raises(DataError, match="is not a table of text"):
            open_set(tmp_path, "test")
    index.write_bytes(b"\xef\xbb\xbfid,split,gender,age\np0,test\n")
    assert groups_of(open_set(tmp_path, "test")[0].fields, None) == ("skin tone: unknown",)
    index.write_bytes(b"id,split\np0,test,more,and more\n")
    assert open_set(tmp_path, "test")[0].fields == {"id": "p0", "split": "test"}
    index.write_bytes(b"")
    with pytest.raises(DataError, match="needs rows"):
        open_set(tmp_path, "test")
