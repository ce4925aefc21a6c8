"""Who edits: a trained editor, OpenCV's inpainting, and fillings without any model, all behind one interface.

Letters: S side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from mien.backends.facemug import Facemug
from mien.checkpoints.editor import DEFAULT, KIND
from mien.checkpoints.hub import find_folder
from mien.checkpoints.store import load_config
from mien.conditions.modalities import pictures
from mien.conditions.types import Conditions
from mien.editing.cache import EditCache
from mien.editor import Editor
from mien.errors import ConfigError
from mien.types import Bool, UInt8

RADIUS = 3.0
"""Neighbourhood of OpenCV's inpainting in pixels of a 128 px crop."""

EDITOR_HEEDS = frozenset(pictures())
"""Modalities of an editor; one with a CLIP heeds text, too."""


class Model(Protocol):
    """Whatever edits an aligned crop."""

    @property
    def name(self) -> str:
        """As printed."""

    @property
    def digest(self) -> str:
        """Stands for all that its results depend on."""

    @property
    def size(self) -> int | None:
        """Side of the crops that it takes; None for any."""

    @property
    def heeds(self) -> frozenset[str]:
        """Modalities that change its results; it is not run with others."""

    def edit(self, image: UInt8, conditions: Conditions, seed: int) -> UInt8:
        """(S, S, 3) uint8 sRGB and conditions of side S with a mask -> the edited crop, composited."""

    def facts(self) -> dict[str, Any]:
        """What a report says about it: name, kind ("editor" or "baseline"), and more."""


@dataclass(frozen=True, eq=False)
class Filling:
    """A baseline: a function of the masked picture, and of what else it heeds.

    Attributes:
        name: as printed.
        fill: picture (S, S, 3), mask (S, S), conditions -> the whole picture; only its masked part is used.
        what: in words.
        heeds: see :class:`Model`.
    """

    name: str
    fill: Callable[[UInt8, Bool, Conditions], UInt8]
    what: str
    heeds: frozenset[str] = frozenset()
    size: int | None = None

    @property
    def digest(self) -> str:
        """Of its description."""
        return hashlib.sha256(f"{self.name}: {self.what}; OpenCV {cv2.__version__}".encode()).hexdigest()

    def edit(self, image: UInt8, conditions: Conditions, seed: int) -> UInt8:
        """See :class:`Model`; there is no chance in it."""
        assert conditions.mask is not None, "an edit needs a mask"
        mask = conditions.mask > 0
        hidden = np.where(mask[..., None], np.uint8(0), image)
        return np.where(mask[..., None], self.fill(hidden, mask, conditions), image)

    def facts(self) -> dict[str, Any]:
        """See :class:`Model`."""
        return {"name": self.name, "kind": "baseline", "what": self.what}


def _inpainted(method: int) -> Callable[[UInt8, Bool, Conditions], UInt8]:
    def fill(hidden: UInt8, mask: Bool, conditions: Conditions) -> UInt8:
        radius = RADIUS * len(hidden) / 128
        done: UInt8 = cv2.inpaint(hidden, mask.astype(np.uint8), radius, method)
        return done

    return fill


def _mean(hidden: UInt8, mask: Bool, conditions: Conditions) -> UInt8:
    seen = hidden[~mask]
    color = np.rint(seen.mean(0)) if len(seen) else np.full(3, 128)
    return np.broadcast_to(color.astype(np.uint8), hidden.shape)


def _copied(hidden: UInt8, mask: Bool, conditions: Conditions) -> UInt8:
    """Later layers lie on top."""
    filled = _mean(hidden, mask, conditions).copy()
    if conditions.exemplar is not None:
        side = len(hidden)
        filled = np.array(cv2.resize(conditions.exemplar, (side, side), interpolation=cv2.INTER_AREA))
    if conditions.color is not None:
        painted = conditions.color[..., 3] > 0
        filled[painted] = conditions.color[painted, :3]
    return filled


BASELINES: Mapping[str, Filling] = {
    one.name: one
    for one in (
        Filling("telea", _inpainted(cv2.INPAINT_TELEA), f"OpenCV's inpainting after Telea, {RADIUS:g} px of 128"),
        Filling(
            "navier-stokes", _inpainted(cv2.INPAINT_NS), f"OpenCV's Navier-Stokes inpainting, {RADIUS:g} px of 128"
        ),
        Filling("mean", _mean, "the mean colour of what is outside of the mask"),
        Filling(
            "copy",
            _copied,
            "colour map and exemplar as they are, pasted into the mask",
            frozenset({"color", "exemplar"}),
        ),
    )
}
"""Models that are always there, by name."""


@dataclass(eq=False)
class EditorModel:
    """A trained editor; what its edits of one face have in common is computed once.

    Attributes:
        name: as printed.
        editor: how it edits.
        digest: see :class:`Model`.
        folder: where it lies; None for one that was made in memory, whose codes cannot be looked at.
        reads: what a report says of the CLIP that it reads text by, and its own checksum.
    """

    name: str
    editor: Editor
    digest: str
    folder: Path | None = None
    heeds: frozenset[str] = EDITOR_HEEDS
    reads: Mapping[str, str] = field(default_factory=dict)
    cache: EditCache = field(default_factory=EditCache)

    @property
    def size(self) -> int:
        """The editor's own."""
        return self.editor.size

    def edit(self, image: UInt8, conditions: Conditions, seed: int) -> UInt8:
        """See :class:`Model`."""
        done = self.editor.edit_crop(image, conditions, seed=seed, cache=self.cache)
        return np.rint(done.pixels).astype(np.uint8)

    def facts(self) -> dict[str, Any]:
        """See :class:`Model`."""
        return {"name": self.name, "kind": "editor", "size": self.size, "sha256": self.digest, **self.reads}


def open_model(text: str, device: str = "cpu", clip: str | Path | None = None) -> Model:
    """A baseline by name, or an editor: a folder, "bundled", or an id of the Hugging Face Hub.

    Args:
        text: as the user gives it; "label=..." prints another name.
        device: where an editor runs.
        clip: what an editor understands text by.

    Raises:
        CheckpointError: neither a baseline nor an editor.
        ConfigError: nothing behind the label.
    """
    label, found, what = text.partition("=")
    name, what = (label, what) if found and not Path(text).exists() else (text, text)
    if not name or not what:
        raise ConfigError(f"'{text}' names no model; write a name, or label=name.")
    if what in BASELINES:
        known = BASELINES[what]
        return known if name == what else Filling(name, known.fill, known.what, known.heeds)
    folder = find_folder(DEFAULT if what == "bundled" else what)
    digest = str(load_config(folder, KIND)["sha256"])
    editor = Editor.from_pretrained(folder, device=device, clip=clip)
    if clip is None:
        return EditorModel(name, editor, digest, folder)
    backend = editor.backend
    assert isinstance(backend, Facemug) and backend.clip is not None
    reads = {"sha256": digest, "clip": backend.clip.name, "clip_sha256": backend.clip.sha256}
    both = hashlib.sha256(f"{digest} {backend.clip.sha256}".encode()).hexdigest()
    return EditorModel(name, editor, both, folder, EDITOR_HEEDS | {"text"}, reads)
