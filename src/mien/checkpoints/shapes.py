"""Generators within folders of our store, whether alone or part of an editor."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mien.checkpoints import editor, encoder, generator
from mien.checkpoints.store import BUNDLED, CONFIG
from mien.errors import ConfigError, UnknownCheckpointError
from mien.models.editing import EditorConfig, StyleEncoder
from mien.models.stylegan2 import Generator, GeneratorConfig


def check_writable(folder: Path) -> None:
    """Finds out before anything is computed that a folder takes no directions.

    Raises:
        ConfigError: it belongs to the package, which is not written to.
    """
    if folder.resolve().is_relative_to(BUNDLED.resolve()):
        raise ConfigError(f"{folder} belongs to mien itself; save a copy (Editor.save_pretrained) and add to that.")


def generator_config(folder: Path) -> GeneratorConfig:
    """Of the generator in a folder; nothing but the configuration is read.

    Raises:
        UnknownCheckpointError: no folder of an editor or a generator.
    """
    kind, config = _config(folder)
    try:
        shape = config["generator"] if kind == generator.KIND else EditorConfig.from_dict(config["editor"]).generator
        return shape if isinstance(shape, GeneratorConfig) else GeneratorConfig.from_dict(shape)
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownCheckpointError(f"{folder} does not describe a generator; fetch it again.") from error


@dataclass(frozen=True, eq=False)
class Pair:
    """A generator, and what turns faces into its codes.

    Attributes:
        generator: in evaluation mode.
        encoder: None where the folder has none.
        modalities: names of what the encoder sees, the image first.
    """

    generator: Generator
    encoder: StyleEncoder | None
    modalities: tuple[str, ...] = ("image",)


def load_pair(folder: Path) -> Pair:
    """The generator of a folder, and its encoder if there is one.

    Raises:
        UnknownCheckpointError: no folder of an editor or a generator.
        CorruptCheckpointError: its files are damaged, or do not belong together.
    """
    if _config(folder)[0] == generator.KIND:
        return Pair(generator.load_generator(folder), encoder.load_encoder(folder))
    networks, trained = editor.load_editor(folder)
    return Pair(networks.generator, networks.encoder if "encoder" in trained else None, networks.config.modalities)


def _config(folder: Path) -> tuple[str, dict[str, Any]]:
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        kind = config["kind"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnknownCheckpointError(f"{folder} is no folder of an editor or a generator; give one.") from error
    if kind not in (generator.KIND, editor.KIND):
        raise UnknownCheckpointError(f"{folder} holds {kind!r}, neither an editor nor a generator; give one.")
    return kind, config
