"""Faces for drawings, over HTTP."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mien.checkpoints.inversion import save_inversion
from mien.inversion.base import Means
from mien.models.inversion import SketchConfig, SketchEncoder
from tests.serve.conftest import Running, running


def drawn(size: tuple[int, int] = (200, 200)) -> bytes:
    picture = Image.new("L", size, 255)
    ImageDraw.Draw(picture).ellipse((50, 40, 150, 170), outline=0, width=3)
    data = BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, means = tmp_path_factory.mktemp("strokes"), Means.load("portrait-editor")
    network = SketchEncoder(SketchConfig.of(means.generator.config))
    save_inversion(folder, "strokes", network, "# Toy\n", {"generator": means.mark})
    return folder


def test_a_drawing_becomes_a_face_in_the_style_of_a_seed(server: Running, run: Path, tmp_path: Path) -> None:
    with running(server.service.editor, folder=tmp_path, drawings=run) as drawing:
        faces = []
        for path in ("/api/draw?seed=3", "/api/draw?seed=3", "/api/draw?seed=4"):
            status, headers, data = drawing.ask("POST", path, drawn(), Content_Type="image/png")
            assert status == 200 and headers["content-type"] == "image/png"
            faces.append(np.asarray(Image.open(BytesIO(data))))
        assert faces[0].shape == (128, 128, 3) and np.array_equal(faces[0], faces[1])
        assert not np.array_equal(faces[0], faces[2])
        assert drawing.ask("POST", "/api/draw", drawn((200, 100)), Content_Type="image/png")[0] == 422
        assert drawing.ask("POST", "/api/draw?text=old", drawn(), Content_Type="image/png")[0] == 422
        assert drawing.ask("POST", "/api/draw", b"no picture", Content_Type="image/png")[0] == 422


def test_without_such_a_run_the_bundled_network_draws_and_hears_words(server: Running) -> None:
    blank = BytesIO()
    Image.new("L", (64, 64), 255).save(blank, "PNG")
    faces = []
    for path, sent in (("", drawn()), ("", blank.getvalue()), ("&text=grey%20hair", drawn()), ("", drawn())):
        status, _, data = server.ask("POST", f"/api/draw?seed=3{path}", sent, Content_Type="image/png")
        assert status == 200
        faces.append(np.asarray(Image.open(BytesIO(data))).astype(int))
    assert np.array_equal(faces[0], faces[3]) and faces[0].shape == (128, 128, 3)
    assert all(np.abs(faces[0] - one).mean() > 1 for one in faces[1:3])


def test_the_page_for_live_drawing_is_served(server: Running) -> None:
    status, _, data = server.ask("GET", "/draw.html")
    assert status == 200 and b"js/live/main.js" in data
