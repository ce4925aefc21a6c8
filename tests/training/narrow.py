"""Networks of few channels: what training does is the same at any width."""

from __future__ import annotations

from dataclasses import replace

from mien.models.editing import EditorConfig, RefinementConfig
from mien.models.editing.presets import bank_channels, portrait_64
from mien.models.stylegan2 import DiscriminatorConfig, GeneratorConfig


def narrow_editor() -> EditorConfig:
    """An editor of 64 px with all parts, a few channels each."""
    whole, widths = portrait_64(), (16, 16, 16, 8, 8)
    generator = GeneratorConfig(resolution=64, z_dim=32, w_dim=32, mapping_layers=2, channel_base=512, channel_max=16)
    codes = {"codes": generator.codes, "w_dim": generator.w_dim}
    return replace(
        whole,
        generator=generator,
        encoder=replace(whole.encoder, **codes, widths=(8, 8, 16, 16, 32), grid=4, grid_channels=8),
        warping=replace(whole.warping, **codes, blocks=2),
        aggregation=replace(whole.aggregation, width=8, hidden=8),
        refinement=RefinementConfig(8, widths, bank_channels(generator, 64), **codes, global_dim=16, gate_kernel=1),
        discriminator=DiscriminatorConfig(64, channel_base=256, channel_max=16),
    )
