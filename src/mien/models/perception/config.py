"""What the configurations of the perception networks share: the way to JSON and back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

from mien.errors import ConfigError

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
