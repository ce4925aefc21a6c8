"""Files as NVIDIA's training loop writes them, and a forward pass over their names, in our own words."""

from __future__ import annotations

import pickle
import sys
import types
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F


class EasyDict(dict[str, Any]):
    """Stands for dnnlib.util.EasyDict while a file is written."""


def _reconstruct_persistent_obj(meta: Any) -> None:
    raise AssertionError("nothing in a file may be called")


@contextmanager
def foreign_names() -> Iterator[None]:
    """Makes pickle believe that NVIDIA's modules exist, while a file is written."""
    homes = {"torch_utils.persistence": _reconstruct_persistent_obj, "dnnlib.util": EasyDict}
    before = {item: item.__module__ for item in homes.values()}
    names = set()
    for module, item in homes.items():
        for name in (module.split(".")[0], module):
            sys.modules.setdefault(name, types.ModuleType(name))
            names.add(name)
        setattr(sys.modules[module], item.__name__, item)
        item.__module__ = module
    try:
        yield
    finally:
        for item, module in before.items():
            item.__module__ = module
        for name in names:
            del sys.modules[name]


class Module:
    """One persistent module: attributes, parameters, buffers, sub-modules."""

    def __init__(self, name: str, parameters: dict[str, Any], children: dict[str, Module], **attributes: Any) -> None:
        buffers = {
            k: v for k, v in parameters.items() if isinstance(v, Tensor) and not isinstance(v, torch.nn.Parameter)
        }
        self.name = name
        self.state = EasyDict(
            training=False,
            _parameters=OrderedDict((k, v) for k, v in parameters.items() if k not in buffers),
            _buffers=OrderedDict(buffers),
            _non_persistent_buffers_set=set(),
            _backward_hooks=OrderedDict(),
            _modules=OrderedDict(children),
            **attributes,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        source = "raise SystemExit('the source in the file was executed')"
        meta = {"type": "class", "version": 6, "module_src": source, "class_name": self.name, "state": self.state}
        return _reconstruct_persistent_obj, (meta,), None


def fully_connected(
    inputs: int, outputs: int, *, bias: float = 0.0, multiplier: float = 1.0, activation: str = "linear"
) -> Module:
    weight = torch.nn.Parameter(torch.randn(outputs, inputs) / multiplier)
    offset = torch.nn.Parameter(torch.full((outputs,), bias) + torch.randn(outputs) * 0.2 / multiplier)
    import numpy as np

    return Module(
        "FullyConnectedLayer",
        {"weight": weight, "bias": offset},
        {},
        activation=activation,
        weight_gain=np.float64(multiplier / inputs**0.5),
        bias_gain=multiplier,
    )


def taps() -> Tensor:
    line = torch.tensor([1.0, 3.0, 3.0, 1.0])
    return torch.outer(line, line) / 64


def layer(inputs: int, outputs: int, w_dim: int, resolution: int, *, noise: bool, clamp: float | None) -> Module:
    tensors: dict[str, Any] = {
        "weight": torch.nn.Parameter(torch.randn(outputs, inputs, 3, 3).to(memory_format=torch.channels_last)),
        "bias": torch.nn.Parameter(torch.randn(outputs) * 0.2),
        "resample_filter": taps(),
    }
    if noise:
        tensors["noise_const"] = torch.randn(resolution, resolution)
        tensors["noise_strength"] = torch.nn.Parameter(torch.tensor(0.3))
    return Module(
        "SynthesisLayer",
        tensors,
        {"affine": fully_connected(w_dim, inputs, bias=1.0)},
        conv_clamp=clamp,
        activation="lrelu",
    )


def generator(
    widths: dict[int, int], *, z_dim: int = 12, w_dim: int = 16, layers: int = 3, noise: bool = True, clamp: Any = None
) -> Module:
    """A StyleGAN2 generator with these channels per resolution."""
    blocks = {}
    for resolution, width in widths.items():
        before = widths.get(resolution // 2, 0)
        children = {"conv1": layer(width, width, w_dim, resolution, noise=noise, clamp=clamp)}
        tensors: dict[str, Any] = {"resample_filter": taps()}
        if resolution == 4:
            tensors["const"] = torch.nn.Parameter(torch.randn(width, 4, 4))
        else:
            children["conv0"] = layer(before, width, w_dim, resolution, noise=noise, clamp=clamp)
        color = {"weight": torch.nn.Parameter(torch.randn(3, width, 1, 1)), "bias": torch.nn.Parameter(torch.randn(3))}
        children["torgb"] = Module("ToRGBLayer", color, {"affine": fully_connected(w_dim, width, bias=1.0)})
        blocks[f"b{resolution}"] = Module("SynthesisBlock", tensors, children, architecture="skip")
    sizes = [z_dim, *[w_dim] * layers]
    full = {
        f"fc{i}": fully_connected(sizes[i], sizes[i + 1], multiplier=0.01, activation="lrelu") for i in range(layers)
    }
    mapping = Module("MappingNetwork", {"w_avg": torch.randn(w_dim)}, full, c_dim=0)
    synthesis = Module("SynthesisNetwork", {}, blocks, img_resolution=max(widths))
    return Module("Generator", {}, {"mapping": mapping, "synthesis": synthesis}, c_dim=0)


def to_pickle(content: Any, protocol: int = 4) -> bytes:
    """The bytes that NVIDIA's ``pickle.dump`` would write."""
    with foreign_names():
        stream = BytesIO()
        pickle.dump(content, stream, protocol=protocol)
        return stream.getvalue()


def snapshot(network: Module) -> dict[str, Any]:
    """All keys of a training snapshot."""
    return {
        "G": network,
        "D": None,
        "G_ema": network,
        "training_set_kwargs": EasyDict(path="set"),
        "augment_pipe": None,
    }


def tensors(module: Module, prefix: str = "") -> dict[str, Tensor]:
    """All parameters and buffers by dotted name."""
    found = {f"{prefix}{k}": v.detach() for k, v in (module.state["_parameters"] | module.state["_buffers"]).items()}
    for name, child in module.state["_modules"].items():
        found |= tensors(child, f"{prefix}{name}.")
    return found


def forward(state: dict[str, Tensor], z: Tensor, clamp: float | None = None) -> Tensor:
    """What their network computes with constant noise: a convolution proper when up-sampling, else a correlation."""
    limit = float("inf") if clamp is None else clamp

    def dense(x: Tensor, name: str, gain: float = 1.0) -> Tensor:
        weight = state[f"{name}.weight"]
        return x @ weight.T * (gain / weight.shape[1] ** 0.5) + state[f"{name}.bias"] * gain

    def lrelu(x: Tensor) -> Tensor:
        return F.leaky_relu(x, 0.2) * 2**0.5

    def filtered(x: Tensor, low: int, high: int) -> Tensor:
        """Zeros between samples, padding, low-pass: an up-sampling by two."""
        b, c, h, w = x.shape
        wide = x.reshape(b * c, 1, h, 1, w, 1)
        wide = F.pad(wide, (0, 1, 0, 0, 0, 1)).reshape(b * c, 1, 2 * h, 2 * w)
        return F.conv2d(F.pad(wide, (low, high, low, high)), taps()[None, None] * 4).unflatten(0, (b, c))[:, :, 0]

    def conv(x: Tensor, w: Tensor, name: str, *, up: bool) -> Tensor:
        style = dense(w, f"{name}.affine")
        rows = []
        for one, scale in zip(x, style, strict=True):
            kernel = state[f"{name}.weight"] * scale[:, None, None]
            kernel = kernel * (kernel.square().sum(dim=(1, 2, 3), keepdim=True) + 1e-8).rsqrt()
            if up:  # filtering commutes with the convolution: one more sample on each side instead of padding
                rows.append(F.conv2d(filtered(one[None], 3, 2), kernel.flip(2, 3)))
            else:
                rows.append(F.conv2d(one[None], kernel, padding=1))
        y = torch.cat(rows)
        if f"{name}.noise_const" in state:
            y = y + state[f"{name}.noise_const"] * state[f"{name}.noise_strength"]
        return lrelu(y + state[f"{name}.bias"][:, None, None]).clamp(-limit, limit)

    x = z * (z.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()
    depth = 0
    while f"mapping.fc{depth}.weight" in state:
        x = lrelu(dense(x, f"mapping.fc{depth}", 0.01))
        depth += 1
    w, x, image, resolution = x, state["synthesis.b4.const"][None].repeat(len(z), 1, 1, 1), None, 4
    while f"synthesis.b{resolution}.conv1.weight" in state:
        name = f"synthesis.b{resolution}"
        if resolution > 4:
            x = conv(x, w, f"{name}.conv0", up=True)
        x = conv(x, w, f"{name}.conv1", up=False)
        weight = state[f"{name}.torgb.weight"]
        style = dense(w, f"{name}.torgb.affine") / weight.shape[1] ** 0.5
        color = F.conv2d(x * style[:, :, None, None], weight) + state[f"{name}.torgb.bias"][:, None, None]
        color = color.clamp(-limit, limit)
        image = color if image is None else filtered(image, 2, 1) + color
        resolution *= 2
    assert image is not None
    return image
