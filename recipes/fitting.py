"""What the recipes of the perception networks share: AdamW, a paced cosine, averaged weights, a line now and then."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Generic, TypeVar

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from mien.checkpoints.judges import load_script
from mien.checkpoints.store import load_folder
from mien.training.options import seconds

Network = TypeVar("Network", bound=nn.Module)


class Fitting(Generic[Network]):
    """One run over a network.

    The clock and the count both pace the schedule, so that a run cut short by its limit still ends at rate zero.

    Args:
        network: put into channels-last here.
        rate: peak learning rate, reached after ``warmup`` of the run and lowered along a cosine.
        time_limit: seconds.
        samples: shown in all; None for no limit but the time.
        warmup: fraction of the run.
        ema: decay per step of the averaged weights.
        clip: largest norm of the gradient; None for no limit.

    Attributes:
        shown: samples so far.
        done: fraction of the run that is over.
    """

    def __init__(
        self,
        network: Network,
        *,
        rate: float,
        time_limit: float,
        samples: int | None = None,
        warmup: float = 0.03,
        ema: float = 0.998,
        clip: float | None = None,
    ) -> None:
        self.network: Network = network.to(memory_format=torch.channels_last)
        averaging = torch.optim.swa_utils.get_ema_multi_avg_fn(ema)
        self._averaged = torch.optim.swa_utils.AveragedModel(network, multi_avg_fn=averaging, use_buffers=True)
        self._optimiser = torch.optim.AdamW(network.parameters(), rate, betas=(0.9, 0.99), weight_decay=0.02)
        self._rate, self._warmup, self._clip = rate, warmup, clip
        self._limit, self._samples, self._start = time_limit, samples, time.time()
        self.shown, self.done, self._steps = 0, 0.0, 0

    @property
    def average(self) -> Network:
        """The network with averaged weights."""
        return self._averaged.module

    @property
    def seconds(self) -> float:
        """Since the beginning of the run."""
        return time.time() - self._start

    def pace(self) -> float:
        """Sets the learning rate for the next step; returns the fraction of the run that is over."""
        self.done = max(self.shown / self._samples if self._samples else 0.0, self.seconds / self._limit)
        rate = self._rate * min(self.done / self._warmup, 0.5 + 0.5 * np.cos(np.pi * min(self.done, 1)))
        for group in self._optimiser.param_groups:
            group["lr"] = max(rate, 1e-6)
        return self.done

    def step(self, loss: Tensor, samples: int, **figures: Tensor) -> bool:
        """One update; prints ``figures`` every 50 steps; True every 500, when it is time to save."""
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        if self._clip is not None:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), self._clip)
        self._optimiser.step()
        self._averaged.update_parameters(self.network)
        self.shown, self._steps = self.shown + samples, self._steps + 1
        if self._steps % 50 == 0:
            values = " ".join(f"{name} {float(value):.4f}" for name, value in figures.items())
            print(f"{self.done:.3f} {self.shown} {self.shown / self.seconds:.0f}/s {values}", flush=True)
        return self._steps % 500 == 0


def settle() -> None:
    """Settings of a process that trains: one thread, as runs share the machine, and no slow arithmetic on subnormals.

    For the beginning of a program alone: whatever comes later in the process counts with them.
    """
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.set_flush_denormal(True)


def run_options(about: str | None, *folders: str) -> argparse.Namespace:
    """The command line of a run: ``folders`` that it needs, and how long and from where it goes on.

    Also sets the process up with :func:`settle`.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in folders:
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--start", type=Path, help="folder of a network to go on from")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--time-limit", default="60m")
    options = parser.parse_args()
    settle()
    return options


def begun(network: Network, kind: str, options: argparse.Namespace, ema: float) -> Fitting[Network]:
    """A run over a network, from ``options.start`` on where that is given."""
    if options.start is not None:
        network.load_state_dict({k: v.float() for k, v in load_folder(options.start, kind)[1].items()})
    return Fitting(network, rate=options.rate, time_limit=seconds(options.time_limit), clip=1.0, ema=ema)


def lpips_of(weights: Path, names: Sequence[str] = ("alex", "squeeze")) -> list[torch.jit.ScriptModule]:
    """LPIPS by these networks, from a folder of weights that is trusted."""
    return [load_script(weights / f"lpips_{name}.pt", torch.device("cpu"), trust_code=True) for name in names]
