"""Photos to the codes that a mapping network moves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from mien.checkpoints.hub import DEFAULT as EDITOR
from mien.checkpoints.store import BUNDLED, load_config
from mien.engine.mapping import KIND
from mien.engine.painting import PaintingGraphs
from mien.errors import ConfigError
from mien.pixels import to_planes
from mien.types import Float32, UInt8

Invert = Callable[[UInt8], Float32]
"""Crops (B, S, S, 3) -> codes (B, L, C) of the mapping network's generator."""


def encoder_of(folder: Path) -> Invert:
    """The bundled editor's encoder.

    Raises:
        ConfigError: the network is of another generator than the bundled one.
    """
    if load_config(folder, KIND).get("generator") != "portrait-generator":
        raise ConfigError(
            f"{folder.name} maps to another generator, for which no encoder of photos is known here; "
            "give the photo's codes (--code, which 'mien invert' writes)."
        )
    graphs = PaintingGraphs(BUNDLED / EDITOR)

    def encode(crops: UInt8) -> Float32:
        planes = to_planes(crops)
        layers = np.zeros((len(planes), graphs.layers, *planes.shape[2:]), np.float32)
        layers[:, :3] = planes
        return graphs.codes(layers)

    return encode
