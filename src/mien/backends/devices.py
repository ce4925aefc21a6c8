"""Where networks run."""

from __future__ import annotations

import torch

from mien.errors import ConfigError


def device_of(name: str | torch.device) -> torch.device:
    """A device on which something can be computed.

    Raises:
        ConfigError: there is none of that name here.
    """
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(f"Nothing can run on '{name}' here; choose cpu, or a device that is there.") from error
    return device
