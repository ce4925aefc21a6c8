"""What words were read as, kept, changed and made again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from mien.editing.degrees import degrees_of, reading_of
from mien.editing.request import Request
from mien.editing.worded import resolved, steps_in_words
from mien.errors import ConfigError, MienError
from mien.words.reader import read

PAINTER: Any = SimpleNamespace(attributes=("smile",), reader="")

SENTENCES = (
    "auburn hair, a slight smile",
    "smile a little more, slightly red lips",
    "no glasses, much older, hair #ff8800",
    "her nose is too big and she has dark circles",
)


@pytest.mark.parametrize("text", SENTENCES)
def test_degrees_say_all_that_was_read(text: str) -> None:
    kept, reading = reading_of(degrees_of(text)).wishes, read(text).wishes
    assert [(w.attribute, w.degree, w.color, w.relative and not w.color) for w in reading] == [
        (w.attribute, w.degree, w.color, w.relative) for w in kept
    ]


@pytest.mark.parametrize("text", SENTENCES)
def test_degrees_become_the_same_steps(text: str) -> None:
    one, other = (resolved(Request(**asked), PAINTER)[1] for asked in ({"text": text}, {"degrees": degrees_of(text)}))
    assert one is not None and other is not None
    assert [step.to_dict() for step in one.steps] == [step.to_dict() for step in other.steps]
    assert one.smile == other.smile


def test_degrees_count_instead_of_their_text() -> None:
    _, recipe = resolved(Request(text="a slight smile", degrees={"smile": 1.5}), PAINTER)
    assert recipe is not None and "smile +1.5" in recipe.operation and recipe.text == "a slight smile"


@pytest.mark.parametrize(
    ("degrees", "said"),
    [
        ({"smlie": 1}, "has no degree"),
        ({"smile": 3}, "from -2 to 2"),
        ({"smile": "much"}, "from -2 to 2"),
        ({"hair-color": "colourless"}, "colourless"),
        ({"skin-tone": 1}, "has no degree"),
    ],
)
def test_what_is_no_degree(degrees: dict[str, Any], said: str) -> None:
    with pytest.raises(MienError, match=said):
        resolved(Request(degrees=degrees), PAINTER)


def test_degrees_and_painting_exclude_each_other() -> None:
    with pytest.raises(ConfigError, match="mode 'look'"):
        resolved(Request(degrees={"smile": 1}, mode="look"), PAINTER)
    assert reading_of({"smile": 0}).wishes == ()


def test_the_steps_that_degrees_become_are_told() -> None:
    told = steps_in_words(Request(degrees={"smile": 0.5, "hair-color": "auburn", "glasses": -2}), PAINTER)
    assert told == ("mask glasses, heal", "reshape smile +0.6", "hair dyed auburn")
    assert steps_in_words(Request(mask="nose"), PAINTER) == ()
