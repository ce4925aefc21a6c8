"""Which kind of word a token is, with comparatives, colors and misspellings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from mien.words import lexicon, small_words
from mien.words.languages import english
from mien.words.spelling import nearest

_PHRASES = [(re.compile(rf"\b(?:{pattern})(?![a-z])"), word) for pattern, word in small_words.PHRASES.items()]


@dataclass(frozen=True)
class Token:
    """Attributes:
    word: as it is in the lexicon; a color's name for a color.
    written: as the user wrote it.
    kinds: "part", "says", "mark", "color", and the small words "little", "lots", "not", "remove", "less", "more",
        "add", "keep", "recolor", "break", "stop", "person", "filler"; nothing for a word that is not known.
    comparative: "longer", "more long".
    sure: false for a corrected spelling.
    """

    word: str
    written: str
    kinds: frozenset[str]
    comparative: bool = False
    sure: bool = True


@cache
def kinds() -> Mapping[str, frozenset[str]]:
    """Kinds by word."""
    groups = {
        "part": [part.words for part in lexicon.PARTS],
        "says": [*(text for part in lexicon.PARTS for text in part.says.values()), small_words.SIZES],
        "mark": list(lexicon.MARKS.values()),
        "little": [small_words.LITTLE],
        "lots": [small_words.LOTS],
        "not": [small_words.NOT],
        "remove": [small_words.REMOVE],
        "less": [small_words.LESS],
        "more": [small_words.MORE],
        "add": [small_words.ADD],
        "keep": [small_words.KEEP],
        "recolor": [small_words.RECOLOR],
        "break": [small_words.BREAKS],
        "person": [small_words.PEOPLE],
        "filler": [small_words.FILLERS],
    }
    found: dict[str, set[str]] = {}
    for kind, texts in groups.items():
        for word in " ".join(texts).split():
            found.setdefault(word, set()).add(kind)
    for word in _colors():
        found.setdefault(word, set()).add("color")
    return {word: frozenset(of) for word, of in found.items()}


@cache
def _colors() -> frozenset[str]:
    from PIL import ImageColor

    from mien.conditions.colors import NAMES, SAME

    return frozenset({*NAMES, *SAME, *ImageColor.colormap, "redhead"} - {"tan"})


@cache
def comparatives() -> Mapping[str, str]:
    """ "longer" and "longest" -> "long", for all adjectives and colors."""
    found: dict[str, str] = {}
    for word, of in kinds().items():
        if of & {"says", "mark", "color"} and word.isalpha() and len(word) <= 8 and word not in ("more", "her"):
            stem = word[:-1] + "i" if word.endswith("y") and word[-2] not in "aeiou" else word.removesuffix("e")
            doubled = re.fullmatch(r"[a-z]*[^aeiou][aeiou][bdgmnpt]", word) and stem + stem[-1]
            for base in filter(None, (stem, doubled)):
                for ending in ("er", "est"):
                    found.setdefault(base + ending, word)
    return {word: base for word, base in found.items() if kinds().get(word, frozenset({"says"})) <= {"says"}}


@cache
def _meant() -> tuple[str, ...]:
    return tuple(sorted({*kinds(), *comparatives()}))


@cache
def _spelled() -> frozenset[str]:
    return frozenset({*_meant(), *small_words.DECOYS.split()})


def tokens(text: str) -> list[Token]:
    """A sentence's words; marks of punctuation that part it are tokens of the kind "stop"."""
    plain = unicodedata.normalize("NFC", text).lower().replace("\u2019", "'")
    plain = re.sub(r"\b(do|does|did|is|are|should|was|wo|ca|has)n'?t\b", r"\1nt", plain)
    plain = english(plain, _spelled())
    for pattern, word in _PHRASES:
        plain = pattern.sub(word, plain)
    raw = re.findall(r"#[0-9a-f]{6}\b|#[0-9a-f]{3}\b|[^\W\d][\w']*(?:-and-pepper)?|[,;.:!?/+&(]|\d+", plain)
    names = _names(text)
    found: list[Token] = []
    while raw:
        for length in (3, 2, 1):
            color = _color(raw[:length]) if len(raw) >= length else None
            if color:
                found.append(Token(color, " ".join(raw[:length]), _color_kinds(raw[:length], color)))
                raw = raw[length:]
                break
        else:
            found.append(_token(raw.pop(0), names))
    return found


def _names(text: str) -> frozenset[str]:
    """Words with a capital letter within a sentence that has few of them: they are not misspelled."""
    names = re.findall(r"(?<=[a-z,] )[A-Z][a-z]+", text)
    return frozenset(name.lower() for name in names if 2 * len(names) <= len(text.split()))


def _color(parts: list[str]) -> str | None:
    """The name of a color that some words give together."""
    parts = [part.replace("blonde", "blond").replace("grey", "gray") for part in parts]
    if len(parts) > 1:  # "a darker red"
        parts = [comparatives().get(part, part) for part in parts]
    hyphened, joined = "-".join(parts), "".join(parts)
    if len(parts) == 1 and hyphened.startswith("#"):
        return hyphened
    base = comparatives().get(hyphened, "") if len(parts) == 1 else ""
    if base and kinds()[base] == {"color"}:
        return base
    return hyphened if hyphened in _colors() else joined if joined in _colors() else None


def _color_kinds(parts: list[str], color: str) -> frozenset[str]:
    """A color that is one word may be something else, too: "white" teeth."""
    return kinds().get(parts[0], frozenset()) | {"color"} if len(parts) == 1 else frozenset({"color"})


def _token(written: str, names: frozenset[str] = frozenset()) -> Token:
    if not written[0].isalnum():
        return Token(written, written, frozenset({"stop"}))
    if written.isdigit():
        return Token(written, written, frozenset({"filler"}))
    word, sure = written.removesuffix("'s"), True
    if word not in _spelled():
        word = next(
            (w for w in (word.rstrip("s"), word.removesuffix("ish"), word.removesuffix("ly")) if w in kinds()), word
        )
    if word not in _spelled() and word not in names:
        near = nearest(word, _meant(), lambda one: one in _small())
        word, sure = near or word, not near
    base = comparatives().get(word)
    if base:
        named = _color([base]) or base
        return Token(named, written, kinds()[base] | ({"says"} if "mark" in kinds()[base] else set()), True, sure)
    color = _color([word])
    return Token(color or word, written, kinds().get(word, frozenset()), sure=sure)


@cache
def _small() -> frozenset[str]:
    """Words that are corrected to more seldom, since they mean nothing."""
    return frozenset(w for w, of in kinds().items() if of <= {"filler", "person", "break", "little", "lots"})
