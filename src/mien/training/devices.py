"""Where training runs: one device, or several processes started with ``torchrun`` or ``accelerate launch``."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib.util import find_spec
from platform import machine
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from mien.errors import ConfigError

Network = TypeVar("Network", bound=nn.Module)


class Devices:
    """A thin layer over ``accelerate``; networks are not wrapped, gradients are averaged after each phase.

    Args:
        name: "auto" for the best there is, "cpu", "cuda" or "mps".

    Raises:
        ConfigError: the device is not there, or the packages for training are not installed.

    Attributes:
        device: this process's device.
        rank, world: this process's number and how many there are.
    """

    def __init__(self, name: str = "auto") -> None:
        require_extra()
        from accelerate import Accelerator

        if name not in ("auto", "cpu", "cuda", "mps"):
            raise ConfigError(f"There is no device {name!r}; choose auto, cpu, cuda or mps.")
        self._accelerator = Accelerator(cpu=name == "cpu")
        self.device: torch.device = self._accelerator.device
        if name != "auto" and self.device.type != name:
            raise ConfigError(f"Device {name!r} is not available here, only {self.device.type!r}; use --device auto.")
        self.rank: int = self._accelerator.process_index
        self.world: int = self._accelerator.num_processes

    @property
    def main(self) -> bool:
        """Whether this process writes files and reports."""
        return self.rank == 0

    def autocast(self, enabled: bool) -> AbstractContextManager[Any]:
        """bfloat16 where the operation allows it, and where it is faster (:func:`multiplies_bfloat16`)."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.dtype(enabled) == torch.bfloat16)

    def dtype(self, autocast: bool) -> torch.dtype:
        """What fixed networks compute in: bfloat16 where autocast is asked for and faster, or else float32."""
        quick = self.device.type != "cpu" or multiplies_bfloat16()
        return torch.bfloat16 if autocast and quick else torch.float32

    def place(self, network: Network) -> Network:
        """Moves a network here, with its convolutions in channels_last."""
        moved: Network = network.to(self.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return moved

    def wait(self) -> None:
        """Until every process is here."""
        self._accelerator.wait_for_everyone()

    @torch.no_grad()
    def average_gradients(self, module: nn.Module) -> None:
        """Replaces every gradient of ``module`` by its mean over the processes."""
        if self.world > 1:
            gradients = [p.grad for p in module.parameters() if p.grad is not None]
            flat = self._accelerator.reduce(torch.cat([g.flatten() for g in gradients]), "mean")
            for gradient, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
                gradient.copy_(mean.reshape(gradient.shape))

    @torch.no_grad()
    def broadcast(self, module: nn.Module) -> None:
        """Makes every process start from the weights and buffers of the first."""
        if self.world > 1:
            from accelerate.utils import broadcast

            for tensor in (*module.parameters(), *module.buffers()):
                tensor.copy_(broadcast(tensor.detach().clone()))

    def any(self, flag: bool) -> bool:
        """True everywhere if it is true in one process."""
        if self.world == 1:
            return flag
        total: Tensor = self._accelerator.reduce(torch.tensor(float(flag), device=self.device), "sum")
        return bool(total > 0)

    def mean(self, value: Tensor) -> Tensor:
        """A tensor's mean over the processes."""
        reduced: Tensor = self._accelerator.reduce(value.detach(), "mean") if self.world > 1 else value.detach()
        return reduced


def multiplies_bfloat16() -> bool:
    """Whether this processor has instructions for bfloat16: emulated, it is five times slower than float32."""
    if machine() in ("x86_64", "AMD64"):
        return any(getattr(torch.cpu, name, bool)() for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def quick_autocast() -> torch.autocast:
    """bfloat16 on the processor where it is faster, for what runs outside of training's loop."""
    return torch.autocast("cpu", torch.bfloat16, enabled=multiplies_bfloat16())


def require_extra() -> None:
    """Says in a sentence what to install, before anything is written.

    Raises:
        ConfigError: a package of the ``train`` extra is missing.
    """
    if missing := [name for name in ("accelerate", "tensorboard") if find_spec(name) is None]:
        raise ConfigError(f"Training needs the package {missing[0]!r}; install it with pip install 'mien[train]'.")
