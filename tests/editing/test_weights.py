from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from mien.align.crop import crop_face, square_quad
from mien.editing.crop_frame import CropFrame
from mien.editing.weights import weights_of
from mien.errors import ConfigError, LayerError
from mien.types import Photo


@pytest.fixture
def frame() -> CropFrame:
    return CropFrame.of(crop_face(Photo(np.zeros((90, 100, 3), np.uint8)), square_quad(50, 45, 64), 64), "auto")


def test_nothing_said_weighs_nothing(frame: CropFrame) -> None:
    assert weights_of({}, {}, frame) is None
    assert weights_of({"sketch": 1.0}, {}, frame) is None


def test_numbers_and_maps_multiply(frame: CropFrame) -> None:
    numbers = weights_of({"sketch": 2, "color": 0.5}, {}, frame)
    assert numbers is not None
    np.testing.assert_array_equal(numbers, np.array([1, 2, 1, 0.5], np.float32).reshape(4, 1, 1))
    painted = np.zeros((64, 64), np.uint8)
    painted[:, 32:] = 255
    both = weights_of({"colour": 3}, {"color": Image.fromarray(painted)}, frame)
    assert both is not None and both.shape == (4, 64, 64)
    assert (both[:3] == 1).all() and (both[3, :, :32] == 0).all() and (both[3, :, 32:] == 3).all()
    over_photo = np.full((90, 100), 5.0)
    of_photo = weights_of({}, {"semantic": over_photo}, frame)
    assert of_photo is not None and np.allclose(of_photo[2], 5)


@pytest.mark.parametrize(
    ("numbers", "maps", "words"),
    [
        ({"exemplar": 2}, {}, "'exemplar' has no weight; choose from image, sketch, semantic, color"),
        ({"sketch": -1}, {}, "weight of sketch is -1"),
        ({"sketch": float("nan")}, {}, "weight of sketch is nan"),
        ({"sketch": "much"}, {}, "weight of sketch is 'much'"),
        ({"image": 0}, {}, "weight of image is 0 everywhere"),
        ({}, {"sketch": np.full((64, 64), -1.0)}, "weight map of sketch has values below 0"),
        ({}, {"sketch": np.full((64, 64), np.inf)}, "weight map of sketch holds NaN or infinity"),
        ({}, {"sketch": np.zeros((30, 20))}, "weight map of sketch is 20 x 30 pixels"),
        ({}, {"sketch": np.zeros((64, 64, 3))}, r"weight map of sketch is an array of float64 with shape"),
    ],
)
def test_what_is_no_weight_is_refused(frame: CropFrame, numbers: Any, maps: Any, words: str) -> None:
    with pytest.raises((ConfigError, LayerError), match=words):
        weights_of(numbers, maps, frame)
