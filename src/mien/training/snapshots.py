"""Snapshots on disk: written whole or not at all, the last two kept, the newest readable one found again."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import torch

from mien.errors import CorruptCheckpointError, SaveError
from mien.files import atomic_path
from mien.training.state import halved, widened

FOLDER = "snapshots"
COMPACT = "compact.pt"
KEPT = 2


class Snapshots:
    """The snapshots of one run.

    Args:
        run: the run's folder; ``snapshots/step-*.pt`` below it is read and written.
    """

    def __init__(self, run: Path) -> None:
        self.run = run
        self.folder = run / FOLDER

    def save(self, state: dict[str, Any], step: int) -> Path:
        """Writes ``step-N.pt`` and then removes all but the newest two."""
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / f"step-{step:09d}.pt"
        write_state(state, target)
        for old in self.files()[:-KEPT]:
            old.unlink()
        for leftover in self.folder.glob(".*.part"):  # of a process that was killed while it wrote
            leftover.unlink()
        return target

    def save_compact(self, state: dict[str, Any]) -> Path:
        """Writes ``compact.pt``: half the size, half the precision, for carrying a run to another machine."""
        write_state({**state, "parts": halved(state["parts"])}, self.run / COMPACT)
        return self.run / COMPACT

    def files(self) -> list[Path]:
        """Complete snapshots, oldest first."""
        return sorted(self.folder.glob("step-*.pt"))

    def latest(self) -> dict[str, Any] | None:
        """The newest state that can be read (from ``compact.pt`` if there are no snapshots); None if there is none.

        Raises:
            CorruptCheckpointError: there are snapshots, and all are damaged.
        """
        candidates = [*reversed(self.files()), *(path for path in [self.run / COMPACT] if path.is_file())]
        for path in candidates:
            try:
                return read_state(path)
            except CorruptCheckpointError:
                continue
        if candidates:
            raise CorruptCheckpointError(f"No snapshot in {self.folder} can be read; remove them to start afresh.")
        return None


def write_state(state: dict[str, Any], target: Path) -> None:
    """``torch.save``, whole or not at all, and on the disk when it returns.

    Raises:
        SaveError: the disk is full, or the folder cannot be written.
    """
    with atomic_path(target) as path:
        try:
            torch.save(state, path)
        except RuntimeError as error:  # that is how its writer says that the disk is full
            raise SaveError(f"Cannot write {target}; make room, and go on with --resume.") from error
        with path.open("rb") as file:
            os.fsync(file.fileno())


def read_state(path: Path) -> dict[str, Any]:
    """What :func:`write_state` wrote, on the CPU, in float32; nothing in the file is executed.

    Raises:
        CorruptCheckpointError: it is not a whole snapshot.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
        if damaged is not None:
            raise zipfile.BadZipFile(damaged)
        state = torch.load(path, map_location="cpu", weights_only=True)
        if isinstance(state, dict) and "parts" in state:
            return {**state, "parts": widened(state["parts"])}
    except Exception as error:  # a damaged pickle, or one of another kind, raises almost anything
        raise CorruptCheckpointError(f"{path} is damaged; use an older snapshot.") from error
    raise CorruptCheckpointError(f"{path} is not a training snapshot; give one that mien train wrote.")
