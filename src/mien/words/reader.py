"""Reading: a sentence's parts, adjectives, colors and negations -> wishes.

A sentence is cut into segments at commas and small words such as "and", "with". Within a segment an adjective or a
color belongs to the part behind it, else to the one before it, else to the one that was spoken of last. A negation
holds for what follows in its segment, or for what precedes it where nothing follows ("glasses off").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache

from mien.words.lexicon import HAIR_COLORS, MARKS, PARTS, Part
from mien.words.segments import Segment, segments
from mien.words.small_words import SIZES
from mien.words.types import Reading, Wish
from mien.words.vocabulary import Token, tokens

SKIN_TONE = "skin tone is not read from words: give a color (dye skin=#c68e6a) or another photo"

CERTAIN, CORRECTED, DISTANT = 1.0, 0.7, 0.6
"""Confidence: as written, after a corrected misspelling, and where the part was named in another segment."""

DEFINITE = {"the", "his", "her", "their", "its", "my", "it"}

_AGED = r"aged|age of|age|is|he'?s|she'?s|looks?(?: like)?|make (?:her|him|me|them)"
YEARS = re.compile(rf"\b(?:(\d+)[- ]?(?:years?|yrs?)[- ]old|(?:{_AGED}) (\d\d))\b(?! ?(?:%|years|yrs))", re.IGNORECASE)
"""How old somebody shall be."""


def read(text: str) -> Reading:
    """What a sentence asks for.

    Args:
        text: in English; misspellings are corrected where one word is near.
    """
    aged = YEARS.sub(lambda m: "elderly" if int(next(filter(None, m.groups()))) >= 45 else "young", text)
    reader = _Reader()
    for segment in segments(tokens(aged)):
        reader.take(segment)
    return reader.reading()


@cache
def _parts() -> dict[str, Part]:
    return {word: part for part in PARTS for word in part.words.split()}


@cache
def _marks() -> dict[str, str]:
    return {word: signed for signed, words in MARKS.items() for word in words.split()}


@cache
def _meanings(part_words: str) -> dict[str, str]:
    """Signed attribute by adjective, for a part."""
    part = next(one for one in PARTS if one.words == part_words)
    return {word: signed for signed, text in part.says.items() for word in text.split()}


@dataclass
class _Reader:
    """What was read so far, and what the next segment may refer to."""

    wishes: list[Wish] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    topic: Part | None = None
    shared: list[Token] = field(default_factory=list)
    bare: list[Part] = field(default_factory=list)
    ahead: list[tuple[Segment, int, Token]] = field(default_factory=list)
    negated: str = ""

    def reading(self) -> Reading:
        self._look_back([])
        kept: dict[str, Wish] = {}
        for wish in self.wishes:
            other = kept.get(wish.attribute)
            same = other is not None and other.color == wish.color and other.degree * wish.degree > 0
            if not (same and other is not None and abs(other.degree) >= abs(wish.degree)):
                kept[wish.attribute] = wish
        notes = (SKIN_TONE,) if "skin-tone" in kept else ()
        wishes = tuple(wish for name, wish in kept.items() if name != "skin-tone")
        return Reading(wishes, tuple(dict.fromkeys(self.unknown)), notes)

    def take(self, segment: Segment) -> None:
        """Adds what one segment asks for."""
        self.unknown += [] if segment.keeps else segment.unknown
        segment.carry(self.negated)
        parts = [(at, _parts()[t.word]) for at, t in enumerate(segment.tokens) if t.word in _parts()]
        descriptions: dict[int, list[Token]] = {at: [] for at, _ in parts}
        self._look_back([part for _, part in parts] if segment.joined or segment.joiner == "," else [])
        described = [(at, t) for at, t in enumerate(segment.tokens) if t.kinds & {"says", "color", "mark"}]
        for at, token in described:
            if "part" not in token.kinds:
                self._describe(segment, at, token, parts, descriptions)
        if parts and not described and segment.joined and self.shared:
            for at, part in parts:
                self._share(segment, at, part, descriptions)
        for at, part in parts:
            self._name(segment, at, part, descriptions[at])
            behind = (
                [token for token in segment.tokens[at + 1 :] if token in descriptions[at]] if segment.joined else []
            )
            for token in behind:  # "eyes and nose bigger"
                _ = [self._apply(segment, at, token, one, DISTANT) for one in self.bare]
        if not parts and not described and segment.removes and self.topic is not None and self.topic.there:
            self.wishes.append(Wish(self.topic.default[:-1], -2.0, "", DISTANT))  # "he has a beard, take it off"
        self.bare = [part for at, part in parts if not descriptions[at] and not part.there]
        self.topic = parts[-1][1] if parts else self.topic
        self.shared = [token for _, token in described if "part" not in token.kinds] or self.shared
        self.negated = segment.negation

    def _describe(
        self,
        segment: Segment,
        at: int,
        token: Token,
        parts: list[tuple[int, Part]],
        descriptions: dict[int, list[Token]],
    ) -> None:
        """An adjective, a verb, a color or a word that stands for itself."""
        right = [(p, part) for p, part in parts if p > at][:1]
        left = [(p, part) for p, part in parts if p < at][-1:]
        for place, part in right + left:
            if self._apply(segment, at, token, part):
                descriptions[place].append(token)
                return
            if "color" in token.kinds and not part.there and "says" not in token.kinds and part.words != "head":
                break
        if token.word in _marks():
            for signed in _marks()[token.word].split():
                self._wish(segment, at, signed, token)
        elif not parts and self.topic and self._apply(segment, at, token, self.topic, DISTANT):
            return
        elif token.word in HAIR_COLORS and not parts:
            self._wish(segment, at, "hair-color+", token, color=token.word)
        elif not token.kinds & {"little", "lots", "remove", "less", "more", "add", "keep", "recolor", "filler"}:
            sized = token.word in SIZES.split() and any(part.there for _, part in parts)
            if not sized and not parts and not segment.names_person:
                self.ahead.append((segment, at, token))
            elif not sized and ("color" in token.kinds or not segment.unknown):
                self.unknown.append(token.written)

    def _look_back(self, parts: list[Part]) -> None:
        """Gives words of the segment before, which had no part, to the first part of this one: "a long, thin nose"."""
        for segment, at, token in self.ahead:
            applied = bool(parts) and self._apply(segment, at, token, parts[0], DISTANT)
            if not applied and ("color" in token.kinds or not segment.unknown):
                self.unknown.append(token.written)
        self.ahead = []

    def _apply(self, segment: Segment, at: int, token: Token, part: Part, sure: float = CERTAIN) -> bool:
        """Makes the wish that a word means for a part, if it means any."""
        meanings = _meanings(part.words)
        signed = (meanings.get(token.written) if token.comparative else None) or meanings.get(token.word)
        if signed:
            self._wish(segment, at, signed, token, sure=sure)
        elif "color" in token.kinds and part.color:
            self._wish(segment, at, f"{part.color}+", token, color=token.word, sure=sure)
        else:
            return False
        return True

    def _share(self, segment: Segment, at: int, part: Part, descriptions: dict[int, list[Token]]) -> None:
        """ "thinner face and jaw": a part without a word of its own takes that of the part before."""
        for token in self.shared:
            if ("color" in token.kinds or not part.there) and self._apply(segment, at, token, part, DISTANT):
                descriptions[at].append(token)

    def _name(self, segment: Segment, at: int, part: Part, descriptions: list[Token]) -> None:
        """What the bare name of a part asks for."""
        token = segment.tokens[at]
        before = segment.last_before(at)
        colors_alone = bool(descriptions) and all("color" in one.kinds for one in descriptions)
        if part.there and not segment.keeps:
            changed = segment.recolors or (before is not None and segment.is_definite(at, DEFINITE))
            if not descriptions or (colors_alone and not changed and part.default != "lipstick+"):
                self._wish(segment, at, part.default, token)
        elif (
            not descriptions
            and part.default
            and before is not None
            and before.kinds & {"not", "less", "more", "remove"}
        ):
            self._wish(segment, at, part.default, token)

    def _wish(
        self, segment: Segment, at: int, signed: str, token: Token, *, color: str = "", sure: float = CERTAIN
    ) -> None:
        if segment.cancelled or (segment.keeps and "says" not in token.kinds and not color):
            return
        if color and segment.flips(at):
            self.unknown.append(token.written)
            return
        thing = "part" in token.kinds
        degree = segment.degree(at, thing=thing) * (1 if signed.endswith("+") else -1)
        confidence = min(sure, CERTAIN if token.sure else CORRECTED)
        wish = Wish(signed[:-1], degree, color, confidence, segment.compares)
        self.wishes.append(replace(wish, degree=abs(degree)) if color else wish)
