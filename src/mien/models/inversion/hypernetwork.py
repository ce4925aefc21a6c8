"""A hypernetwork: a picture and what the generator made of its codes -> other weights of the generator.

After HyperStyle (Alaluf et al., 2022). For the 3x3 kernels w (O, I, 3, 3) of every modulated convolution

    w' = w·(1 + Δ),   Δ (O, I), one number for a whole kernel

There Δ comes out of a linear layer; here it is a product of two thin matrices, Δ = Σ_r a_r b_rᵀ, which needs a
hundredth of the weights. As there, toRGB layers keep their weights, and a second pass sees what the first one made.

Legend: B batch, S side, O and I channels of a convolution, K rank.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mien.models.editing.style_encoder import LightTrunk
from mien.models.inversion.trunk import seen
from mien.models.perception.config import NetworkConfig
from mien.models.stylegan2 import Generator
from mien.models.stylegan2.config import GeneratorConfig
from mien.models.stylegan2.layers import EqualLinear

STRENGTH = 0.1
"""Of Δ at the start of training, beside what the heads give."""


@dataclass(frozen=True)
class HyperConfig(NetworkConfig):
    """What builds a :class:`HyperNetwork`.

    Attributes:
        side: S.
        layers: (O, I) of the convolutions, one after the other.
        rank: K.
        hidden: numbers that tell all about the picture.
        widths: of the trunk at strides 2, 4, 8, 16, 32.
    """

    side: int
    layers: tuple[int, ...]
    rank: int = 8
    hidden: int = 384
    widths: tuple[int, int, int, int, int] = (24, 48, 96, 128, 192)

    @classmethod
    def of(cls, generator: GeneratorConfig) -> HyperConfig:
        """For such a generator."""
        sizes: list[int] = []
        for r in generator.resolutions:
            o = generator.channels(r)
            sizes += [o, o] if r == generator.resolutions[0] else [o, generator.channels(r // 2), o, o]
        return cls(generator.resolution, tuple(sizes))


class HyperNetwork(nn.Module):
    """See the top of the file. At the start of training all Δ are 0."""

    def __init__(self, config: HyperConfig) -> None:
        super().__init__()
        self.config = config
        self.trunk = LightTrunk(6, config.widths)
        coarse = config.side // 32
        self.hidden = EqualLinear(config.widths[4] * coarse * coarse, config.hidden, activate=True)
        self.pairs = list(zip(config.layers[::2], config.layers[1::2], strict=True))
        self.outputs = nn.ModuleList(EqualLinear(config.hidden, o * config.rank) for o, _ in self.pairs)
        self.inputs = nn.ModuleList(EqualLinear(config.hidden, i * config.rank) for _, i in self.pairs)
        with torch.no_grad():
            for head in self.outputs:
                head.weight.zero_()  # type: ignore[operator]

    def forward(self, picture: Tensor, rebuilt: Tensor) -> list[Tensor]:
        """Two times (B, 3, S, S) in [-1, 1] -> Δ (B, O, I) of each convolution, float32."""
        found: Tensor = self.hidden(self.trunk(seen(picture, rebuilt))[0].float().flatten(1))
        scale, rank = STRENGTH / math.sqrt(self.config.rank), self.config.rank
        deltas = []
        for (o, i), left, right in zip(self.pairs, self.outputs, self.inputs, strict=True):
            a, b = left(found).view(-1, o, rank), right(found).view(-1, rank, i)
            deltas.append(scale * torch.bmm(a, b))
        return deltas


def tuned_weights(generator: Generator, deltas: list[Tensor]) -> dict[str, Tensor]:
    """w·(1 + Δ) by the name of the parameter of ``generator.synthesis``; Δ (O, I) of one picture each."""
    weights = convolutions(generator)
    assert len(weights) == len(deltas), f"{len(deltas)} deltas for {len(weights)} convolutions"
    return {
        name: weight * (1 + delta[:, :, None, None])
        for (name, weight), delta in zip(weights.items(), deltas, strict=True)
    }


def convolutions(generator: Generator) -> Mapping[str, Tensor]:
    """Kernels (O, I, 3, 3) of all modulated convolutions but toRGB, by name, in the order in which they are used."""
    found = dict(generator.synthesis.named_parameters())
    names = [f"blocks.{r}.{conv}.weight" for r in generator.config.resolutions for conv in ("conv0", "conv1")]
    return {name: found[name] for name in names if name in found}


def drawn_with(generator: Generator, w_plus: Tensor, deltas: list[Tensor]) -> Tensor:
    """W+ (B, L, C) and Δ (B, O, I) of each convolution -> (B, 3, R, R); each picture by weights that are its alone."""
    pictures = []
    for row in range(len(w_plus)):
        weights = tuned_weights(generator, [delta[row] for delta in deltas])
        given = (w_plus[row : row + 1], "const")
        pictures.append(torch.func.functional_call(generator.synthesis, weights, given))
    return torch.cat(pictures)
