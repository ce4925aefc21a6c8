"""Sentences about faces: what they ask for, and which words are not understood."""

from __future__ import annotations

import random

import pytest

from mien.words.lexicon import ATTRIBUTES, MARKS, PARTS
from mien.words.reader import read
from mien.words.vocabulary import kinds, tokens
from recipes.words import wish
from tests.words.scoring import load, report, understood


@pytest.mark.parametrize("first", [0, 1], ids=["looked at", "kept aside"])
def test_sentences_by_hand_are_read(first: int) -> None:
    wishes, unknown, false_alarms = report(load()[first::2], show=True)
    assert wishes >= 0.95 and unknown >= 0.95 and false_alarms <= 0.03


def test_sentences_as_newcomers_type_them_are_read() -> None:
    wishes, unknown, false_alarms = report(load("newcomers.txt"), show=True)
    assert wishes >= 0.95 and unknown >= 0.95 and false_alarms <= 0.03


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("no glasses, add a hat", "glasses- hat+"),
        ("thinner face and jaw", "face-width- jaw-width-"),
        ("eyes and nose bigger", "eye-size+ nose-size+"),
        ("keep the beard but make it white", "beard-color=white"),
        ("don't remove the beard", ""),
        ("hair #ff8800", "hair-color=#ff8800"),
        ("a 70 year old man", "age+"),
        ("Smile, Blue Eyes", "smile+ eye-color=blue"),
        ("dark brown hair instead of blond", "hair-color=dark-brown"),
        ("i look tired, please fix the bags under my eyes", "eye-bags-"),
        ("the mouth a little open so you can see the teeth", "mouth-open+ teeth+"),
        ("she should have green hair", "hair-color=green"),
        ("take his glasses off", "glasses-"),
        ("can u make me 10 yrs younger pls", "age-"),
        ("same photo but with a beard", "beard+"),
        ("blue eye's", "eye-color=blue"),
        ("her nose is too big", "nose-size-"),
        ("too much makeup, he has glasses, remove them", "makeup- glasses-"),
        ("make her 30, a darker red for the lips", "age- lip-color=dark-red"),
        ("keep everything else", ""),
        ("a smaller smile, his beard is too long", "smile- beard-"),
        ("wipe the smile off her face", "smile-"),
        ("blonder", "hair-color=blond"),
        ("", ""),
        ("?!, and; no", ""),
    ],
)
def test_grammar(text: str, wishes: str) -> None:
    assert understood(text) == (frozenset(wishes.split()), frozenset())


def test_degrees() -> None:
    said = {text: read(text).wishes[0].degree for text in ("a little smile", "smile", "smile a lot", "no smile")}
    assert [*said.values()] == [0.5, 1.0, 1.6, -2.0]
    assert read("a small smile").wishes[0].degree == 0.5
    assert read("less beard").wishes[0].degree == -1


def test_misspelt_words_are_less_certain() -> None:
    assert read("smlie").wishes[0].confidence < read("smile").wishes[0].confidence == 1


def test_names_are_no_misspellings() -> None:
    assert read("like Brod").unknown == ("brod",)


def test_skin_tone_is_not_read_from_words() -> None:
    reading = read("darker skin and a smile")
    assert [wish.attribute for wish in reading.wishes] == ["smile"] and "#" in reading.notes[0]


def test_all_words_of_the_lexicon_are_known() -> None:
    words = " ".join([*(part.words for part in PARTS), *MARKS.values()]).split()
    assert all(token.kinds for word in words if "_" not in word for token in tokens(word))
    assert all(wish.attribute in ATTRIBUTES for row in load() for wish in read(row.text).wishes)
    assert len(ATTRIBUTES) >= 45


def test_simple_sentences_of_the_grammar_are_read() -> None:
    rng = random.Random(3)
    made = [one for one in (wish(rng) for _ in range(400)) if not any("skin-tone" in signed for signed in one[1])]
    right = [understood_signs(text) == set(signed) for text, signed in made]
    assert sum(right) >= 0.97 * len(right)


def understood_signs(text: str) -> set[str]:
    return {f"{one.attribute}{'+' if one.degree > 0 else '-'}" for one in read(text).wishes}


def test_whatever_is_typed_is_read() -> None:
    rng, letters = random.Random(0), "abcdefghijklmnopqrstuvwxyz ,;.-'#019äß中😀\"()/+&!?|"
    known = sorted(kinds())
    for number in range(60):
        typed = (rng.choice(letters) for _ in range(rng.randrange(200)))
        text = "".join(typed) if number % 2 else " ".join(rng.choices(known, k=rng.randrange(20)))
        reading = read(text)
        assert all(0 < abs(wish.degree) <= 2 and 0 < wish.confidence <= 1 for wish in reading.wishes), text


@pytest.mark.parametrize(
    ("text", "relative"),
    [
        ("a slight smile", False),
        ("smiling", False),
        ("no smile", False),
        ("make her smile a little more", True),
        ("happier", True),
        ("less smile", True),
        ("a wider smile", True),
        ("too serious", True),
    ],
)
def test_what_compares_with_the_photo_is_told_from_what_does_not(text: str, relative: bool) -> None:
    wish = read(text).wishes[0]
    assert wish.attribute == "smile" and wish.relative == relative and ("relative" in wish.to_dict()) == relative
