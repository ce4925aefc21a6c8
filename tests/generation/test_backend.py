"""MM2Latent as a backend of photos."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from generation.toy import saved
from safetensors.numpy import save_file

from mien.backends import describe_backend, find_backend, load_backend
from mien.backends.base import CropOptions
from mien.backends.expressions import expressed
from mien.backends.mm2latent import LatentMover, kept, spoken_of
from mien.checkpoints.codes import w_plus_of
from mien.compose.differences import Region, carried
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.errors import ConfigError
from mien.guides.shapes import Shapes


class Networks:
    parser = FaceParser.bundled()
    finder = None


@pytest.fixture(scope="module")
def mover(tmp_path_factory: pytest.TempPathFactory) -> LatentMover:
    folder = saved(tmp_path_factory.mktemp("models") / "toy")
    assert find_backend(folder) == ("mm2latent", folder) and describe_backend(folder, with_clip=False).reader
    made = load_backend(folder)
    assert isinstance(made, LatentMover)
    return made


def edit(mover: LatentMover, **conditions: object) -> tuple[np.ndarray, np.ndarray]:
    image = mover.generator.pictures(mover.generator.maker.codes([3], 0.7))[0].pixels
    asked = Conditions(np.ones((128, 128), np.float32), **conditions)
    (done,) = mover.edit([image], [asked], [CropOptions()], EditContext(Networks()))  # type: ignore[arg-type]
    return image.astype(np.float32), done.pixels


def test_the_photos_own_conditions_change_nothing(mover: LatentMover) -> None:
    image, _ = edit(mover)
    labels = Networks.parser.parse_crop(image.astype(np.uint8))
    before, after = edit(mover, semantic=labels)
    assert np.abs(after - before).max() < 1e-3


def test_words_and_maps_change_the_picture(mover: LatentMover) -> None:
    before, after = edit(mover, text="an old man")
    assert np.abs(after - before).mean() > 0.05 and after.shape == (128, 128, 3)
    with pytest.raises(ConfigError, match="zorgle"):
        edit(mover, text="zorgle")


def test_smiles_move_the_mouth_and_leave_the_head_and_its_hair(mover: LatentMover) -> None:
    regions = spoken_of(["happy", "smile"])
    assert INDEX["hair"] not in {label for one in regions for label in one.labels}
    assert [one.level for one in regions if INDEX["skin"] in one.labels] == [False]
    mean = Shapes.bundled().mean * 40 + 64
    turned = mean @ np.array([[0.9, 0, 0.436], [0, 1, 0], [-0.436, 0, 0.9]]).T
    points = tuple(one.astype(np.float32) for one in (mean, mean, turned))
    assert np.abs(expressed(points, {}, 1.0)).max() < 0.2, "the generator's head has turned; the photo's does not"
    smiling = expressed(points, {"smile": 1.0}, 1.0)
    assert smiling[61, 1] < -0.5 and smiling[291, 1] < -0.5, "corners of the mouth rise"
    assert np.abs(expressed(points, {"smile": 1.0}, 3.0)).max() < 2 * np.abs(smiling).max(), "within the shape's range"


def test_words_of_a_color_change_what_they_name_alone(mover: LatentMover) -> None:
    before, after = edit(mover, text="black hair")
    labels = Networks.parser.parse_crop(before.astype(np.uint8))
    away = np.abs(after - before).max(2)
    near = cv2.dilate((labels == INDEX["hair"]).astype(np.uint8), np.ones((9, 9))) > 0
    assert away[near].max() > 1
    names = {one.labels for one in spoken_of(["hair-L", "hair-a"])}
    assert names == {(INDEX["hair"],)} and len(spoken_of(["age"])) == 6
    assert {len(spoken_of(["age", "background-L"])), len(spoken_of(["background-L"]))} == {7, 1}


def test_codes_of_a_file_take_the_place_of_the_encoders(tmp_path: Path) -> None:
    mover = LatentMover(saved(tmp_path / "toy"))
    codes = mover.generator.maker.codes([5], 0.5)[0]
    save_file({"w_plus": codes}, tmp_path / "a.safetensors", metadata={"mien": json.dumps({"kind": "mien-code"})})
    mover.start_from(w_plus_of(tmp_path / "a.safetensors"))
    assert np.array_equal(mover.invert(np.zeros((2, 128, 128, 3), np.uint8)), np.stack([codes, codes]))
    with pytest.raises(ConfigError, match="another generator"):
        mover.start_from(codes[:4])


def test_regions_take_their_difference_and_nothing_else_changes() -> None:
    labels = np.zeros((64, 64), np.uint8)
    labels[:, 32:] = 1
    image = np.full((64, 64, 3), 80, np.uint8)
    before, after = np.full_like(image, 120), np.full_like(image, 150)
    still = np.full((478, 2), 40, np.float32)
    result, way = carried(image, (before, after), (labels,) * 3, (still,) * 3, [Region((1,), 2.0)])
    assert way == 0 and np.array_equal(result[:, :28], image[:, :28].astype(np.float32))
    assert np.abs(result[:, 36:] - 110).max() < 0.01
    image[30:34, 30:34] = 200
    moved = np.full((478, 2), 32, np.float32)
    result, way = carried(image, (before, before), (labels,) * 3, (moved, still, still + (3, 0)), [])
    assert 2.5 < way < 3 and abs(np.argmax(result[32, :, 0]) - 33.5) < 3


def test_detail_is_kept_where_both_pictures_agree() -> None:
    rng = np.random.default_rng(0)
    image, old = (rng.integers(0, 256, (8, 8, 3), dtype=np.uint8) for _ in range(2))
    new = old.copy()
    new[:4] = np.where(old[:4] > 127, 0, 255)
    result = kept(image, old, new)
    assert np.abs(result[4:] - image[4:]).max() < 1e-3 and np.abs(result[:4] - new[:4]).max() < 12


def test_networks_of_other_generators_need_an_encoder(tmp_path: Path) -> None:
    folder = saved(tmp_path / "toy")
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"portrait-generator"', '"generator"'))
    (folder / "generator").symlink_to(Path(__file__).parents[2] / "src/mien/bundled/portrait-generator")
    mover = LatentMover(folder)
    with pytest.raises(ConfigError, match=r"another generator.*--code"):
        mover.invert(np.zeros((2, 128, 128, 3), np.uint8))
    mover.start_from(np.ones((12, 128), np.float32))
    assert mover.invert(np.zeros((2, 128, 128, 3), np.uint8)).shape == (2, 12, 128)
    assert LatentMover(folder, invert=lambda crops: np.zeros((len(crops), 12, 128), np.float32)).size == 128
