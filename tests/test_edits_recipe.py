"""The five edits of the demonstration, by an editor with random weights: plumbing, layers, and what may not change."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mien.align.finder import FaceFinder
from mien.align.measure import mouth_openness
from mien.align.paste import mask_to_photo
from mien.conditions.folder import LayerFolder, read_layers
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.conditions.regions import parse_region
from mien.photos.read import read_photo
from mien.types import Photo
from recipes import demo, edit_layers, edits
from recipes.edit_layers import Sitter
from tests.editing.conftest import editor_folder as editor_folder

NAMES = {
    "1-hair-colour": "color",
    "2-hair-outline": "semantic",
    "3-closed-mouth": "sketch",
    "4-eyes": "exemplar",
    "5-smile": "attributes",
}


@pytest.fixture(scope="module")
def made(editor_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edits")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edits, "SIDE", 700)
        edits.run(folder, editor_folder)
    return folder


@pytest.fixture(scope="module")
def layers(made: Path) -> dict[str, LayerFolder]:
    return {name: read_layers(made / name) for name in NAMES}


@pytest.fixture(scope="module")
def sitter(made: Path) -> Sitter:
    photo, parser = read_photo(made / "photo.png"), FaceParser.bundled()
    face = FaceFinder.bundled().find(photo)[0]
    return Sitter.of(photo, face, edit_layers.whole_hair(photo, face, parser), parser)


def differs(one: Photo, other: Photo) -> np.ndarray:
    return (one.pixels != other.pixels).any(2)


@pytest.mark.parametrize("name", NAMES)
def test_only_what_is_masked_changes(made: Path, layers: dict[str, LayerFolder], name: str) -> None:
    given = layers[name]
    assert given.matrix is not None and given.conditions.mask is not None
    before, after = read_photo(made / "photo.png"), read_photo(made / name / "result.png")
    allowed = mask_to_photo(given.conditions.mask, given.matrix, (before.width, before.height)) > 0
    changed = differs(before, after)
    assert changed[allowed].mean() > 0.5 and not changed[~allowed].any()
    receipt = json.loads((made / name / "receipt.json").read_text("utf-8"))
    said = {"attributes": "smile -2"}.get(NAMES[name], NAMES[name])
    assert receipt["preserved"] and said in receipt["operations"][0]


def test_all_upon_each_other_change_what_each_may(made: Path) -> None:
    before, after = read_photo(made / "photo.png"), read_photo(made / "all.png")
    union = np.any([differs(before, read_photo(made / name / "result.png")) for name in NAMES], axis=0)
    receipt = json.loads((made / "all-receipt.json").read_text("utf-8"))
    made_of = [words for words in receipt["operations"] if " edited at " in words]
    assert receipt["max_difference_outside"] == 0 and len(made_of) == len(NAMES)
    assert differs(before, after)[union].mean() > 0.9


@pytest.mark.parametrize(("name", "layer"), NAMES.items())
def test_every_edit_says_one_thing(layers: dict[str, LayerFolder], name: str, layer: str) -> None:
    also = {"color"} if name == "2-hair-outline" else set()  # new hair in the color of the old
    assert set(layers[name].conditions.given) == {"mask", layer} | also


def test_the_color_is_that_of_hair_and_nothing_else(layers: dict[str, LayerFolder], sitter: Sitter) -> None:
    color = layers["1-hair-colour"].conditions.color
    assert color is not None
    painted = color[..., 3] > 0
    assert (painted == sitter.region("hair")).mean() > 0.99
    assert {tuple(one) for one in color[painted]} == {(*edit_layers.AUBURN, 255)}
    assert not painted[0].any()  # the crop was moved up to hold all of it


def test_hair_grows_down_on_both_sides_but_not_over_the_face(layers: dict[str, LayerFolder], sitter: Sitter) -> None:
    c = layers["2-hair-outline"].conditions
    assert c.semantic is not None and c.mask is not None
    new = (c.semantic != sitter.labels) & (c.semantic == INDEX["hair"])
    chin, middle = sitter.points[152, 1], int(sitter.points[1, 0])
    for half in (new[:, :middle], new[:, middle:]):
        lowest = np.flatnonzero(half.any(1)).max()
        assert half.sum() > 2000 and abs(lowest - chin) < 0.05 * edit_layers.D
    assert not parse_region("face")[sitter.labels][new].any()
    assert (c.mask[new] > 0).all() and (c.mask[new] == 1).mean() > 0.6


def test_lips_close_without_leaving_the_mouth(layers: dict[str, LayerFolder], sitter: Sitter) -> None:
    upper, seam, lower = edit_layers.closed_lips(sitter.points)
    assert (upper[1:-1, 1] < seam[1:-1, 1]).all() and (seam[1:-1, 1] < lower[1:-1, 1]).all()
    c = layers["3-closed-mouth"].conditions
    assert c.sketch is not None and c.mask is not None and not c.sketch[c.mask == 0].any()
    across = c.sketch.sum(1)
    assert across.max() > 0.1 * len(across)  # the line between the lips runs from side to side


def test_painted_lips_are_a_closed_mouth_to_the_landmarks(made: Path) -> None:
    """The picture that the sketch is taken from, judged by the network that finds landmarks."""
    photo, parser, finder = read_photo(made / "photo.png"), FaceParser.bundled(), FaceFinder.bundled()
    face = finder.find(photo)[0]
    painted = edit_layers.painted_lips(Sitter.of(photo, face, face.quad, parser))
    closed = finder.find(Photo(painted))[0]
    assert mouth_openness(closed.landmarks) < 0.65 * face.mouth_openness


def test_the_demonstration_says_that_there_is_no_editor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "bundled_names", lambda: ["face-parser"])
    monkeypatch.setattr(edits, "SIDE", 512)
    demo.run(tmp_path)
    assert "no bundled editor" in capsys.readouterr().out and not (tmp_path / "edits").exists()
    asked = []
    monkeypatch.setattr(demo, "bundled_names", lambda: [demo.DEFAULT])
    monkeypatch.setattr(edits, "run", asked.append)
    demo.run(tmp_path)
    assert asked == [tmp_path / "edits"]
