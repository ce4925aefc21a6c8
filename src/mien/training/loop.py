"""The training loop, the same for every stage: draw, run the phases, report, save; stop when told."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from mien.data.feed import Feed
from mien.errors import ConfigError
from mien.pixels import scale_bytes
from mien.training.devices import Devices
from mien.training.interruption import Interruption
from mien.training.phases import Phase, Step, run_phases
from mien.training.report import Progress, RunReport
from mien.training.settings import LoopConfig
from mien.training.snapshots import Snapshots
from mien.training.state import RandomState, Stateful, collect, restore
from mien.types import UInt8


class Stage(Protocol):
    """What is trained.

    Attributes:
        phases: the schedule.
        parts: everything with a state, by name: networks, optimizers, averages.
        rng: the run's own generator, on the training device.
    """

    @property
    def phases(self) -> Sequence[Phase]:
        """See the class."""
        ...

    @property
    def parts(self) -> Mapping[str, Stateful]:
        """See the class."""
        ...

    @property
    def rng(self) -> torch.Generator:
        """See the class."""
        ...

    def finish_step(self, step: Step) -> Mapping[str, float]:
        """Called after the phases of a step (averages, adaptation); returns figures to report."""
        ...

    def preview(self) -> Mapping[str, UInt8]:
        """Sheets (H, W, 3) uint8 that show how far training is; must not draw from any saved generator."""
        ...

    def export(self, run: Path, progress: Progress) -> None:
        """Writes the result as a folder of our store below ``run``."""
        ...


class Loop:
    """Trains a stage in a run's folder; :meth:`run` returns why it stopped.

    Args:
        run: the folder, which exists.
        report: None for processes that do not write.
        begun: when this sitting began, of ``time.monotonic``, for the time limit, to which building a stage
            counts, too; None: now.

    Attributes:
        step, images: done so far, over all sittings.
        elapsed: seconds of training before this sitting.
    """

    def __init__(
        self,
        run: Path,
        stage: Stage,
        feed: Feed,
        devices: Devices,
        config: LoopConfig,
        report: RunReport | None,
        begun: float | None = None,
    ) -> None:
        self.run_folder, self.stage, self.feed, self.devices = run, stage, feed, devices
        self.config, self.report = config, report
        self.snapshots = Snapshots(run)
        self.step, self.images, self.elapsed = 0, 0, 0.0
        self._started = time.monotonic()
        self._begun = self._started if begun is None else begun
        self._parts = {**stage.parts, "feed": feed, "random": RandomState(stage.rng)}
        self._window = _Window()
        self._save_cost = 0.0

    def state(self) -> dict[str, Any]:
        """Everything that a resume needs."""
        counters = {"step": self.step, "images": self.images, "elapsed": self._seconds()}
        return {"format": 1, "counters": counters, "parts": collect(self._parts)}

    def resume(self) -> bool:
        """Continues from the newest snapshot of the run's folder; False if there is none.

        Settings of the optimizers are those of this run, not of the snapshot.

        Raises:
            CorruptCheckpointError: no snapshot is readable.
            ConfigError: it is a snapshot of other networks.
        """
        state = self.snapshots.latest()
        if state is None:
            return False
        settings = [[dict(g, params=None) for g in phase.optimiser.param_groups] for phase in self.stage.phases]
        try:
            restore(self._parts, state["parts"])
            step, images, elapsed = (state["counters"][name] for name in ("step", "images", "elapsed"))
        except (KeyError, ValueError, RuntimeError, TypeError, AttributeError, IndexError) as error:
            raise ConfigError(
                f"{self.run_folder} was started with other networks or data; give the same options, or another folder."
            ) from error
        for phase, groups in zip(self.stage.phases, settings, strict=True):
            for group, wanted in zip(phase.optimiser.param_groups, groups, strict=True):
                group.update({name: value for name, value in wanted.items() if name != "params"})
        self.step, self.images, self.elapsed = int(step), int(images), float(elapsed)
        if self.devices.rank:  # the snapshot holds the generators of the first process; the others must not copy it
            self.stage.rng.manual_seed(self.step * self.devices.world + self.devices.rank)
            torch.manual_seed(self.step * self.devices.world + self.devices.rank)
        return True

    def run(self) -> str:
        """Trains until the target, the time limit or a signal; saves; says in a phrase why it stopped."""
        saved = time.monotonic()
        with Interruption() as interruption:
            while not (reason := self._reason_to_stop(interruption)):
                self._advance()
                if time.monotonic() - saved > self.config.snapshot_every:
                    self.save()
                    saved = time.monotonic()
            self._tell()
            self.save()
            if self.config.compact and self.devices.main:
                self.snapshots.save_compact(self.state())
        return reason

    def save(self) -> None:
        """A snapshot and the exported network."""
        start = time.monotonic()
        if self.devices.main:
            self.snapshots.save(self.state(), self.step)
            self.stage.export(self.run_folder, self._progress({}))
        self.devices.wait()
        self._save_cost = time.monotonic() - start

    def _advance(self) -> None:
        before = self.images
        batch = self.feed.next()
        reals = scale_bytes(batch.pictures.to(self.devices.device)).contiguous(memory_format=torch.channels_last)
        labels = None if batch.labels is None else batch.labels.to(self.devices.device)
        others = {name: one.to(self.devices.device) for name, one in batch.others.items()}
        step = Step(self.step, self.images, self.feed.batch, reals, labels, others)
        scalars = run_phases(self.stage.phases, step, self.devices, autocast=self.config.autocast)
        self.step += 1
        self.images += self.feed.batch
        figures = self.stage.finish_step(step)
        self._window.add(scalars, figures)
        if time.monotonic() - self._window.started > self.config.report_every:
            self._tell()
        if self.report is not None and before // self.config.preview_every < self.images // self.config.preview_every:
            self.report.pictures(self.stage.preview(), self.images)

    def _reason_to_stop(self, interruption: Interruption) -> str:
        limit, target = self.config.time_limit, self.config.images
        spent = time.monotonic() - self._begun + self._save_cost
        reason = ""
        if interruption.signal is not None:
            reason = f"{interruption.signal} received"
        elif target is not None and self.images >= target:
            reason = f"{target} images shown"
        elif limit is not None and spent >= limit:
            reason = "time limit reached"
        return (reason or "another process stopped") if self.devices.any(bool(reason)) else ""

    def _seconds(self) -> float:
        return self.elapsed + time.monotonic() - self._started

    def _progress(self, scalars: Mapping[str, float]) -> Progress:
        rate = self._window.steps * self.feed.batch / max(time.monotonic() - self._window.started, 1e-9)
        limits = []
        if self.config.images is not None and rate > 0:
            limits.append((self.config.images - self.images) / rate)
        if self.config.time_limit is not None:
            limits.append(self.config.time_limit - (time.monotonic() - self._begun))
        remaining = max(min(limits), 0.0) if limits else None
        return Progress(self.step, self.images, self.config.images, rate, self._seconds(), remaining, scalars)

    def _tell(self) -> None:
        if self._window.steps and self.report is not None:
            self.report.progress(self._progress(self._window.means()))
        self._window = _Window()


class _Window:
    """Sums of what was reported since the last time it was told; no value leaves its device before that."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.steps = 0
        self._sums: dict[str, tuple[Tensor | float, int]] = {}

    def add(self, *groups: Mapping[str, Tensor | float] | Mapping[str, Tensor] | Mapping[str, float]) -> None:
        self.steps += 1
        for group in groups:
            for name, value in group.items():
                total, count = self._sums.get(name, (0.0, 0))
                self._sums[name] = (total + value, count + 1)

    def means(self) -> dict[str, float]:
        return {name: float(total) / count for name, (total, count) in self._sums.items()}
