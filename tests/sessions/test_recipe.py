"""Inputs that come back as they were given."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mien.conditions.types import Conditions
from mien.editing.request import Request
from mien.errors import ConfigError, LayerError
from mien.photos.read import read_photo
from mien.sessions.objects import Objects
from mien.sessions.recipe import DEFAULTS, describe, freeze, is_readable, thaw
from mien.sessions.step import INPUTS
from tests.sessions.painter import picture


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    (tmp_path / "objects").mkdir()
    return Objects(tmp_path / "objects")


def there_and_back(objects: Objects, **inputs: Any) -> dict[str, Any]:
    recipe = json.loads(json.dumps(freeze(inputs, objects), allow_nan=False))
    return thaw(recipe, objects)


def test_numbers_words_and_arrays(objects: Objects) -> None:
    soft = np.random.default_rng(0).random((9, 9))
    given = {"seed": np.int64(3), "strength": 0.1, "attributes": {"smile": -0.5}, "protect": "teeth", "mask": soft}
    back = there_and_back(objects, **given, text=None)
    assert np.array_equal(back.pop("mask"), soft) and back == {k: v for k, v in given.items() if k != "mask"}
    assert there_and_back(objects, face=[[0.5, 1.0]] * 4) == {"face": [[0.5, 1.0]] * 4}


def test_words_that_are_files_and_words_that_are_not(objects: Objects, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"content")
    back = there_and_back(objects, mask="hair + eyes-nose", exemplar="self", sketch=str(tmp_path / "a.png"))
    assert back["mask"] == "hair + eyes-nose" and back["exemplar"] == "self"
    assert back["sketch"].read_bytes() == b"content" and back["sketch"].parent == objects.folder
    own = {"sketch": "self", "semantic": " Self", "color": "self"}
    assert there_and_back(objects, **own) == own
    with pytest.raises(LayerError, match="hair cannot be read"):
        freeze({"exemplar": "hair"}, objects)
    with pytest.raises(LayerError, match="cannot be read"):
        freeze({"mask": "\0.png"}, objects)


def test_pictures_of_any_kind(objects: Objects) -> None:
    photo = picture(20, 10, dtype=np.uint16)
    palette = Image.fromarray(np.arange(9, dtype=np.uint8).reshape(3, 3)).convert("P")
    sketch = np.eye(4, dtype=np.bool_)
    layers = Conditions(sketch=sketch, attributes={"age": 1.0}, text="older")
    back = there_and_back(objects, exemplar=photo, semantic=palette, layers=layers)
    assert np.array_equal(read_photo(back["exemplar"]).pixels, photo.pixels)
    with Image.open(back["semantic"]) as stored:
        assert stored.mode == "P"
    assert np.array_equal(back["layers"].sketch, sketch) and back["layers"].given == layers.given


def test_the_same_content_is_stored_once(objects: Objects, tmp_path: Path) -> None:
    for name in ("a.png", "b.PNG", "c.jpg"):
        (tmp_path / name).write_bytes(b"content")
        freeze({"mask": tmp_path / name}, objects)
    assert sorted(path.suffix for path in objects.folder.iterdir()) == [".jpg", ".png"]


@pytest.mark.parametrize("value", [object(), float("inf"), np.array([object()]), {"a": print}, 1j])
def test_what_cannot_be_kept(objects: Objects, value: Any) -> None:
    with pytest.raises(ConfigError, match="cannot keep"):
        freeze({"color": value}, objects)


def test_descriptions(objects: Objects, tmp_path: Path) -> None:
    (tmp_path / "lines.png").write_bytes(b"x")
    given = {"mask": "hair", "sketch": tmp_path / "lines.png", "seed": 0, "strength": 0.5, "frame": "auto"}
    more = {"attributes": {"smile": 1.5}, "weights": {"sketch": 2.0}, "weight_maps": {"color": np.ones((2, 2))}}
    assert describe(freeze({**given, **more}, objects)) == (
        "mask hair, sketch lines.png, strength 0.5, smile +1.5, weight of sketch 2, weight of color weight_maps color"
    )
    layers = Conditions(mask=np.ones((4, 4), np.float32), sketch=np.eye(4, dtype=bool), attributes={"smile": -2.0})
    assert describe(freeze({"layers": layers, "seed": 3}, objects)) == (
        "painted mask, painted sketch, smile -2, seed 3"
    )


def test_one_color_is_no_file(objects: Objects) -> None:
    for color in ("#703020", "Sienna", [112, 48, 32]):
        assert there_and_back(objects, color=color) == {"color": color}
    assert describe(freeze({"color": "#703020"}, objects)) == "color #703020"
    with pytest.raises(LayerError, match="is no color"):
        freeze({"color": "#70302"}, objects)


def test_every_field_of_a_request_may_be_kept(objects: Objects) -> None:
    assert set(INPUTS) == {one.name for one in fields(Request)} and set(DEFAULTS) == set(INPUTS)


def test_moved_and_dyed_pixels_are_told_in_words() -> None:
    recipe = {"dye": {"hair": "auburn"}, "reshape": {"smile": 1.0}, "drag": [[1.0, 2.0, 3.0, 4.0]], "part": "eyes"}
    assert describe(recipe) == "hair dyed auburn, smile +1, 1 points dragged, part eyes"


@pytest.mark.parametrize(
    "recipe",
    [{"weights": 2.0}, {"attributes": {"smile": "much"}}, {"reshape": 3}, {"dye": ["red"]}],
)
def test_recipes_of_other_types_are_not_readable(recipe: dict[str, object]) -> None:
    assert not is_readable(recipe)
