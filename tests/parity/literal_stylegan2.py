"""StyleGAN2 written out literally: slow, plain, and independent of how mien computes it.

Every sample has its own modulated and demodulated kernel; up-sampling inserts zeros, convolves and filters; the
low-pass is a sum over shifted pictures. Only names of weights are shared with mien. It is the reference of the parity
tests and of benchmarks/stylegan2.py.

Letters: B batch, I input channels, O output channels, H and W rows and columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

State = Mapping[str, Tensor]
TAPS = torch.outer(torch.tensor([1.0, 3.0, 3.0, 1.0]), torch.tensor([1.0, 3.0, 3.0, 1.0])) / 64


def insert_zeros(x: Tensor) -> Tensor:
    """(B, C, H, W) -> (B, C, 2H, 2W): a zero behind every row and column."""
    b, c, h, w = x.shape
    wide = torch.zeros(b, c, 2 * h, 2 * w, dtype=x.dtype)
    wide[:, :, ::2, ::2] = x
    return wide


def blur(x: Tensor, before: int, after: int) -> Tensor:
    """Low-pass of the picture padded with zeros on each axis."""
    padded = F.pad(x, (before, after, before, after))
    kernel = TAPS.to(x)[None, None].expand(x.shape[1], 1, 4, 4)
    return F.conv2d(padded, kernel, groups=x.shape[1])


def linear(x: Tensor, state: State, name: str, lr_multiplier: float = 1.0) -> Tensor:
    weight = state[f"{name}.weight"]
    return x @ (weight * lr_multiplier / weight.shape[1] ** 0.5).T + state[f"{name}.bias"] * lr_multiplier


def activate(x: Tensor) -> Tensor:
    return torch.where(x > 0, x, 0.2 * x) * 2**0.5


def mapping(state: State, z: Tensor, lr_multiplier: float = 0.01) -> Tensor:
    x = z / (z.pow(2).mean(dim=1, keepdim=True) + 1e-8).sqrt()
    layer = 0
    while f"mapping.layers.{layer}.weight" in state:
        x = activate(linear(x, state, f"mapping.layers.{layer}", lr_multiplier))
        layer += 1
    return x


def styled_conv(state: State, name: str, x: Tensor, w: Tensor, noise: Tensor | None, *, up: bool) -> Tensor:
    style = linear(w, state, f"{name}.affine")
    kernel = state[f"{name}.weight"][None] * style[:, None, :, None, None]  # (B, O, I, 3, 3)
    kernel = kernel / (kernel.pow(2).sum(dim=(2, 3, 4), keepdim=True) + 1e-8).sqrt()
    b, o, i, k, _ = kernel.shape
    if up:  # a convolution proper (kernel turned) of the picture with zeros inserted; 2H + 1 samples; then the filter
        wide = F.pad(insert_zeros(x), (2, 1, 2, 1))
        turned = kernel.flip(3, 4).reshape(b * o, i, k, k)
        y = F.conv2d(wide.reshape(1, b * i, *wide.shape[2:]), turned, groups=b)
        y = blur(y.reshape(b, o, *y.shape[2:]), 1, 1) * 4
    else:
        y = F.conv2d(x.reshape(1, b * i, *x.shape[2:]), kernel.reshape(b * o, i, k, k), padding=1, groups=b)
        y = y.reshape(b, o, *y.shape[2:])
    if noise is not None:
        y = y + noise * state[f"{name}.noise_strength"]
    return activate(y + state[f"{name}.bias"][:, None, None])


def to_rgb(state: State, name: str, x: Tensor, w: Tensor) -> Tensor:
    weight = state[f"{name}.weight"]
    style = linear(w, state, f"{name}.affine")
    kernel = weight[None] * style[:, None] / weight.shape[1] ** 0.5  # (B, 3, I)
    return torch.einsum("boi,bihw->bohw", kernel, x) + state[f"{name}.bias"][:, None, None]


def synthesis(
    state: State,
    w_plus: Tensor,
    noises: Sequence[Tensor | None],
    clamp: float | None = None,
    conv: Callable[..., Tensor] = styled_conv,
) -> Tensor:
    """W+ (B, L, C) and one noise map per convolution -> (B, 3, R, R); ``conv`` replaces the styled convolution."""
    limit = float("inf") if clamp is None else clamp
    x = state["synthesis.const"].repeat(len(w_plus), 1, 1, 1)
    picture = None
    index, resolution = 0, 4
    while f"synthesis.blocks.{resolution}.conv1.weight" in state:
        block = f"synthesis.blocks.{resolution}"
        for name, up in (("conv0", True), ("conv1", False)):
            if f"{block}.{name}.weight" in state:
                x = conv(state, f"{block}.{name}", x, w_plus[:, index], noises[index], up=up)
                x = x.clamp(-limit, limit)
                index += 1
        rgb = to_rgb(state, f"{block}.to_rgb", x, w_plus[:, index]).clamp(-limit, limit)
        picture = rgb if picture is None else blur(insert_zeros(picture), 2, 1) * 4 + rgb
        resolution *= 2
    assert picture is not None
    return picture


def discriminator(state: State, picture: Tensor, group: int) -> Tensor:
    """(B, 3, R, R) -> (B, 1); B is a multiple of ``group``."""

    def conv(x: Tensor, name: str, padding: int = 0, stride: int = 1) -> Tensor:
        weight = state[f"{name}.weight"]
        scaled = weight / (weight.shape[1] * weight.shape[2] * weight.shape[3]) ** 0.5
        return F.conv2d(x, scaled, state.get(f"{name}.bias"), padding=padding, stride=stride)

    x = activate(conv(picture, "from_rgb"))
    resolution = picture.shape[-1]
    while resolution > 4:
        block = f"blocks.{resolution}"
        y = activate(conv(x, f"{block}.conv0", padding=1))
        y = activate(conv(blur(y, 2, 2), f"{block}.conv1", stride=2))
        x = (y + conv(blur(x, 1, 1)[:, :, ::2, ::2], f"{block}.skip")) / 2**0.5
        resolution //= 2
    rows = []
    for start in range(0, len(x), group):
        part = x[start : start + group]
        deviation = ((part - part.mean(dim=0)).pow(2).mean(dim=0) + 1e-8).sqrt().mean()
        rows.append(torch.cat([part, deviation.expand(group, 1, 4, 4)], dim=1))
    x = activate(conv(torch.cat(rows), "conv", padding=1))
    return linear(activate(linear(x.flatten(1), state, "hidden")), state, "out")
