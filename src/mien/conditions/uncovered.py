"""The network that tells frames of glasses, and what lies behind them, in a strip around the eyes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from mien.engine import load_uncovered
from mien.types import Float32

Planes = Callable[[Float32], tuple[Float32, ...]]
"""Planes (B, 11, H, W) in [-1, 1] -> differences to the first three, and logits of frames: one array (B, 4, H, W)."""


@cache
def uncovered_network() -> Planes:
    """The network that comes with mien; loaded once."""
    return load_uncovered()
