"""Networks filled with weights. A network that claims more memory than its weights need is not built."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from mien.errors import ConfigError, CorruptCheckpointError

Network = TypeVar("Network", bound=nn.Module)

CALLS, CALLS_EACH = 20_000, 100
"""Calls of torch that building a network may take, and how many more for each of its weights."""

SPARE, UNTRAINED = 1 << 24, 1 << 28
"""Numbers that it may make beyond twice those of its weights; and where parts of it have no weights yet."""

MAKERS = (torch.empty, torch.zeros, torch.ones, torch.randn, torch.rand, torch.full, torch.eye, torch.arange)


def fill(
    build: Callable[[], Network], state: Mapping[str, Tensor], source: str, without: Sequence[str] = ()
) -> Network:
    """A network with these weights, in evaluation mode, float32, without gradients.

    Args:
        build: makes the network.
        state: exactly its weights, by name.
        source: what to call the file or folder in messages.
        without: parts of the network that there are no weights for; they stay as they are built.

    Raises:
        CorruptCheckpointError: it cannot be built, or the weights are not its own.
    """
    network = build_for(build, state, source, UNTRAINED if without else SPARE)
    missing = tuple(f"{part}." for part in without)
    expected = network.state_dict()
    _check_shapes({k: v for k, v in expected.items() if not (missing and k.startswith(missing))}, state, source)
    network.load_state_dict({**expected, **state} if missing else dict(state))
    return network.eval().requires_grad_(False)


def build_for(build: Callable[[], Network], state: Mapping[str, Tensor], source: str, spare: int = SPARE) -> Network:
    """A network, as long as it is not much larger than its weights.

    Args:
        build: makes the network.
        state: weights by name.
        source: what to call the file or folder in messages.
        spare: numbers that it may make beyond twice those of its weights.

    Raises:
        CorruptCheckpointError: it cannot be built, or claims more.
    """
    numbers = 2 * sum(value.numel() for value in state.values()) + spare
    recorded = torch.is_grad_enabled()
    try:
        with _Budget(CALLS + CALLS_EACH * len(state), numbers):
            return build()
    except (LookupError, AttributeError, TypeError, ValueError, RuntimeError, ArithmeticError, ConfigError) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise CorruptCheckpointError(
            f"{source} describes no network that fits its weights ({reason}); fetch it again."
        ) from error
    finally:
        torch.set_grad_enabled(recorded)  # a build that was stopped within no_grad() could not switch it back


def _check_shapes(expected: Mapping[str, Tensor], state: Mapping[str, Tensor], source: str) -> None:
    for name, value in expected.items():
        if name not in state and name.endswith(".num_batches_tracked"):  # of no use here; older files have none
            continue
        if name not in state:
            raise CorruptCheckpointError(f"{source} does not fit its layout: {name} is missing; fetch it again.")
        if state[name].shape != value.shape or state[name].is_complex():
            shapes = f"{tuple(state[name].shape)}, not {tuple(value.shape)}"
            raise CorruptCheckpointError(f"{source} does not fit its layout: {name} is {shapes}; fetch it again.")
    if unknown := [name for name in state if name not in expected]:
        raise CorruptCheckpointError(
            f"{source} does not fit its layout: {unknown[0][:80]} is not known; fetch it again."
        )


class _Budget(TorchFunctionMode):
    """Stops what takes time or memory without end."""

    def __init__(self, calls: int, numbers: int) -> None:
        super().__init__()
        self.calls, self.numbers = calls, numbers

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = kwargs or {}
        self.calls -= 1
        if function in MAKERS:
            size = given.get("size", args[0] if args and isinstance(args[0], tuple | list) else args)
            self.numbers -= math.prod(abs(side) for side in size if isinstance(side, int))
        if self.calls < 0 or self.numbers < 0:
            raise ValueError("it claims to be larger than they are")
        return function(*args, **given)
