"""How many floating-point operations a function takes."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils.flop_counter import FlopCounterMode


def count_flops(function: Callable[[], object]) -> int:
    """Operations of all convolutions and matrix products that PyTorch carries out, two for each multiplication.

    Only shapes are computed; weights must be frozen. Elementwise arithmetic counts as nothing, so that a figure per
    second is a lower bound of what the processor did. What is computed otherwise than with PyTorch is not seen.
    """
    with torch.no_grad(), FakeTensorMode(allow_non_fake_inputs=True), FlopCounterMode(display=False) as counter:
        function()
    return int(counter.get_total_flops())
