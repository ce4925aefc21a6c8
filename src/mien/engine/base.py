"""The interface of a network that is ready to run, whatever runs it.

Legend: B batch, H and W sides in pixels.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from mien.types import Float32

Config = TypeVar("Config", covariant=True)


class Network(Protocol[Config]):
    """Filled with its weights, in evaluation mode.

    Attributes:
        config: what built it.
    """

    @property
    def config(self) -> Config:
        """See the class."""

    def __call__(self, images: Float32) -> tuple[Float32, ...]:
        """Runs it.

        Args:
            images: (B, 3, H, W) in [-1, 1], of a size that the network knows.

        Returns:
            its outputs, in order.
        """

    def weight(self, name: str) -> Float32:
        """One of its weights, by name."""

    def fingerprint(self) -> bytes:
        """Differs where results may differ: a hash of weights and engine, for caches."""

    def to(self, device: str) -> Network[Any]:
        """The same on another device.

        Raises:
            ConfigError: nothing of this engine, or of one that would do, runs there.
        """
