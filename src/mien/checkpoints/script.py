"""TorchScript files: networks that someone else defined, as they are stored."""

from __future__ import annotations

from pathlib import Path

import torch

from mien.errors import CorruptCheckpointError, UnknownCheckpointError


def load_script(file: Path, device: torch.device) -> torch.jit.ScriptModule:
    """A TorchScript network: evaluation mode, no gradients for its weights.

    Raises:
        UnknownCheckpointError: there is no such file.
        CorruptCheckpointError: it is not TorchScript.
    """
    if not file.is_file():
        raise UnknownCheckpointError(f"{file} does not exist; give a TorchScript file.")
    try:
        network: torch.jit.ScriptModule = torch.jit.load(str(file), map_location=device)  # type: ignore[no-untyped-call]
    except RuntimeError as error:
        raise CorruptCheckpointError(f"{file} cannot be read as TorchScript; fetch or export it again.") from error
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    return network.eval()
