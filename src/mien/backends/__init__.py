"""Who paints. A new family of models is one module and one line in :data:`BACKENDS`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mien.checkpoints.hub import DEFAULT, find_folder
from mien.checkpoints.store import BUNDLED, CONFIG
from mien.editing.directions import attribute_names
from mien.errors import UnknownCheckpointError
from mien.packages import need_torch

if TYPE_CHECKING:
    from mien.backends.base import CropEditor

Loader = Callable[[Path, str, "str | Path | None"], "CropEditor"]
"""From a folder, a device, and the name of what reads text (None to do without)."""


def _facemug(folder: Path, device: str, clip: str | Path | None) -> CropEditor:
    if folder == BUNDLED / DEFAULT and clip is None:  # it is whole; others are looked at at once
        from mien.backends.later import PainterLater

        return PainterLater(folder, device)
    need_torch(f"The editor {folder.name}")
    from mien.backends.facemug import Facemug

    return Facemug.load(folder, device, clip)


def _opencv(folder: Path, device: str, clip: str | Path | None) -> CropEditor:
    from mien.backends.opencv import OpenCVInpainting

    return OpenCVInpainting.load(folder, clip)


def _mm2latent(folder: Path, device: str, clip: str | Path | None) -> CropEditor:
    from mien.backends.mm2latent import LatentMover

    made = LatentMover(folder)
    made.to(device)
    return made


BACKENDS: Mapping[str, Loader] = {"mien-editor": _facemug, "mm2latent": _mm2latent, "opencv": _opencv}
"""By ``kind`` in the folder's ``config.json``. Modules are imported when they are used."""

OF_KIND: Mapping[str, str] = {"bundled": DEFAULT, "mien-editor": DEFAULT, "mm2latent": "multimodal-mapping"}
"""The bundled folder by a kind, and of none."""


def find_backend(name: str | Path, revision: str | None = None) -> tuple[str, Path]:
    """The kind and the folder of a name; nothing is loaded.

    Args:
        name: a folder, "bundled", a bundled name, a kind of which one is bundled ("mm2latent"), an id of the Hugging
            Face Hub, or ``KIND:NAME`` for what needs no folder, such as ``opencv:telea``.
        revision: branch, tag or commit on the hub.

    Raises:
        UnknownCheckpointError: there is none, or it is no editor.
    """
    kind, colon, rest = str(name).partition(":")
    if colon and kind in BACKENDS and not Path(name).exists():
        return kind, Path(rest)
    folder = find_folder(name if Path(name).is_dir() else OF_KIND.get(str(name), name), revision)
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnknownCheckpointError(f"{folder} has no readable {CONFIG}; give a folder that mien saved.") from error
    found = config.get("kind") if isinstance(config, dict) else None
    if not isinstance(found, str) or found not in BACKENDS:
        raise UnknownCheckpointError(
            f"{folder} holds {found!r}, which is no editor; give one of {', '.join(BACKENDS)}."
        )
    return found, folder


@dataclass(frozen=True)
class Described:
    """What is known of a backend before it is loaded; see :class:`mien.editing.validation.Knows`."""

    attributes: tuple[str, ...]
    reader: str


def describe_backend(name: str | Path, *, with_clip: bool) -> Described:
    """Reads no weights and imports no torch; errors as :func:`find_backend`."""
    kind, folder = find_backend(name)
    words = "the words of mien" if kind == "mm2latent" else ""
    return Described(attribute_names(folder), "a CLIP" if with_clip else words)


def load_backend(
    name: str | Path, device: str = "cpu", *, revision: str | None = None, clip: str | Path | None = None
) -> CropEditor:
    """What edits crops; arguments as for :func:`find_backend` and :meth:`mien.editor.Editor.from_pretrained`.

    Raises:
        CheckpointError: there is none, it is damaged, or it is not trained far enough to edit.
        ConfigError: ``clip`` needs a package that is not installed, or cannot be used.
    """
    kind, folder = find_backend(name, revision)
    return BACKENDS[kind](folder, device, clip)
