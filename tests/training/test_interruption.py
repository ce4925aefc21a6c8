from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mien.training.devices import Devices
from mien.training.interruption import Interruption
from mien.training.report import Progress, duration
from mien.training.snapshots import Snapshots
from mien.training.stages.generator_run import GeneratorRun
from mien.training.stages.running import train

Shown = Callable[[GeneratorRun, int], GeneratorRun]
WRITER = """
import sys, torch
from pathlib import Path
from mien.training.snapshots import Snapshots
snapshots, weight = Snapshots(Path(sys.argv[1])), torch.zeros(1 << 20)
for step in range(1, 10_000):
    snapshots.save({"step": step, "parts": {"weight": weight + step}}, step)
    print(step, flush=True)
"""


@pytest.mark.parametrize(("number", "word"), [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM")])
def test_a_signal_saves_and_stops_between_steps(
    tiny_run: GeneratorRun, shown: Shown, tmp_path: Path, number: signal.Signals, word: str
) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.step == 2:
            os.kill(os.getpid(), number)

    before = signal.getsignal(number)  # a shell's background jobs ignore Ctrl-C
    run = shown(tiny_run, 1000)
    run = replace(run, loop=replace(run.loop, report_every=0.0))
    loop, reason = train(run, tmp_path / "run", device="cpu", listener=interrupt)
    assert (reason, loop.step) == (f"{word} received", 2)
    state = Snapshots(tmp_path / "run").latest()
    assert state is not None
    assert state["counters"]["step"] == 2
    assert signal.getsignal(number) is before


def test_a_second_signal_interrupts_at_once() -> None:
    with pytest.raises(KeyboardInterrupt), Interruption() as interruption:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        assert interruption.signal == "Ctrl-C"
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)


def test_the_time_limit_stops_the_run(tiny_run: GeneratorRun, tmp_path: Path) -> None:
    run = replace(tiny_run, loop=replace(tiny_run.loop, time_limit=0.0, compact=True))
    loop, reason = train(run, tmp_path / "run", device="cpu")
    assert (reason, loop.step) == ("time limit reached", 0)
    carried = tmp_path / "carried"
    carried.mkdir()
    (tmp_path / "run" / "compact.pt").rename(carried / "compact.pt")
    again = replace(run, loop=replace(run.loop, time_limit=None, images=run.stage.batch))
    loop, _ = train(again, carried, device="cpu", resume=True)
    assert loop.step == 1


def test_the_time_limit_counts_what_is_built(
    tiny_run: GeneratorRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as the faces that are drawn before a reader of drawings is trained."""
    build = GeneratorRun.build

    def slow(run: GeneratorRun, devices: Devices) -> object:
        time.sleep(0.2)
        return build(run, devices)

    monkeypatch.setattr(GeneratorRun, "build", slow)
    run = replace(tiny_run, loop=replace(tiny_run.loop, time_limit=0.2))
    loop, reason = train(run, tmp_path / "run", device="cpu")
    assert (reason, loop.step) == ("time limit reached", 0)


def test_killed_at_any_moment_the_last_snapshot_is_readable(tmp_path: Path) -> None:
    """A process that does nothing but save is killed in the midst of it, several times."""
    for kill_after in (1, 4):
        folder = tmp_path / str(kill_after)
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        finished = [int(process.stdout.readline()) for _ in range(kill_after)]
        process.kill()
        finished += [int(line) for line in process.stdout.read().split()]
        process.stdout.close()
        process.wait()
        state = Snapshots(folder).latest()
        assert state is not None
        assert state["step"] >= finished[-1], "more than one snapshot interval was lost"
        assert torch.equal(state["parts"]["weight"], torch.full((1 << 20,), float(state["step"])))


def test_progress_says_where_a_run_stands() -> None:
    progress = Progress(10, 1600, 3200, 32.04, 50.0, 3725.0, {"loss": 0.51234})
    assert str(progress) == "1.6 kimg, 32.0 images/s, 0:00:50, 1:02:05 left  loss 0.512"
    assert duration(86399.6) == "24:00:00"
