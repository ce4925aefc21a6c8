"""German, French and Spanish, and English that stays as it is."""

from __future__ import annotations

import pytest

from mien.words.languages import dictionaries
from mien.words.reader import read
from mien.words.vocabulary import kinds


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("braune Haare, ein leichtes Lächeln", "hair-color brown, smile +0.5"),
        ("ohne Brille", "glasses -2"),
        ("blaue Augen und vollere Lippen", "eye-color blue, lip-fullness +1"),
        ("eine kleinere Nase", "nose-size -1"),
        ("etwas älter", "age +0.5"),
        ("kein Bart", "beard -2"),
        ("dunklere Haare", "hair-lightness -1"),
        ("cheveux blonds et un léger sourire", "hair-color blond, smile +0.5"),
        ("les yeux verts", "eye-color green"),
        ("sans lunettes", "glasses -2"),
        ("des lèvres rouges", "lip-color red"),
        ("cheveux plus longs", "hair-length +1"),
        ("plus jeune", "age -1"),
        ("pelo negro y ojos azules", "hair-color black, eye-color blue"),
        ("sin barba", "beard -2"),
        ("una sonrisa", "smile +1"),
        ("dientes más blancos", "teeth-white +1"),
        ("cejas más oscuras", "brow-lightness -1"),
        ("die Haare dunkelbraun färben", "hair-color dark-brown"),
        ("cheveux brun foncé", "hair-color dark-brown"),
        ("pelo castaño oscuro", "hair-color dark-brown"),
        ("ein breiteres Lächeln", "smile +1"),
        ("aeltere Frau mit gruenen Augen", "age +1, eye-color green"),
        ("levres rouges et un leger sourire", "lip-color red, smile +0.5"),
        ("ponle el pelo rubio y hazlo sonreir", "hair-color blond, smile +1"),
    ],
)
def test_other_languages(text: str, told: str) -> None:
    assert str(read(text)) == told


def test_what_is_not_known_is_named_in_the_language_that_it_was_said_in() -> None:
    reading = read("graue Haare und ein Drache")
    assert str(reading) == "hair-color gray" and reading.unknown == ("drache",)


def test_all_translations_are_words_of_the_lexicon() -> None:
    from mien.words.vocabulary import comparatives

    for one in dictionaries():
        for word in one.values():
            known = {*kinds(), *comparatives(), "eye bags"}
            assert {word, word.replace("_", " ")} & known or set(word.split()) <= known, word
