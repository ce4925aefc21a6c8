"""Where networks run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.errors import ConfigError
from mien.packages import need_torch

if TYPE_CHECKING:
    import torch


def device_of(name: str | torch.device) -> str:
    """A device on which something can be computed: "cpu", "cuda:1".

    Raises:
        ConfigError: there is none of that name here, or it needs torch, which is not installed.
    """
    if str(name) == "cpu":
        return "cpu"
    need_torch(f"Computing on '{name}'")
    import torch

    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(f"Nothing can run on '{name}' here; choose cpu, or a device that is there.") from error
    return str(device)


class Placed:
    """What is on a device and computes in a precision; torch is loaded where somebody asks for its objects."""

    _place: str = "cpu"
    _precision: torch.dtype | None = None

    @property
    def device(self) -> torch.device:
        """Where networks run."""
        import torch

        return torch.device(self._place)

    @property
    def dtype(self) -> torch.dtype:
        """What the backend computes in."""
        import torch

        return self._precision or torch.float32

    @property
    def precision(self) -> str:
        """The same in a word: "float32"."""
        return "float32" if self._precision is None else str(self._precision).removeprefix("torch.")
