"""Window painters in our store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mien.checkpoints.filling import fill
from mien.checkpoints.store import load_folder, save_folder
from mien.models.editing.window import WindowConfig, WindowPainter

KIND = "mien-window-painter"
FOLDER = "windows"
"""Name of its folder inside an editor's."""


def save_windows(folder: Path, network: WindowPainter, card: str, facts: Mapping[str, Any] | None = None) -> None:
    """Writes weights (half precision), configuration and model card (Markdown); ``facts`` are more entries of it.

    Raises:
        SaveError: the folder cannot be written.
    """
    config = {"kind": KIND, "painter": network.config.to_dict(), **(facts or {})}
    save_folder(folder, network.state_dict(), config, card)


def load_windows(folder: Path) -> WindowPainter:
    """A painter in evaluation mode, float32, on the CPU, without gradients.

    Raises:
        UnknownCheckpointError: the folder holds none.
        CorruptCheckpointError: it is damaged.
    """
    config, state = load_folder(folder, KIND)
    return fill(lambda: WindowPainter(WindowConfig.from_dict(config["painter"])), state, str(folder))
