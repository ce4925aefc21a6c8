"""Encoders of photos beside the generator that they belong to: the folder ``encoder`` within its folder."""

from __future__ import annotations

from pathlib import Path

from mien.checkpoints.filling import fill
from mien.checkpoints.store import CONFIG, load_folder, save_folder
from mien.errors import CorruptCheckpointError
from mien.models.editing import StyleEncoder, StyleEncoderConfig

KIND = "style-encoder"
FOLDER = "encoder"


def save_encoder(generator: Path, encoder: StyleEncoder, card: str, *, half: bool = True) -> None:
    """Writes weights, configuration and model card.

    Args:
        generator: folder of the generator.
        encoder: what to save.
        card: Markdown.
        half: store weights as float16, but for those beyond its range.

    Raises:
        SaveError: the folder cannot be written.
    """
    config = {"kind": KIND, "encoder": encoder.config.to_dict()}
    save_folder(generator / FOLDER, encoder.state_dict(), config, card, half=half)


def load_encoder(generator: Path) -> StyleEncoder | None:
    """The encoder beside a generator, float32, in evaluation mode, without gradients; None where there is none.

    Raises:
        CorruptCheckpointError: its files are damaged, or do not belong together.
    """
    folder = generator / FOLDER
    if not (folder / CONFIG).is_file():
        return None
    config, state = load_folder(folder, KIND)
    if not isinstance(config.get("encoder"), dict):
        raise CorruptCheckpointError(f"{folder} does not describe an encoder; import its file again.")
    return fill(lambda: StyleEncoder(StyleEncoderConfig.from_dict(config["encoder"])), state, str(folder))
