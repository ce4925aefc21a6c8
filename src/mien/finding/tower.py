"""The text tower: a description as degrees of attributes, for words that the rules of :mod:`mien.words` do not know.

    h = sum_i a_i e_i / (sum_i a_i + 1)      e_i: row by the hash of a word, a pair of words, or 3 to 5 letters
    spoken of, degrees = W h + b             one linear layer

A static embedding: no order beyond pairs of words. It ranks photos, adds to what
faces are generated from, and proposes words; no edit acts on it.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from mien.checkpoints.store import BUNDLED, WEIGHTS, load_config, stored_array, verify_once
from mien.errors import CorruptCheckpointError
from mien.types import Float32
from mien.words.lexicon import MARKS, PARTS
from mien.words.reader import SKIN_TONE
from mien.words.types import Reading, Wish

KIND = "text-tower"

SPOKEN = 0.7
"""Least probability by which a word is taken to speak of an attribute."""

SURE = 0.5
"""Confidence of what the tower reads, at most: less than a corrected word's."""

_NEGATIONS = frozenset(["no", "not", "without", "never", "isnt", "lacking", "minus"])


def features(text: str, buckets: int) -> list[int]:
    """Rows of a table: of words, pairs of words, and three to five letters, each once for every time it is there."""
    words = re.findall(r"[^\W\d_]+|[,;.]", text.lower().replace("'", ""))
    found = [f"w{word}" for word in words]
    found += [f"p{one} {other}" for one, other in itertools.pairwise(words)]
    for word in words:
        padded = f"<{word}>"
        found += [padded[at : at + size] for size in (3, 4, 5) for at in range(len(padded) - size + 1)]
    return [zlib.crc32(one.encode()) % buckets for one in found]


@dataclass(frozen=True, eq=False)
class TextTower:
    """Attributes:
    table: (R, D) rows.
    weights: (R,) above 0.
    spoken, degrees: (A, D + 1) linear layers, the last column added.
    names: of the A attributes.
    """

    table: Float32
    weights: Float32
    spoken: Float32
    degrees: Float32
    names: tuple[str, ...]

    @classmethod
    @cache
    def bundled(cls) -> TextTower:
        """The one that comes with mien; loaded once."""
        return cls.load(BUNDLED / KIND)

    @classmethod
    def load(cls, folder: Path) -> TextTower:
        """From a folder of our store.

        Raises:
            CheckpointError: it is missing, damaged, or holds something else.
        """
        config: dict[str, Any] = load_config(folder, KIND)
        verify_once(folder, config)
        try:
            names = tuple(str(name) for name in config["names"])
            parts = ("table", "weights", "spoken", "degrees")
            table, weights, spoken, degrees = (stored_array(folder / WEIGHTS, part) for part in parts)
        except (KeyError, TypeError) as error:
            raise CorruptCheckpointError(f"{folder} is incomplete; fetch it again.") from error
        if not len(names) == len(spoken) == len(degrees) or len(table) != len(weights):
            raise CorruptCheckpointError(f"{folder} names {len(names)} of {len(spoken)} attributes; fetch it again.")
        return cls(table, weights, spoken, degrees, names)

    def embed(self, text: str) -> Float32:
        """(D,) of a text; zeros for none."""
        rows = features(text, len(self.table))
        shares = self.weights[rows]
        mean: Float32 = (shares @ self.table[rows] / (shares.sum() + 1)).astype(np.float32)
        return mean

    def read(self, text: str) -> dict[str, tuple[float, float]]:
        """By attribute that is spoken of, the most probable first: how probable that is, and the degree."""
        h = np.append(self.embed(text), np.float32(1))
        there, degrees = 1 / (1 + np.exp(-self.spoken @ h)), self.degrees @ h
        order = [int(at) for at in np.argsort(-there) if there[at] >= SPOKEN]
        return {self.names[at]: (float(there[at]), float(np.clip(degrees[at], -2, 2))) for at in order}

    def guesses(self, text: str, unknown: Sequence[str]) -> Iterator[tuple[str, Wish]]:
        """What words that were not understood may ask for, each with the word; negated where a "no" stands before.

        Args:
            text: the sentence.
            unknown: its words that were not understood, as :func:`mien.words.reader.read` lists them.
        """
        words = re.findall(r"[^\W\d_]+", text.lower().replace("'", ""))
        for word in unknown:
            plain = word.replace("'", "")
            at = words.index(plain) if plain in words else 0
            sign = -1.0 if _NEGATIONS & set(words[max(0, at - 2) : at]) else 1.0
            for name, (probable, degree) in self.read(plain).items():
                yield word, Wish(name, sign * degree, confidence=round(SURE * probable, 2))

    def nearest(self, word: str) -> str:
        """The word of the lexicon that is nearest to one of the same meaning; "" where it says nothing."""
        name, (_, degree) = next(iter(self.read(word).items()), ("", (0.0, 0.0)))
        others = _lexicon().get(f"{name}{'+' if degree > 0 else '-'}", ())
        if not others:
            return ""
        here, there = self.embed(word), np.stack([self.embed(other) for other in others])
        lengths = np.linalg.norm(there, axis=1) * np.linalg.norm(here)
        return others[int(np.argmax(there @ here / np.maximum(lengths, 1e-9)))]


@cache
def _lexicon() -> Mapping[str, tuple[str, ...]]:
    """Words that say something alone, by signed attribute."""
    found: dict[str, list[str]] = {}
    for signed, words in (*MARKS.items(), *((part.default, part.words) for part in PARTS if part.there)):
        found.setdefault(signed.split()[0], []).extend(word.replace("_", " ") for word in words.split())
    return {signed: tuple(words) for signed, words in found.items()}


def with_guesses(text: str, reading: Reading) -> Reading:
    """What rules read, and what words that they do not know may ask for, less surely: to find and to generate.

    Args:
        text: the sentence.
        reading: of the rules, whose wishes stay as they are.
    """
    if not reading.unknown:
        return reading
    known = {wish.attribute for wish in reading.wishes}
    by_word: dict[str, list[Wish]] = {}
    tone = False
    for word, wish in TextTower.bundled().guesses(text, reading.unknown):
        tone = tone or wish.attribute == "skin-tone"
        if wish.attribute not in known and wish.attribute != "skin-tone":
            known.add(wish.attribute)
            by_word.setdefault(word, []).append(replace(wish, degree=round(wish.degree, 1) or 0.1))
    notes = [f"'{word}' is taken to mean {', '.join(map(str, wishes))}: a guess" for word, wishes in by_word.items()]
    notes += [SKIN_TONE] if tone and SKIN_TONE not in reading.notes else []
    wishes = (*reading.wishes, *(wish for group in by_word.values() for wish in group))
    return Reading(wishes, tuple(w for w in reading.unknown if w not in by_word), (*reading.notes, *notes))


def nearest_words(unknown: Sequence[str]) -> dict[str, str]:
    """The nearest word of the lexicon, by word that was not understood, where there is one."""
    near = {word: TextTower.bundled().nearest(word) for word in unknown}
    return {word: other for word, other in near.items() if other}


def not_understood(unknown: Sequence[str]) -> tuple[str, ...]:
    """A note about words that were not understood, with the nearest ones that would be; none without such words."""
    if not unknown:
        return ()
    near = nearest_words(unknown)
    told = [f"{word} (nearest: {near[word]})" if word in near else word for word in unknown]
    return (f"not understood: {', '.join(told)}",)
