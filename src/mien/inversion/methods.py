"""The methods of inversion by name. A new one is a file beside this one, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from mien.errors import ConfigError

if TYPE_CHECKING:
    from mien.inversion.base import Inverter, Means

METHODS: Mapping[str, str] = {
    "encoder": "encoder:by_encoder",
    "hyper": "hyper:by_hypernetwork",
    "features": "features:by_features",
    "optimise": "optimise:by_descent",
    "pti": "pti:by_tuning",
}
"""What makes the inverter, by name; modules are imported when they are used."""


def load_inverter(method: str, means: Means) -> Inverter:
    """What inverts by a method.

    Raises:
        ConfigError: there is no such method, or something is missing that it needs.
        CheckpointError: a network cannot be read.
    """
    if method not in METHODS:
        raise ConfigError(f"There is no method {method!r}; choose {', '.join(METHODS)}.")
    module, _, name = METHODS[method].partition(":")
    make: Callable[[Means], Inverter] = getattr(import_module(f"mien.inversion.{module}"), name)
    return make(means)
