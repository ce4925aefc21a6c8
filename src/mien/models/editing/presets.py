"""Whole editors as data: the generator and the four networks around it; each preset derives from another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mien.errors import ConfigError
from mien.models import stylegan2
from mien.models.editing.aggregation import AggregationConfig
from mien.models.editing.latent_warping import LatentWarpingConfig
from mien.models.editing.refinement import RefinementConfig
from mien.models.editing.style_encoder import StyleEncoderConfig
from mien.models.stylegan2 import DiscriminatorConfig, GeneratorConfig


@dataclass(frozen=True)
class EditorConfig:
    """The networks of an editor, in agreement with each other.

    Attributes:
        generator: G and f; its maps up to the editor's resolution are the facial feature bank.
        encoder: E.
        warping: W.
        aggregation: A.
        refinement: R.
        discriminator: D, in training alone: it is not saved with the others.
    """

    generator: GeneratorConfig
    encoder: StyleEncoderConfig
    warping: LatentWarpingConfig
    aggregation: AggregationConfig
    refinement: RefinementConfig
    discriminator: DiscriminatorConfig

    def __post_init__(self) -> None:
        g, e, w, r = self.generator, self.encoder, self.warping, self.refinement
        agreements = {
            "number of codes": g.codes == e.codes == w.codes == r.codes,
            "length of a code": g.w_dim == e.w_dim == w.w_dim == r.w_dim,
            "channels of the modalities": sum(self.aggregation.modalities) == e.inputs,
            "resolution": e.side == r.resolution == self.discriminator.resolution,
            "width of the aggregated map": self.aggregation.width == r.inputs,
            "widths of the feature bank": r.bank_channels == bank_channels(g, r.resolution),
        }
        for what, agreed in agreements.items():
            if not agreed:
                raise ConfigError(f"The editor's networks do not agree in the {what}; take the numbers of a preset.")

    @property
    def modalities(self) -> tuple[str, ...]:
        """Names of the modalities that the networks see, in the order of their channels."""
        return self.aggregation.names

    @property
    def resolution(self) -> int:
        """Side of the edited picture, pixels."""
        return self.refinement.resolution

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        parts = ("generator", "encoder", "warping", "aggregation", "refinement", "discriminator")
        return {part: getattr(self, part).to_dict() for part in parts}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> EditorConfig:
        """The inverse of :meth:`to_dict`; older folders say nothing about the discriminator.

        Raises:
            ConfigError: a part or a setting is missing, or the parts do not agree.
        """
        try:
            refinement = RefinementConfig.from_dict(values["refinement"])
            discriminator = values.get("discriminator")
            return cls(
                generator=GeneratorConfig.from_dict(values["generator"]),
                encoder=StyleEncoderConfig.from_dict(values["encoder"]),
                warping=LatentWarpingConfig.from_dict(values["warping"]),
                aggregation=AggregationConfig.from_dict(values["aggregation"]),
                refinement=refinement,
                discriminator=narrow_discriminator(refinement.resolution)
                if discriminator is None
                else DiscriminatorConfig.from_dict(discriminator),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"The editor's configuration is incomplete ({error}); take that of a preset.") from error


def bank_channels(generator: GeneratorConfig, resolution: int) -> tuple[int, ...]:
    """Channels of the generator's maps at 4, 8, ..., ``resolution``; 0 beyond its own."""
    levels = resolution.bit_length() - 2
    return tuple(generator.channels(4 << i) if 4 << i <= generator.resolution else 0 for i in range(levels))


def narrow_discriminator(resolution: int) -> DiscriminatorConfig:
    """For a small set, beside exact losses: 0.9 million parameters, where config-f at 256 px has 28.9."""
    return DiscriminatorConfig(resolution, channel_base=1024, channel_max=128)


