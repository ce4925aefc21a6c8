"""What a user gives about one face."""

from __future__ import annotations

from typing import Any

import numpy as np

from mien.conditions.modalities import MODALITIES, given_modalities, maps
from mien.conditions.resample import levels_at
from mien.types import Float32


class Conditions:
    """Everything that may steer the edit of one aligned crop of side S: a mask, and any of the modalities.

    What is None or empty gives no information. Values are read as attributes and cannot be changed.

    Args:
        mask: (S, S) float32 in [0, 1], 1 where the face may change.
        values: of modalities, by name (:data:`mien.conditions.modalities.MODALITIES`):

            - ``sketch``: (S, S) bool, True on lines.
            - ``semantic``: (S, S) uint8, labels in the order of :mod:`mien.conditions.labels`; ``UNKNOWN`` is no class.
            - ``color``: (S, S, 4) uint8 sRGB with alpha; only pixels of alpha 255 count, the others are 0.
            - ``exemplar``: (E, E, 3) uint8 sRGB, an aligned face whose look is borrowed; E is free.
            - ``guide``: (G, G, 4) uint8 sRGB and confidence, laid over the photo before anything is painted; G is free.
            - ``attributes``: strength by the name of the attribute; 0 changes nothing.
            - ``text``: what the face shall look like, in words.

    Raises:
        ValueError: a value of the wrong shape or type, or maps of several sides.
        LayerError: attributes or a text that can never be any.
        TypeError: no modality of that name.
    """

    def __init__(self, mask: Float32 | None = None, **values: Any) -> None:
        known = given_modalities()
        for name, value in values.items():
            if name not in known:
                raise TypeError(f"there is no modality {name!r}; choose from {', '.join(known)}")
            if value is not None:
                known[name].check(value)
        if mask is not None and (mask.ndim != 2 or mask.dtype != np.float32):
            raise ValueError(f"mask must be (S, S) float32, got {mask.shape} {mask.dtype}")
        given = {name: values[name] for name in known if values.get(name) is not None}
        self.__dict__.update(mask=mask, _given=given)
        drawn = [one for one in (mask, *self.maps.values()) if one is not None]
        sides = {length for one in drawn for length in one.shape[:2]}
        if len(sides) > 1:
            raise ValueError(f"all layers must be squares of one size, got sides {sorted(sides)}")

    mask: Float32 | None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in MODALITIES:
            raise AttributeError(f"there is no modality {name!r}")
        return self._given.get(name, MODALITIES[name].empty)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("conditions cannot be changed; use replaced()")

    def __repr__(self) -> str:
        return f"Conditions({', '.join(self.given) or 'nothing'}; side {self.size})"

    @property
    def maps(self) -> dict[str, Any]:
        """The values of the maps that are given, by name."""
        return {name: self._given[name] for name in maps() if name in self._given}

    @property
    def size(self) -> int | None:
        """Side S of the maps; None when there are none."""
        return next((len(one) for one in (self.mask, *self.maps.values()) if one is not None), None)

    @property
    def given(self) -> tuple[str, ...]:
        """Names of what is there: the mask first, then the modalities in their order."""
        named = {"mask": self.mask, **self._given}
        return tuple(n for n, value in named.items() if value is not None and (isinstance(value, np.ndarray) or value))

    def replaced(self, **values: Any) -> Conditions:
        """The same with some values replaced; None takes one away."""
        return Conditions(**{"mask": self.mask, **self._given, **values})

    def without(self, *names: str) -> Conditions:
        """The same with some modalities, or the mask, taken away."""
        return self.replaced(**dict.fromkeys(names))

    def at(self, side: int) -> Conditions:
        """All maps at another side, each by the rule of its modality; the exemplar stays as it is."""
        known = maps()
        mask = None if self.mask is None else levels_at(self.mask, side)
        return self.replaced(mask=mask, **{name: known[name].resample(one, side) for name, one in self.maps.items()})
