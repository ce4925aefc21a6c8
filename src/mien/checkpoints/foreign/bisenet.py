"""Importer for BiSeNet face-parsing weights (``79999_iter.pth``): a bare state dict.

Keys are ``cp.{resnet,arm16,arm32,conv_head16,conv_head32,conv_avg}``, ``ffm``, ``conv_out``; the auxiliary heads
``conv_out16`` and ``conv_out32`` are dropped by name. Nothing in the file is executed.
"""

from __future__ import annotations

import pickle
from pathlib import Path

import torch
from torch import Tensor

from mien.errors import CorruptCheckpointError, UnknownCheckpointError, UnsafeCheckpointError
from mien.models.perception.bisenet import BiSeNet, BiSeNetConfig

AUXILIARY = ("conv_out16.", "conv_out32.")
_WIDTH, _CONTEXT, _CLASSES = "cp.resnet.conv1.weight", "cp.conv_avg.conv.weight", "conv_out.conv_out.weight"


def load_bisenet(path: Path) -> BiSeNet:
    """The network in evaluation mode; its widths are read off the weights. Labels come in the face-parsing order.

    Raises:
        UnknownCheckpointError: missing, or another layout.
        UnsafeCheckpointError: the file holds more than tensors.
        CorruptCheckpointError: damaged, or tensors are missing or of the wrong shape.
    """
    state = _read(path)
    if not {_WIDTH, _CONTEXT, _CLASSES} <= state.keys():
        raise UnknownCheckpointError(
            f"{path.name} is not a BiSeNet face parser: it lacks {_WIDTH}; give 79999_iter.pth."
        )
    network = BiSeNet(
        BiSeNetConfig(classes=len(state[_CLASSES]), width=len(state[_WIDTH]), context=len(state[_CONTEXT]))
    )
    kept = {name: value for name, value in state.items() if not name.startswith(AUXILIARY)}
    try:
        network.load_state_dict(kept)
    except RuntimeError as error:
        raise CorruptCheckpointError(
            f"{path.name} does not fit a BiSeNet: {' '.join(str(error).split())[:300]}"
        ) from error
    return network.eval().requires_grad_(False)


def _read(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise UnknownCheckpointError(f"{path} does not exist; give the file 79999_iter.pth.")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if "Weights only load failed" in str(error) and "GLOBAL" in str(error):
            raise UnsafeCheckpointError(f"{path.name} holds more than tensors; nothing in it was run.") from error
        raise CorruptCheckpointError(f"{path.name} cannot be read as weights; fetch it again.") from error
    except (RuntimeError, EOFError, ValueError, KeyError, OSError) as error:
        raise CorruptCheckpointError(f"{path.name} cannot be read as weights; fetch it again.") from error
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise UnknownCheckpointError(f"{path.name} is not a bare state dict; give 79999_iter.pth.")
    return {name.removeprefix("module."): value for name, value in state.items()}
