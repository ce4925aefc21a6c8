"""Networks filled with weights. A network is only built once its size is known to be that of the weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from mien.errors import ConfigError, CorruptCheckpointError

Network = TypeVar("Network", bound=nn.Module)

CALLS, CALLS_EACH = 20_000, 100
"""Calls of torch that building a network may take, and how many more for each of its weights."""


def fill(
    build: Callable[[], Network], state: Mapping[str, Tensor], source: str, without: Sequence[str] = ()
) -> Network:
    """A network with these weights, in evaluation mode, float32, without gradients.

    It is first built without memory, so that a configuration that claims a huge network is refused before it gets any.

    Args:
        build: makes the network.
        state: exactly its weights, by name.
        source: what to call the file or folder in messages.
        without: parts of the network that there are no weights for; they stay as they are built.

    Raises:
        CorruptCheckpointError: it cannot be built, or the weights are not its own.
    """
    missing = tuple(f"{part}." for part in without)
    expected = expected_state(build, len(state), source)
    check_shapes({k: v for k, v in expected.items() if not (missing and k.startswith(missing))}, state, source)
    network = build()
    network.load_state_dict({**network.state_dict(), **state} if missing else dict(state))
    return network.eval().requires_grad_(False)


def expected_state(build: Callable[[], nn.Module], weights: int, source: str) -> dict[str, Tensor]:
    """Names and shapes of a network's weights, without memory for them.

    Args:
        build: makes the network.
        weights: how many the file has; a network with far more layers is not built to the end.
        source: what to call the file or folder in messages.

    Raises:
        CorruptCheckpointError: it cannot be built.
    """
    try:
        with torch.device("meta"), _Budget(CALLS + CALLS_EACH * weights):
            return build().state_dict()
    except (LookupError, AttributeError, TypeError, ValueError, RuntimeError, ArithmeticError, ConfigError) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise CorruptCheckpointError(f"{source} describes no network that can be built ({reason}).") from error


def check_shapes(expected: Mapping[str, Tensor], state: Mapping[str, Tensor], source: str) -> None:
    """Whether these are the weights of a network, by names, shapes and types.

    Raises:
        CorruptCheckpointError: one is missing, too many, or of another shape.
    """
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
    """Stops what goes on without end."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self.left = calls

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.left -= 1
        if self.left < 0:
            raise ValueError("it claims more layers than there are weights")
        return function(*args, **(kwargs or {}))
