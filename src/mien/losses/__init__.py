"""One file per loss, the equation above the formula."""

from mien.losses.hinge import hinge_critic, hinge_generator
from mien.losses.logistic import logistic_critic, logistic_generator
from mien.losses.path_length import path_length_penalty, path_lengths
from mien.losses.r1 import r1_penalty

__all__ = [
    "hinge_critic",
    "hinge_generator",
    "logistic_critic",
    "logistic_generator",
    "path_length_penalty",
    "path_lengths",
    "r1_penalty",
]
