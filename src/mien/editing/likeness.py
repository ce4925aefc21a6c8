"""Faces that are named by the picture of a person. No NumPy, no torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

LIKE = "like:"
"""Before the name of a picture of the person whose face is meant."""

NO_IDENTITY = (
    "a network that recognises people, and none comes with mien; give yours as --identity-network FILE "
    "(identity=FILE), such as model_ir_se50.pth of TreB1eN/InsightFace_Pytorch, or MobileFace as TorchScript"
)
"""What an editor lacks, for errors."""


def liked(face: Any) -> Path | None:
    """The picture of "like:anna.jpg", or a path; None for what names a face otherwise."""
    if isinstance(face, Path):
        return face
    named = isinstance(face, str) and face.startswith(LIKE) and len(face) > len(LIKE)
    return Path(face[len(LIKE) :]) if named else None