def paper_256() -> EditorConfig:
    """The paper's: a config-f generator for 1024 px (18x512 codes), all else at 256 px, decoder as wide as the bank."""
    generator = stylegan2.ffhq_1024()
    widths = bank_channels(generator, 256)
    codes, w_dim = generator.codes, generator.w_dim
    return EditorConfig(
        generator=generator,
        encoder=StyleEncoderConfig(side=256, inner_side=256, codes=codes, w_dim=w_dim, trunk="ir-se50"),
        warping=LatentWarpingConfig(codes=codes, w_dim=w_dim),
        aggregation=AggregationConfig(),
        refinement=RefinementConfig(inputs=64, channels=widths, bank_channels=widths, w_dim=w_dim, codes=codes),
        discriminator=DiscriminatorConfig(256),
    )


def portrait_128() -> EditorConfig:
    """The bundle's editor at 128 px: about eight million parameters without the generator; gates with 1x1 kernels."""
    small = with_generator(paper_256(), stylegan2.portrait_128(), channels=(128, 128, 96, 64, 48, 32))
    return replace(
        small,
        encoder=replace(
            small.encoder, trunk="light", widths=(32, 64, 96, 192, 256), grid=8, grid_channels=32, coarse=3, middle=6
        ),
        aggregation=replace(small.aggregation, width=16, hidden=16, score_stride=2),
        refinement=replace(small.refinement, inputs=16, global_dim=128, gate_kernel=1),
        discriminator=narrow_discriminator(128),
    )


def portrait_64() -> EditorConfig:
    """:func:`portrait_128` without its last level, around the same generator: training starts there, being faster.

    The style encoder is that of 128 px; it looks at enlarged layers.
    """
    large = portrait_128()
    r = large.refinement
    small = replace(r, channels=r.channels[:-1], bank_channels=r.bank_channels[:-1])
    encoder, critic = replace(large.encoder, side=64), replace(large.discriminator, resolution=64)
    return replace(large, encoder=encoder, refinement=small, discriminator=critic)


def portrait_256() -> EditorConfig:
    """:func:`portrait_128` with one more level, around the same generator: the style encoder, too, still sees 128 px.

    What both have keeps its names and shapes. The last level has no bank: a generator of 256 px costs four times as
    much to train, and adds eight channels of fine texture.
    """
    small = portrait_128()
    return with_generator(small, small.generator, channels=(*small.refinement.channels, 16))


def with_generator(editor: EditorConfig, generator: GeneratorConfig, channels: tuple[int, ...]) -> EditorConfig:
    """The same editor around another generator, with these channels at 4, 8, ... px up to the editor's resolution."""
    codes, w_dim = generator.codes, generator.w_dim
    resolution = 2 << len(channels)
    inner_side = min(editor.encoder.inner_side, resolution)
    bank = bank_channels(generator, resolution)
    return replace(
        editor,
        generator=generator,
        encoder=replace(editor.encoder, side=resolution, inner_side=inner_side, codes=codes, w_dim=w_dim),
        warping=replace(editor.warping, codes=codes, w_dim=w_dim),
        refinement=replace(editor.refinement, channels=channels, bank_channels=bank, codes=codes, w_dim=w_dim),
        discriminator=replace(editor.discriminator, resolution=resolution),
    )


def with_modalities(editor: EditorConfig, channels: Mapping[str, int]) -> EditorConfig:
    """The same editor for other modalities: how many channels each takes, in their order, the image first."""
    return replace(
        editor,
        encoder=replace(editor.encoder, inputs=sum(channels.values())),
        aggregation=replace(editor.aggregation, modalities=tuple(channels.values()), names=tuple(channels)),
    )


def lite(editor: EditorConfig) -> EditorConfig:
    """The same editor with a cheaper refinement: half the channels, to a multiple of 16, and gates with 1x1 kernels."""
    narrow = tuple(-(-channels // 32) * 16 for channels in editor.refinement.channels)
    return replace(editor, refinement=replace(editor.refinement, channels=narrow, gate_kernel=1))


PRESETS: dict[str, Callable[[], EditorConfig]] = {
    "paper-256": paper_256,
    "paper-256-lite": lambda: lite(paper_256()),
    "portrait-64": portrait_64,
    "portrait-128": portrait_128,
    "portrait-128-lite": lambda: lite(portrait_128()),
    "portrait-256": portrait_256,
    "portrait-256-lite": lambda: lite(portrait_256()),
}
