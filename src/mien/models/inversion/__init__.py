"""Inversion: a picture in the terms of a fixed generator, as codes, other weights, or maps beside its own."""

from mien.models.inversion.features import FeatureNetworks, FeaturesConfig
from mien.models.inversion.hypernetwork import HyperConfig, HyperNetwork, drawn_with, tuned_weights
from mien.models.inversion.inverted import Follower, Inverted, drawn, tuned

__all__ = [
    "FeatureNetworks",
    "FeaturesConfig",
    "Follower",
    "HyperConfig",
    "HyperNetwork",
    "Inverted",
    "drawn",
    "drawn_with",
    "tuned",
    "tuned_weights",
]
