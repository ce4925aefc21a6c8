"""Text as a modality: what the face shall look like, in words."""

from __future__ import annotations

from typing import Any

from mien.conditions.modality import Modality
from mien.conditions.text import validate_text


class Text(Modality):
    """A sentence."""

    name, short = "text", "Te"

    def check(self, value: Any) -> None:
        validate_text(value)

    def validate(self, value: Any) -> str | None:
        return validate_text(value or "")

    def caption(self, value: Any) -> str:
        return f'"{value}"'
