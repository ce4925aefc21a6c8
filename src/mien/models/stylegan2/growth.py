"""Growing a network to twice the resolution: every layer that both have is kept, only the new block starts afresh."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import nn

from mien.models.stylegan2.generator import Generator
from mien.models.stylegan2.synthesis import SynthesisBlock


def grow_generator(small: Generator) -> Generator:
    """A generator of twice the resolution with the weights of ``small``.

    The new block adds nothing to the picture at first, so that training starts from the up-sampled one. Codes: the
    W+ of ``small``, with two more.
    """
    grown = Generator(replace(small.config, resolution=2 * small.config.resolution))
    copy_common(small, grown)
    block = grown.synthesis.blocks[str(grown.config.resolution)]
    assert isinstance(block, SynthesisBlock)
    nn.init.zeros_(block.to_rgb.weight)
    return grown


@torch.no_grad()
def copy_common(source: nn.Module, target: nn.Module) -> None:
    """Copies every weight that has a namesake of the same shape."""
    into = target.state_dict()
    for name, value in source.state_dict().items():
        if name in into and into[name].shape == value.shape:
            into[name].copy_(value)
