"""Faces held against sentences."""

from __future__ import annotations

import pytest

from mien.finding.axes import COLORS, NUMBERS, PRESENT
from mien.finding.match import Look, fit, match, unread
from mien.words.lexicon import ATTRIBUTES
from mien.words.reader import read

NAMES = {name for weights in NUMBERS.values() for name in weights}
NAMES |= {f"{part}-{axis}" for part in COLORS.values() for axis in "Lab"}


def look(raw: dict[str, float] | None = None, **values: float) -> Look:
    given = {name.replace("_", "-"): value for name, value in values.items()}
    return Look({**dict.fromkeys(NAMES, 0.0), **given}, {**dict.fromkeys(NAMES, 0.0), **(raw or {})})


def test_every_attribute_that_has_numbers_can_be_asked_for() -> None:
    assert set(NUMBERS) | set(COLORS) <= set(ATTRIBUTES)


@pytest.mark.parametrize(
    ("text", "better", "worse"),
    [
        ("glasses", {"glasses": 3.0}, {"glasses": -3.0}),
        ("no glasses", {"glasses": -3.0}, {"glasses": 3.0}),
        ("an old woman", {"age": 1.5, "masculine": -1.5}, {"age": -1.5, "masculine": -1.5}),
        ("laughing", {"happy": 1.0, "smile": 1.0}, {"happy": -1.0, "smile": 0.0}),
        ("long hair, no beard", {"hair_length": 1.5, "beard": -2.0}, {"hair_length": 1.5, "beard": 2.0}),
    ],
)
def test_who_fits_better_comes_first(text: str, better: dict[str, float], worse: dict[str, float]) -> None:
    reading = read(text)
    assert reading.wishes
    assert match(look(**better), reading).score > 0.05 + match(look(**worse), reading).score


def test_a_color_is_near_or_far() -> None:
    red, gray = ({"hair-L": 35.0, "hair-a": 30.0, "hair-b": 25.0}, {"hair-L": 60.0, "hair-a": 0.0, "hair-b": 2.0})
    (wish,) = read("red hair").wishes
    near, far = (fit(look(raw), wish) for raw in (red, gray))
    assert near is not None and far is not None and near > 4 * far


def test_what_cannot_be_seen_is_named_and_does_not_count() -> None:
    reading = read("curly hair, glasses")
    found = match(look(glasses=3.0), reading)
    assert unread(reading.wishes) == found.unread == ("hair-curl",)
    assert [name for name, _ in found.wishes] == ["glasses +1"] and found.score > 0.9
    assert match(look(), read("curly hair")).score == 0.0


def test_presences_are_told_as_probabilities() -> None:
    told = look({"age": 41.0}, glasses=0.0).to_dict()
    assert told["glasses"] == 0.5 and told["age"] == 41.0 and "glasses" in PRESENT
