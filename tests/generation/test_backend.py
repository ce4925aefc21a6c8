"""MM2Latent as a backend of photos."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from generation.toy import saved

from mien.backends import describe_backend, find_backend, load_backend
from mien.backends.base import CropOptions
from mien.backends.mm2latent import LatentMover, kept
from mien.conditions.parser import FaceParser
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.errors import ConfigError


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


def test_detail_is_kept_where_both_pictures_agree() -> None:
    rng = np.random.default_rng(0)
    image, old = (rng.integers(0, 256, (8, 8, 3), dtype=np.uint8) for _ in range(2))
    new = old.copy()
    new[:4] = np.where(old[:4] > 127, 0, 255)
    result = kept(image, old, new)
    assert np.abs(result[4:] - image[4:]).max() < 1e-3 and np.abs(result[:4] - new[:4]).max() < 8


def test_networks_of_other_generators_need_an_encoder(tmp_path: Path) -> None:
    folder = saved(tmp_path / "toy")
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"portrait-generator"', '"generator"'))
    (folder / "generator").symlink_to(Path(__file__).parents[2] / "src/mien/bundled/portrait-generator")
    with pytest.raises(ConfigError, match="another generator"):
        LatentMover(folder)
    assert LatentMover(folder, invert=lambda crops: np.zeros((len(crops), 12, 128), np.float32)).size == 128
