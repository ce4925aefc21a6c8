"""The folder of a run, and the settings in it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mien.errors import ConfigError, CorruptCheckpointError
from mien.files import atomic_path, status_of

CONFIG = "run.json"
"""File name of a run's settings inside its folder."""


def check_folder(out: Path, *, resume: bool) -> None:
    """Whether a run may use a folder, which need not exist.

    Raises:
        ConfigError: it is a file, cannot be written, or holds a run and ``resume`` is not set.
    """
    above = next(path for path in (out, *out.absolute().parents) if status_of(path) is not None)
    if not above.is_dir():
        raise ConfigError(f"{above} is a file, not a folder; give another folder as --out.")
    if not os.access(above, os.W_OK | os.X_OK):
        raise ConfigError(f"{above} cannot be written; give another folder as --out.")
    if not resume and (out / CONFIG).exists():
        raise ConfigError(f"{out} holds a run already; add --resume to continue it, or choose another folder.")


def write_settings(settings: Mapping[str, Any], out: Path) -> None:
    """As ``run.json``, for people and for runs that start from this one."""
    with atomic_path(out / CONFIG) as path:
        path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def read_settings(out: Path, name: str) -> dict[str, Any]:
    """A dictionary among the settings of the stage, by its name.

    Raises:
        CorruptCheckpointError: the file is damaged, or says nothing of it.
    """
    try:
        value = json.loads((out / CONFIG).read_text(encoding="utf-8"))["stage"][name]
        if not isinstance(value, dict):
            raise TypeError(name)
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise CorruptCheckpointError(
            f"{out / CONFIG} is not what mien train wrote; give another run, or its folder with the weights."
        ) from error
    return value
