"""The text tower: words that rules do not know, for finding and proposing alone."""

from __future__ import annotations

import pytest

from mien.checkpoints.store import BUNDLED
from mien.finding.match import NUMBERS
from mien.finding.search import asked_for
from mien.finding.tower import KIND, TextTower, not_understood, with_guesses
from mien.words.lexicon import ATTRIBUTES
from mien.words.reader import read
from recipes.text_tower_check import NOTHING, free, right

TOWER = TextTower.bundled()


def test_it_is_small_and_speaks_of_known_attributes() -> None:
    assert sum(path.stat().st_size for path in (BUNDLED / KIND).iterdir()) < 300_000
    assert set(TOWER.names) <= set(ATTRIBUTES)
    assert set(NUMBERS) <= set(TOWER.names), "all that the face reader tells"


def test_words_beyond_the_lexicon() -> None:
    rows = free()
    good = sum(right(TOWER.read(text), wanted) for text, wanted in rows)
    silent = sum(not TOWER.read(text) for text, _ in rows)
    assert good / len(rows) >= 0.5 and good / (len(rows) - silent) >= 0.85
    assert sum(bool(read(text).wishes) for text, _ in rows) < 0.1 * len(rows), "the rules know hardly any of them"


def test_words_that_say_nothing_are_told_as_such() -> None:
    others = NOTHING.split()
    assert sum(not TOWER.read(word) for word in others) / len(others) >= 0.95
    assert TOWER.read("") == {} and TOWER.nearest("invoice") == ""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("gleeful", "smile+"), ("a bespectacled man", "glasses+"), ("without goggles", "glasses-"), ("fedora", "hat+")],
)
def test_descriptions_are_looked_for_with_little_confidence(text: str, wanted: str) -> None:
    (wish,) = (one for one in asked_for(text).wishes if one.attribute == wanted[:-1])
    assert (wish.degree > 0) == wanted.endswith("+") and wish.confidence <= 0.5


def test_what_rules_read_stays_and_guesses_are_told() -> None:
    text = "a slight smile, bespectacled, a dragon"
    plain, more = read(text), with_guesses(text, read(text))
    assert more.wishes[: len(plain.wishes)] == plain.wishes
    assert more.unknown == ("dragon",) and "'bespectacled' is taken to mean glasses" in more.notes[0]
    assert with_guesses("brown hair", read("brown hair")) == read("brown hair")


def test_skin_tone_is_not_looked_for() -> None:
    reading = with_guesses("sunburnt, a smile", read("sunburnt, a smile"))
    assert (
        "skin-tone" not in [wish.attribute for wish in reading.wishes] and "skin tone is not read" in reading.notes[-1]
    )


def test_near_words_are_proposed() -> None:
    assert not_understood(["sunburnt", "dragon"]) == ("not understood: sunburnt (nearest: tanned), dragon",)
    assert not_understood([]) == ()


def test_near_words_are_told_on_the_command_line() -> None:
    import json

    from typer.testing import CliRunner

    from mien.cli.app import app

    told = json.loads(CliRunner().invoke(app, ["read", "sunburnt, a smile, a dragon", "--json"]).stdout)
    assert told["not_understood"] == ["sunburnt", "dragon"] and told["nearest"] == {"sunburnt": "tanned"}
