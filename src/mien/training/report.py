"""What a run leaves for people to look at: a log, TensorBoard events and pictures; and what it says meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from mien.files import atomic_path
from mien.types import UInt8


@dataclass(frozen=True)
class Progress:
    """Where a run stands.

    Attributes:
        step, images: done so far, over all sittings.
        target: pictures to show in all; None when there is no such limit.
        rate: pictures per second since the last report, over all processes.
        elapsed: seconds of training so far, over all sittings.
        remaining: seconds until the target or the time limit, whichever comes first; None when there is neither.
        scalars: means since the last report, by name.
    """

    step: int
    images: int
    target: int | None
    rate: float
    elapsed: float
    remaining: float | None
    scalars: Mapping[str, float]

    def __str__(self) -> str:
        left = "" if self.remaining is None else f", {duration(self.remaining)} left"
        figures = " ".join(f"{name} {value:.3g}" for name, value in self.scalars.items())
        return f"{self.images / 1000:.1f} kimg, {self.rate:.1f} images/s, {duration(self.elapsed)}{left}  {figures}"


Listener = Callable[[Progress], None]


class RunReport:
    """Writes ``log.jsonl``, ``tensorboard/`` and ``previews/*.png`` into a run's folder.

    Args:
        run: the folder.
        listener: is told of the progress as well; what the command line shows.
    """

    def __init__(self, run: Path, listener: Listener | None = None) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self.run = run
        self._listener = listener
        self._writer = SummaryWriter(str(run / "tensorboard"))

    def progress(self, progress: Progress) -> None:
        """One line in the log, one point in every curve; the horizontal axis is thousands of pictures."""
        record = {**progress.__dict__, "scalars": dict(progress.scalars)}
        with (self.run / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        for name, value in {**progress.scalars, "images_per_second": progress.rate}.items():
            self._writer.add_scalar(name, value, progress.images // 1000)
        if self._listener is not None:
            self._listener(progress)

    def pictures(self, sheets: Mapping[str, UInt8], images: int) -> None:
        """Sheets by name, (H, W, 3) uint8 each, as ``previews/NAME-000064k.png`` and in TensorBoard."""
        folder = self.run / "previews"
        folder.mkdir(exist_ok=True)
        for name, sheet in sheets.items():
            with atomic_path(folder / f"{name}-{images // 1000:06d}k.png") as path:
                Image.fromarray(sheet).save(path, "PNG")
            self._writer.add_image(name, sheet, images // 1000, dataformats="HWC")

    def close(self) -> None:
        """Finishes the event file."""
        self._writer.close()


def duration(seconds: float) -> str:
    """5025 -> "1:23:45"."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
