"""StyleGAN2 generators in our store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from mien.checkpoints.filling import fill
from mien.checkpoints.hub import find_folder
from mien.checkpoints.store import load_folder, save_folder
from mien.models.stylegan2 import Generator, GeneratorConfig

KIND = "stylegan2-generator"
DEFAULT = "portrait-generator"
"""Name of the bundled generator."""


def save_generator(
    folder: Path, generator: Generator, card: str, *, half: bool = True, facts: Mapping[str, Any] | None = None
) -> list[str]:
    """Writes weights, configuration and model card; returns the names of weights that ``half`` would have spoilt.

    Args:
        folder: made if it is missing.
        generator: what to save.
        card: Markdown; see :func:`model_card`.
        half: store weights as float16, but for those beyond its range.
        facts: more entries for ``config.json``, ready for JSON.

    Raises:
        SaveError: the folder cannot be written.
    """
    config = {"kind": KIND, "generator": generator.config.to_dict(), **(facts or {})}
    return save_folder(folder, generator.state_dict(), config, card, half=half)


def load_generator(name: str | Path = DEFAULT, revision: str | None = None) -> Generator:
    """A generator in evaluation mode, float32, on the CPU, without gradients, channels last, which is fastest.

    Args:
        name: a folder, a bundled name, or a Hugging Face id; see :func:`mien.checkpoints.hub.find_folder`.
        revision: on the hub.

    Raises:
        UnknownCheckpointError: there is no such generator.
        CorruptCheckpointError: its files are damaged, or do not belong together.
    """
    folder = find_folder(name, revision)
    config, state = load_folder(folder, KIND)
    generator = fill(lambda: Generator(GeneratorConfig.from_dict(config["generator"])), state, str(folder))
    return generator.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def model_card(generator: Generator, origin: str, licence: str, remarks: tuple[str, ...] = ()) -> str:
    """A model card in the form of the Hugging Face Hub, with the license in its header.

    Args:
        generator: what it describes.
        origin: where the weights came from, one sentence or name.
        licence: name of the license that they come under; "unknown" says that it has to be found out.
        remarks: further sentences.
    """
    config = generator.config
    parameters = sum(p.numel() for p in generator.parameters())
    lines = [
        f"- Origin: {origin}",
        f"- Licence: {licence}. Weights keep the licence of their makers; importing them does not change it.",
        f"- Output: {config.resolution} × {config.resolution} px RGB.",
        f"- Size: {parameters:,} parameters; z {config.z_dim}, w {config.w_dim}, {config.codes} W+ codes.",
        *(f"- {remark}" for remark in remarks),
    ]
    header = f'---\nlicense: other\nlicense_name: "{licence}"\nlibrary_name: mien\ntags: [stylegan2]\n---\n\n'
    return f"{header}# StyleGAN2 generator, {config.resolution} px\n\n" + "\n".join(lines) + "\n"
