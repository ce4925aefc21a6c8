"""Editors in our store: one folder with all networks, whichever of them have been trained so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mien.checkpoints.filling import fill
from mien.checkpoints.hub import DEFAULT as DEFAULT
from mien.checkpoints.hub import find_folder
from mien.checkpoints.store import load_folder, save_folder
from mien.errors import CorruptCheckpointError
from mien.models.editing import EditorConfig, EditorNetworks

KIND = "mien-editor"
PARTS = ("generator", "encoder", "warping", "painter")
"""Networks of an editor, in the order in which they are trained."""


def save_editor(
    folder: Path,
    networks: EditorNetworks,
    card: str,
    trained: Sequence[str],
    *,
    half: bool = True,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Writes weights, configuration and model card; networks that were not trained are left out.

    Args:
        folder: made if it is missing.
        networks: what to save.
        card: Markdown.
        trained: names out of :data:`PARTS`.
        half: store weights as float16.
        facts: more entries for ``config.json``, ready for JSON.

    Raises:
        SaveError: the folder cannot be written.
    """
    kept = [part for part in PARTS if part in trained]
    state = {name: value for name, value in networks.state_dict().items() if name.split(".")[0] in kept}
    config = {"kind": KIND, "editor": networks.config.to_dict(), "trained": kept, **(facts or {})}
    save_folder(folder, state, config, card, half=half)


def load_editor(name: str | Path = DEFAULT, revision: str | None = None) -> tuple[EditorNetworks, tuple[str, ...]]:
    """Networks in evaluation mode, float32, on the CPU, without gradients; and which of them are trained.

    Args:
        name: a folder, a bundled name, or a Hugging Face id; see :func:`mien.checkpoints.hub.find_folder`.
        revision: on the hub.

    Raises:
        UnknownCheckpointError: there is no such editor.
        CorruptCheckpointError: its files are damaged, or do not belong together.
    """
    folder = find_folder(name, revision)
    config, state = load_folder(folder, KIND)
    try:
        trained = tuple(str(part) for part in config["trained"])
        shape = config["editor"]
    except (KeyError, TypeError) as error:
        raise CorruptCheckpointError(f"{folder} does not describe an editor; fetch it again.") from error
    state = {name: value for name, value in state.items() if name.split(".")[0] in trained}
    untrained = [part for part in PARTS if part not in trained]
    return fill(lambda: EditorNetworks(EditorConfig.from_dict(shape)), state, str(folder), untrained), trained
