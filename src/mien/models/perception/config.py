"""Configurations of the perception networks, apart from these: what runs exported graphs needs no torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

from mien.errors import ConfigError

STRIDE = 8
"""Of the detector: pixels of the picture from one cell to the next."""

POINTS = 478
"""Landmarks of a face."""

LARGEST = 4096
"""Sides, channels, dilations and the like are below it; what claims more would take memory without end when it runs."""


@dataclass(frozen=True)
class NetworkConfig:
    """Base of a configuration whose fields are numbers and tuples of numbers.

    Raises:
        ConfigError: one of them is beyond :data:`LARGEST`.
    """

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if max(value if isinstance(value, tuple) else (value,)) > LARGEST:
                raise ConfigError(f"The configuration says {name} {value}; nothing there exceeds {LARGEST}.")

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The inverse of :meth:`to_dict`; unknown keys are ignored, so that a folder can hold more."""
        known = {key: values[key] for key in cls.__dataclass_fields__ if key in values}
        fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in known.items()}
        return cls(**fields)


@dataclass(frozen=True)
class DetectorConfig(NetworkConfig):
    """What builds a :class:`mien.models.perception.detector.DetectorNet`.

    Attributes:
        widths: channels at strides 2, 4 and 8.
        dilations: one residual block each at stride 8; they set how far a cell sees.
        side: the side of the FFHQ square that the offsets are measured in, pixels of the level; the middle of the
            octave that the network is trained for.
        range: smallest and largest side that the network is trained to find at one level, pixels.
    """

    widths: tuple[int, int, int] = (16, 32, 56)
    dilations: tuple[int, ...] = (1, 2, 1, 2)
    side: float = 56.0
    range: tuple[float, float] = (32.0, 96.0)


@dataclass(frozen=True)
class LandmarkConfig(NetworkConfig):
    """What builds a :class:`mien.models.perception.landmarks.LandmarkNet`.

    Attributes:
        size: side of the crop, pixels.
        widths: channels at strides 2, 4, 8, 16 and 32.
        blocks: residual blocks at strides 4, 8, 16 and 32.
        hidden: width of the fully connected layer.
    """

    size: int = 128
    widths: tuple[int, int, int, int, int] = (16, 40, 80, 128, 160)
    blocks: tuple[int, int, int, int] = (1, 2, 2, 1)
    hidden: int = 256


@dataclass(frozen=True)
class ParserConfig(NetworkConfig):
    """What builds a :class:`mien.models.perception.parser.ParserNet`.

    Attributes:
        size: side at which aligned faces are parsed, pixels.
        classes: K.
        widths: channels at strides 2, 4, 8, 16 and 32.
        blocks: residual blocks at strides 4, 8, 16 and 32.
        decoder: channels of the way back at strides 16, 8, 4 and 2.
    """

    size: int = 256
    classes: int = 19
    widths: tuple[int, int, int, int, int] = (16, 32, 64, 112, 144)
    blocks: tuple[int, int, int, int] = (1, 2, 2, 1)
    decoder: tuple[int, int, int, int] = (96, 64, 48, 32)


@dataclass(frozen=True)
class ReaderConfig(NetworkConfig):
    """What builds a :class:`mien.models.perception.reader.ReaderNet`.

    Attributes:
        size: side of the crop, pixels.
        widths: channels at strides 2, 4, 8, 16 and 32.
        blocks: residual blocks at strides 4, 8, 16 and 32.
        hidden: width of the fully connected layer.
        numbers: K.
    """

    size: int = 128
    widths: tuple[int, int, int, int, int] = (16, 32, 64, 96, 144)
    blocks: tuple[int, int, int, int] = (1, 2, 2, 1)
    hidden: int = 128
    numbers: int = 56


@dataclass(frozen=True)
class MatteConfig(NetworkConfig):
    """What builds a :class:`mien.models.perception.matte.MatteNet`.

    Attributes:
        planes: of its input.
        widths: channels at strides 2, 4, 8, 16 and 32.
        blocks: residual blocks at strides 4, 8, 16 and 32.
        decoder: channels of the way back at strides 16, 8, 4 and 2.
        fine: channels at the picture's own resolution.
    """

    planes: int = 6
    widths: tuple[int, int, int, int, int] = (24, 40, 64, 96, 112)
    blocks: tuple[int, int, int, int] = (1, 1, 1, 1)
    decoder: tuple[int, int, int, int] = (80, 56, 40, 32)
    fine: int = 16


@dataclass(frozen=True)
class UncoverConfig(NetworkConfig):
    """What builds a :class:`mien.models.perception.uncover.UncoverNet`.

    Attributes:
        planes: of its input.
        widths: channels at strides 2, 4, 8 and 16.
        blocks: residual blocks at strides 4, 8 and 16.
        decoder: channels of the way back at strides 8, 4 and 2.
        fine: channels at the strip's own resolution.
        channels: C of its output.
    """

    planes: int = 11
    widths: tuple[int, int, int, int] = (24, 32, 48, 48)
    blocks: tuple[int, int, int] = (1, 1, 1)
    decoder: tuple[int, int, int] = (40, 32, 24)
    fine: int = 12
    channels: int = 4


@dataclass(frozen=True)
class BorderConfig(UncoverConfig):
    """What builds a :class:`mien.models.perception.border.BorderNet`: see :class:`UncoverConfig`."""

    planes: int = 15
    fine: int = 16


@dataclass(frozen=True)
class ChinConfig(UncoverConfig):
    """What builds the :class:`mien.models.perception.uncover.UncoverNet` of lower faces: see :class:`UncoverConfig`."""

    planes: int = 12
    widths: tuple[int, int, int, int] = (16, 24, 36, 40)
    decoder: tuple[int, int, int] = (32, 24, 16)
    channels: int = 3
