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
    from mien.client import Client
    from mien.conditions.parser import FaceParser
    from mien.conditions.types import Conditions
    from mien.editing.cache import EditCache
    from mien.editing.request import Request
    from mien.editing.result import EditResult
    from mien.editor import Editor
    from mien.errors import MienError
    from mien.generation.generator import MultimodalGenerator
    from mien.models.stylegan2 import Generator
    from mien.photos.read import read_photo
    from mien.photos.receipt import save_with_receipt
    from mien.photos.write import save_photo
    from mien.session import Session
    from mien.types import AlignedFace, Face, Photo, PictureLike, Pose, Receipt

__all__ = [
    "AlignedFace",
    "Client",
    "Conditions",
    "EditCache",
    "EditResult",
    "Editor",
    "Face",
    "FaceFinder",
    "FaceParser",
    "Generator",
    "MienError",
    "MultimodalGenerator",
    "Photo",
    "PictureLike",
    "Pose",
    "Receipt",
    "Request",
    "Session",
    "__version__",
    "crop_face",
    "paste_face",
    "read_photo",
    "save_photo",
    "save_with_receipt",
    "select_face",
]

_HOME = {
    "mien.align.crop": ("crop_face",),
    "mien.align.finder": ("FaceFinder", "select_face"),
    "mien.align.paste": ("paste_face",),
    "mien.client": ("Client",),
    "mien.conditions.parser": ("FaceParser",),
    "mien.conditions.types": ("Conditions",),
    "mien.editing.cache": ("EditCache",),
    "mien.editing.request": ("Request",),
    "mien.editing.result": ("EditResult",),
    "mien.editor": ("Editor",),
    "mien.errors": ("MienError",),
    "mien.generation.generator": ("MultimodalGenerator",),
    "mien.models.stylegan2": ("Generator",),
    "mien.photos.read": ("read_photo",),
    "mien.photos.receipt": ("save_with_receipt",),
    "mien.photos.write": ("save_photo",),
    "mien.session": ("Session",),
    "mien.types": ("AlignedFace", "Face", "Photo", "PictureLike", "Pose", "Receipt"),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'mien' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
