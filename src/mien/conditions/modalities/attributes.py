"""Attributes as a modality: strength by name."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from mien.conditions.attributes import draw_attributes, validate_attributes
from mien.conditions.modality import Modality


class Attributes(Modality):
    """Strength by the name of the attribute; 0 changes nothing."""

    name, empty = "attributes", MappingProxyType({})

    def check(self, value: Any) -> None:
        validate_attributes(value)

    def validate(self, value: Any) -> dict[str, float]:
        return validate_attributes(value or {})

    def note(self, value: Any) -> dict[str, float]:
        return dict(value)

    def caption(self, value: Any) -> str:
        return draw_attributes(value)
