"""State dicts as rosinality's stylegan2-pytorch saves them, and a forward pass over their names, in our own words."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

State = dict[str, Tensor]


def taps(gain: float = 1.0) -> Tensor:
    line = torch.tensor([1.0, 3.0, 3.0, 1.0])
    return torch.outer(line, line) * gain / 64


def modulated(state: State, name: str, inputs: int, outputs: int, size: int, w_dim: int) -> None:
    state[f"{name}.conv.weight"] = torch.randn(1, outputs, inputs, size, size)
    state[f"{name}.conv.modulation.weight"] = torch.randn(inputs, w_dim)
    state[f"{name}.conv.modulation.bias"] = 1.0 + 0.2 * torch.randn(inputs)


def generator(widths: dict[int, int], w_dim: int = 16, layers: int = 3) -> State:
    """Weights with these channels per resolution."""
    state: State = {"input.input": torch.randn(1, widths[4], 4, 4)}
    for layer in range(1, layers + 1):
        state[f"style.{layer}.weight"] = torch.randn(w_dim, w_dim) * 100
        state[f"style.{layer}.bias"] = torch.randn(w_dim) * 20
    convs = ["conv1", *(f"convs.{n}" for n in range(2 * len(widths) - 2))]
    for n, name in enumerate(convs):
        resolution = 4 << (n + 1) // 2
        inputs = widths[resolution // 2] if n % 2 else widths[resolution]
        modulated(state, name, inputs, widths[resolution], 3, w_dim)
        state[f"{name}.noise.weight"] = torch.randn(1) * 0.3
        state[f"{name}.activate.bias"] = torch.randn(widths[resolution]) * 0.2
        state[f"noises.noise_{n}"] = torch.randn(1, 1, resolution, resolution)
        if n % 2:
            state[f"{name}.conv.blur.kernel"] = taps(4)
    for n, width in enumerate(widths.values()):
        name = f"to_rgbs.{n - 1}" if n else "to_rgb1"
        modulated(state, name, width, 3, 1, w_dim)
        state[f"{name}.bias"] = torch.randn(1, 3, 1, 1)
        if n:
            state[f"{name}.upsample.kernel"] = taps(4)
    return state


def forward(state: State, z: Tensor) -> Tensor:
    """What their network computes with its stored noise; kernels go into the transposed convolution as they are."""

    def dense(x: Tensor, name: str, multiplier: float = 1.0) -> Tensor:
        weight = state[f"{name}.weight"] * (multiplier / state[f"{name}.weight"].shape[1] ** 0.5)
        return F.linear(x, weight, state[f"{name}.bias"] * multiplier)

    def act(x: Tensor) -> Tensor:
        return F.leaky_relu(x, 0.2) * 2**0.5

    def blurred(x: Tensor, kernel: Tensor, low: int, high: int) -> Tensor:
        b, c = x.shape[:2]
        flat = F.pad(x.flatten(0, 1)[:, None], (low, high, low, high))
        return F.conv2d(flat, kernel.flip(0, 1)[None, None]).unflatten(0, (b, c))[:, :, 0]

    def kernel(name: str, w: Tensor, *, demodulate: bool) -> Tensor:
        weight = state[f"{name}.conv.weight"]
        style = dense(w, f"{name}.conv.modulation").view(len(w), 1, -1, 1, 1)
        scaled = weight * style / (weight[0, 0].numel()) ** 0.5
        return scaled * (scaled.square().sum((2, 3, 4), keepdim=True) + 1e-8).rsqrt() if demodulate else scaled

    def styled(name: str, x: Tensor, w: Tensor, noise: Tensor) -> Tensor:
        weight = kernel(name, w, demodulate=True)
        blur = state.get(f"{name}.conv.blur.kernel")
        if blur is None:
            y = torch.cat([F.conv2d(a[None], k, padding=1) for a, k in zip(x, weight, strict=True)])
        else:
            rows = [F.conv_transpose2d(a[None], k.transpose(0, 1), stride=2) for a, k in zip(x, weight, strict=True)]
            y = blurred(torch.cat(rows), blur, 1, 1)
        return act(y + state[f"{name}.noise.weight"] * noise + state[f"{name}.activate.bias"].view(1, -1, 1, 1))

    def color(name: str, x: Tensor, w: Tensor) -> Tensor:
        weight = kernel(name, w, demodulate=False)
        return torch.einsum("bihw,boi->bohw", x, weight[..., 0, 0]) + state[f"{name}.bias"]

    w, layer = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt(), 1
    while f"style.{layer}.weight" in state:
        w = act(dense(w, f"style.{layer}", 0.01))
        layer += 1
    x = styled("conv1", state["input.input"].repeat(len(z), 1, 1, 1), w, state["noises.noise_0"])
    skip = color("to_rgb1", x, w)
    block = 0
    while f"to_rgbs.{block}.bias" in state:
        for n in (2 * block, 2 * block + 1):
            x = styled(f"convs.{n}", x, w, state[f"noises.noise_{n + 1}"])
        b, c, h, _ = skip.shape
        wide = torch.zeros(b, c, 2 * h, 2 * h)
        wide[..., ::2, ::2] = skip
        skip = blurred(wide, state[f"to_rgbs.{block}.upsample.kernel"], 2, 1) + color(f"to_rgbs.{block}", x, w)
        block += 1
    return skip
