"""What a StyleGAN2 network is made of, and the presets; each preset derives from another.

Convention:
    A *resolution* is the side of a square map or picture in pixels, a power of two.
    The number of W+ codes is L = 2·log2(resolution) − 2: one per convolution, and one for the last toRGB.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from inspect import signature
from typing import Any, Self

from mien.errors import ConfigError


class StyleGAN2Config:
    """What a generator's and a discriminator's shape have in common: channels that halve as the resolution doubles."""

    resolution: int
    channel_base: int
    channel_max: int

    def __post_init__(self) -> None:
        if self.resolution not in (32, 64, 128, 256, 512, 1024):
            raise ConfigError(f"Resolution {self.resolution} is not supported; choose a power of two from 32 to 1024.")

    @property
    def resolutions(self) -> tuple[int, ...]:
        """(4, 8, ..., resolution)."""
        return tuple(2**exponent for exponent in range(2, self.resolution.bit_length()))

    def channels(self, resolution: int) -> int:
        """Channels of the maps at that resolution."""
        return min(self.channel_base // resolution, self.channel_max)

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_dict`.

        Raises:
            ConfigError: a field is unknown or missing, or the resolution is out of range.
        """
        known = signature(cls).parameters.keys()
        if unknown := sorted(values.keys() - known):
            raise ConfigError(
                f"Unknown setting {unknown[0]!r} of {cls.__name__}; known are {', '.join(sorted(known))}."
            )
        if "resolution" not in values:
            raise ConfigError(f"{cls.__name__} needs a resolution; add it to the configuration.")
        return cls(**values)


@dataclass(frozen=True)
class GeneratorConfig(StyleGAN2Config):
    """Shape of a generator.

    Attributes:
        resolution: side of the picture in pixels, a power of two from 32 to 1024.
        z_dim: length of the Gaussian code z.
        w_dim: length of one w code.
        mapping_layers: fully connected layers between z and w.
        mapping_lr_multiplier: learning-rate multiplier of those layers.
        channel_base: channels at a resolution r are min(channel_base / r, channel_max).
        channel_max: the most channels of any layer.
        clamp: activations are limited to ± this value; None for no limit (NVIDIA's ADA networks use 256).
    """

    resolution: int
    z_dim: int = 512
    w_dim: int = 512
    mapping_layers: int = 8
    mapping_lr_multiplier: float = 0.01
    channel_base: int = 32768
    channel_max: int = 512
    clamp: float | None = None

    @property
    def codes(self) -> int:
        """L, the number of W+ codes."""
        return 2 * len(self.resolutions)

    @property
    def style_channels(self) -> tuple[int, ...]:
        """Channels of each layer of StyleSpace, in the order of :class:`mien.models.stylegan2.synthesis.Synthesis`."""
        first, *others = self.resolutions
        found = [self.channels(first)] * 2
        for resolution in others:
            found += [self.channels(resolution // 2), *[self.channels(resolution)] * 2]
        return tuple(found)

    @property
    def noises(self) -> tuple[int, ...]:
        """Resolution of each noise map, in order: (4, 8, 8, 16, 16, ...)."""
        return (4, *(r for r in self.resolutions[1:] for _ in range(2)))


@dataclass(frozen=True)
class DiscriminatorConfig(StyleGAN2Config):
    """Shape of a residual discriminator.

    Attributes:
        resolution: side of the picture in pixels, a power of two from 32 to 1024.
        channel_base: channels at a resolution r are min(channel_base / r, channel_max).
        channel_max: the most channels of any layer.
        group: pictures over which the minibatch standard deviation is taken; 1 turns it off in effect.
        clamp: activations are limited to ± this value; None for no limit.
    """

    resolution: int
    channel_base: int = 32768
    channel_max: int = 512
    group: int = 4
    clamp: float | None = None


def ffhq_1024() -> GeneratorConfig:
    """Config-f, the generator of the StyleGAN2 paper (Karras et al., 2020)."""
    return GeneratorConfig(resolution=1024)


def paper_256() -> GeneratorConfig:
    """NVIDIA's "paper256": 256 px and half of config-f's channels per resolution."""
    return replace(ffhq_1024(), resolution=256, channel_base=16384)


def portrait_128() -> GeneratorConfig:
    """The bundle's generator at 128 px: about 1.1 million parameters."""
    return GeneratorConfig(resolution=128, z_dim=128, w_dim=128, mapping_layers=4, channel_base=2048, channel_max=128)


def portrait_256() -> GeneratorConfig:
    """:func:`portrait_128` grown by one block: the weights of all others keep their names and shapes."""
    return replace(portrait_128(), resolution=256)


def discriminator_for(generator: GeneratorConfig) -> DiscriminatorConfig:
    """The discriminator that mirrors a generator's channels."""
    return DiscriminatorConfig(
        resolution=generator.resolution,
        channel_base=generator.channel_base,
        channel_max=generator.channel_max,
        clamp=generator.clamp,
    )


PRESETS = {
    "ffhq-1024": ffhq_1024,
    "paper-256": paper_256,
    "portrait-128": portrait_128,
    "portrait-256": portrait_256,
}
