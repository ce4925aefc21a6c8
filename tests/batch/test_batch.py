"""Batches: the same results from one process, several, and object stores; nothing lost, nothing half written."""

from __future__ import annotations

import json
import signal
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

import fsspec
import numpy as np
import pytest
from PIL import Image
from skimage import data as pictures

from mien.batch import local
from mien.batch.local import KILLED, room, run_here, run_local
from mien.batch.places import PARTIAL, Place
from mien.batch.plan import REPORT, Item, Plan, items_of, missing, recipe_text
from mien.batch.report import Report, collect
from mien.batch.work import Done
from mien.cli.batch import batch
from mien.errors import ConfigError, DataError, OutcomeError, SaveError
from tests.batch.mortal import Mortal

RECIPE = {"edits": [{"reshape": {"smile": 1}}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two photos with a face, one without, one that is none; a recipe."""
    photos = tmp_path / "photos"
    (photos / "below").mkdir(parents=True)
    face = Image.fromarray(pictures.astronaut()[:290, 90:370])
    face.save(photos / "a.png")
    face.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(photos / "below" / "b.jpg", quality=95)
    Image.new("RGB", (64, 64), "gray").save(photos / "nobody.webp")
    (photos / "broken.jpg").write_bytes(b"no photo")
    (photos / "notes.txt").write_text("not a photo")
    (tmp_path / "recipe.json").write_text(json.dumps(RECIPE))
    return tmp_path


def run(folder: Path, out: str, **options: object) -> None:
    given = {"workers": 1, "ray": False, "at_least": 1, "every_face": False, "suffix": None, "quality": 95}
    given |= {"editor": "opencv:telea", "device": "cpu", "overwrite": False, "as_json": False}
    batch(str(folder / "photos"), recipe=folder / "recipe.json", out=out, **(given | options))  # type: ignore[arg-type]


def test_failures_are_told_and_the_rest_is_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / "out"
    with pytest.raises(OutcomeError, match="2 of 4 photos failed"):
        run(folder, str(out))
    assert sorted(path.name for path in out.rglob("*.*")) == ["a.png", "b.png", REPORT]
    report = json.loads((out / REPORT).read_text())
    assert set(report["failed"]) == {"nobody.webp", "broken.jpg"} and report["made"] == 2
    assert "face" in report["failed"]["nobody.webp"]
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.png")}
    with pytest.raises(OutcomeError):  # again: only what failed is begun
        run(folder, str(out))
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.png")} == before
    assert json.loads((out / REPORT).read_text())["kept"] == 2
    (folder / "recipe.json").write_text(json.dumps({"edits": [{"reshape": {"nose-width": -1}}]}))
    with pytest.raises(ConfigError, match="which this recipe did not make"):
        run(folder, str(out))
    assert "2 were there" in capsys.readouterr().out


def test_an_object_store_holds_the_same(folder: Path) -> None:
    store = fsspec.filesystem("memory")
    store.put(str(folder / "photos"), "/shop/photos", recursive=True)
    text = recipe_text(folder / "recipe.json")
    plan = Plan("memory://shop/photos", "memory://shop/out", "", text, editor="opencv:telea")
    items = [one for one in items_of(Place(plan.folder).names(), ".png") if one.source.startswith(("a", "below"))]
    report = collect(plan, Report(2, 0), run_here(plan, items), lambda one: None)
    assert report.made == 2 and missing(plan, items, overwrite=False) == []
    here = replace(plan, folder=str(folder / "photos"), out=str(folder / "out"))
    assert [one.reason for one in run_here(here, items)] == ["", ""]
    for item in items:
        assert store.cat_file(f"/shop/out/{item.target}") == (folder / "out" / item.target).read_bytes()
    assert not [name for name in store.find("/shop") if PARTIAL in name]
    with pytest.raises(ConfigError, match=r"mien\[batch\]"):
        Place("nothing-of-that-name://x")


def test_what_cannot_be_sent_is_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place("memory://full")
    (tmp_path / "a.png").write_bytes(b"whole")
    monkeypatch.setattr(type(place.files), "mv", lambda *names: (_ for _ in ()).throw(OSError("no space")))
    with pytest.raises(SaveError, match="no space"):
        place.keep(tmp_path / "a.png", "a.png")
    assert place.files is not None and not place.files.exists("/full/a.png")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system kills in other ways")
def test_a_killed_process_loses_no_photo(tmp_path: Path) -> None:
    names = [*(f"{number:02}" for number in range(12)), "sick-1", "sick-2", "deadly"]
    items = [Item(name, f"{name}.txt") for name in names]
    plan = Plan("", str(tmp_path), "", "")
    done = list(run_local(plan, items, 2, Mortal))
    assert sorted(one.item.source for one in done) == sorted(names), "each is told of once"
    assert [one.item.source for one in done if one.reason] == ["deadly"]
    assert next(one.reason for one in done if one.reason) == KILLED
    assert all((tmp_path / item.target).is_file() for item in items if item.source != "deadly")


class Breaking:
    """A pool in this process; the first breaks while its third item is handed over."""

    made = 0

    def __init__(self, *options: object) -> None:
        Breaking.made += 1
        self.count = 0

    def __enter__(self) -> Breaking:
        return self

    def __exit__(self, *raised: object) -> None:
        return None

    def submit(self, work: object, item: Item) -> Future[Done]:
        self.count += 1
        if (Breaking.made, self.count) == (1, 3):
            raise BrokenProcessPool("just now")
        future: Future[Done] = Future()
        future.set_result(Done(item))
        return future


def test_a_pool_that_breaks_as_it_is_handed_a_photo_loses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "ProcessPoolExecutor", Breaking)
    items = [Item(name, name) for name in "abcdef"]
    done = list(run_local(Plan("", "", "", ""), items, 2, Mortal))
    assert sorted(one.item.source for one in done) == list("abcdef") and not [one for one in done if one.reason]


def test_processes_are_sized_to_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert room(8, 4 * local.MEMORY) == 4 and room(2, 64 * local.MEMORY) == 2 and room(4, 1) == 1


def test_names_of_results() -> None:
    found = {item.source: item.target for item in items_of(["a.jpg", "a.png", "b/c.TIF", "d.bmp", "e.txt"], None)}
    assert found == {"a.jpg": "a.png", "a.png": "a.png.png", "b/c.TIF": "b/c.TIF", "d.bmp": "d.png"}
    assert items_of(["a.png"], ".jpg")[0].target == "a.jpg"
    with pytest.raises(DataError, match="no photo"):
        items_of(["e.txt"], None)


def test_every_face_is_edited(folder: Path) -> None:
    face = pictures.astronaut()[:290, 90:370]
    Image.fromarray(np.concatenate([face, face[:, ::-1]], 1)).save(folder / "photos" / "two.png")
    text = json.dumps(RECIPE)
    plan = Plan(str(folder / "photos"), str(folder / "out"), "", text, editor="opencv:telea", every_face=True)
    assert [one.reason for one in run_here(plan, [Item("two.png", "two.png")])] == [""]
    before, after = (np.asarray(Image.open(path)) for path in (folder / "photos" / "two.png", folder / "out/two.png"))
    changed = (before != after).any(2)
    assert changed[:, :280].any() and changed[:, 280:].any()
