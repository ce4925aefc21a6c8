"""StyleGAN2: mapping, synthesis, discriminator (Karras et al., 2020)."""

from mien.models.stylegan2.config import (
    PRESETS,
    DiscriminatorConfig,
    GeneratorConfig,
    discriminator_for,
    ffhq_1024,
    paper_256,
    portrait_128,
    portrait_256,
)
from mien.models.stylegan2.discriminator import Discriminator
from mien.models.stylegan2.generator import Generator, codes_of_seeds, mix_styles, random_crossover
from mien.models.stylegan2.growth import grow_generator
from mien.models.stylegan2.synthesis import Features, Noise
from mien.models.stylegan2.truncation import cluster_centres, nearest_centres, truncate

__all__ = [
    "PRESETS",
    "Discriminator",
    "DiscriminatorConfig",
    "Features",
    "Generator",
    "GeneratorConfig",
    "Noise",
    "cluster_centres",
    "codes_of_seeds",
    "discriminator_for",
    "ffhq_1024",
    "grow_generator",
    "mix_styles",
    "nearest_centres",
    "paper_256",
    "portrait_128",
    "portrait_256",
    "random_crossover",
    "truncate",
]
