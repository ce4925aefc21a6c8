"""How much memory a function needs at its peak, beyond what the process holds before."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from pathlib import Path

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_megabytes(function: Callable[[], object]) -> float | None:
    """All that the function makes counts, its result included, whichever library asks for it.

    None where the system (other than Linux) does not tell.
    """
    if not RESET.exists():
        return None
    gc.collect()
    _return_freed_memory()
    RESET.write_text("5", encoding="ascii")  # the peak starts anew from what is held now
    before = _kilobytes("VmRSS")
    function()
    return (_kilobytes("VmHWM") - before) * 1024 / 1e6


def _kilobytes(name: str) -> int:
    lines = STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _return_freed_memory() -> None:
    """Memory that the allocator keeps back would hide what the function asks for."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)
