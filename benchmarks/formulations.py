"""Ways to compute StyleGAN2's convolutions, all exact, timed against each other on this machine.

    python -m benchmarks.formulations [--network portrait|config-f] [--batch 16] [--train] [--bf16] [--channels-last]
                                      [--threads 1] [--clock cpu] [--rounds 5] [--json FILE]

Rows are layers, by resolution of the output. Every alternative is first checked against the literal one. The table in
docs/decisions/0002-convolution-formulation.md comes from here.

Letters: B batch, I input channels, O output channels.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks.timing import print_table, take_turns
from mien.models.stylegan2 import GeneratorConfig, ffhq_1024, portrait_128
from mien.models.stylegan2.fir import conv_down, conv_up, low_pass

Modulated = Callable[[Tensor, Tensor, Tensor], Tensor]
"""x (B, I, H, W), weight (O, I, 3, 3), style (B, I) -> (B, O, H', W')."""


def per_sample(weight: Tensor, style: Tensor) -> Tensor:
    """Modulated and demodulated kernels (B, O, I, 3, 3)."""
    kernels = weight * style[:, None, :, None, None]
    return kernels * (kernels.square().sum(dim=(2, 3, 4), keepdim=True) + 1e-8).rsqrt()


def grouped(x: Tensor, weight: Tensor, style: Tensor) -> Tensor:
    """One group per sample: the customary form."""
    b, i, h, w = x.shape
    kernels = per_sample(weight, style).flatten(0, 1)
    return F.conv2d(x.reshape(1, b * i, h, w), kernels, padding=1, groups=b).reshape(b, -1, h, w)


def grouped_up(x: Tensor, weight: Tensor, style: Tensor) -> Tensor:
    """The same with a transposed convolution, then the low-pass."""
    b, i, h, w = x.shape
    kernels = per_sample(weight, style).transpose(1, 2).flatten(0, 1)
    y = F.conv_transpose2d(x.reshape(1, b * i, h, w), kernels, stride=2, groups=b)
    return low_pass(y.reshape(b, -1, 2 * h + 1, 2 * w + 1), padding=1, gain=4.0)


def shared(convolve: Callable[[Tensor, Tensor], Tensor], x: Tensor, weight: Tensor, style: Tensor) -> Tensor:
    """Styles scale the activations, demodulation the result; the kernel is everybody's."""
    demodulation = (style.square() @ weight.square().sum(dim=(2, 3)).T + 1e-8).rsqrt()
    y = convolve(x * style.to(x.dtype)[:, :, None, None], weight)
    return y * demodulation.to(y.dtype)[:, :, None, None]


def product(taps: int) -> Tensor:
    """(taps + 3, taps): full convolution with [1, 3, 3, 1] / 8."""
    matrix = torch.zeros(taps + 3, taps)
    for column in range(taps):
        matrix[column : column + 4, column] = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
    return matrix


def folded_up(x: Tensor, weight: Tensor) -> Tensor:
    """Kernel and low-pass as one 6x6 transposed convolution."""
    kernel = torch.einsum("pk,ql,oikl->iopq", product(3) * 2, product(3) * 2, weight)
    return F.conv_transpose2d(x, kernel, stride=2, padding=2)


def polyphase_up(x: Tensor, weight: Tensor) -> Tensor:
    """The four phases of that as one 3x3 convolution and a pixel shuffle."""
    phases = torch.stack([(product(3) * 2)[[4 + a, 2 + a, a]] for a in (0, 1)])
    kernel = torch.einsum("apk,bql,oikl->oabipq", phases, phases, weight)
    return F.pixel_shuffle(F.conv2d(x, kernel.reshape(-1, *kernel.shape[3:]), padding=1), 2)


def resize_up(x: Tensor, weight: Tensor) -> Tensor:
    """The low-pass commutes with the convolution: resize first, convolve at twice the size."""
    large = F.interpolate(F.pad(x, (1, 1, 1, 1)), scale_factor=2.0, mode="bilinear")[..., 1:-1, 1:-1]
    return F.conv2d(large, weight.flip(2, 3))


