"""mien: multimodal local face editing that leaves every pixel you did not touch exactly as it was.

Names are resolved on first use, so that ``import mien`` costs nothing: no torch, no NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mien import forks as forks
from mien._version import __version__

if TYPE_CHECKING:
    from mien.align.crop import crop_face
    from mien.align.finder import FaceFinder, select_face
    from mien.align.paste import paste_face
    from mien.editing.cache import EditCache
    from mien.editing.result import EditResult
    from mien.editor import Editor
    from mien.errors import MienError
    from mien.photos.read import read_photo
    from mien.photos.receipt import save_with_receipt
    from mien.photos.write import save_photo
    from mien.session import Session
    from mien.types import AlignedFace, Face, Photo, Pose, Receipt

_HOME = {
    "AlignedFace": "mien.types",
    "EditCache": "mien.editing.cache",
    "EditResult": "mien.editing.result",
    "Editor": "mien.editor",
    "Face": "mien.types",
    "FaceFinder": "mien.align.finder",
    "MienError": "mien.errors",
    "Photo": "mien.types",
    "Pose": "mien.types",
    "Receipt": "mien.types",
    "Session": "mien.session",
    "crop_face": "mien.align.crop",
    "paste_face": "mien.align.paste",
    "read_photo": "mien.photos.read",
    "save_photo": "mien.photos.write",
    "save_with_receipt": "mien.photos.receipt",
    "select_face": "mien.align.finder",
}

__all__ = [
    "AlignedFace",
    "EditCache",
    "EditResult",
    "Editor",
    "Face",
    "FaceFinder",
    "MienError",
    "Photo",
    "Pose",
    "Receipt",
    "Session",
    "__version__",
    "crop_face",
    "paste_face",
    "read_photo",
    "save_photo",
    "save_with_receipt",
    "select_face",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'mien' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
