"""What faces are made with, out of the folder of a mapping network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mien.checkpoints.hub import find_folder
from mien.checkpoints.store import load_config
from mien.engine.faces import BUNDLED_GENERATOR, FaceMaker, load_maker
from mien.engine.mapping import KIND, Mapper, check_generator, load_mapper
from mien.errors import ConfigError
from mien.models.mm2latent.text import TextScale

GENERATOR = "generator"
"""Folder of the generator beside the weights, where it is not a bundled one."""


def loaded(
    name: str | Path, engine: str | None = None, clip: str | Path | None = None
) -> tuple[Mapper, FaceMaker, TextScale, Any, Path]:
    """Mapping network, generator, how words are told, what reads them (None for numbers), the generator's folder.

    Args:
        name: a folder that ``mien train mapping`` wrote, a bundled name, or an id of the Hugging Face Hub.
        engine: what runs the network, see :mod:`mien.engine`.
        clip: a CLIP, for a network that was trained with its vectors.

    Raises:
        CheckpointError: there is none, or it is damaged.
        ConfigError: a package is missing, the network needs a CLIP or takes none, or its generator is another.
    """
    folder = find_folder(name)
    values = load_config(folder, KIND)
    scale, named = TextScale.from_dict(values.get("text") or {}), str(values.get("generator"))
    if not scale.names and clip is None:
        raise ConfigError(f"{folder.name} was trained with a CLIP's vectors; give that one as --clip.")
    if scale.names and clip is not None:
        raise ConfigError(f"{folder.name} was not trained with a CLIP, and reads words without one; leave --clip out.")
    reads = None
    if clip is not None:
        from mien.checkpoints.clip import load_clip

        reads = load_clip(clip)
    generator = (folder / named if named == GENERATOR else find_folder(named)) or BUNDLED_GENERATOR
    check_generator(folder, generator)
    return load_mapper(folder, engine), load_maker(generator), scale, reads, generator
