from __future__ import annotations

import pytest

from mien.conditions.attributes import draw_attributes, parse_attributes, validate_attributes
from mien.conditions.text import LONGEST, validate_text
from mien.errors import LayerError


def test_attributes_are_parsed_and_drawn() -> None:
    values = parse_attributes(" Age=1.5, smile = -0.5 ,pose=0,")
    assert values == {"age": 1.5, "smile": -0.5}
    assert draw_attributes(values) == "age +1.5, smile -0.5"
    assert parse_attributes("") == {}


@pytest.mark.parametrize("text", ["age", "age=", "age=old", "age=nan", "age=inf", "age=11", "=1", "a ge=1"])
def test_malformed_attributes_are_refused(text: str) -> None:
    with pytest.raises(LayerError):
        parse_attributes(text)


def test_attributes_from_python_must_be_numbers() -> None:
    with pytest.raises(LayerError, match="strength of 'age' is True"):
        validate_attributes({"age": True})
    with pytest.raises(LayerError, match="strength of 'age' is 1"):
        validate_attributes({"age": "1"})  # type: ignore[dict-item]


def test_text_is_tidied() -> None:
    assert validate_text("  a  red\n beard ") == "a red beard"
    assert validate_text("Ba\u0308rtchen") == "B\u00e4rtchen"
    assert validate_text("  ") is None


def test_text_that_cannot_be_meant_is_refused() -> None:
    with pytest.raises(LayerError, match="control"):
        validate_text("a\x00b")
    with pytest.raises(LayerError, match=f"use at most {LONGEST}"):
        validate_text("x" * (LONGEST + 1))