def folded_down(x: Tensor, weight: Tensor) -> Tensor:
    """Low-pass and kernel as one larger convolution with stride 2."""
    matrix = product(weight.shape[-1])
    kernel = torch.einsum("pk,ql,oikl->oipq", matrix, matrix, weight)
    return F.conv2d(x, kernel, stride=2, padding=kernel.shape[-1] // 2 - 1)


def strided_low_pass_down(x: Tensor, weight: Tensor) -> Tensor:
    """The low-pass itself with stride 2: only for 1x1 kernels."""
    kernel = torch.outer(product(1)[:, 0], product(1)[:, 0]).to(x.dtype).repeat(x.shape[1], 1, 1, 1)
    return F.conv2d(F.conv2d(x, kernel, stride=2, padding=1, groups=x.shape[1]), weight)


PLAIN: dict[str, Modulated] = {
    "grouped": grouped,
    "shared *": partial(shared, partial(F.conv2d, padding=1)),
}
UP: dict[str, Modulated] = {
    "grouped": grouped_up,
    "shared *": partial(shared, conv_up),
    "folded 6x6": partial(shared, folded_up),
    "polyphase": partial(shared, polyphase_up),
    "resize first": partial(shared, resize_up),
}
DOWN: dict[str, Modulated] = {
    "low-pass *": lambda x, weight, _: conv_down(x, weight),
    "folded": lambda x, weight, _: folded_down(x, weight),
}
SKIP: dict[str, Modulated] = DOWN | {"strided low-pass": lambda x, weight, _: strided_low_pass_down(x, weight)}


def layers(config: GeneratorConfig) -> dict[str, tuple[dict[str, Modulated], tuple[int, int, int, int]]]:
    """Row name -> alternatives, (I, O, kernel, side of the input)."""
    rows: dict[str, tuple[dict[str, Modulated], tuple[int, int, int, int]]] = {}
    for r in config.resolutions[1:]:
        before, here = config.channels(r // 2), config.channels(r)
        rows[f"{r} px up"] = (UP, (before, here, 3, r // 2))
        rows[f"{r} px plain"] = (PLAIN, (here, here, 3, r))
        rows[f"{r} px down"] = (DOWN, (here, before, 3, r))
        rows[f"{r} px skip"] = (SKIP, (here, before, 1, r))
    return rows


def run_row(
    alternatives: dict[str, Modulated], shape: tuple[int, int, int, int], options: argparse.Namespace
) -> dict[str, float]:
    """Milliseconds by alternative, forward only or with the backward pass."""
    i, o, k, side = shape
    x, weight, style = torch.randn(options.batch, i, side, side), torch.randn(o, i, k, k), torch.randn(options.batch, i)
    expected = next(iter(alternatives.values()))(x, weight, style)
    for name, function in alternatives.items():
        error = (function(x, weight, style) - expected).abs().max() / expected.abs().max()
        assert error < 1e-5, f"{name} is not exact: {error}"
    x = x.to(
        torch.bfloat16 if options.bf16 else torch.float32,
        memory_format=torch.channels_last if options.channels_last else torch.contiguous_format,
    )
    x.requires_grad_(options.train)
    weight.requires_grad_(options.train)

    def once(function: Modulated) -> None:
        with torch.set_grad_enabled(options.train), torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            y = function(x, weight, style)
        if options.train:
            torch.autograd.grad(y, (x, weight), torch.ones_like(y))

    turns = {name: partial(once, function) for name, function in alternatives.items()}
    return take_turns(turns, options.rounds, options.clock)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=("portrait", "config-f"), default="portrait")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--largest", type=int, default=256, help="skip layers beyond this resolution")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    config = portrait_128() if options.network == "portrait" else ffhq_1024()
    results = {
        name: run_row(alternatives, shape, options)
        for name, (alternatives, shape) in layers(config).items()
        if int(name.split()[0]) <= options.largest
    }
    for kind in ("plain", "up", "down", "skip"):
        rows = {name: row for name, row in results.items() if name.endswith(kind)}
        columns = next(iter(rows.values()))
        rows[f"all {kind}"] = {name: sum(row[name] for row in rows.values()) for name in columns}
        print_table(rows, "ms (* is in use)")
        print()
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
