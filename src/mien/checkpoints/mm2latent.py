"""MM2Latent's networks in our store: a mapping network with its encoders, and autoencoders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mien.checkpoints.filling import fill
from mien.checkpoints.generator import KIND as GENERATOR_KIND
from mien.checkpoints.hub import find_folder
from mien.checkpoints.store import load_config, load_folder, save_folder
from mien.errors import CorruptCheckpointError
from mien.models.mm2latent.config import TRAINED_FOR, MappingConfig, SpatialConfig
from mien.models.mm2latent.encoders import Autoencoder
from mien.models.mm2latent.mapping import Mapping as MappingNetwork
from mien.models.mm2latent.mapping import build_mapping
from mien.models.mm2latent.text import TextScale

KIND = "mm2latent"
AUTOENCODER = "mm2latent-autoencoder"
DEFAULT = "multimodal-mapping"
GENERATOR = "generator"
"""Folder of the generator beside the weights, where it is not a bundled one."""


def save_mapping(
    folder: Path, network: MappingNetwork, text: TextScale, generator: str, card: str, facts: Mapping[str, Any]
) -> None:
    """Writes weights, configuration and model card.

    Args:
        folder: made if it is missing.
        network: what to save.
        text: how words are given.
        generator: name of a bundled generator, or :data:`GENERATOR` where it lies in the folder already.
        card: Markdown.
        facts: more entries for ``config.json``, ready for JSON.

    Raises:
        SaveError: the folder cannot be written.
        CheckpointError: there is no such generator.
    """
    config = {"kind": KIND, "mapping": network.config.to_dict(), "text": text.to_dict(), "generator": generator}
    where = folder / GENERATOR if generator == GENERATOR else find_folder(generator)
    config[TRAINED_FOR] = load_config(where, GENERATOR_KIND)["sha256"]
    save_folder(folder, network.state_dict(), {**config, **facts}, card)


def load_mapping(name: str | Path = DEFAULT) -> tuple[MappingNetwork, TextScale, Path]:
    """The network in evaluation mode, how words are given to it, and the folder of its generator.

    Args:
        name: a folder, a bundled name, or a Hugging Face id.

    Raises:
        UnknownCheckpointError: there is none.
        CorruptCheckpointError: files are damaged, or do not belong together.
        ConfigError: a configuration is out of range.
    """
    folder = find_folder(name)
    config, state = load_folder(folder, KIND)
    text, generator = described(folder, config)
    network = fill(lambda: build_mapping(MappingConfig.from_dict(config["mapping"])), state, str(folder))
    return network, text, generator


def described(folder: Path, config: Mapping[str, Any] | None = None) -> tuple[TextScale, Path]:
    """How words are given, and the folder of the generator; errors as above."""
    values = load_config(folder, KIND) if config is None else config
    try:
        text, generator = TextScale.from_dict(values["text"]), str(values["generator"])
    except (KeyError, TypeError) as error:
        raise CorruptCheckpointError(f"{folder} does not describe a mapping network; fetch it again.") from error
    return text, folder / GENERATOR if generator == GENERATOR else find_folder(generator)


def save_autoencoder(folder: Path, network: Autoencoder, modality: str, card: str, facts: Mapping[str, Any]) -> None:
    """Writes an autoencoder of a modality; arguments as for :func:`save_mapping`."""
    config = {"kind": AUTOENCODER, "modality": modality, "autoencoder": asdict(network.encoder.config)}
    save_folder(folder, network.state_dict(), {**config, **facts}, card)


def load_autoencoder(folder: Path, modality: str) -> Autoencoder:
    """The autoencoder of a modality.

    Raises:
        CheckpointError: there is none, it is damaged, or of another modality.
        ConfigError: its configuration is out of range.
    """
    config, state = load_folder(folder, AUTOENCODER)
    if config.get("modality") != modality:
        raise CorruptCheckpointError(f"{folder} holds an autoencoder of {config.get('modality')}, not of {modality}.")
    return fill(lambda: Autoencoder(SpatialConfig.from_dict(config["autoencoder"])), state, str(folder))
