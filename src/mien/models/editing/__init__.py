"""FACEMUG's networks around a StyleGAN2 generator (the facial feature bank)."""

from mien.models.editing.aggregation import Aggregation, AggregationConfig
from mien.models.editing.latent_warping import LatentWarping, LatentWarpingConfig
from mien.models.editing.networks import EditorNetworks, Painter
from mien.models.editing.presets import (
    PRESETS,
    EditorConfig,
    lite,
    paper_256,
    portrait_128,
    portrait_256,
    with_generator,
    with_modalities,
)
from mien.models.editing.refinement import EncoderFeatures, Refinement, RefinementConfig
from mien.models.editing.style_encoder import StyleEncoder, StyleEncoderConfig

__all__ = [
    "PRESETS",
    "Aggregation",
    "AggregationConfig",
    "EditorConfig",
    "EditorNetworks",
    "EncoderFeatures",
    "LatentWarping",
    "LatentWarpingConfig",
    "Painter",
    "Refinement",
    "RefinementConfig",
    "StyleEncoder",
    "StyleEncoderConfig",
    "lite",
    "paper_256",
    "portrait_128",
    "portrait_256",
    "with_generator",
    "with_modalities",
]
