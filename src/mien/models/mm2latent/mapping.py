"""MM2Latent's mapping network: whatever is given of a face -> a code of StyleGAN2.

One network serves all subsets: what is not given is a learned token. `PairMapping` is the paper's form: one network for
each pair, for comparison.

Legend: B batch, L W+ codes, C length of a code, T length of text, S side of maps.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.mm2latent.config import MODALITIES, SPATIAL, MappingConfig
from mien.models.mm2latent.encoders import SpatialEncoder
from mien.models.mm2latent.render import render
from mien.models.stylegan2.layers import EqualLinear

DEGREES = 15.0
"""Unit of angles."""


@dataclass
class Given:
    """What a face is made of; what is not given may hold anything.

    Attributes:
        semantic: (B, 19, 64, 64) shares of the classes, 0 for all where nothing is said.
        sketch: (B, 1, 128, 128) in [0, 1].
        geometry: (B, 5, 32, 32), see :func:`mien.models.mm2latent.render.render`.
        pose: (B, 2) yaw and pitch, degrees.
        text: (B, T).
        present: (B, 5) 1 for what is given, in the order of :data:`MODALITIES`.
        noise: (B, noise) Gaussian.
    """

    semantic: Tensor
    sketch: Tensor
    geometry: Tensor
    pose: Tensor
    text: Tensor
    present: Tensor
    noise: Tensor

    def tensors(self) -> tuple[Tensor, ...]:
        """In the order of the fields."""
        return tuple(getattr(self, one.name) for one in fields(self))


class ResidualLayer(nn.Module):
    """x + W₂ φ(W₁ LN(x)); starts as the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.first, self.second = nn.Linear(width, width), nn.Linear(width, width)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(B, width) -> the same."""
        y: Tensor = x + self.second(F.leaky_relu(self.first(self.norm(x)), 0.2)).float()
        return y


class Conditioned(nn.Module):
    """What both forms share: encoders, the mesh, and the place and scale of codes."""

    triangles: Tensor
    w_mean: Tensor
    w_scale: Tensor
    centres: Tensor

    def __init__(self, config: MappingConfig) -> None:
        super().__init__()
        self.config = config
        self.encoders = nn.ModuleDict({name: SpatialEncoder(one) for name, one in config.encoders.items()})
        self.register_buffer("triangles", torch.zeros(config.triangles, 3))
        self.register_buffer("w_mean", torch.zeros(config.w_dim))
        self.register_buffer("w_scale", torch.ones(config.w_dim))
        self.register_buffer("centres", torch.zeros(config.centres, config.w_dim))

    def maps(self, given: Given, name: str) -> Tensor:
        """What the encoder of a modality sees."""
        maps: Tensor = getattr(given, name)
        return maps

    def rendered(self, points: Tensor) -> Tensor:
        """A mesh (B, 478, 3) as maps of geometry."""
        return render(points.float(), self.triangles, self.config.encoders["geometry"].side)

    def scaled(self, code: Tensor) -> Tensor:
        """From unit scale to the generator's, (B, C) or (B, L, C)."""
        return self.w_mean + self.w_scale * code.float()

    def standard(self, w: Tensor) -> Tensor:
        """The inverse."""
        return (w - self.w_mean) / self.w_scale


