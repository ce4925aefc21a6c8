"""The fastest convolution that this machine is capable of: what everything else is measured against.

python -m benchmarks.roofline [--threads 1] [--clock cpu] [--rounds 20]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import partial

import torch
from torch.nn import functional as F

from benchmarks.timing import Clock, all_turns, print_table

SHAPES = ((8, 64, 64), (8, 128, 16), (8, 128, 32), (4, 256, 32), (2, 512, 32))
"""Batch, channels, side of 3x3 convolutions that keep their shape: large enough to be fast."""

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def convolutions(dtype: str) -> dict[str, Callable[[], object]]:
    """One convolution of every shape, channels-last, by name."""
    made: dict[str, Callable[[], object]] = {}
    for batch, channels, side in SHAPES:
        x = torch.randn(batch, channels, side, side, dtype=DTYPES[dtype])
        weight = torch.randn(channels, channels, 3, 3, dtype=DTYPES[dtype])
        x, weight = (t.to(memory_format=torch.channels_last) for t in (x, weight))
        made[f"{dtype} convolution, {batch} x {channels} x {side} x {side}"] = partial(F.conv2d, x, weight, padding=1)
    return made


def peak_of(turns: Mapping[str, list[float]], dtype: str) -> float:
    """Billions of operations per second of the fastest turn of all, by the milliseconds of :func:`convolutions`."""
    names = convolutions_flops(dtype)
    return max(flops / min(turns[name]) / 1e6 for name, flops in names.items() if name in turns)


def convolutions_flops(dtype: str) -> dict[str, int]:
    """Operations of each, by the names of :func:`convolutions`; what the padding adds counts, as usual."""
    return {
        f"{dtype} convolution, {batch} x {channels} x {side} x {side}": 2 * 9 * batch * (channels * side) ** 2
        for batch, channels, side in SHAPES
    }


@torch.inference_mode()
def measure_peaks(rounds: int, clock: Clock) -> dict[str, float]:
    """Billions of operations per second, by type."""
    return {dtype: peak_of(all_turns(convolutions(dtype), rounds, clock), dtype) for dtype in DTYPES}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print_table({"peak of all convolutions": measure_peaks(options.rounds, options.clock)}, "GFLOP/s")


if __name__ == "__main__":
    main()
