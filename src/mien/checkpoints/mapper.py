"""The text-conditioned mapper in our store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mien.checkpoints.filling import fill
from mien.checkpoints.store import load_folder, save_folder
from mien.errors import CorruptCheckpointError
from mien.models.mapper import MapperConfig, TextMapper

KIND = "text-mapper"


def save_mapper(folder: Path, network: TextMapper, card: str, facts: Mapping[str, Any]) -> None:
    """Writes weights, configuration and model card.

    Args:
        folder: made if it is missing.
        network: what to save.
        card: Markdown.
        facts: more entries for ``config.json``, ready for JSON.

    Raises:
        SaveError: the folder cannot be written.
    """
    save_folder(folder, network.state_dict(), {"kind": KIND, "mapper": asdict(network.config), **facts}, card)


def load_mapper(folder: Path) -> TextMapper:
    """The network in evaluation mode.

    Raises:
        UnknownCheckpointError: there is none.
        CorruptCheckpointError: files are damaged, or do not belong together.
    """
    config, state = load_folder(folder, KIND)
    try:
        values = {**config["mapper"], "attributes": tuple(config["mapper"]["attributes"])}
        shape = MapperConfig(**values)
    except (KeyError, TypeError) as error:
        raise CorruptCheckpointError(f"{folder} does not describe a mapper; fetch it again.") from error
    return fill(lambda: TextMapper(shape), state, str(folder)).eval()
