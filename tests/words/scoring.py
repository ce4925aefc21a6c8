"""Sentences written by hand before the reader was tuned, and how well they are read.

Of ``sentences.txt``, the 1st, 3rd, 5th ... line was looked at while the reader was made; the others were kept
aside. ``newcomers.txt`` came later: chat, typing faults, other languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mien.conditions.colors import SAME
from mien.words.reader import read


@dataclass(frozen=True)
class Sentence:
    text: str
    wishes: frozenset[str]
    unknown: frozenset[str]


def load(name: str = "sentences.txt") -> list[Sentence]:
    found = []
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines():
        text, wishes, unknown = (part.strip() for part in f"{line}| |".split("|")[:3])
        found.append(Sentence(text, frozenset(wishes.split()), frozenset(filter(None, unknown.split(", ")))))
    return found


def understood(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Signed wishes and unknown words of a sentence, as the file writes them."""
    reading = read(text)
    wishes = {
        f"{w.attribute}={plain(w.color)}" if w.color else f"{w.attribute}{'+' if w.degree > 0 else '-'}"
        for w in reading.wishes
    }
    return frozenset(wishes | ({"skin-tone"} if reading.notes else set())), frozenset(reading.unknown)


def plain(color: str) -> str:
    known = SAME.get(color, color).replace("blonde", "blond")
    return {"darkred": "dark-red"}.get(known, known)


def report(rows: list[Sentence], show: bool) -> tuple[float, float, float]:
    """Shares of sentences whose wishes are all right, of unknown words that are named, and of false alarms."""
    right = named = words = false = 0
    for row in rows:
        wishes, unknown = understood(row.text)
        good, named_here = wishes == row.wishes, sum(any(w in u for u in unknown) for w in row.unknown)
        right, named, words = right + good, named + named_here, words + len(row.unknown)
        alarm = not row.unknown and bool(unknown)
        false += alarm
        if show and (not good or named_here < len(row.unknown) or alarm):
            print(f"{row.text}: {sorted(wishes)}, unknown {sorted(unknown)}")
    result = right / len(rows), named / max(1, words), false / len(rows)
    print(
        "{} sentences: wishes {:.3f}, unknown words named {:.3f} of {}, false alarms {:.3f}".format(
            len(rows), *result[:2], words, result[2]
        )
    )
    return result
