"""Faces drawn by chance: the same for a seed, none twice, none that was named; and what is real of a picture."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks.unseen import summary
from benchmarks.unseen_edits import edits
from benchmarks.unseen_faces import Faces, without

CORNERS = "[[20, 10], [90, 10], [90, 80], [20, 80]]"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for folder in ("wide", "portraits"):
        (tmp_path / folder).mkdir()
    rows = [{"id": f"{n:04}", "split": "train" if n < 12 else "test", "kind": "real"} for n in range(20)]
    wide = [{**row, "native_px": "500" if row["id"] != "0003" else "300", "photo_corners": CORNERS} for row in rows]
    for path, lines in (("wide", wide), ("portraits", [{"id": row["id"], "gender": ""} for row in rows])):
        with (tmp_path / path / "index.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(lines[0]))
            writer.writeheader()
            writer.writerows(lines)
    return tmp_path


def order(data: Path, seed: int, monkeypatch: pytest.MonkeyPatch, **more: Any) -> list[str | None]:
    monkeypatch.setattr(Faces, "_look", lambda self, name: SimpleNamespace(hair=float(name)))
    faces = Faces(data, "train", seed, SimpleNamespace(), **more)  # type: ignore[arg-type]
    return [faces.draw(f"edit-{n}", lambda seen: seen.hair != 5) for n in range(11)]


def test_faces_are_drawn_by_seed_each_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = order(data, 1, monkeypatch)
    assert first == order(data, 1, monkeypatch) != order(data, 2, monkeypatch)
    assert first[-1] is None, "there are ten faces that fit: 0 to 11 but for a small and an unfitting one"
    assert set(first[:-1]) == {f"{n:04}" for n in range(12)} - {"0003", "0005"}
    assert "0007" not in order(data, 1, monkeypatch, without={"0007"})
    assert "0003" in order(data, 1, monkeypatch, least=0)


def test_what_lies_beyond_the_photo_is_cut_off(data: Path) -> None:
    faces = Faces(data, "train", 0, SimpleNamespace())  # type: ignore[arg-type]
    x0, y0, x1, y1 = faces.real_part("0000", (0, 0, 60, 100))
    assert 20 <= x0 <= 26 and 10 <= y0 <= 16 and x1 == 60 and 74 <= y1 <= 80


def test_portraits_that_were_named_are_known(tmp_path: Path) -> None:
    path = tmp_path / "log.md"
    path.write_text('`0481` (v12), 4386.png, {"face": "0001"}; 12345 pixels')
    assert without([path]) == {"0481", "4386", "0001"}


def test_a_hundred_edits_have_names_of_their_own(tmp_path: Path) -> None:
    for rounds in (1, 2):
        names = [edit.name for edit in edits(tmp_path, rounds)]
        assert len(set(names)) == len(names) == 102 * rounds


def test_the_summary_counts_refusals_apart() -> None:
    lines = [
        {"complaints": ["soft"], "sharpness": 0.5},
        {"complaints": [], "sharpness": np.float64(1)},
        {"refused": "no"},
    ]
    assert summary(lines).startswith("2 made, 1 refused, 1 beside a complaint") and summary(lines).endswith("1 of 2")
