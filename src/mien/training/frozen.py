"""Networks that judge as fixed functions, fast enough to be trained through.

A traced TorchScript file keeps its weights as constants: it cannot be converted to bfloat16 or channels_last, and
TorchScript's own differentiation is slow on the CPU. Every network is traced into an FX graph whose constants are
ordinary tensors, and two operations are replaced whose backward pass is slow on the CPU: ``clamp``
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

from mien.checkpoints.judges import load_judge
from mien.errors import CorruptCheckpointError

Maps = Sequence[Tensor]
_CONVOLUTION = torch.ops.aten._convolution.default
_CLAMP = torch.ops.aten.clamp.default


def load_frozen(
    file: Path, device: torch.device, dtype: torch.dtype = torch.bfloat16, *, trust_code: bool = False
) -> Callable[[Tensor], Maps]:
    """A pyramid, pictures -> maps, as a graph that computes its convolutions in ``dtype``.

    Args:
        file: VGG-16, or TorchScript; takes RGB (B, 3, H, W) in [-1, 1], returns a tuple of maps.
        device: where to run.
        dtype: of the convolutions; everything in front of the first one stays in float32.
        trust_code: whether TorchScript may be run.

    Raises:
        CheckpointError: as :func:`mien.checkpoints.judges.load_judge` does; or it is not a function of one picture
            batch of any size.
    """
    script = load_judge(file, device, trust_code=trust_code).method("pyramid")
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


def load_by_shape(
    file: Path, device: torch.device, dtype: torch.dtype = torch.bfloat16, *, use: str, trust_code: bool = False
) -> Callable[..., Maps]:
    """A distance or an embedding of pictures, as graphs that convolve in ``dtype``.

    Sizes may be constants in such a file; a graph is made for each shape of input when it is first seen (about a
    second), so keep their number small.

    Args:
        file: a network that judges; takes one or several batches of RGB (B, 3, H, W) in [-1, 1].
        device: where to run.
        dtype: of the convolutions; everything in front of the first one stays in float32.
        use: "distance" or "embed".
        trust_code: whether TorchScript may be run.

    Raises:
        CheckpointError: as :func:`mien.checkpoints.judges.load_judge` does.
    """
    script = load_judge(file, device, trust_code=trust_code).method(use)
    graphs: dict[tuple[torch.Size, ...], GraphModule] = {}

    def network(*batches: Tensor) -> Maps:
        key = tuple(batch.shape for batch in batches)
        with torch.autocast(batches[0].device.type, enabled=False):
            whole = [batch.float().contiguous(memory_format=torch.channels_last) for batch in batches]
            if key not in graphs:
                graphs[key] = make_fx(lambda *x: _maps(script(*x)))(*(torch.zeros_like(batch) for batch in whole))
                _convert(graphs[key], dtype)
            maps: Maps = graphs[key](*whole)
        return maps

    return network


def _maps(result: Any) -> tuple[Tensor, ...]:
    return (result,) if isinstance(result, Tensor) else tuple(result)


def _convert(graph: GraphModule, dtype: torch.dtype) -> None:
    for node in graph.graph.nodes:
        if node.target in (_CONVOLUTION, _convolve):
            node.target = _convolve
            _convert_weights(graph, node, dtype)
        elif node.target is torch.ops.aten.view.default:
            node.target = torch.ops.aten.reshape.default  # channels_last maps cannot be viewed as vectors
        elif node.target in _PRODUCTS:
            node.target = _PRODUCTS[node.target]
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


def _mm(a: Tensor, b: Tensor) -> Tensor:
    """A matrix product in float32: they are small here, and their weights are kept so."""
    return torch.mm(a.float(), b.float())


def _addmm(bias: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """The same with a bias."""
    return torch.addmm(bias.float(), a.float(), b.float())


def _convolve(x: Tensor, weight: Tensor, *arguments: Any) -> Tensor:
    """Convolution in the precision of its weight."""
    y: Tensor = _CONVOLUTION(x.to(weight.dtype), weight, *arguments)
    return y


_PRODUCTS: dict[Any, Callable[..., Tensor]] = {torch.ops.aten.mm.default: _mm, torch.ops.aten.addmm.default: _addmm}
