"""Inversion: a picture in the terms of a fixed generator, as codes, other weights, or maps beside its own."""

from mien.models.inversion.features import FeatureNetworks, FeaturesConfig
from mien.models.inversion.hypernetwork import HyperConfig, HyperNetwork, drawn_with, tuned_weights
from mien.models.inversion.inverted import Follower, Inverted, drawn, tuned
from mien.models.inversion.strokes import SketchConfig, SketchEncoder

__all__ = [
    "FeatureNetworks",
    "FeaturesConfig",
    "Follower",
    "HyperConfig",
    "HyperNetwork",
    "Inverted",
    "SketchConfig",
    "SketchEncoder",
    "drawn",
    "drawn_with",
    "tuned",
    "tuned_weights",
]
