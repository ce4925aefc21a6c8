"""Encoders as e4e's and pSp's repositories save them, and a forward pass over their names, in our own words."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

State = dict[str, Tensor]
BLOCKS = ((1, 3), (2, 4), (4, 14), (8, 3))


def shapes(codes: int = 18, w_dim: int = 512, width: int = 64, side: int = 256) -> dict[str, tuple[int, ...]]:
    """Every name under ``encoder.`` and its shape."""
    found: dict[str, tuple[int, ...]] = {"input_layer.0.weight": (width, 3, 3, 3), "input_layer.2.weight": (width,)}
    norms, before, index = {"input_layer.1": width}, width, 0
    for multiple, units in BLOCKS:
        channels = multiple * width
        for unit in range(units):
            name = f"body.{index}"
            if before != channels:
                found[f"{name}.shortcut_layer.0.weight"] = (channels, before, 1, 1)
                norms[f"{name}.shortcut_layer.1"] = channels
            norms |= {f"{name}.res_layer.0": before, f"{name}.res_layer.4": channels}
            found[f"{name}.res_layer.1.weight"] = (channels, before, 3, 3)
            found[f"{name}.res_layer.2.weight"] = (channels,)
            found[f"{name}.res_layer.3.weight"] = (channels, channels, 3, 3)
            found[f"{name}.res_layer.5.fc1.weight"] = (channels // 16, channels, 1, 1)
            found[f"{name}.res_layer.5.fc2.weight"] = (channels, channels // 16, 1, 1)
            before, index = channels, index + 1
            del unit
    for name, channels in norms.items():
        parts = dict.fromkeys(("weight", "bias", "running_mean", "running_var"), (channels,))
        found |= {f"{name}.{part}": shape for part, shape in parts.items()} | {f"{name}.num_batches_tracked": ()}
    for code in range(codes):
        pools = (side // (16 if code < 3 else 8 if code < 7 else 4)).bit_length() - 1
        for pool in range(pools):
            found[f"styles.{code}.convs.{2 * pool}.weight"] = (w_dim, w_dim if pool else 8 * width, 3, 3)
            found[f"styles.{code}.convs.{2 * pool}.bias"] = (w_dim,)
        found |= {f"styles.{code}.linear.weight": (w_dim, w_dim), f"styles.{code}.linear.bias": (w_dim,)}
    for layer, channels in ((1, 4 * width), (2, 2 * width)):
        found[f"latlayer{layer}.weight"], found[f"latlayer{layer}.bias"] = (8 * width, channels, 1, 1), (8 * width,)
    return found


def encoder(codes: int, w_dim: int, width: int, side: int) -> State:
    """Random weights of this layout, of a size that keeps activations near 1."""
    state: State = {}
    for name, shape in shapes(codes, w_dim, width, side).items():
        last = name.split(".")[-1]
        if last == "num_batches_tracked":
            state[name] = torch.tensor(7)
        elif last == "running_var":
            state[name] = torch.rand(shape) + 0.5
        elif len(shape) == 1:
            state[name] = 0.2 * torch.randn(shape) + (last == "weight")
        else:
            fan = shape[1] * (shape[2] * shape[3] if len(shape) == 4 else 0) or 1
            state[name] = torch.randn(shape) * fan**-0.5
    return state


def forward(state: State, faces: Tensor, kind: str) -> Tensor:
    """(B, 3, S, S) -> the codes before the mean is added."""

    def norm(name: str, x: Tensor) -> Tensor:
        mean, variance, weight, bias = (
            state[f"{name}.{part}"].view(-1, 1, 1) for part in ("running_mean", "running_var", "weight", "bias")
        )
        return (x - mean) / torch.sqrt(variance + 1e-5) * weight + bias

    def conv(name: str, x: Tensor, stride: int = 1) -> Tensor:
        weight = state[f"{name}.weight"]
        return F.conv2d(x, weight, state.get(f"{name}.bias"), stride, padding=weight.shape[-1] // 2)

    def prelu(name: str, x: Tensor) -> Tensor:
        return torch.where(x >= 0, x, x * state[f"{name}.weight"].view(-1, 1, 1))

    def unit(name: str, x: Tensor, stride: int) -> Tensor:
        if f"{name}.shortcut_layer.0.weight" in state:
            shortcut = norm(f"{name}.shortcut_layer.1", conv(f"{name}.shortcut_layer.0", x, stride))
        else:
            shortcut = x[..., ::stride, ::stride]
        y = norm(f"{name}.res_layer.0", x)
        y = prelu(f"{name}.res_layer.2", conv(f"{name}.res_layer.1", y))
        y = norm(f"{name}.res_layer.4", conv(f"{name}.res_layer.3", y, stride))
        squeezed = conv(f"{name}.res_layer.5.fc1", y.mean((2, 3), keepdim=True)).clamp_min(0)
        return y / (1 + torch.exp(-conv(f"{name}.res_layer.5.fc2", squeezed))) + shortcut

    def head(code: int, x: Tensor) -> Tensor:
        index = 0
        while f"styles.{code}.convs.{index}.weight" in state:
            x = F.leaky_relu(conv(f"styles.{code}.convs.{index}", x, 2), 0.01)
            index += 2
        weight, bias = state[f"styles.{code}.linear.weight"], state[f"styles.{code}.linear.bias"]
        return x.flatten(1) @ weight.T * weight.shape[1] ** -0.5 + bias

    def added(x: Tensor, y: Tensor) -> Tensor:
        return F.interpolate(x, size=y.shape[2:], mode="bilinear", align_corners=True) + y

    x = prelu("input_layer.2", norm("input_layer.1", conv("input_layer.0", faces)))
    maps, index = {}, 0
    for _, units in BLOCKS:
        for first in range(units):
            x = unit(f"body.{index}", x, 1 if first else 2)
            maps[index] = x
            index += 1
    c1, c2, c3 = maps[6], maps[20], maps[23]
    p2 = added(c3, conv("latlayer1", c2))
    p1 = added(p2, conv("latlayer2", c1))
    count = sum(name.endswith("linear.weight") for name in state)
    heads = [head(code, c3 if code < 3 else p2 if code < 7 else p1) for code in range(count)]
    if kind == "e4e":
        heads = [heads[0], *(heads[0] + delta for delta in heads[1:])]
    return torch.stack(heads, 1)
