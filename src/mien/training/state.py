"""Everything that a resume needs as one object, and the random generators among it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor


class Stateful(Protocol):
    """Has a state that can be taken and put back: networks, optimizers, averages, samplers."""

    def state_dict(self) -> Mapping[str, Any]:
        """The state, made of tensors, numbers, strings, lists and dictionaries."""
        ...

    def load_state_dict(self, state: Any) -> Any:
        """Puts it back."""
        ...


class RandomState:
    """All random generators: PyTorch's (CPU and accelerator), NumPy's, Python's, and one that is given.

    Args:
        rng: the run's own generator.
    """

    def __init__(self, rng: torch.Generator) -> None:
        self.rng = rng

    def state_dict(self) -> dict[str, Any]:
        """See :class:`Stateful`."""
        kind, keys, *rest = np.random.get_state()  # noqa: NPY002 - others may draw from it, so it is kept
        return {
            "torch": torch.get_rng_state(),
            "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
            "own": self.rng.get_state(),
            "own_device": self.rng.device.type,
            "numpy": [str(kind), torch.from_numpy(np.asarray(keys, np.int64)), *rest],
            "python": random.getstate(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Puts back what fits this machine: an accelerator's generators mean nothing to another kind of device."""
        torch.set_rng_state(state["torch"])
        if len(state["cuda"]) == torch.cuda.device_count():
            torch.cuda.set_rng_state_all(state["cuda"])
        if state["own_device"] == self.rng.device.type:
            self.rng.set_state(state["own"])
        kind, keys, *rest = state["numpy"]
        np.random.set_state((kind, keys.numpy().astype(np.uint32), *rest))  # noqa: NPY002
        version, internal, gauss = state["python"]
        random.setstate((version, tuple(internal), gauss))


def collect(parts: Mapping[str, Stateful]) -> dict[str, Any]:
    """The states of all parts, by name."""
    return {name: part.state_dict() for name, part in parts.items()}


def restore(parts: Mapping[str, Stateful], state: Mapping[str, Any]) -> None:
    """Puts every part back; the names must be the same.

    Raises:
        KeyError, ValueError, RuntimeError: the state is one of other parts.
    """
    if parts.keys() != state.keys():
        raise KeyError(f"expected {sorted(parts)}, found {sorted(state)}")
    for name, part in parts.items():
        part.load_state_dict(state[name])


def halved(state: Any, *, moments: bool = False) -> Any:
    """The same state with float32 tensors in half the space: float16, and bfloat16 for an optimiser's moments.

    Squared gradients are far below what float16 can hold; bfloat16 has float32's range.
    """
    if isinstance(state, Tensor):
        if state.dtype != torch.float32 or not state.ndim:  # scalars are counters
            return state
        return state.to(torch.bfloat16 if moments else torch.float16)
    if isinstance(state, Mapping):
        return {k: halved(v, moments=moments or k in ("exp_avg", "exp_avg_sq")) for k, v in state.items()}
    return type(state)(halved(v, moments=moments) for v in state) if isinstance(state, list | tuple) else state


def widened(state: Any) -> Any:
    """The inverse of :func:`halved`, up to rounding."""
    if isinstance(state, Tensor):
        return state.float() if state.dtype in (torch.float16, torch.bfloat16) else state
    if isinstance(state, Mapping):
        return {k: widened(v) for k, v in state.items()}
    return type(state)(widened(v) for v in state) if isinstance(state, list | tuple) else state
