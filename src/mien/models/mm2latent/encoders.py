"""Autoencoders of what is drawn: semantic maps, line drawings, and rendered geometry.

Legend: B batch, S side of the map, N numbers of a code.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.mm2latent.config import SpatialConfig


def _convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, padding=1), nn.LeakyReLU(0.2))


class SpatialEncoder(nn.Module):
    """(B, channels, S, S) -> (B, N): convolutions of stride 2 down to 4 pixels; no statistics over the batch."""

    def __init__(self, config: SpatialConfig) -> None:
        super().__init__()
        self.config = config
        widths = [config.channels, *config.widths]
        self.trunk = nn.Sequential(*(_convolution(a, b, 2) for a, b in pairwise(widths)))
        self.code = nn.Conv2d(widths[-1], config.kept, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """See the class; codes have unit mean square."""
        c = self.config
        assert maps.shape[1:] == (c.channels, c.side, c.side), f"expected {c}, got {tuple(maps.shape)}"
        code = self.code(self.trunk(maps)).flatten(1).float()
        scaled: Tensor = code * (code.square().mean(1, keepdim=True) + 1e-6).rsqrt()
        return scaled


class SpatialDecoder(nn.Module):
    """(B, N) -> (B, channels, S, S): the encoder's steps backwards; needed for training alone."""

    def __init__(self, config: SpatialConfig) -> None:
        super().__init__()
        self.config = config
        widths = [*config.widths[::-1], config.widths[0]]
        self.code = _convolution(config.kept, widths[0])
        self.trunk = nn.ModuleList(_convolution(a, b) for a, b in pairwise(widths))
        self.out = nn.Conv2d(widths[-1], config.channels, 1)

    def forward(self, codes: Tensor) -> Tensor:
        """See the class."""
        x = self.code(codes.reshape(len(codes), self.config.kept, 4, 4))
        for layer in self.trunk:
            x = layer(F.interpolate(x, scale_factor=2.0, mode="nearest"))
        maps: Tensor = self.out(x).float()
        return maps


class Autoencoder(nn.Module):
    """Both; what the decoder gives are logits of classes, of lines, or values, by the modality."""

    def __init__(self, config: SpatialConfig) -> None:
        super().__init__()
        self.encoder, self.decoder = SpatialEncoder(config), SpatialDecoder(config)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, channels, S, S) -> the same."""
        rebuilt: Tensor = self.decoder(self.encoder(maps))
        return rebuilt


def shares_of(labels: Tensor, side: int, classes: int = 19) -> Tensor:
    """Semantic maps as shares of classes: (B, D, D) integers -> (B, classes, side, side); what is unknown has none.

    D is a multiple of ``side``.
    """
    step = labels.shape[-1] // side
    assert labels.shape[1:] == (side * step, side * step), f"{tuple(labels.shape)} is no multiple of {side}"
    index = labels.long().clamp(max=classes)
    shares = torch.zeros(len(labels), classes + 1, side, side, device=labels.device)
    part = torch.full((len(labels), 1, side, side), 1 / step**2, device=labels.device)
    for row in range(step):
        for column in range(step):
            shares.scatter_add_(1, index[:, None, row::step, column::step], part)
    return shares[:, :classes]
