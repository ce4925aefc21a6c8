"""What a sentence about a face asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Wish:
    """One thing that shall be different.

    Attributes:
        attribute: of :data:`mien.words.lexicon.ATTRIBUTES`.
        degree: in [-2, 2]: 0.5 a little, 1 plainly, 2 as far as it goes; -2 is "none at all".
        color: as :func:`mien.conditions.colors.parse_color` reads it, where the attribute is a color.
        relative: whether it compares with what is seen: "smile more", not "a slight smile".
        confidence: in (0, 1]: lower where a word was misspelled, or belongs to something that was named before.
    """

    attribute: str
    degree: float
    color: str = ""
    confidence: float = 1.0
    relative: bool = False

    def __str__(self) -> str:
        return f"{self.attribute} {self.color or format(self.degree, '+g')}"

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        fields: dict[str, Any] = {"attribute": self.attribute, "degree": self.degree, "confidence": self.confidence}
        fields |= {"color": self.color} if self.color else {}
        return fields | ({"relative": True} if self.relative else {})


@dataclass(frozen=True)
class Reading:
    """Attributes:
    wishes: in the order of the sentence.
    unknown: words that were not understood.
    notes: sentences for the user, about what words cannot say here.
    """

    wishes: tuple[Wish, ...]
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ", ".join(str(wish) for wish in self.wishes) or "nothing"

    @property
    def complete(self) -> bool:
        """Whether all of the sentence was understood."""
        return not (self.unknown or self.notes)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        wishes = [wish.to_dict() for wish in self.wishes]
        return {"wishes": wishes, "not_understood": list(self.unknown), "notes": list(self.notes)}
