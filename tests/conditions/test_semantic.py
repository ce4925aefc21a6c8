from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from mien.conditions.labels import CELEBAMASK_HQ_COLORS, INDEX, PALETTE, UNKNOWN, colors
from mien.conditions.modalities.semantic import Semantic, one_hot
from mien.errors import LayerError, MienError
from mien.types import UInt8

SEMANTIC = Semantic()


@pytest.fixture
def labels() -> UInt8:
    """(32, 32) with every class and some unknown pixels."""
    values = np.random.default_rng(0).integers(0, 19, (32, 32), np.uint8)
    values[:2, :5] = UNKNOWN
    return values


def test_one_hot_and_back(labels: UInt8) -> None:
    hot = one_hot(torch.from_numpy(labels)[None])
    assert hot.shape == (1, 19, 32, 32)
    assert torch.equal(hot.sum(1)[0] == 1, torch.from_numpy(labels != UNKNOWN))
    assert hot[0, 7, 20, 20] == (labels[20, 20] == 7)
    assert torch.equal(hot.argmax(1)[0][hot.sum(1)[0] == 1], torch.from_numpy(labels[labels != UNKNOWN]).long())


def test_round_trip(labels: UInt8, tmp_path: Path) -> None:
    SEMANTIC.write(labels, tmp_path / "semantic.png")
    assert (SEMANTIC.read(tmp_path / "semantic.png", 32) == labels).all()


def test_round_trip_survives_a_painting_program_that_saves_rgba(labels: UInt8, tmp_path: Path) -> None:
    SEMANTIC.write(labels, tmp_path / "a.png")
    Image.open(tmp_path / "a.png").convert("RGBA").save(tmp_path / "b.png")
    assert (SEMANTIC.read(tmp_path / "b.png", 32) == labels).all()


def test_round_trip_by_class(labels: UInt8, tmp_path: Path) -> None:
    for name, index in INDEX.items():
        Image.fromarray(np.where(labels == index, 255, 0).astype(np.uint8)).save(tmp_path / f"{name}.png")
    assert (SEMANTIC.read(tmp_path, 32) == labels).all()


def test_celebamask_file_names_and_painting_order(tmp_path: Path) -> None:
    for name, box in (
        ("00012_skin", np.s_[4:28, 4:28]),
        ("00012_l_eye", np.s_[8:10, 8:12]),
        ("00012_hair", np.s_[0:6]),
    ):
        picture = np.zeros((32, 32), np.uint8)
        picture[box] = 255
        Image.fromarray(picture).save(tmp_path / f"{name}.png")
    labels = SEMANTIC.read(tmp_path, 32)
    assert labels[9, 9] == INDEX["left_eye"]  # over the skin
    assert labels[5, 10] == INDEX["hair"]
    assert labels[31, 31] == UNKNOWN


def test_celebamask_colors_are_recognised(tmp_path: Path) -> None:
    labels = np.arange(19, dtype=np.uint8).repeat(19).reshape(19, 19)
    Image.fromarray(colors(CELEBAMASK_HQ_COLORS)[labels]).save(tmp_path / "map.png")
    assert (SEMANTIC.read(tmp_path / "map.png", 19) == labels).all()


def test_unknown_colors_are_named_with_their_places(tmp_path: Path) -> None:
    picture = colors()[np.full((16, 16), INDEX["skin"])]
    picture[3, 7] = 1, 2, 250
    picture[9, 2:4] = 250, 2, 250
    Image.fromarray(picture).save(tmp_path / "map.png")
    with pytest.raises(LayerError) as error:
        SEMANTIC.read(tmp_path / "map.png", 16)
    assert "(1, 2, 250) at x 7, y 3" in str(error.value)
    assert "(250, 2, 250) at x 2, y 9 and 1 more pixels" in str(error.value)


def blobs(side: int) -> UInt8:
    """Labels (side, side) of a face in rough shapes."""
    labels = np.full((side, side), INDEX["background"], np.uint8)
    for name, center, axes in (
        ("hair", (0.5, 0.45), (0.35, 0.4)),
        ("skin", (0.5, 0.55), (0.25, 0.33)),
        ("left_eye", (0.4, 0.5), (0.05, 0.03)),
        ("right_eye", (0.6, 0.5), (0.05, 0.03)),
        ("upper_lip", (0.5, 0.7), (0.09, 0.03)),
    ):
        points = tuple(round(v * side) for v in center), tuple(round(v * side) for v in axes)
        cv2.ellipse(labels, *points, 0, 0, 360, INDEX[name], -1)
    return labels


@pytest.mark.parametrize("palette", [PALETTE, CELEBAMASK_HQ_COLORS])
@pytest.mark.parametrize("side", [128, 512])
@pytest.mark.parametrize("kind", ["jpeg", "smoothed", "webp"])
def test_compressed_and_smoothed_maps_are_read(
    kind: str, side: int, palette: dict[str, tuple[int, int, int]], tmp_path: Path
) -> None:
    labels = blobs(side)
    picture = Image.fromarray(colors(palette)[labels])
    path = tmp_path / {"jpeg": "m.jpg", "smoothed": "m.png", "webp": "m.webp"}[kind]
    if kind == "smoothed":
        large = Image.fromarray(colors(palette)[blobs(4 * side)])
        large.resize((side, side), Image.Resampling.BOX).save(path)
    else:
        picture.save(path, quality=85)
    notes: list[str] = []
    found = SEMANTIC.read(path, side, notes)
    assert (found == labels).mean() > 0.97 and np.isin(found, np.unique(labels)).mean() > 0.995
    assert len(notes) == 1 and "pixels" in notes[0] and "taken for the nearest class" in notes[0]


def test_exact_maps_are_read_without_a_note(tmp_path: Path) -> None:
    notes: list[str] = []
    SEMANTIC.write(blobs(64), tmp_path / "m.png")
    assert (SEMANTIC.read(tmp_path / "m.png", 64, notes) == blobs(64)).all() and not notes


def test_a_region_in_a_color_of_no_class_is_refused(tmp_path: Path) -> None:
    picture = colors()[blobs(128)]
    picture[50:90, 50:80] = (150, 100, 150)
    Image.fromarray(picture).save(tmp_path / "m.png")
    with pytest.raises(LayerError, match=r"stand for no class: \(150, 100, 150\) at"):
        SEMANTIC.read(tmp_path / "m.png", 128)


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.full((16, 16), 77, np.uint8), "index 77 at x 0, y 0 and 255 more"),
        (np.full((16, 16), UNKNOWN, np.uint8), "is empty; paint some class there"),
        (np.zeros((16, 20), np.uint8), "20 x 16 pixels, but the face crop is 16 x 16"),
        (np.zeros((16, 16), np.uint16), "16 bits per sample"),
    ],
)
def test_malformed_maps_are_refused_by_name(picture: np.ndarray, message: str, tmp_path: Path) -> None:
    Image.fromarray(picture).save(tmp_path / "my map.png")
    with pytest.raises(LayerError, match=r"my map\.png") as error:
        SEMANTIC.read(tmp_path / "my map.png", 16)
    assert message in str(error.value)


def test_a_file_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "map.png").write_bytes(b"not a picture")
    with pytest.raises(MienError, match="not a picture in a format"):
        SEMANTIC.read(tmp_path / "map.png", 16)
    with pytest.raises(MienError, match="does not exist"):
        SEMANTIC.read(tmp_path / "none.png", 16)


def test_class_folder_with_a_stranger_is_refused(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / "beard.png")
    with pytest.raises(LayerError, match=r"beard\.png is named after none"):
        SEMANTIC.read(tmp_path, 8)
