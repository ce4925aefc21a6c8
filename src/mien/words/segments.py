"""Segments of a sentence, and what their small words say: how much, less, not, keep."""

from __future__ import annotations

from dataclasses import dataclass, field

from mien.words.small_words import FEW, SIZES
from mien.words.vocabulary import Token

CONTENT = frozenset({"part", "says", "mark", "color"})

STAYS = frozenset(["make", "show", "wear", "wears", "wearing", "want", "get"])
"""Verbs after which a negation still holds: "never wears glasses"."""


@dataclass
class Segment:
    """Words between two breaks.

    Attributes:
        tokens: without the breaks.
        joiner: the break before it: "and", ",", "" for the first.
        carried: a negation that holds from the segment before.
    """

    tokens: list[Token]
    joiner: str = ""
    carried: bool = False
    unknown: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.unknown = [t.written for t in self.tokens if not t.kinds and len(t.written) > 2]

    def _at(self, *kinds: str) -> list[int]:
        return [at for at, token in enumerate(self.tokens) if token.kinds & set(kinds)]

    @property
    def joined(self) -> bool:
        """Whether it goes on where the segment before ended."""
        return self.joiner in ("and", "or", "nor", "&", "+", "/")

    @property
    def names_person(self) -> bool:
        """Whether it speaks of a person: "a white man"."""
        return bool(self._at("person"))

    @property
    def keeps(self) -> bool:
        """Whether it names what shall stay."""
        return bool(self._at("keep"))

    @property
    def cancelled(self) -> bool:
        """Whether it forbids a change: "don't change", "do not remove"."""
        denied = [at for at in self._at("not") if self.tokens[at].word not in ("no", "without")]
        return bool(denied and [at for at in self._at("remove", "recolor") if at > denied[0]])

    @property
    def compares(self) -> bool:
        """Whether it asks for more or less than there is: "happier", "smile a little more", "less smile"."""
        return bool(self._at("more", "less")) or any(token.comparative for token in self.tokens)

    @property
    def removes(self) -> bool:
        """Whether a verb takes something away."""
        return bool(self._at("remove")) and not self.cancelled and not self.keeps

    @property
    def recolors(self) -> bool:
        """Whether a verb says that a color changes."""
        return bool(self._at("recolor"))

    @property
    def negation(self) -> str:
        """ "not", "remove" or "": what the next segment may go on with."""
        removing = [at for at in self._at("remove", "not") if self.tokens[at].word != "not"]
        return "remove" if removing or (self.carried and self.joined) else "not" if self._at("not") else ""

    def carry(self, negation: str) -> None:
        """Goes on with the negation of the segment before: "no beard or glasses", "remove beard and glasses"."""
        bare = not self._at("says", "color", "mark", "not", "remove", "less", "more", "add", "keep")
        bare = bare or all("part" in self.tokens[at].kinds for at in self._at("says", "color", "mark"))
        bare = bare and not self._at("add", "keep", "more")
        self.carried = bool(negation) and (
            self.joiner in ("or", "nor") or (negation == "remove" and bare and self.joined)
        )

    def flips(self, at: int) -> bool:
        """Whether the wish of a word is negated or lessened."""
        marks = [m for m in self._at("not", "less", "remove") if m != at]
        if not marks:
            return self.carried
        resets = [m for m in self._at("more", "add") if m > marks[0] and self.tokens[m].word not in STAYS]
        ahead = [m for m in marks if m < at]
        if ahead and not [m for m in resets if ahead[-1] < m < at]:
            return True
        behind = [t for t in self.tokens[marks[-1] + 1 :] if t.kinds & CONTENT]
        too_much = self.tokens[marks[-1]].word == "too" and "part" in self.tokens[at].kinds
        return not ahead and not [t for t in behind if not (too_much and t.word in SIZES.split())]

    def degree(self, at: int, *, thing: bool) -> float:
        """How much, with the sign of :meth:`flips`; things that shall be gone have -2."""
        little, lots = self._at("little"), self._at("lots")
        few = [t for t in self.tokens if thing and t.word in FEW.split() and t.kinds & {"says"}]
        size = 0.5 if little or few else 1.6 if [m for m in lots if m != at] else 1.0
        if not self.flips(at):
            return -1.0 if any(token.comparative for token in few) else size
        gone = thing and not self._at("less") and (self.carried or self._at("remove", "not"))
        return -2.0 if gone else -size

    def last_before(self, at: int) -> Token | None:
        """The last word before one that is more than a filler."""
        words = [t for t in self.tokens[:at] if not t.kinds & {"filler"} or t.kinds & {"not", "less", "more"}]
        return words[-1] if words else None

    def is_definite(self, at: int, articles: set[str]) -> bool:
        """Whether "the" or "his" stands before a word."""
        return any(token.written in articles for token in self.tokens[max(0, at - 3) : at])


def segments(tokens: list[Token]) -> list[Segment]:
    """Cuts at punctuation and at "and", "with", ...; "without" begins a segment and is part of it."""
    found: list[Segment] = []
    joiner, words = "", list[Token]()
    for token in tokens:
        if token.kinds & {"stop", "break"} or token.word == "without":
            if words:
                found.append(Segment(words, joiner))
            if words or not found or "stop" not in token.kinds:
                joiner = token.word
            words = [token] if token.word == "without" else []
        else:
            words.append(token)
    return [*found, Segment(words, joiner)] if words else found
