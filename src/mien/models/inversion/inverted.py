"""A photo in a generator's terms, and the picture that the generator makes of it.

Legend: L W+ codes, C length of a code, M channels of a map, R resolution, N channels of StyleSpace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

from mien.models.stylegan2 import Features, Generator


@dataclass(frozen=True, eq=False)
class Inverted:
    """What a method of inversion found.

    Attributes:
        codes: (L, C) W+.
        method: that found them.
        weights: parameters and noise maps of ``generator.synthesis``, by name, that take the place of its values.
        residuals: (M, R, R) by resolution, added to the generator's maps.
        generator: fingerprint of the generator that all of this belongs to.
        origin: name of its folder, as it was given.
    """

    codes: Tensor
    method: str
    weights: Mapping[str, Tensor] = field(default_factory=dict)
    residuals: Mapping[int, Tensor] = field(default_factory=dict)
    generator: str = ""
    origin: str = ""


class Follower(Protocol):
    """What lets maps follow an edit of the codes; see :class:`mien.models.inversion.FeatureNetworks`."""

    def follow(self, residual: Tensor, before: Tensor, after: Tensor) -> Tensor:
        """ΔF_e (B, M, R, R) out of ΔF, F(w) and F(w_e) of the same shape."""


def drawn(
    generator: Generator,
    inverted: Inverted,
    codes: Tensor | None = None,
    shift: Tensor | None = None,
    follower: Follower | None = None,
) -> Tensor:
    """The picture (1, 3, R, R), nominally in [-1, 1], with the stored noise.

    Args:
        generator: that the inversion belongs to.
        inverted: see there.
        codes: (L, C) after an edit; None for those that were found.
        shift: (N,) is added to StyleSpace.
        follower: takes the residuals along with the edit; None leaves them as they are.
    """
    w = inverted.codes if codes is None else codes
    moved = None if shift is None else shift[None]
    residuals: Features = {at: one[None].to(w) for at, one in inverted.residuals.items()}
    if residuals and follower is not None and not (codes is None and shift is None):
        _, before = _synthesised(generator, inverted, inverted.codes)
        _, after = _synthesised(generator, inverted, w, moved)
        residuals = {at: follower.follow(one, before[at], after[at]) for at, one in residuals.items()}
    return _synthesised(generator, inverted, w, moved, residuals)[0]


def tuned(generator: Generator, inverted: Inverted) -> Generator:
    """The generator with the inversion's weights in place of its own; it is changed, and returned."""
    state = generator.synthesis.state_dict()
    unknown = [
        name for name, value in inverted.weights.items() if name not in state or state[name].shape != value.shape
    ]
    if unknown:
        raise ValueError(f"{unknown[0]} is no parameter of the generator, or has another shape")
    generator.synthesis.load_state_dict({**state, **inverted.weights})
    return generator


def _synthesised(
    generator: Generator,
    inverted: Inverted,
    codes: Tensor,
    shift: Tensor | None = None,
    residuals: Features | None = None,
) -> tuple[Tensor, Features]:
    more = {"features": True, "shift": shift, "residuals": residuals}
    made: tuple[Tensor, Features] = torch.func.functional_call(
        generator.synthesis, dict(inverted.weights), (codes[None], "const"), more
    )
    return made
