"""What MM2Latent's networks are made of, apart from these: reading a configuration needs no torch.

Legend: L W+ codes, C length of a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from mien.errors import ConfigError

SPATIAL = ("semantic", "sketch", "geometry")
"""What is drawn or placed; each has an encoder."""

MODALITIES = (*SPATIAL, "pose", "text")
"""All that a face may be made of, in the order of the flags that say what is given."""

LARGEST = 4096

TRAINED_FOR = "generator_sha256"
"""In a folder's configuration: the SHA-256 of the weights of the generator that a mapping network was trained for."""


@dataclass(frozen=True)
class SpatialConfig:
    """An encoder, and the decoder that it learns with.

    Attributes:
        channels: of the map.
        side: of the map, pixels; a power of two.
        widths: channels after every convolution of stride 2; the last map is 4 pixels wide.
        kept: channels of the code, which has 16 · ``kept`` numbers.
    """

    channels: int
    side: int
    widths: tuple[int, ...]
    kept: int = 12

    def __post_init__(self) -> None:
        if self.side != 4 << len(self.widths) or max(self.channels, self.kept, *self.widths) > LARGEST:
            raise ConfigError(f"An encoder of {len(self.widths)} steps sees maps of {4 << len(self.widths)} px.")

    @property
    def code(self) -> int:
        """Length of the code."""
        return 16 * self.kept

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Out of JSON."""
        return cls(**{**values, "widths": tuple(values["widths"])})


def spatial() -> dict[str, SpatialConfig]:
    """The encoders' shapes: semantic maps have shares of 19 classes; geometry three of normals, depth and coverage."""
    return {
        "semantic": SpatialConfig(19, 64, (24, 32, 48, 64)),
        "sketch": SpatialConfig(1, 128, (12, 24, 32, 48, 64)),
        "geometry": SpatialConfig(5, 32, (24, 32, 48)),
    }


@dataclass(frozen=True)
class MappingConfig:
    """A mapping network with its encoders.

    Attributes:
        w_dim, codes: C and L of the generator.
        text: length of what words are given as.
        plus: give L codes instead of one.
        form: "one" network for every subset, or the paper's "pair" of text and ``pair``.
        pair: of the form "pair": the spatial modality beside the text.
        hidden, blocks: width and number of the residual blocks.
        noise: length of the noise that chooses among faces that fit.
        triangles: of the mesh.
        centres: of the codes, for truncation.
        encoders: by modality.
    """

    w_dim: int
    codes: int
    text: int
    plus: bool = False
    form: str = "one"
    pair: str = "semantic"
    hidden: int = 192
    blocks: int = 4
    noise: int = 32
    triangles: int = 1
    centres: int = 1
    encoders: Mapping[str, SpatialConfig] = field(default_factory=spatial)

    def __post_init__(self) -> None:
        sizes = (self.w_dim, self.codes, self.text, self.hidden, self.blocks, self.noise, self.triangles, self.centres)
        if not all(1 <= size <= LARGEST for size in sizes) or self.form not in ("one", "pair"):
            raise ConfigError("The configuration of the mapping network is out of range; fetch its folder again.")
        if set(self.encoders) != set(SPATIAL) or self.pair not in SPATIAL:
            raise ConfigError(f"A mapping network needs encoders of {', '.join(SPATIAL)}.")

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_dict`.

        Raises:
            ConfigError: a field is unknown, missing or out of range.
        """
        try:
            encoders = {name: SpatialConfig.from_dict(one) for name, one in values["encoders"].items()}
            return cls(**{**values, "encoders": encoders})
        except (KeyError, TypeError, AttributeError) as error:
            raise ConfigError("The configuration of the mapping network has unknown or missing fields.") from error
