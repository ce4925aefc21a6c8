"""Which code made a result: results of other code are not taken for those of this one, whatever its version says."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import mien

SHARED = ("pixels.py", "conditions", "models")
EDITING = (
    *SHARED,
    "editor.py",
    "editing",
    "checkpoints/editor.py",
    "checkpoints/clip.py",
    "evaluation/protocol/models.py",
)
"""What edits depend on: files and folders of the package."""

MEASURES = ("gauge", "responsiveness", "exemplars", "yaw", "sets", "incremental")
MEASURING = (
    *SHARED,
    "align",
    *(f"evaluation/{name}.py" for name in ("color", "features", "layouts", "parsing", "psnr", "sketches", "ssim")),
    *(f"evaluation/{name}.py" for name in ("estimate", "frechet", "identity", "kernel", "perceptual", "separability")),
    *(f"evaluation/{name}.py" for name in ("captions", "text_image")),
    "checkpoints/clip.py",
    *(f"evaluation/protocol/{name}.py" for name in MEASURES),
)
"""What figures depend on."""


def code_of(kind: str) -> str:
    """Stands for the code behind a kind of result: "edit", or anything that is measured."""
    return digest_of(EDITING if kind == "edit" else MEASURING)


@cache
def digest_of(parts: tuple[str, ...]) -> str:
    """Of the source files among these parts of the package, and of their names.

    Raises:
        FileNotFoundError: there is no such part.
    """
    root, total = Path(mien.__file__).parent, hashlib.sha256()
    for part in parts:
        place = root / part
        for file in [place] if place.suffix == ".py" else sorted(place.rglob("*.py")):
            total.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:16]
