"""Text: what the face shall look like, in words."""

from __future__ import annotations

import unicodedata

from mien.errors import LayerError

LONGEST = 300
"""Characters; text encoders read about 77 tokens, which is less."""


def validate_text(text: str) -> str | None:
    """Composed Unicode with single spaces; None for a text without words.

    Raises:
        LayerError: not a text, control characters, or too long.
    """
    if not isinstance(text, str):
        raise LayerError(f"The text is {type(text).__name__}, not words; give a sentence.")
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in plain):
        raise LayerError("The text holds control characters; type it again.")
    if len(plain) > LONGEST:
        raise LayerError(f"The text has {len(plain)} characters; use at most {LONGEST}.")
    return plain or None
