"""``mien conditions``, any painting program, ``mien edit --layers``: what was painted is what is meant."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from mien.align.crop import crop_face
from mien.conditions.extract import conditions_of
from mien.conditions.folder import LayerFolder, write_layers
from mien.conditions.labels import INDEX, PALETTE
from mien.conditions.parser import FaceParser
from mien.editing.layer_folder import Repainted, read_repainted, room_around
from mien.editor import Editor
from mien.errors import LayerError
from mien.types import Face, Photo

SIDE = 256


@pytest.fixture(scope="module")
def parser() -> FaceParser:
    return FaceParser.bundled()


@pytest.fixture(scope="module")
def fresh(portrait: Photo, face: Face, parser: FaceParser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("layers")
    crop = crop_face(portrait, face.quad, SIDE)
    layers = conditions_of(crop.pixels, parser.parse_crop(crop.pixels))
    write_layers(folder, LayerFolder(crop.pixels, layers, crop.matrix, "portrait.png"))
    return folder


@pytest.fixture
def folder(fresh: Path, tmp_path: Path) -> Path:
    """A copy to paint in."""
    return shutil.copytree(fresh, tmp_path / "layers")


def paint(path: Path, box: tuple[int, int, int, int], color: tuple[int, ...]) -> None:
    picture = Image.open(path).convert("RGBA")
    picture.paste(color, box)
    picture.save(path)


def read(folder: Path, photo: Photo, parser: FaceParser) -> Repainted:
    return read_repainted(folder, photo, SimpleNamespace(parser=parser))


def test_an_untouched_folder_says_nothing(folder: Path, portrait: Photo, parser: FaceParser) -> None:
    with pytest.raises(LayerError, match=r"Nothing new is painted in the layers of .*; repaint one, or give a mask"):
        read(folder, portrait, parser)
    found = read_repainted(folder, portrait, SimpleNamespace(parser=parser), {"mask": "hair"})
    assert found.conditions.given == () and found.untouched == ("sketch", "semantic", "color")


@pytest.mark.parametrize(
    ("layer", "color", "other"),
    [
        ("color", (30, 60, 220, 255), ("sketch", "semantic")),
        ("semantic", (*PALETTE["hair"], 255), ("sketch", "color")),
        ("sketch", (0, 0, 0, 255), ("semantic", "color")),
    ],
)
def test_a_touched_layer_is_meant_where_it_was_painted(
    folder: Path, portrait: Photo, parser: FaceParser, layer: str, color: tuple[int, ...], other: tuple[str, ...]
) -> None:
    box = (100, 150, 150, 180) if layer != "sketch" else (60, 120, 120, 122)
    paint(folder / f"{layer}.png", box, color)
    found = read(folder, portrait, parser)
    assert found.conditions.given == ("mask", layer) and found.untouched == other
    assert found.quad is not None and other[0] in found.notes[0]
    mask = found.conditions.mask
    assert mask is not None
    inside = np.zeros_like(mask, np.bool_)
    inside[box[1] : box[3], box[0] : box[2]] = True
    rows, columns = np.nonzero(mask)
    assert mask[inside].mean() > 0.9  # where a line was already, nothing was drawn
    assert rows.min() > box[1] - 0.1 * SIDE and columns.max() < box[2] + 0.1 * SIDE


def test_layers_that_are_given_otherwise_do_not_count(folder: Path, portrait: Photo, parser: FaceParser) -> None:
    paint(folder / "color.png", (100, 150, 150, 180), (30, 60, 220, 255))
    alone = read(folder, portrait, parser)
    paint(folder / "sketch.png", (20, 20, 80, 22), (0, 0, 0, 255))
    found = read_repainted(folder, portrait, SimpleNamespace(parser=parser), {"sketch": "self", "semantic": None})
    assert found.conditions.given == ("mask", "color") and found.untouched == ("semantic",)
    assert "sketch" not in found.notes[0]
    np.testing.assert_array_equal(found.conditions.mask, alone.conditions.mask)


def test_painting_programs_may_round_colors(folder: Path, portrait: Photo, parser: FaceParser) -> None:
    pixels = np.asarray(Image.open(folder / "color.png")).copy()
    pixels[..., :3] = np.clip(pixels[..., :3].astype(int) + 3, 0, 255)
    Image.fromarray(pixels).save(folder / "color.png")
    with pytest.raises(LayerError, match="Nothing new is painted"):
        read(folder, portrait, parser)


def test_erasing_is_no_painting(folder: Path, portrait: Photo, parser: FaceParser) -> None:
    for name in ("color.png", "semantic.png"):
        pixels = np.array(Image.open(folder / name).convert("RGBA"))
        pixels[:100] = 0
        Image.fromarray(pixels).save(folder / name)
    with pytest.raises(LayerError, match="Nothing new is painted"):
        read(folder, portrait, parser)
    found = read_repainted(folder, portrait, SimpleNamespace(parser=parser), {"mask": "hair"})
    assert found.conditions.given == ("semantic", "color") and not found.conditions.color[:100].any()
    paint(folder / "color.png", (100, 150, 150, 180), (30, 60, 220, 255))
    mask = read(folder, portrait, parser).conditions.mask
    assert mask is not None and mask[165, 125] == 1 and mask.mean() < 0.15 and not mask[:90].any()


def test_erasing_lines_is_a_wish(folder: Path, portrait: Photo, parser: FaceParser) -> None:
    paint(folder / "sketch.png", (90, 90, 170, 170), (255, 255, 255, 255))
    found = read(folder, portrait, parser)
    assert found.conditions.given == ("mask", "sketch")


def test_colors_by_superpixel_are_recognised(fresh: Path, folder: Path, portrait: Photo, parser: FaceParser) -> None:
    image = np.asarray(Image.open(fresh / "image.png"))
    color = conditions_of(image, parser.parse_crop(image), superpixels=True).color
    Image.fromarray(color).save(folder / "color.png")
    with pytest.raises(LayerError, match="Nothing new is painted"):
        read(folder, portrait, parser)


def test_a_painted_mask_is_taken_as_it_is(folder: Path, portrait: Photo, parser: FaceParser) -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[10:40, 20:60] = 255
    Image.fromarray(mask).save(folder / "mask.png")
    paint(folder / "color.png", (100, 150, 150, 180), (30, 60, 220, 255))
    found = read(folder, portrait, parser)
    assert found.conditions.mask is not None
    np.testing.assert_array_equal(found.conditions.mask * 255, mask)


def test_layers_of_another_photo_are_refused(folder: Path, portrait: Photo, parser: FaceParser) -> None:
    paint(folder / "color.png", (100, 150, 150, 180), (30, 60, 220, 255))
    with pytest.raises(LayerError, match=r"made from another photo \(portrait.png\)"):
        read(folder, Photo(255 - portrait.pixels), parser)


def test_an_edit_with_a_folder_goes_where_it_was_cut_out(folder: Path, portrait: Photo, editor: Editor) -> None:
    paint(folder / "semantic.png", (100, 150, 150, 180), (*PALETTE["hair"], 255))
    result = editor(portrait, layers=folder)
    edit = result.faces[0]
    assert edit.conditions.given == ("mask", "semantic") and edit.conditions.size == editor.size
    assert edit.conditions.semantic is not None and (edit.conditions.semantic[76:89, 51:74] == INDEX["hair"]).all()
    assert result.operations[1].startswith("sketch and color as extracted, so left out")
    both = editor(portrait, layers=folder, mask="nose", attributes={"smile": 1.0})
    assert both.faces[0].conditions.given == ("mask", "semantic", "attributes")
    assert both.mask.sum() != result.mask.sum()


def test_room_joins_strokes_and_fills_holes() -> None:
    painted = np.zeros((200, 200), np.bool_)
    painted[50:53, 50:150] = painted[147:150, 50:150] = painted[50:150, 50:53] = painted[50:150, 147:150] = True
    room = room_around(painted)
    assert room[100, 100] and room[45:155, 45:155].mean() > 0.99 and not room[:40].any()
    edge = np.zeros((200, 200), np.bool_)
    edge[:10, 90:110] = True
    assert room_around(edge)[0, 100]
