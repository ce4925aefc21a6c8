"""Which network a list of named weights belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import torch
from torch import Tensor, nn

from mien.errors import CorruptCheckpointError, UnknownCheckpointError
from mien.evaluation.files import ARCFACE, INCEPTION, LPIPS_SQUEEZE, VGG16, Known
from mien.evaluation.networks.arcface import ArcFace
from mien.evaluation.networks.inception import Inception
from mien.evaluation.networks.squeezenet import LpipsSqueeze
from mien.evaluation.networks.vgg import Vgg16

Embed = Callable[[Tensor], Tensor]
"""(B, 3, S, S) in [-1, 1] -> (B, D)."""

State = Mapping[str, Tensor]
Network = TypeVar("Network", bound=nn.Module)


def build_features(state: State, source: str, device: torch.device) -> tuple[Embed, Known]:
    """The feature network that the names of the weights tell, filled with them, and what it is called.

    The widths are read off the weights, so that small files of the same layout work, too.

    Raises:
        UnknownCheckpointError: no layout has such names.
        CorruptCheckpointError: weights are missing or of the wrong shape.
    """
    if "Mixed_7c.branch_pool.conv.weight" in state:
        unit = _length(state, "Conv2d_1a_3x3.bn.weight", source) // 2
        network: nn.Module = Inception(max(unit, 1), _length(state, "fc.bias", source))
        return _fill(network, state, source, device), INCEPTION
    if "features.28.weight" in state and "classifier.3.weight" in state:
        lengths = (_length(state, f"{layer}.bias", source) for layer in ("features.0", "classifier.3", "classifier.6"))
        return _fill(Vgg16(*lengths), state, source, device), VGG16
    if "body.23.res_layer.5.fc2.weight" in state:
        unit, length = _length(state, "input_layer.1.bias", source), _length(state, "output_layer.3.bias", source)
        return _fill(ArcFace(max(unit, 16), length), state, source, device), ARCFACE
    if is_lpips(state):
        return build_lpips(state, source, device).pooled, replace(LPIPS_SQUEEZE, label="pooled LPIPS-squeeze")
    first = next(iter(state), "nothing")
    raise UnknownCheckpointError(
        f"{source} holds weights of no layout that is known here ({first}, ...); "
        "give Inception, VGG-16, ArcFace or LPIPS weights, or TorchScript."
    )


def is_lpips(state: State) -> bool:
    """Whether these are SqueezeNet's weights with LPIPS's heads."""
    return "lpips.lin0.model.1.weight" in state and "features.3.squeeze.weight" in state


def build_lpips(state: State, source: str, device: torch.device) -> LpipsSqueeze:
    """LPIPS-squeeze, filled.

    Raises:
        CorruptCheckpointError: weights are missing or of the wrong shape.
    """
    return _fill(LpipsSqueeze(), state, source, device)


def _length(state: State, name: str, source: str) -> int:
    """Of a vector among the weights."""
    if name not in state or state[name].ndim != 1 or not len(state[name]):
        raise CorruptCheckpointError(f"{source} does not fit its layout: {name} is missing or empty; fetch it again.")
    return len(state[name])


def _fill(network: Network, state: State, source: str, device: torch.device) -> Network:
    try:
        network.load_state_dict(dict(state))
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:300]
        raise CorruptCheckpointError(f"{source} does not fit its layout: {reason}; fetch it again.") from error
    return network.eval().requires_grad_(False).to(device)
