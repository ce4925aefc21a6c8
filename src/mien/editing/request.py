"""What a user asks for, for one face: layers in any form and frame, and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Literal

from mien.conditions.modalities.attributes import draw_attributes
from mien.conditions.modalities.text import validate_text
from mien.conditions.types import Conditions
from mien.errors import ConfigError
from mien.types import Photo

Frame = Literal["auto", "photo", "crop"]
"""Where layers were drawn: over the photo, over the square face crop, or whichever their size says."""

LAYERS = ("mask", "sketch", "semantic", "color", "exemplar")
"""Names of the fields that hold pictures."""


@dataclass(frozen=True, eq=False)
class Request:
    """All that may be said about one face; what is left out says nothing.

    Attributes:
        mask: where it may change: a region ("hair", "eyes+brows"), a picture, or an array that is bool, in [0, 1], or
            uint8. Its size says whether it lies over the photo or over the crop.
        sketch: a drawing, an SVG file, or a bool array, True on lines; "self": the photo's own lines.
        semantic: a map in a known palette, or an array of labels in the order of :mod:`mien.conditions.labels`; "self":
            the photo's own.
        color: RGB or RGBA, only what is painted counts; "self": the mean colours of the photo's regions.
        exemplar: any photo with a face, of which the largest is taken; an :class:`AlignedFace`; or "self": the person's
            own look.
        attributes: strength by name. Without an exemplar they change the person's own look.
        text: what the face shall look like, in words; the editor needs a CLIP for it. Without an exemplar it changes
            the person's own look.
        seed: 0 is the plain result; every other number is a variant of it.
        strength: in [0, 1]: how far to go from the photo to the edit.
        weights: how much a modality counts against the others where they contradict each other, by name ("image",
            "sketch", "semantic", "color"): 1 is neutral, 0 takes it away.
        weight_maps: the same as pictures, black is 0 and white 1, or arrays of any numbers of at least 0.
        protect: regions and "teeth" that are cut out of the mask, separated by commas.
        frame: of all layers that are pictures.
        layers: conditions of the crop that the above are added to, or replace one by one.
    """

    mask: Any = None
    sketch: Any = None
    semantic: Any = None
    color: Any = None
    exemplar: Any = None
    attributes: Mapping[str, float] = field(default_factory=dict)
    text: str | None = None
    seed: int = 0
    strength: float = 1.0
    weights: Mapping[str, float] = field(default_factory=dict)
    weight_maps: Mapping[str, Any] = field(default_factory=dict)
    protect: str = ""
    frame: Frame = "auto"
    layers: Conditions | None = None

    def __post_init__(self) -> None:
        if self.text is not None:
            validate_text(self.text)
        if not is_number(self.seed, 0, 2**32 - 1, whole=True):
            raise ConfigError(f"The seed is {self.seed!r}; give a whole number from 0 to 4294967295.")
        if not is_number(self.strength, 0, 1):
            raise ConfigError(f"The strength is {self.strength!r}; give a number from 0 (the photo) to 1 (the edit).")

    def describe(self) -> str:
        """In a few words: ``mask hair, color c.png, smile +1.5, seed 2``."""
        layers = self.layers or Conditions()
        given = layers.without("attributes", "text").given
        attributes = {**layers.attributes, **self.attributes}
        words = [f"layers {', '.join(given)}"] if given else []
        for name in LAYERS:
            source = getattr(self, name)
            if source is not None:
                words.append(f"{name} {_name(source)}")
        words += [f"protecting {self.protect}"] if self.protect else []
        words += [draw_attributes(attributes)] if attributes else []
        text = validate_text((layers.text or "") if self.text is None else self.text)
        words += [f'text "{text}"'] if text else []
        words += [f"{name} weighted {weight:g}" for name, weight in self.weights.items()]
        words += [f"{name} weighted by {_name(source)}" for name, source in self.weight_maps.items()]
        words += [f"seed {self.seed}"] if self.seed else []
        words += [f"strength {self.strength:g}"] if self.strength != 1 else []
        return ", ".join(words)


def request_of(asked: Request | Conditions | Mapping[str, Any]) -> Request:
    """A request from its fields, or from the crop's layers alone.

    Raises:
        ConfigError: a field that is none.
    """
    if isinstance(asked, Request):
        return asked
    if isinstance(asked, Conditions):
        return Request(layers=asked)
    known = [one.name for one in fields(Request)]
    unknown = [name for name in asked if name not in known]
    if unknown:
        raise ConfigError(f"'{unknown[0]}' is no input of an edit; choose from {', '.join(known)}.")
    return Request(**asked)


def is_number(value: Any, low: float, high: float, *, whole: bool = False) -> bool:
    """Whether something is a number in [low, high], Python's or NumPy's; truth values and NaN are none."""
    kind: Any = Integral if whole else Real
    return isinstance(value, kind) and not isinstance(value, bool) and bool(low <= value <= high)


def _name(source: Any) -> str:
    if isinstance(source, Photo):
        return _name(source.path) if source.path else "from memory"
    return Path(source).name if isinstance(source, str | Path) else "from memory"
