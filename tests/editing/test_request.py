"""What was asked for, in words, as it stands in receipts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mien.conditions.types import Conditions
from mien.editing.request import Request
from mien.editing.validation import check_request
from mien.errors import ConfigError
from mien.types import Photo

PHOTO, PAINTER = Photo(np.zeros((8, 8, 3), np.uint8)), SimpleNamespace(attributes=(), reader="")


def test_a_request_in_words() -> None:
    request = Request("hair", color="blue.png", attributes={"smile": 1.5}, seed=2, strength=0.5)
    assert request.describe() == "mask hair, color blue.png, smile +1.5, seed 2, strength 0.5"


def test_attributes_that_come_with_layers_are_told_with_their_strength() -> None:
    layers = Conditions(mask=np.ones((8, 8), np.float32), attributes={"smile": -2.0, "age": 1.0})
    assert Request(layers=layers).describe() == "layers mask, smile -2, age +1"
    assert Request(layers=layers, attributes={"age": 3.0}).describe() == "layers mask, smile -2, age +3"


@pytest.mark.parametrize(
    ("asked", "instead"),
    [
        ({"part": "eyes", "exemplar": "other.jpg"}, "--mask eyes --mode look"),
        ({"dye": {"lips": "red"}}, "--color COLOR --mode look"),
        ({"reshape": {"smile": 1}}, "--attribute NAME=1 --mode look"),
    ],
)
def test_mode_look_is_refused_where_nothing_would_be_painted(asked: dict[str, Any], instead: str) -> None:
    with pytest.raises(ConfigError, match=instead):
        check_request(Request(**asked, mode="look"), PHOTO, PAINTER)
    check_request(Request(mask="mouth", color="#a03050", mode="look"), PHOTO, PAINTER)
