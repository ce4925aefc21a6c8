"""FACEMUG's networks written out literally: slow, plain, and independent of how mien computes them.

Style layers have a kernel per sample; attention and softmax are loops. Only names of weights are shared with mien.

Letters: B batch, I and O input and output channels, H and W rows and columns, L codes, C length of a code.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product

import torch
from torch import Tensor
from torch.nn import functional as F

from tests.parity.literal_stylegan2 import State, activate, blur, insert_zeros, linear, styled_conv, to_rgb


def style_layer(state: State, name: str, x: Tensor, w: Tensor) -> Tensor:
    """S(x, w*) without an activation, one sample after the other."""
    style = linear(w, state, f"{name}.affine")
    samples = []
    for one, s in zip(x, style, strict=True):
        kernel = state[f"{name}.weight"] * s[None, :, None, None]
        kernel = kernel / (kernel.pow(2).sum(dim=(1, 2, 3), keepdim=True) + 1e-8).sqrt()
        samples.append(F.conv2d(one[None], kernel, state[f"{name}.bias"], padding=kernel.shape[-1] // 2))
    return torch.cat(samples)


def conv(state: State, name: str, x: Tensor) -> Tensor:
    weight = state[f"{name}.weight"]
    scaled = weight / (weight.shape[1] * weight.shape[2] * weight.shape[3]) ** 0.5
    return F.conv2d(x, scaled, state.get(f"{name}.bias"), padding=weight.shape[-1] // 2)


def conv_down(state: State, name: str, x: Tensor) -> Tensor:
    weight = state[f"{name}.weight"]
    scaled = weight / (weight.shape[1] * 9) ** 0.5
    return F.conv2d(blur(x, 2, 2), scaled, state[f"{name}.bias"], stride=2)


def style_fusion(state: State, name: str, f_de: Tensor, f_en: Tensor, f_s: Tensor | None, w: Tensor) -> Tensor:
    """Equations 7 and 8."""
    f_hat = activate(style_layer(state, f"{name}.s1", f_de, w))
    f_hat = f_hat + 1 / (1 + torch.exp(-style_layer(state, f"{name}.s2", f_de, w))) * f_en
    if f_s is None:
        return f_hat
    if f"{name}.project.weight" in state:
        f_s = conv(state, f"{name}.project", f_s)
    f_m = 1 / (1 + torch.exp(-style_layer(state, f"{name}.s3", f_s, w)))
    return f_m * f_s + (1 - f_m) * f_hat


def refinement(state: State, a: Tensor, w_plus: Tensor, bank: Mapping[int, Tensor]) -> Tensor:
    """Section 4 of the method and equation 6."""
    sides = sorted(bank)
    maps, x = {}, a
    for side in reversed(sides):
        maps[side] = x = activate(conv(state, f"encoder.convs.{side}", x))
        if side > 4:
            x = activate(conv_down(state, f"encoder.downs.{side}", x))
    x_global = activate(linear(x.flatten(1), state, "encoder.to_global"))
    f_g = x + activate(linear(x_global, state, "encoder.from_global")).reshape(x.shape)
    picture = None
    code = 0
    for level, side in enumerate(sides):
        name = f"levels.{side}"
        f_de = styled_conv(state, f"{name}.conv", f_g, torch.cat([w_plus[:, code], x_global], 1), None, up=level > 0)
        code += level > 0
        w = torch.cat([w_plus[:, code], x_global], 1)
        f_g = style_fusion(state, f"{name}.fusion", f_de, maps[side], bank[side] * state["bank_gain"][level], w)
        code += 1
        rgb = to_rgb(state, f"{name}.to_rgb", f_g, torch.cat([w_plus[:, code], x_global], 1))
        picture = rgb if picture is None else blur(insert_zeros(picture), 2, 1) * 4 + rgb
    assert picture is not None
    return picture


def softmax(values: Sequence[Tensor]) -> list[Tensor]:
    exponents = [v.exp() for v in values]
    return [e / sum(exponents) for e in exponents]


def mlp(state: State, name: str, x: Tensor) -> Tensor:
    return linear(activate(linear(x, state, f"{name}.0")), state, f"{name}.1")


def code_modulation(state: State, name: str, running: Tensor, r: Tensor) -> Tensor:
    """Equation 15 for one sample: running (L, C), r (L, C) -> (L, C)."""
    codes, length = r.shape
    residual, current = state[f"{name}.from_residual"] / length**0.5, state[f"{name}.from_running"] / length**0.5
    q, q_hat = r @ residual[0].T, r @ residual[1].T
    k, v, k_hat, v_hat = (current_i @ running.T for current_i in current)  # (C, L) each
    a = torch.zeros(codes, length)
    for i in range(codes):
        attention = softmax([q[i] @ k[:, j] / math.sqrt(codes) for j in range(codes)])
        a[i] += sum(attention[j] * v[:, j] for j in range(codes))
    for i in range(length):
        attention = softmax([q_hat[:, i] @ k_hat[j] / math.sqrt(length) for j in range(length)])
        for j in range(length):
            a[:, j] += v_hat[i] * attention[j]
    normed = (a - a.mean(1, keepdim=True)) / (a.var(1, unbiased=False, keepdim=True) + 1e-5).sqrt()
    normed = normed * state[f"{name}.norm.weight"] + state[f"{name}.norm.bias"]
    gate = 1 / (1 + torch.exp(-mlp(state, f"{name}.xi", r)))
    return gate * normed + mlp(state, f"{name}.mu", r)


def residual_block(state: State, name: str, x: Tensor) -> Tensor:
    y = conv(state, f"{name}.conv1", activate(conv(state, f"{name}.conv0", x)))
    return (y + conv(state, f"{name}.skip", x)) / 2**0.5


def aggregation(
    state: State, modalities: Sequence[Tensor], weights: Tensor | None, stride: int
) -> tuple[Tensor, Tensor]:
    """Equations 16 and 17, pixel by pixel; the first modality has the mask as its last channel."""
    features = [residual_block(state, f"extract.{i}", x) for i, x in enumerate(modalities)]
    scores = []
    for feature in features:
        small = sum(feature[:, :, i::stride, j::stride] for i in range(stride) for j in range(stride)) / stride**2
        score = residual_block(state, "score", small)
        scores.append(score if stride == 1 else F.interpolate(score, scale_factor=stride, mode="bilinear"))
    a = torch.zeros_like(features[0])
    shares = torch.zeros(len(a), len(features), *a.shape[2:])
    ones = torch.ones(len(a), len(features), *a.shape[2:])
    weights = ones if weights is None else weights * ones
    for b, y, x in product(range(len(a)), range(a.shape[2]), range(a.shape[3])):
        powers = [weights[b, i, y, x] * score[b, 0, y, x].exp() for i, score in enumerate(scores)]
        for i, power in enumerate(powers):
            shares[b, i, y, x] = power / sum(powers)
            a[b, :, y, x] += shares[b, i, y, x] * features[i][b, :, y, x]
    return a, shares
