"""mien: multimodal local face editing that leaves every pixel you did not touch exactly as it was.

Names are resolved on first use, so that ``import mien`` costs nothing: no torch, no NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mien._version import __version__

if TYPE_CHECKING:
    from mien.errors import MienError
    from mien.types import AlignedFace, Face, Photo, Pose, Receipt

_HOME = {
    "AlignedFace": "mien.types",
    "Face": "mien.types",
    "MienError": "mien.errors",
    "Photo": "mien.types",
    "Pose": "mien.types",
    "Receipt": "mien.types",
}

__all__ = ["AlignedFace", "Face", "MienError", "Photo", "Pose", "Receipt", "__version__"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'mien' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
