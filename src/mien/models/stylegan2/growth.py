"""Growing a network to twice the resolution: every layer that both have is kept, only the new block starts afresh."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import nn

from mien.models.stylegan2.discriminator import Discriminator
from mien.models.stylegan2.generator import Generator
from mien.models.stylegan2.posterior import Posterior
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


def grow_discriminator(small: Discriminator) -> Discriminator:
    """A discriminator of twice the resolution with the weights of ``small``, except its layer that reads RGB."""
    grown = Discriminator(replace(small.config, resolution=2 * small.config.resolution))
    copy_common(small, grown)
    return grown


def grow_posterior(small: Posterior) -> Posterior:
    """The same for a posterior."""
    grown = Posterior(replace(small.config, resolution=2 * small.config.resolution), small.z_dim)
    copy_common(small, grown)
    return grown


@torch.no_grad()
def copy_common(source: nn.Module, target: nn.Module) -> None:
    """Copies every weight that has a namesake of the same shape, except those that read RGB."""
    into = target.state_dict()
    for name, value in source.state_dict().items():
        if name in into and into[name].shape == value.shape and not name.startswith("from_rgb."):
            into[name].copy_(value)
