"""Batches and the server on a local Ray cluster of two workers, one of which is killed."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data as pictures

from mien.batch.local import run_here
from mien.batch.plan import Item, Plan

PHOTOS = 12


@pytest.mark.skipif(find_spec("ray") is None, reason='Ray is not installed: pip install "mien[ray]"')
def test_a_killed_worker_loses_no_photo_and_the_server_answers(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    face = pictures.astronaut()[:290, 90:370]
    names = [*(f"{number:02}.png" for number in range(PHOTOS)), "broken.png"]
    for number, name in enumerate(names[:-1]):
        Image.fromarray(np.roll(face, number, 1)).save(photos / name)
    (photos / "broken.png").write_bytes(b"no photo")
    text = json.dumps({"edits": [{"reshape": {"smile": 1}}]})
    plan = Plan(str(photos), str(tmp_path / "ray"), "", text, editor="opencv:telea")
    told = {"plan": asdict(plan), "names": names, "sessions": str(tmp_path / "sessions")}
    command = [sys.executable, "-m", "tests.batch.on_ray", json.dumps(told)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    answer = json.loads(done.stdout.splitlines()[-1])
    assert sorted(source for source, _ in answer["done"]) == sorted(names), "each is told of once"
    assert [source for source, reason in answer["done"] if reason] == ["broken.png"]
    assert {path.name for path in (tmp_path / "ray").iterdir()} == set(names[:-1]), "nothing is half written"
    assert answer["status"] == 200
    here = replace(plan, out=str(tmp_path / "here"))
    assert all(not one.reason for one in run_here(here, [Item(name, name) for name in names[:-1]]))
    for name in names[:-1]:
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "ray" / name).read_bytes(), "as without Ray"
