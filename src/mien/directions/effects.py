"""What directions change: faces moved along each, and every attribute measured on the way.

Legend: K faces, T strengths, A attributes, L W+ codes, C length of a code, N channels of StyleSpace, S side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mien.directions.faces import codes_of_faces, pictures_of
from mien.directions.measures import Measures
from mien.models.stylegan2 import Generator
from mien.pixels import to_tensor
from mien.quiet import without_warnings
from mien.types import Float64, UInt8

STRENGTHS = (-3, -2, -1, 0, 1, 2, 3)
REFERENCE = 64
"""Random faces among which an attribute's deviation is measured."""

RARE = {"share": 0.01}
"""Least deviation by unit: what hardly any random face has would change by many deviations otherwise."""

FIRST = 1_000_000
"""Seed of the first of them: none that somebody would look at."""


@dataclass(frozen=True, eq=False)
class Effect:
    """Attributes:
    name: of the direction.
    pictures: (K, T, S, S, 3).
    values: (K, T, A), NaN where no face was seen.
    identity: (T,) mean cosine of faces with themselves at strength 0; None where no network tells people apart.
    """

    name: str
    pictures: UInt8
    values: Float64
    identity: Float64 | None = None

    @property
    def change(self) -> Float64:
        """(T, A): mean over the faces of the change from strength 0, in the attribute's unit."""
        zero = STRENGTHS.index(0)
        with without_warnings():  # of means of nothing
            return np.asarray(np.nanmean(self.values - self.values[:, zero : zero + 1], axis=0), np.float64)

    @property
    def faces_seen(self) -> list[int]:
        """Of the K, at each strength."""
        return [int(count) for count in np.isfinite(self.values[..., 0]).sum(0)]

    def per_unit(self, deviation: Float64) -> Float64:
        """(A,): change from -1 to +1, halved, in deviations of the attribute among faces."""
        change = self.change
        low, high = STRENGTHS.index(-1), STRENGTHS.index(1)
        return np.asarray((change[high] - change[low]) / 2 / np.maximum(deviation, 1e-9), np.float64)


@dataclass(frozen=True, eq=False)
class Effects:
    """Attributes:
    units: by attribute.
    deviation: (A,) among random faces of the generator.
    effects: one per direction.
    """

    units: dict[str, str]
    deviation: Float64
    effects: Sequence[Effect]

    def facts(self) -> dict[str, Any]:
        """Ready for JSON; null where no face was seen."""
        rows = {}
        for effect in self.effects:
            change, per_unit = effect.change, effect.per_unit(self.deviation)
            rows[effect.name] = {
                "faces_seen": effect.faces_seen,
                "identity": None if effect.identity is None else [_number(value) for value in effect.identity],
                "attributes": {
                    name: {
                        "unit": unit,
                        "change": [_number(value) for value in change[:, k]],
                        "deviations_per_unit": _number(per_unit[k]),
                    }
                    for k, (name, unit) in enumerate(self.units.items())
                },
            }
        deviations = {name: _number(value) for name, value in zip(self.units, self.deviation, strict=True)}
        return {"strengths": list(STRENGTHS), "deviation_among_faces": deviations, "directions": rows}


def measure_effects(
    generator: Generator,
    codes: Tensor,
    offsets: dict[str, Tensor],
    measures: Measures,
    done: Callable[[], object] = lambda: None,
    embed: Callable[..., Tensor] | None = None,
) -> Effects:
    """Moves faces along directions.

    Args:
        generator: draws.
        codes: (K, L, C).
        offsets: (L, C), or (N,) in StyleSpace, for a strength of 1, by name.
        measures: what to measure.
        done: called after each of :func:`count_pictures` pictures.
        embed: aligned faces (B, 3, S, S) in [-1, 1] -> (B, D), to tell people apart.
    """
    reference = pictures_of(generator, codes_of_faces(generator, range(FIRST, FIRST + REFERENCE)))
    deviation = deviations(measures.of(reference, done), measures)
    effects = []
    for name, offset in offsets.items():
        steps = [pictures_of(generator, *_moved(codes, offset, strength)) for strength in STRENGTHS]
        pictures = np.stack(steps, 1)
        values = measures.of(pictures.reshape(-1, *pictures.shape[2:]), done)
        identity = None if embed is None else _identity(pictures, embed)
        effects.append(Effect(name, pictures, values.reshape(*pictures.shape[:2], -1), identity))
    return Effects(measures.units, deviation, effects)


def deviations(values: Float64, measures: Measures) -> Float64:
    """(A,) among faces (N, A), at least those of :data:`RARE`."""
    with without_warnings():
        found = np.nan_to_num(np.nanstd(values, axis=0))
    return np.asarray(np.maximum(found, [RARE.get(unit, 0.0) for unit in measures.units.values()]), np.float64)


def count_pictures(faces: int, directions: int) -> int:
    """How many pictures are measured."""
    return REFERENCE + faces * directions * len(STRENGTHS)


def _identity(pictures: UInt8, embed: Callable[..., Tensor]) -> Float64:
    """(K, T, S, S, 3) -> (T,)."""
    with torch.inference_mode():
        rows = [F.normalize(embed(to_tensor(row)).float(), dim=-1) for row in pictures]
    cosines = torch.stack([row @ row[STRENGTHS.index(0)] for row in rows])
    return np.asarray(cosines.mean(0).double().cpu().numpy(), np.float64)


def _moved(codes: Tensor, offset: Tensor, strength: float) -> tuple[Tensor, Tensor | None]:
    with torch.inference_mode():
        if offset.ndim == 2:
            return codes + strength * offset, None
        return codes, strength * offset[None]


def _number(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None
