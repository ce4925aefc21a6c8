"""What words are given to the mapping network as: degrees of what a face looks like, and which of them are wanted.

A face reader's numbers, in standard deviations of the generator's samples, beside flags; or the unit vector of a model
of pictures and words.

Legend: B batch, K numbers, Q quantiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from mien.errors import ConfigError
from mien.types import Float32

QUANTILES = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98)
"""Of the generator's samples; degrees of words are places between them."""

DEGREES = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
"""The degree that each quantile stands for."""

OPEN = frozenset({"age", "masculine", "light", "wrinkles", "beard", "moustache"})
"""Numbers of which neither a map nor lines tell; nor do they of colors."""

LIMIT = 3.0
"""Numbers are cut at so many standard deviations."""


@dataclass(frozen=True)
class TextScale:
    """How numbers are scaled, or, without names, a model's vectors.

    Attributes:
        names: of the K numbers; none where words are vectors of a model.
        mean, spread: (K,) of the generator's samples.
        quantiles: (K, Q) of the same.
        length: of a model's vectors, where there are no names.
    """

    names: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()
    quantiles: tuple[tuple[float, ...], ...] = ()
    length: int = 0

    @classmethod
    def of(cls, names: tuple[str, ...], numbers: Float32) -> Self:
        """From numbers (N, K) of samples."""
        mean, spread = numbers.mean(0), numbers.std(0) + 1e-3
        table = np.quantile(numbers, QUANTILES, axis=0).T
        rows = tuple(tuple(round(float(v), 4) for v in row) for row in table)
        means, spreads = (tuple(round(float(v), 4) for v in one) for one in (mean, spread))
        return cls(names, means, spreads, rows)

    @property
    def width(self) -> int:
        """Length of what the network is given."""
        return 2 * len(self.names) if self.names else self.length

    def groups(self) -> dict[str, list[int]]:
        """Numbers that are told together, by name: a color's three, all others alone."""
        found: dict[str, list[int]] = {}
        for index, name in enumerate(self.names):
            part, dash, axis = name.rpartition("-")
            found.setdefault(part if dash and axis in ("L", "a", "b") else name, []).append(index)
        return found

    def open(self) -> list[bool]:
        """(K,) of which numbers drawings tell nothing."""
        return [name in OPEN or name[-2:] in ("-L", "-a", "-b") for name in self.names]

    def scaled(self, numbers: Any) -> Any:
        """(B, K) of the reader -> in standard deviations of the samples, cut; an array."""
        mean, spread = (np.array(one, np.float32) for one in (self.mean, self.spread))
        return np.clip((np.asarray(numbers, np.float32) - mean) / spread, -LIMIT, LIMIT)

    def at(self, name: str, degree: float) -> float:
        """The reader's number that a degree in [-2, 2] stands for."""
        row = self.quantiles[self.names.index(name)]
        return float(np.interp(degree, DEGREES, row))

    def vector(self, wanted: Mapping[str, float]) -> Float32:
        """Numbers of the reader, by name -> (2 K,)."""
        values, flags = np.array(self.mean, np.float32), np.zeros(len(self.names), np.float32)
        for name, value in wanted.items():
            index = self.names.index(name)
            values[index], flags[index] = value, 1
        joined: Float32 = np.concatenate([self.scaled(values) * flags, flags]).astype(np.float32)
        return joined

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_dict`.

        Raises:
            ConfigError: it is incomplete.
        """
        try:
            rows = tuple(tuple(float(v) for v in row) for row in values["quantiles"])
            names = tuple(str(name) for name in values["names"])
            mean, spread = (tuple(float(v) for v in values[key]) for key in ("mean", "spread"))
            made = cls(names, mean, spread, rows, int(values["length"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError("The scale of words is incomplete; fetch the folder again.") from error
        if not len(names) == len(mean) == len(spread) == len(rows) or any(len(row) != len(QUANTILES) for row in rows):
            raise ConfigError("The scale of words does not fit its names; fetch the folder again.")
        return made
