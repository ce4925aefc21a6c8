"""NumPy's files: one array (``.npy``), or several by name (``.npz``). Pickles within them are not read."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mien.errors import CorruptCheckpointError, UnsafeCheckpointError

ARRAY = b"\x93NUMPY"

LARGEST = 1 << 30
"""Bytes of arrays that are unpacked."""


def is_npz(path: Path) -> bool:
    """Whether an archive holds NumPy's arrays and nothing else."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception:  # zipfile raises many things on damaged files
        return False
    return bool(names) and all(name.endswith(".npy") for name in names)


def read_arrays(path: Path, source: str) -> Any:
    """A tensor, or tensors by name.

    Raises:
        UnsafeCheckpointError: an array of Python objects, or more than a file of directions may hold.
        CorruptCheckpointError: damaged.
    """
    try:
        if is_npz(path):
            with zipfile.ZipFile(path) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                    raise UnsafeCheckpointError(f"{source} unpacks to more than 1 GB; get it from its makers again.")
        found = np.load(path, allow_pickle=False)
        if isinstance(found, np.ndarray):
            return _tensor(found)
        with found:
            return {name: _tensor(found[name]) for name in found.files}
    except UnsafeCheckpointError:
        raise
    except Exception as error:  # so does NumPy
        if "pickle" in str(error):
            raise UnsafeCheckpointError(f"{source} holds Python objects instead of numbers; do not use it.") from error
        raise CorruptCheckpointError(
            f"{source} holds no arrays of numbers that can be read; fetch it again."
        ) from error


def _tensor(array: Any) -> torch.Tensor:
    if array.dtype.kind not in "fiu" or array.nbytes > LARGEST:
        raise ValueError("not numbers")
    native = array.astype(array.dtype.newbyteorder("="))
    return torch.from_numpy(native.astype(np.float64) if native.dtype.kind != "f" else native)
