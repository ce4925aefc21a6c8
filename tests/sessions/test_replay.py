"""The same edits on another photo: layers follow the face, whichever frame they were drawn in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mien.align.crop import quad_to_matrix
from mien.conditions.labels import UNKNOWN
from mien.conditions.modalities import MODALITIES
from mien.conditions.svg import drawing_size, read_svg
from mien.conditions.types import Conditions
from mien.errors import FaceSelectionError, SessionError
from mien.photos.read import read_photo
from mien.photos.write import save_photo
from mien.session import Session
from mien.types import Photo
from tests.sessions.painter import Painter, picture

SPOT = (0.4, 0.6)
"""Where tests draw, as fractions of the crop."""


@pytest.fixture(params=[(400, 300), (90, 70)], ids=["larger", "smaller"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return save_photo(picture(*request.param, seed=5), tmp_path / "other.png")


def spot(photo: Photo, painter: Painter) -> tuple[float, float, float]:
    """(x, y) of the spot on the largest face, and how many pixels a tenth of the crop has."""
    matrix = quad_to_matrix(painter.find(photo)[0].quad, 1)
    x, y = matrix @ (*SPOT, 1)
    return float(x), float(y), 0.1 * matrix[0, 0]


def disc(photo: Photo, painter: Painter) -> np.ndarray:
    """(H, W) bool, over the photo."""
    x, y, radius = spot(photo, painter)
    rows, columns = np.indices((photo.height, photo.width)) + 0.5
    return np.hypot(columns - x, rows - y) < radius


def replayed(session: Session, other: Path, painter: Painter, **inputs: Any) -> dict[str, Any]:
    """What the editor is asked for on the other photo."""
    session.apply(**{"mask": "left", **inputs})
    session.replay(other.parent / "other", other)
    return painter.calls[-1]


def assert_on_spot(found: np.ndarray, other: Path, painter: Painter) -> None:
    wanted = disc(read_photo(other), painter)
    assert found.shape == wanted.shape
    assert (found & wanted).sum() > 0.85 * (found | wanted).sum()


@pytest.mark.parametrize("kind", ["bool", "float", "uint8", "file", "file with alpha"])
def test_masks_over_the_photo(session: Session, other: Path, painter: Painter, kind: str, tmp_path: Path) -> None:
    mask: Any = disc(session.original, painter)
    if kind == "float":
        mask = mask.astype(np.float32) * 0.5
    elif kind == "uint8":
        mask = mask.astype(np.uint8) * 255
    elif kind.startswith("file"):
        white = np.full((*mask.shape, 1), 255, np.uint8)
        level = mask.astype(np.uint8) * 255
        drawn = Photo(white, level) if kind.endswith("alpha") else Photo(level[..., None])
        mask = save_photo(drawn, tmp_path / "mask.png")
    found = replayed(session, other, painter, mask=mask)["mask"]
    if isinstance(found, Path):
        picture = read_photo(found)
        found = picture.pixels[..., 0] if picture.alpha is None else picture.alpha
    elif kind == "float":
        assert found.dtype == np.float32 and 0.45 < found.max() <= 0.5
    assert_on_spot(found > found.max() / 2, other, painter)
    assert painter.calls[-1]["frame"] == "photo"


def test_layers_over_the_photo(session: Session, other: Path, painter: Painter, tmp_path: Path) -> None:
    place = disc(session.original, painter)
    labels = np.where(place, 17, UNKNOWN).astype(np.uint8)
    MODALITIES["semantic"].write(labels, tmp_path / "semantic.png")
    color = np.where(place[..., None], np.array([250, 10, 20, 255], np.uint8), np.uint8(0))
    ink = np.where(place, 0, 255).astype(np.uint8)
    given = replayed(
        session,
        other,
        painter,
        semantic=tmp_path / "semantic.png",
        color=color,
        sketch=save_photo(Photo(ink[..., None]), tmp_path / "ink.png"),
        weight_maps={"sketch": place.astype(np.float32)},
    )
    assert given["mask"] == "left"
    assert_on_spot(read_photo(given["semantic"]).alpha > 0, other, painter)
    assert_on_spot(given["color"][..., 3] > 0, other, painter)
    assert given["color"][given["color"][..., 3] > 0].tolist()[0] == [250, 10, 20, 255]
    assert_on_spot(read_photo(given["sketch"]).pixels[..., 0] < 128, other, painter)
    assert_on_spot(given["weight_maps"]["sketch"] > 0.5, other, painter)


def test_arrays_of_labels_and_lines(session: Session, other: Path, painter: Painter) -> None:
    place = disc(session.original, painter)
    labels = np.where(place, 17, 1).astype(np.uint8)
    given = replayed(session, other, painter, semantic=labels, sketch=place)
    assert set(np.unique(given["semantic"])) <= {1, 17, UNKNOWN}
    assert_on_spot(given["semantic"] == 17, other, painter)
    assert given["sketch"].dtype == np.bool_ and given["sketch"].any()


def test_strokes_stay_strokes(session: Session, other: Path, painter: Painter, tmp_path: Path) -> None:
    x, y, _ = spot(session.original, painter)
    svg = tmp_path / "lines.svg"
    svg.write_text(f'<svg viewBox="0 0 150 110"><line x1="{x}" y1="{y}" x2="{x + 5}" y2="{y}"/></svg>')
    given = replayed(session, other, painter, sketch=svg)["sketch"]
    photo = read_photo(other)
    assert drawing_size(given) == (photo.width, photo.height)
    start = read_svg(given)[0][0] * max(photo.width, photo.height)
    np.testing.assert_allclose(start, spot(photo, painter)[:2], atol=0.02)


def test_layers_over_the_crop_stay_as_they_are(session: Session, painter: Painter, tmp_path: Path) -> None:
    """Even where the other photo is as large as they are."""
    other = save_photo(picture(96, 96, seed=5), tmp_path / "other.png")
    mask = np.zeros((96, 96), np.bool_)
    mask[40:60, 20:50] = True
    layers = Conditions(sketch=mask, exemplar=np.zeros((8, 8, 3), np.uint8), attributes={"smile": 1.0})
    given = replayed(session, other, painter, mask=mask, layers=layers)
    assert np.array_equal(given["mask"], mask) and given["frame"] == "crop"
    assert np.array_equal(given["layers"].sketch, mask) and given["layers"].attributes == {"smile": 1.0}
    assert given["layers"].exemplar.shape == (8, 8, 3)


def test_a_whole_line_of_edits(session: Session, other: Path, painter: Painter) -> None:
    for seed, mask in enumerate(["left", "mouth", "hair"]):
        session.apply(mask=mask, seed=seed, note=f"step {seed}")
    session.apply(mask="left", face="1")
    session.undo(3)
    session.apply(mask="right")
    session.checkout(4)
    done = session.replay(other.parent / "new", other)
    notes = [node.note for node in done.line()]
    assert notes == ["step 0", "step 1", "step 2", ""] and len(done.tree.nodes) == 4 and done.name == "other.png"
    straight = Session.create(other.parent / "straight", other, painter)
    for node in session.line():
        straight.apply(**node.recipe)
    assert np.array_equal(straight.result().pixels, done.result().pixels)
    outside = ~done.mask()
    assert np.array_equal(done.result().pixels[outside], done.original.pixels[outside])
    quad = np.array(done.line()[-1].quad)
    assert np.array_equal(quad, painter.find(done.original)[1].quad)


def test_another_face(session: Session, other: Path, painter: Painter) -> None:
    session.apply(mask="left")
    done = session.replay(other.parent / "new", other, face="1")
    assert np.array_equal(done.line()[0].quad, painter.find(done.original)[1].quad)
    assert done.line()[0].recipe["face"] == "1"


def test_failures_leave_no_session(session: Session, other: Path, painter: Painter, tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="nothing to replay"):
        session.replay(tmp_path / "new", other)
    session.apply(mask="left")
    with pytest.raises(FaceSelectionError, match=r"no face 5 in other\.png"):
        session.replay(tmp_path / "new", other, face="5")
    painter.astray = True
    with pytest.raises(SessionError, match=r"^Making edit 1 again: "):
        session.replay(tmp_path / "new", other)
    assert not (tmp_path / "new").exists()
