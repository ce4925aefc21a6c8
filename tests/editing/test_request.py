"""What was asked for, in words, as it stands in receipts."""

from __future__ import annotations

import numpy as np

from mien.conditions.types import Conditions
from mien.editing.request import Request


def test_a_request_in_words() -> None:
    request = Request("hair", color="blue.png", attributes={"smile": 1.5}, seed=2, strength=0.5)
    assert request.describe() == "mask hair, color blue.png, smile +1.5, seed 2, strength 0.5"


def test_attributes_that_come_with_layers_are_told_with_their_strength() -> None:
    layers = Conditions(mask=np.ones((8, 8), np.float32), attributes={"smile": -2.0, "age": 1.0})
    assert Request(layers=layers).describe() == "layers mask, smile -2, age +1"
    assert Request(layers=layers, attributes={"age": 3.0}).describe() == "layers mask, smile -2, age +3"
