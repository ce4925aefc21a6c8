"""Generators within folders of our store, whether alone or part of an editor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mien.checkpoints import editor, generator
from mien.checkpoints.store import BUNDLED, CONFIG
from mien.errors import ConfigError, UnknownCheckpointError
from mien.models.editing import EditorConfig
from mien.models.stylegan2 import Generator, GeneratorConfig


def shape_of(folder: Path) -> tuple[int, int]:
    """Number of codes and their length; nothing but the configuration is read.

    Raises:
        UnknownCheckpointError: no folder of an editor or a generator.
        ConfigError: it belongs to the package, which is not written to.
    """
    kind, config = _config(folder)
    if folder.resolve().is_relative_to(BUNDLED.resolve()):
        raise ConfigError(f"{folder} belongs to mien itself; save a copy (Editor.save_pretrained) and add to that.")
    try:
        shape = config["generator"] if kind == generator.KIND else EditorConfig.from_dict(config["editor"]).generator
        found = shape if isinstance(shape, GeneratorConfig) else GeneratorConfig.from_dict(shape)
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownCheckpointError(f"{folder} does not describe a generator; fetch it again.") from error
    return found.codes, found.w_dim


def load_any_generator(folder: Path) -> Generator:
    """The generator of a folder; errors as :func:`shape_of`, and CorruptCheckpointError."""
    shape_of(folder)
    if _config(folder)[0] == generator.KIND:
        return generator.load_generator(folder)
    networks, _ = editor.load_editor(folder)
    return networks.generator


def _config(folder: Path) -> tuple[str, dict[str, Any]]:
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        kind = config["kind"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnknownCheckpointError(f"{folder} is no folder of an editor or a generator; give one.") from error
    if kind not in (generator.KIND, editor.KIND):
        raise UnknownCheckpointError(f"{folder} holds {kind!r}, neither an editor nor a generator; give one.")
    return kind, config
