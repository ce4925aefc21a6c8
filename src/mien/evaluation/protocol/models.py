"""Who edits: any backend of the package, as it was named for this evaluation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mien.align.finder import FaceFinder
from mien.backends import find_backend, load_backend
from mien.backends.base import CropEditor, CropOptions
from mien.conditions.parser import FaceParser
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.errors import ConfigError
from mien.types import UInt8

OPENCV = "opencv"
SHORT: Mapping[str, str] = {name: f"{OPENCV}:{name}" for name in ("telea", "navier-stokes")}
"""Names that mean OpenCV's inpainting."""


class _Bundled:
    """The bundled finder and parser, loaded when an editor asks for them."""

    @cached_property
    def finder(self) -> FaceFinder:
        return FaceFinder.bundled()

    @cached_property
    def parser(self) -> FaceParser:
        return FaceParser.bundled()


@dataclass(eq=False)
class Model:
    """An editor of crops; what its edits of one face have in common is computed once.

    Attributes:
        name: as printed.
        editor: how it edits.
        size: side of the crops that it takes; None for any.
        without_text: fingerprint of the same editor without a CLIP, which edits without a text depend on; None
            where there is no CLIP.
        folder: where it lies, or None.
    """

    name: str
    editor: CropEditor
    size: int | None
    without_text: bytes | None = None
    folder: Path | None = None
    context: EditContext = field(default_factory=lambda: EditContext(_Bundled()))

    @property
    def supports(self) -> frozenset[str]:
        """Modalities that change its results; it is not run with others."""
        return self.editor.supports()

    def digest(self, given: Conditions) -> str:
        """Stands for all that its edit with these conditions depends on, besides them."""
        without = self.without_text if given.text is None else None
        return hashlib.sha256(self.editor.fingerprint() if without is None else without).hexdigest()

    def edit(self, image: UInt8, conditions: Conditions, seed: int) -> UInt8:
        """(S, S, 3) uint8 sRGB and conditions of side S with a mask -> the edited crop, composited."""
        (done,) = self.editor.edit([image], [conditions], [CropOptions(seed=seed)], self.context)
        return np.rint(done.pixels).astype(np.uint8)

    def facts(self) -> dict[str, Any]:
        """What a report says about it."""
        reads = {"clip": self.editor.reader} if self.editor.reader else {}
        return {
            "name": self.name,
            "kind": self.editor.kind,
            "size": self.size,
            "sha256": self.digest(Conditions()),
            **reads,
        }


def open_model(text: str, device: str = "cpu", clip: str | Path | None = None) -> Model:
    """From a name: a folder, "bundled", an id of the Hugging Face Hub, "telea" or "navier-stokes".

    Args:
        text: as the user gives it; "label=..." prints another name.
        device: where it runs.
        clip: what it reads text by; OpenCV's inpainting does without.

    Raises:
        CheckpointError: no editor of that name.
        ConfigError: nothing behind the label.
    """
    label, found, what = text.partition("=")
    name, what = (label, what) if found and not Path(text).exists() else (text, text)
    if not name or not what:
        raise ConfigError(f"'{text}' names no model; write a name, or label=name.")
    what = SHORT.get(what, what)
    kind, folder = find_backend(what)
    if kind == OPENCV:
        return Model(name, load_backend(what, device), None)
    editor = load_backend(what, device, clip=clip)
    without = None if clip is None else load_backend(what, device).fingerprint()
    return Model(name, editor, editor.size, without, folder)
