"""The network that corrects what replaces a beard."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from mien.checkpoints.store import BUNDLED
from mien.engine import load_chin
from mien.types import Float32

Planes = Callable[[Float32], tuple[Float32, ...]]
"""Planes (B, 12, H, W) in [-1, 1] -> what R, G and B lack: one array (B, 3, H, W)."""


@cache
def chin_network() -> Planes | None:
    """The network that comes with mien, loaded once; None where it was left out of an installation."""
    folder = BUNDLED / "shaven-chin"
    return load_chin(folder) if folder.is_dir() else None