class MultimodalMapping(Conditioned):
    """One network for every subset of :data:`MODALITIES`."""

    def __init__(self, config: MappingConfig) -> None:
        super().__init__(config)
        sizes = {**{name: one.code for name, one in config.encoders.items()}, "pose": 2, "text": config.text}
        self.project = nn.ModuleDict({name: nn.Linear(sizes[name], config.hidden) for name in MODALITIES})
        self.missing = nn.ParameterDict({name: nn.Parameter(torch.randn(config.hidden) * 0.1) for name in MODALITIES})
        self.noise = nn.Linear(config.noise, config.hidden, bias=False)
        self.blocks = nn.Sequential(*(ResidualLayer(config.hidden) for _ in range(config.blocks)))
        self.out = nn.Sequential(
            nn.LayerNorm(config.hidden), nn.Linear(config.hidden, config.w_dim * (config.codes if config.plus else 1))
        )

    def seen(self, given: Given) -> Tensor:
        """All that is given, or its tokens, as one vector (B, hidden), without the noise."""
        flags = given.present.unbind(1)
        codes = {name: self._code(given, name, flag) for name, flag in zip(SPATIAL, flags, strict=False)}
        codes |= {"pose": given.pose / DEGREES, "text": given.text}
        parts = [
            torch.where(flag[:, None] > 0.5, self.project[name](codes[name]).float(), self.missing[name])
            for name, flag in zip(MODALITIES, flags, strict=True)
        ]
        return torch.stack(parts).sum(0)

    def _code(self, given: Given, name: str, flag: Tensor) -> Tensor:
        """Of an encoder; while training, of what is given alone: that saves more than half of the time."""
        maps = self.maps(given, name)
        if not self.training:
            code: Tensor = self.encoders[name](maps)
            return code
        rows = (flag > 0.5).nonzero()[:, 0]
        found = torch.zeros(len(maps), self.config.encoders[name].code, device=maps.device)
        return found.index_copy(0, rows, self.encoders[name](maps[rows])) if len(rows) else found

    def mapped(self, seen: Tensor, noise: Tensor) -> Tensor:
        """:meth:`seen` and noise -> codes of unit scale, (B, C) or (B, L, C)."""
        code: Tensor = self.out(self.blocks(seen + self.noise(noise).float()))
        return code.reshape(len(code), -1, self.config.w_dim) if self.config.plus else code

    def forward(self, given: Given) -> Tensor:
        """(B, C), or (B, L, C) of a network of W+."""
        return self.scaled(self.mapped(self.seen(given), given.noise))


class PairMapping(Conditioned):
    """The paper's form: unit text and spatial code, concatenated -> batch norm, dropout, 12 equalized layers -> w.

    Text and the one modality are always there; noise has no effect.
    """

    LAYERS = 12

    def __init__(self, config: MappingConfig) -> None:
        super().__init__(config)
        width = config.text + config.encoders[config.pair].code
        sizes = [width, *[config.hidden] * (self.LAYERS - 1)]
        self.norm, self.drop = nn.BatchNorm1d(width), nn.Dropout(0.5)
        layers = [EqualLinear(a, b, activate=True) for a, b in pairwise(sizes)]
        self.layers = nn.Sequential(*layers, EqualLinear(sizes[-1], config.w_dim, activate=True))

    def seen(self, given: Given) -> Tensor:
        """Text and spatial code."""
        code = self.encoders[self.config.pair](self.maps(given, self.config.pair))
        return torch.cat([F.normalize(given.text, dim=1), F.normalize(code, dim=1)], 1)

    def mapped(self, seen: Tensor, noise: Tensor) -> Tensor:
        """See :class:`MultimodalMapping`."""
        code: Tensor = self.layers(self.drop(self.norm(seen)))
        return code

    def forward(self, given: Given) -> Tensor:
        """(B, C)."""
        return self.scaled(self.mapped(self.seen(given), given.noise))


Mapping = MultimodalMapping | PairMapping


def build_mapping(config: MappingConfig) -> Mapping:
    """The network of a configuration."""
    return MultimodalMapping(config) if config.form == "one" else PairMapping(config)


class MappingGraph(nn.Module):
    """A network with everything as a tensor of its own, for export: meshes are rendered inside, noise is given."""

    def __init__(self, network: Mapping) -> None:
        super().__init__()
        for name, child in network.named_children():
            self.add_module(name, child)
        for name, value in network.named_buffers(recurse=False):
            self.register_buffer(name, value)
        self._whole = (network,)  # no child: weights keep their names

    def forward(
        self,
        semantic: Tensor,
        sketch: Tensor,
        points: Tensor,
        pose: Tensor,
        text: Tensor,
        present: Tensor,
        noise: Tensor,
    ) -> Tensor:
        """As :class:`Given`, with points (B, 478, 3) -> (B, C), or (B, L, C) of a network of W+."""
        (network,) = self._whole
        code: Tensor = network(Given(semantic, sketch, network.rendered(points), pose, text, present, noise))
        return code
