"""One file per loss, the equation above the formula."""

from mien.losses.codes import attribute_loss, delta_loss
from mien.losses.hinge import hinge_critic, hinge_generator
from mien.losses.logistic import logistic_critic, logistic_generator
from mien.losses.path_length import path_length_penalty, path_lengths
from mien.losses.r1 import r1_penalty
from mien.losses.similarity import directional_loss, identity_loss

__all__ = [
    "attribute_loss",
    "delta_loss",
    "directional_loss",
    "hinge_critic",
    "hinge_generator",
    "identity_loss",
    "logistic_critic",
    "logistic_generator",
    "path_length_penalty",
    "path_lengths",
    "r1_penalty",
]
