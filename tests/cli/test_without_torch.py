"""Verbs that paint nothing run without torch, and do not load it where it is installed."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

PROGRAM = """
import contextlib, importlib.abc, io, json, sys

class Without(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "torch":
            raise ModuleNotFoundError("No module named 'torch'", name="torch")

if sys.argv[1] == "without":
    sys.meta_path.insert(0, Without())
from mien.cli import main

HEAVY = {"torch", "rich.console", "scipy", "mien.training", "mien.evaluation", "mien.serve"}
done = []
for line in json.loads(sys.argv[2]):
    sys.argv = ["mien", *line]
    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            main()
        except SystemExit as end:
            code = end.code
    out.seek(0)
    done.append((code, out.read(), sorted(HEAVY & set(sys.modules))))
print(json.dumps(done))
"""


EDITS = """
faces a.png --json
mask a.png --region hair -o hair.png
dye a.png --color hair=auburn -o dyed.png
reshape a.png --attribute smile=1 -o smile.png
borrow a.png --from b.png --part brows -o brows.png
heal a.png --mask spot.png -o healed.png
session new a.png steps
session edit steps --attribute smile=1
conditions a.png --out layers
sample --grid faces.png --seeds 0-3
generate --text "an old woman" --pose 5,0 --grid made.png
edit a.png --editor multimodal-mapping --mask face --text old --mode look -o m.png
edit a.png --mask eyes --exemplar b.png --mode look --seed 2 --attribute smile=1 -o look.png
edit a.png --layers layers --mask hair --weight sketch=2 -o hair-edit.png
attributes
read "auburn hair"
"""

REFUSED = """
sample --grid g.png --modes 3
conditions a.png --out layers2 --superpixels
edit a.png --mask mouth --color red --mode look --device cuda -o red.png
dye a.png --color hair=auburn --identity-network a.png --keep-identity 0.9
--engine torch faces a.png
faces a.png --engine torch
"""


def words(lines: str) -> list[list[str]]:
    return [shlex.split(line) for line in lines.strip().splitlines()]


def run(way: str, *lines: list[str], cwd: Path) -> list[tuple[int, str, list[str]]]:
    command = [sys.executable, "-c", PROGRAM, way, json.dumps(lines)]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=True)
    return [tuple(one) for one in json.loads(answer.stdout)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    picture = Image.fromarray(data.astronaut()[:290, 90:370])
    picture.save(tmp_path / "a.png")
    Image.fromarray(np.asarray(picture)[:, ::-1]).save(tmp_path / "b.png")
    mask = np.zeros((290, 280), np.uint8)
    mask[95:101, 125:133] = 255
    Image.fromarray(mask).save(tmp_path / "spot.png")
    return tmp_path


def test_edits_need_no_torch_and_what_needs_it_says_so(folder: Path) -> None:
    edits, refused = words(EDITS), words(REFUSED)
    done = run("without", *edits, *refused, cwd=folder)
    for code, told, _ in done[len(edits) :]:
        assert code == 9 and 'needs PyTorch; run: pip install "mien[paint]".' in told
        assert told.count("\n") == 1
    ended = [(line[0], code) for line, (code, _, _) in zip(edits, done[: len(edits)], strict=True)]
    assert ended == [(line[0], 0) for line in edits]
    before = np.asarray(Image.open(folder / "a.png"))
    for name in ("dyed", "smile", "brows", "healed", "look", "hair-edit", "m"):
        assert (np.asarray(Image.open(folder / f"{name}.png")) != before).any(), name


def test_a_dye_loads_no_more_than_it_needs(folder: Path) -> None:
    ((code, _, loaded),) = run("with", ["dye", "a.png", "--color", "hair=auburn", "-o", "dyed.png"], cwd=folder)
    assert code == 0 and loaded == []
