"""``torch.save`` files, read with ``weights_only=True`` after a look at the archive."""

from __future__ import annotations

import argparse
import pickle
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import torch

from mien.errors import CorruptCheckpointError, UnsafeCheckpointError

ARCHIVE = b"PK\x03\x04"
"""How a zip file begins; torch goes by the same four bytes."""


def load_torch_file(path: Path) -> Any:
    """What ``torch.save`` stored, tensors on the CPU. Of classes only ``argparse.Namespace`` (settings) is allowed.

    Raises:
        UnsafeCheckpointError: the file asks for other classes or functions, or the archive is a trap.
        CorruptCheckpointError: damaged.
    """
    with path.open("rb") as file:
        archived = file.read(len(ARCHIVE)) == ARCHIVE
    if archived:
        _check_archive(path)
    try:
        with torch.serialization.safe_globals([argparse.Namespace]):
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        text = str(error)
        if "Unsupported" in text or "GLOBAL" in text or "not allowed" in text:
            raise UnsafeCheckpointError(
                f"{path.name} asks for code beside tensors; nothing was run: "
                "get the file from its makers again, or save its state_dict alone."
            ) from error
        raise CorruptCheckpointError(f"{path.name} is damaged; fetch the file again.") from error
    except Exception as error:  # torch raises whatever its parser stumbles over
        raise CorruptCheckpointError(f"{path.name} is damaged; fetch the file again.") from error


def _check_archive(path: Path) -> None:
    """Torch stores without compression, under one folder: anything else is a bomb or a trick."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except Exception as error:  # zipfile, too, raises many things on damaged files
        raise CorruptCheckpointError(f"{path.name} is a damaged archive; fetch the file again.") from error
    for entry in entries:
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts:
            raise UnsafeCheckpointError(
                f"{path.name} has an entry that points outside the archive ({entry.filename!r}); do not use it."
            )
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries) or (
        sum(entry.file_size for entry in entries) > path.stat().st_size
    ):
        raise UnsafeCheckpointError(
            f"{path.name} is a compressed archive, which torch never writes; get the file from its makers again."
        )
