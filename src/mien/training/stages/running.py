"""What every run has in common: it owns a folder, and a loop trains its stage there."""

from __future__ import annotations

import time
from pathlib import Path

import torch

from mien.errors import SaveError
from mien.training.devices import Devices
from mien.training.folder import check_folder, write_settings
from mien.training.loop import Loop
from mien.training.report import Listener, RunReport
from mien.training.settings import Run


def train(
    run: Run, out: Path, *, device: str = "auto", resume: bool = False, listener: Listener | None = None
) -> tuple[Loop, str]:
    """Trains, and returns the finished loop and why it stopped. Nothing is written before everything is built.

    Args:
        run: what to do.
        out: the run's folder; made if it is missing.
        device: see :class:`mien.training.devices.Devices`.
        resume: continue from the newest snapshot in ``out``, if there is one.
        listener: is told of the progress.

    Raises:
        ConfigError: the device is not there, ``out`` holds a run and ``resume`` is not set, or a run of other networks.
        CheckpointError: all snapshots cannot be read.
        SaveError: the disk is full.
        MienError: as :meth:`mien.training.settings.Run.build` does.
    """
    begun = time.monotonic()
    check_folder(out, resume=resume)
    devices = Devices(device)
    torch.manual_seed(run.stage.seed)
    feed, stage = run.build(devices)
    try:
        out.mkdir(parents=True, exist_ok=True)
        if devices.main:
            write_settings(run.to_dict(), out)
        report = RunReport(out, listener) if devices.main else None
        loop = Loop(out, stage, feed, devices, run.loop, report, begun)
        if resume:
            loop.resume()
        reason = loop.run()
        if report is not None:
            report.close()
    except OSError as error:
        raise SaveError(f"{out} cannot be written: {error.strerror or error}; make room, and add --resume.") from error
    return loop, reason
