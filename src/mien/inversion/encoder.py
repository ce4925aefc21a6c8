"""One pass of the style encoder (e4e: Tov et al., 2021)."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from mien.errors import ConfigError
from mien.inversion.base import Means, Report, silent
from mien.models.inversion import Inverted


@dataclass(frozen=True)
class EncoderInverter:
    """Implements :class:`mien.inversion.base.Inverter`."""

    means: Means

    def invert(self, picture: Tensor, report: Report = silent) -> Inverted:
        """See the base class."""
        return self.means.found(self.means.encoded(picture), "encoder")


def by_encoder(means: Means) -> EncoderInverter:
    """Raises ConfigError where there is no encoder."""
    if means.pair.encoder is None:
        raise ConfigError(f"{means.origin} has no encoder of photos; choose --method optimise or pti.")
    return EncoderInverter(means)
