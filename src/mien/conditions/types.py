"""What a user says about one face, and what the networks see of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from mien.types import Bool, Float32, UInt8

PIXELWISE = ("sketch", "semantic", "color")
"""The modalities that are maps of the size of the crop, besides the image itself."""


FORMER_NAMES: Mapping[str, str] = {"colour": "color"}
"""Names that files of earlier versions use, and what they are called today."""


def current_name(name: str) -> str:
    """What a modality is called today."""
    return FORMER_NAMES.get(name, name)


@dataclass(frozen=True, eq=False, repr=False)
class Conditions:
    """Everything that may steer the edit of one aligned crop of side S. What is None, empty or unpainted says nothing.

    Attributes:
        mask: (S, S) float32 in [0, 1], 1 where the face may change.
        sketch: (S, S) bool, True on lines.
        semantic: (S, S) uint8, labels in the order of :mod:`mien.conditions.labels`, ``UNKNOWN`` where nothing is said.
        color: (S, S, 4) uint8 sRGB with alpha; only pixels of alpha 255 count, the others have alpha 0.
        exemplar: (E, E, 3) uint8 sRGB, an aligned face whose look is borrowed; E is free.
        attributes: strength by the name of the attribute; 0 changes nothing.
        text: what the face shall look like, in words.
    """

    mask: Float32 | None = None
    sketch: Bool | None = None
    semantic: UInt8 | None = None
    color: UInt8 | None = None
    exemplar: UInt8 | None = None
    attributes: Mapping[str, float] = field(default_factory=dict)
    text: str | None = None

    def __post_init__(self) -> None:
        expected = {
            "mask": (2, np.float32),
            "sketch": (2, np.bool_),
            "semantic": (2, np.uint8),
            "color": (3, np.uint8),
        }
        for name, (dimensions, dtype) in expected.items():
            value = getattr(self, name)
            if value is not None and (value.ndim != dimensions or value.dtype != dtype):
                raise ValueError(f"{name} must have {dimensions} dimensions of {np.dtype(dtype)}, got {value.shape}")
        sides = {length for name in expected if (v := getattr(self, name)) is not None for length in v.shape[:2]}
        if len(sides) > 1:
            raise ValueError(f"all layers must be squares of one size, got sides {sorted(sides)}")
        if self.color is not None and self.color.shape[2] != 4:
            raise ValueError(f"color must be (S, S, 4), got {self.color.shape}")

    @property
    def size(self) -> int | None:
        """Side S of the maps; None when there are none."""
        for name in ("mask", *PIXELWISE):
            value = getattr(self, name)
            if value is not None:
                return int(value.shape[0])
        return None

    @property
    def given(self) -> tuple[str, ...]:
        """Names of what is there, in the order of the fields."""
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        return tuple(name for name, value in values if value is not None and (isinstance(value, np.ndarray) or value))

    def __repr__(self) -> str:
        words = [name for name in self.given if name not in ("attributes", "text")]
        words += [f"{name} {strength:+g}" for name, strength in self.attributes.items()]
        words += [repr(self.text)] if self.text else []
        return f"Conditions({', '.join([*words, *([f'{self.size} px'] if self.size else [])])})"

    def without(self, *names: str) -> Conditions:
        """The same with some modalities dropped."""
        dropped: dict[str, Any] = {name: {} if name == "attributes" else None for name in names}
        return replace(self, **dropped)
