"""The network that corrects the border of dyed hair."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from mien.engine import load_border
from mien.types import Float32

Planes = Callable[[Float32], tuple[Float32, ...]]
"""Planes (B, 15, H, W) in [-1, 1] -> what the matte, R, G and B lack: one array (B, 4, H, W)."""


@cache
def border_network() -> Planes:
    """The network that comes with mien; loaded once."""
    return load_border()
