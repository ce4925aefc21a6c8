from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from mien.conditions.labels import CELEBAMASK_HQ_COLORS, INDEX, UNKNOWN, colors
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
