"""Pretrained TorchScript networks as fixed functions, fast enough to be trained through.

A traced TorchScript file keeps its weights as constants: it cannot be converted to bfloat16 or channels_last, and
TorchScript's own differentiation is slow on the CPU. :func:`load_frozen` traces such a file once more into an FX graph
whose constants are ordinary tensors, and replaces two operations whose backward pass is slow on the CPU: ``clamp``
(by ``hardtanh``, the same function) and strided grouped convolution in bfloat16 (by the float32 one).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor
from torch.fx import GraphModule, Node
from torch.fx.experimental.proxy_tensor import make_fx

from mien.errors import CorruptCheckpointError, UnknownCheckpointError

Maps = Sequence[Tensor]
_CONVOLUTION = torch.ops.aten._convolution.default
_CLAMP = torch.ops.aten.clamp.default


def load_script(file: Path, device: torch.device) -> torch.jit.ScriptModule:
    """A TorchScript network as it is stored: any forward pass, evaluation mode, no gradients for its weights.

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


def load_frozen(file: Path, device: torch.device, dtype: torch.dtype = torch.bfloat16) -> Callable[[Tensor], Maps]:
    """A TorchScript pyramid, pictures -> maps, as a graph that computes its convolutions in ``dtype``.

    Args:
        file: TorchScript; takes RGB (B, 3, H, W) in [-1, 1], returns a tuple of maps.
        device: where to run.
        dtype: of the convolutions; everything in front of the first one stays in float32.

    Raises:
        UnknownCheckpointError: there is no such file.
        CorruptCheckpointError: it is not TorchScript, or not a function of one picture batch of any size.
    """
    script = load_script(file, device)
    try:
        graph = make_fx(lambda picture: tuple(script(picture)))(torch.zeros(1, 3, 64, 64, device=device))
        _convert(graph, torch.float32)
        probe = torch.linspace(-1, 1, 2 * 3 * 96 * 96, device=device).reshape(2, 3, 96, 96)
        same = all(torch.allclose(a, b, rtol=1e-3, atol=1e-3) for a, b in zip(graph(probe), script(probe), strict=True))
    except (RuntimeError, TypeError, ValueError) as error:
        raise CorruptCheckpointError(f"{file} is not a feature pyramid: pictures in, maps out, any size.") from error
    if not same:
        raise CorruptCheckpointError(f"{file} depends on the size of its input; export it for pictures of any size.")
    _convert(graph, dtype)

    def features(picture: Tensor) -> Maps:
        with torch.autocast(picture.device.type, enabled=False):
            maps: Maps = graph(picture.float().contiguous(memory_format=torch.channels_last))
        return maps

    return features


def _convert(graph: GraphModule, dtype: torch.dtype) -> None:
    for node in graph.graph.nodes:
        if node.target in (_CONVOLUTION, _convolve):
            node.target = _convolve
            _convert_weights(graph, node, dtype)
        elif node.target is _CLAMP and len(node.args) == 3 and None not in node.args:
            node.target = torch.ops.aten.hardtanh.default
    graph.recompile()


def _convert_weights(graph: GraphModule, node: Node, dtype: torch.dtype) -> None:
    stride, groups = cast(list[int], node.args[3]), node.args[8]
    for argument in node.args[1:3]:
        if isinstance(argument, Node):
            name = str(argument.target)
            value: Tensor = getattr(graph, name)
            strided_groups = groups != 1 and max(stride) > 1 and value.device.type == "cpu"
            value = value.to(torch.float32 if strided_groups else dtype)
            setattr(graph, name, value.contiguous(memory_format=torch.channels_last) if value.ndim == 4 else value)


def _convolve(x: Tensor, weight: Tensor, *arguments: Any) -> Tensor:
    """Convolution in the precision of its weight."""
    y: Tensor = _CONVOLUTION(x.to(weight.dtype), weight, *arguments)
    return y
