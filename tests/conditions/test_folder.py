from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.conditions.extract import conditions_of
from mien.conditions.folder import LayerFolder, draw_sheet, read_layers, write_layers
from mien.conditions.labels import INDEX, UNKNOWN
from mien.errors import LayerError, SaveError

ORIGIN = {"semantic": {"name": None, "sha256": None}, "color": {"segments": "regions"}}


@pytest.fixture(params=[128, 256])
def layers(request: pytest.FixtureRequest) -> LayerFolder:
    size = request.param
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 19, (size // 16, size // 16), np.uint8).repeat(16, 0).repeat(16, 1)
    labels[:4] = UNKNOWN
    image = rng.integers(0, 256, (size // 16, size // 16, 3), np.uint8).repeat(16, 0).repeat(16, 1)
    made = conditions_of(image, labels)
    assert made.color is not None
    color = made.color * (labels != INDEX["hair"])[..., None].astype(np.uint8)
    mask = np.linspace(0, 255, size * size).round().astype(np.float32).reshape(size, size) / np.float32(255)
    conditions = made.replaced(
        mask=mask, color=color, exemplar=image[:64, :64], attributes={"smile": 0.5}, text="ein Bärtchen"
    )
    return LayerFolder(image, conditions, np.array([[2.0, 0.1, 5], [-0.1, 2, 7]]), "photo.jpg", ORIGIN)


def test_layers_written_and_read_back_are_identical(layers: LayerFolder, tmp_path: Path) -> None:
    write_layers(tmp_path / "layers", layers)
    again = read_layers(tmp_path / "layers")
    assert (again.image == layers.image).all()
    assert again.matrix is not None
    assert layers.matrix is not None
    assert (again.matrix == layers.matrix).all()
    assert again.photo == "photo.jpg"
    assert again.origin == layers.origin == ORIGIN
    assert again.conditions.given == layers.conditions.given
    for name in ("mask", "sketch", "semantic", "color", "exemplar"):
        assert np.array_equal(getattr(again.conditions, name), getattr(layers.conditions, name)), name
    assert again.conditions.text == "ein Bärtchen"
    assert again.conditions.attributes == {"smile": 0.5}


def test_folders_from_before_origins_were_noted_are_read(layers: LayerFolder, tmp_path: Path) -> None:
    write_layers(tmp_path, layers)
    notes = json.loads((tmp_path / "layers.json").read_text())
    del notes["origin"]
    (tmp_path / "layers.json").write_text(json.dumps(notes))
    assert read_layers(tmp_path).origin is None


def test_folders_of_the_old_spelling_are_read(layers: LayerFolder, tmp_path: Path) -> None:
    write_layers(tmp_path, layers)
    (tmp_path / "color.png").rename(tmp_path / "colour.png")
    notes = tmp_path / "layers.json"
    notes.write_text(notes.read_text().replace('"color"', '"colour"'))
    again = read_layers(tmp_path)
    assert again.origin == ORIGIN
    assert np.array_equal(again.conditions.color, layers.conditions.color)


@pytest.mark.parametrize("orientation", [3, 6])
def test_layers_saved_with_an_orientation_are_turned(layers: LayerFolder, orientation: int, tmp_path: Path) -> None:
    write_layers(tmp_path, layers)
    turn = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}[orientation]
    for name in ("sketch", "semantic", "color", "mask", "exemplar"):
        picture = Image.open(tmp_path / f"{name}.png")
        exif = picture.getexif()
        exif[0x0112] = orientation
        picture.convert("L" if name == "mask" else "RGBA").transpose(turn).save(tmp_path / f"{name}.png", exif=exif)
    again = read_layers(tmp_path).conditions
    for name in ("sketch", "semantic", "color", "mask", "exemplar"):
        assert np.array_equal(getattr(again, name), getattr(layers.conditions, name)), name


def test_a_missing_layer_says_nothing_and_a_vector_sketch_counts(layers: LayerFolder, tmp_path: Path) -> None:
    write_layers(tmp_path, layers)
    for name in ("mask", "color", "exemplar", "sketch"):
        (tmp_path / f"{name}.png").unlink()
    (tmp_path / "sketch.svg").write_text('<svg viewBox="0 0 1 1"><path d="M0 0.5L1 0.5"/></svg>')
    again = read_layers(tmp_path).conditions
    assert again.given == ("sketch", "semantic", "attributes", "text")


def damage_notes(folder: Path) -> None:
    (folder / "layers.json").write_text("{")


def change_size(folder: Path) -> None:
    notes = json.loads((folder / "layers.json").read_text())
    (folder / "layers.json").write_text(json.dumps({**notes, "size": 64}))


def senseless_origin(folder: Path) -> None:
    notes = json.loads((folder / "layers.json").read_text())
    (folder / "layers.json").write_text(json.dumps({**notes, "origin": "a parser"}))


def infinite_attribute(folder: Path) -> None:
    notes = json.loads((folder / "layers.json").read_text())
    (folder / "layers.json").write_text(json.dumps({**notes, "attributes": {"age": float("nan")}}))


def small_mask(folder: Path) -> None:
    Image.new("L", (9, 9), 255).save(folder / "mask.png")


def wrong_exemplar(folder: Path) -> None:
    Image.new("RGB", (9, 19)).save(folder / "exemplar.png")


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        (damage_notes, "layers.json"),
        (change_size, "image.png"),
        (senseless_origin, "layers.json is damaged (origin)"),
        (infinite_attribute, "strength of 'age'"),
        (small_mask, "mask.png"),
        (wrong_exemplar, "exemplar.png"),
    ],
)
def test_malformed_layers_are_refused_by_name(
    damage: Callable[[Path], None], name: str, layers: LayerFolder, tmp_path: Path
) -> None:
    write_layers(tmp_path, layers)
    damage(tmp_path)
    with pytest.raises(LayerError, match=re.escape(name)):
        read_layers(tmp_path)


def test_a_folder_that_holds_no_layers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="no folder of layers"):
        read_layers(tmp_path)


def test_a_file_in_the_way_is_a_save_error(layers: LayerFolder, tmp_path: Path) -> None:
    (tmp_path / "layers").write_text("")
    with pytest.raises(SaveError, match="Cannot make the folder"):
        write_layers(tmp_path / "layers", layers)


def test_sheet_shows_every_layer(layers: LayerFolder) -> None:
    size = layers.image.shape[0]
    sheet = draw_sheet(layers.image, layers.conditions)
    assert sheet.shape[1] == 6 * size
    caption = max(14, size // 13)
    assert (sheet[caption : caption + size, :size] == layers.image).all()
    assert sheet.shape[0] == size + 2 * caption
    assert (sheet[-caption:] < 128).any()  # attributes and text
