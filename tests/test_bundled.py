"""The weights that ship do what they ship for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from skimage.color import deltaE_ciede2000, rgb2lab

from mien import FaceFinder
from mien.checkpoints.generator import load_generator
from mien.checkpoints.store import BUNDLED, CARD
from mien.conditions.parser import FaceParser
from mien.editor import Editor
from mien.finding.face_reader import FaceReader
from mien.generation.generator import MultimodalGenerator
from mien.models.stylegan2 import codes_of_seeds
from mien.pixels import to_bytes
from mien.types import Face, Photo, UInt8
from recipes.directions import smile

MEGABYTE = 1_000_000


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_they_are_small_and_have_cards() -> None:
    assert size(BUNDLED) <= 40 * MEGABYTE
    assert size(BUNDLED / "portrait-generator") <= 12 * MEGABYTE
    assert size(BUNDLED / "bank") <= 6 * MEGABYTE
    folders = [folder for folder in BUNDLED.iterdir() if folder.is_dir()]
    assert folders
    for folder in folders:
        card = (folder / CARD).read_text(encoding="utf-8")
        assert "Data" in card and "Licence" in card and "Limits" in card


def test_faces_obey_maps_and_words() -> None:
    generator, parser, reader = MultimodalGenerator.from_pretrained(), FaceParser.bundled(), FaceReader.bundled()
    wanted = parser.parse(
        np.stack([one.pixels for one in generator.pictures(generator.maker.codes([1, 2, 3, 4], 0.8))])
    )
    codes = generator.codes([generator.wanted(semantic=labels) for labels in wanted], range(4))
    made = parser.parse(np.stack([one.pixels for one in generator.pictures(codes)]))
    assert (made == wanted).mean() > 0.9
    pictures = [generator(text=text, n=4).pictures for text in ("an old man", "a young woman")]
    old, young = (
        np.mean([look.values["age"] for look in reader.of_crops([p.pixels for p in some])]) for some in pictures
    )
    assert old > young + 1


def test_the_generator_makes_faces_that_differ() -> None:
    generator = load_generator()
    codes = generator.truncated(codes_of_seeds(list(range(16)), generator.config.z_dim), psi=0.7)
    with torch.no_grad():
        pictures = to_bytes(generator.synthesis(codes, "const"))
    found = [len(FaceFinder.bundled().find(Photo(picture))) for picture in pictures]
    assert found.count(1) >= 14
    flat = pictures.reshape(len(pictures), -1).astype(np.float32)
    apart = [np.abs(a - b).mean() for i, a in enumerate(flat) for b in flat[:i]]
    assert np.median(apart) > 15


@pytest.fixture(scope="module")
def editor() -> Editor:
    return Editor.from_pretrained()


@pytest.fixture(scope="module")
def face(editor: Editor, astronaut: UInt8) -> Face:
    return editor.finder.find(Photo(astronaut))[0]


def test_the_editor_gives_hair_the_painted_color(editor: Editor, face: Face, astronaut: UInt8) -> None:
    painted = np.broadcast_to(np.array([150, 60, 30], np.uint8), astronaut.shape)
    result = editor(Photo(astronaut), mask="hair", color=painted, face=face)
    inside = np.asarray(result.mask) > 0
    lab = [rgb2lab(picture[inside] / 255.0).mean(0) for picture in (astronaut, result.photo.pixels, painted)]
    assert deltaE_ciede2000(lab[1], lab[2]) < min(12, 0.5 * deltaE_ciede2000(lab[0], lab[2]))


def test_the_editor_paints_features_where_they_belong(editor: Editor, face: Face, astronaut: UInt8) -> None:
    result = editor(Photo(astronaut), mask="eyes+brows+nose+mouth", face=face)
    (found,) = editor.finder.find(result.photo)
    width = np.linalg.norm(face.landmarks[33, :2] - face.landmarks[263, :2])
    moved = np.linalg.norm((found.landmarks - face.landmarks)[:, :2], axis=1)
    assert moved.mean() < 0.06 * width
    assert np.array_equal(result.photo.pixels[result.mask == 0], astronaut[result.mask == 0])


def test_the_smile_of_the_editor_widens_and_narrows(editor: Editor, face: Face, astronaut: UInt8) -> None:
    wide, narrow = (
        editor(Photo(astronaut), mask="face", attributes={"smile": strength}, face=face).photo
        for strength in (2.0, -3.0)
    )
    measured = [smile(editor.finder.find(photo)[0].landmarks) for photo in (wide, narrow)]
    assert measured[0] > measured[1] + 0.02
