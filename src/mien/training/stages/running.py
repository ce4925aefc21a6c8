"""What every run has in common: it is data, it owns a folder, and a loop trains its stage there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import torch

from mien.data import Feed
from mien.errors import ConfigError
from mien.files import atomic_path
from mien.training.devices import Devices
from mien.training.loop import Loop, LoopConfig, Stage
from mien.training.report import Listener, RunReport
from mien.training.stages.feeds import DataConfig
from mien.training.stages.initial import CONFIG


class StageConfig(Protocol):
    """What all stages' settings have.

    Attributes:
        seed: of everything random.
    """

    @property
    def seed(self) -> int:
        """See the class."""
        ...


@dataclass(frozen=True)
class Run:
    """A whole run, as data; a recipe derives one from another with ``dataclasses.replace``.

    Attributes:
        data: what to train on.
        stage: networks and their training.
        loop: when to stop, save and report.
    """

    data: DataConfig
    stage: StageConfig
    loop: LoopConfig

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return plain


def train(
    run: Run,
    build: Callable[[Devices], tuple[Feed, Stage]],
    out: Path,
    *,
    device: str = "auto",
    resume: bool = False,
    listener: Listener | None = None,
) -> tuple[Loop, str]:
    """Trains, and returns the finished loop and why it stopped. Nothing is written before everything is built.

    Args:
        run: what to do.
        build: makes what ``run`` asks for; the generators of random numbers are seeded by then.
        out: the run's folder; made if it is missing.
        device: see :class:`mien.training.devices.Devices`.
        resume: continue from the newest snapshot in ``out``, if there is one.
        listener: is told of the progress.

    Raises:
        ConfigError: the device is not there, ``out`` holds a run and ``resume`` is not set, or a run of other networks.
        CheckpointError: all snapshots cannot be read.
        MienError: as ``build`` does.
    """
    if not resume and (out / CONFIG).exists():
        raise ConfigError(f"{out} holds a run already; add --resume to continue it, or choose another folder.")
    devices = Devices(device)
    torch.manual_seed(run.stage.seed)
    feed, stage = build(devices)
    out.mkdir(parents=True, exist_ok=True)
    if devices.main:
        _write_config(run.to_dict(), out)
    report = RunReport(out, listener) if devices.main else None
    loop = Loop(out, stage, feed, devices, run.loop, report)
    if resume:
        loop.resume()
    reason = loop.run()
    if report is not None:
        report.close()
    return loop, reason


def _write_config(config: Mapping[str, Any], out: Path) -> None:
    """The run's settings as ``run.json``, for people and for runs that start from this one."""
    with atomic_path(out / CONFIG) as path:
        path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
