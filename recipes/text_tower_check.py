"""How well the text tower reads: words beyond the lexicon, misspelled sentences, words that say nothing."""

from __future__ import annotations

import random
import re
from pathlib import Path

from mien.finding.tower import TextTower
from mien.words.reader import read
from tests.words.scoring import load

FREE = Path(__file__).parents[1] / "tests" / "words" / "free.txt"

NOTHING = """
tuesday invoice guitar mountain server carrot quickly sideways tropical engine kitchen parliament umbrella jazz
cheap wooden seventeen download harbour physics bicycle lemon corridor electric tomorrow museum violin pepper
salary marathon keyboard village airplane volcano dentist pyramid sandwich ladder compass orbit magnet kingdom
"""


def free() -> list[tuple[str, frozenset[str]]]:
    """Descriptions and the signed attributes of which any may be meant."""
    rows = [line.split("|") for line in FREE.read_text(encoding="utf-8").splitlines()]
    return [(text.strip(), frozenset(wanted.split())) for text, wanted in rows]


def right(found: dict[str, tuple[float, float]], wanted: frozenset[str]) -> bool:
    """Whether the most probable attribute is one that is meant, with its sign."""
    name, (_, degree) = next(iter(found.items()), ("", (0.0, 0.0)))
    return f"{name}{'+' if degree > 0 else '-'}" in wanted


def report(tower: TextTower, show: bool = True) -> None:
    """Prints all figures."""
    rows = free()
    for name, part in (("looked at", rows[::2]), ("kept aside", rows[1::2])):
        good = [right(tower.read(text), wanted) for text, wanted in part]
        silent = sum(not tower.read(text) for text, _ in part)
        print(f"beyond the lexicon, {name}: {sum(good)} of {len(part)} right, {silent} silent")
        if show and name == "looked at":
            for (text, wanted), one in zip(part, good, strict=True):
                if not one:
                    print("   ", text, {k: round(v[1], 1) for k, v in tower.read(text).items()}, "wanted", set(wanted))
    said = {word: tower.read(word) for word in NOTHING.split()}
    print(f"words that say nothing: silent at {sum(not one for one in said.values())} of {len(said)}")
    if show:
        print("   ", {word: list(one) for word, one in said.items() if one})
    sentences(tower)


def sentences(tower: TextTower) -> None:
    """The sentences that were written by hand, as they are, and misspelled: rules, tower, both."""
    from recipes.text_tower import misspelt

    rng = random.Random(2)
    rows = load()
    for name, times in (("as written", 0), ("two letters wrong", 2), ("four letters wrong", 4)):
        counts = {"rules": 0, "tower": 0, "both": 0}
        any_right, wishes = dict(counts), 0
        for row in rows:
            text = misspelt(rng, row.text, times)
            wanted = {re.sub("=.*", "", one) for one in row.wishes if "=" not in one and one != "skin-tone"}
            reading = read(text)
            rules = {f"{w.attribute}{'+' if w.degree > 0 else '-'}" for w in reading.wishes if not w.color}
            alone = {f"{k}{'+' if v[1] > 0 else '-'}" for k, v in tower.read(text).items() if k != "skin-tone"}
            guessed = {
                f"{w.attribute}{'+' if w.degree > 0 else '-'}"
                for _, w in tower.guesses(text, reading.unknown)
                if w.attribute not in {v.attribute for v in reading.wishes} and w.attribute != "skin-tone"
            }
            for way, found in (("rules", rules), ("tower", alone), ("both", rules | guessed)):
                counts[way] += found == wanted
                any_right[way] += len(found & wanted)
            wishes += len(wanted)
        shares = {way: f"{count / len(rows):.3f}" for way, count in counts.items()}
        print(
            f"{len(rows)} sentences, {name}: all wishes right {shares}, wishes found "
            f"{ {way: f'{count / wishes:.3f}' for way, count in any_right.items()} }"
        )
