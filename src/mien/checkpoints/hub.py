"""From a name to a folder of our store: a path, a bundled name, or an id of the Hugging Face Hub."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from mien.checkpoints.licences import licence_of
from mien.checkpoints.store import BUNDLED, CONFIG
from mien.errors import ConfigError, UnknownCheckpointError

DEFAULT = "portrait-editor"
"""Name of the bundled editor."""

PATTERNS = ["*.safetensors", "*.json", "*.md"]
"""All that is ever fetched: weights, configuration, model card; nothing that could be executed."""


def bundled_names() -> list[str]:
    """Names of the folders that ship with the package."""
    return sorted(path.parent.name for path in BUNDLED.glob(f"*/{CONFIG}"))


def find_folder(name: str | Path, revision: str | None = None) -> Path:
    """The folder that a name stands for; the first of these that exists.

    1. a folder;
    2. a bundled name (see :func:`bundled_names`);
    3. an id of the Hugging Face Hub, ``owner/name``; fetched on first use and kept in its cache.

    Args:
        name: which of them.
        revision: branch, tag or commit on the hub; the newest when None.

    Raises:
        UnknownCheckpointError: it is none of them, or the hub does not have it or cannot be reached.
    """
    path = Path(name)
    if path.is_dir():
        return path
    text = str(name)
    if text in bundled_names():
        return BUNDLED / text
    if is_identifier(text):
        return fetch(text, revision)
    bundled = ", ".join(bundled_names()) or "none"
    raise UnknownCheckpointError(
        f"{text} is neither a folder, nor a bundled name ({bundled}), nor a Hugging Face id of the form owner/name."
    )


def check_weights_file(path: Path) -> None:
    """Finds out before anything is loaded that there is no such file.

    Raises:
        UnknownCheckpointError: nothing is there, or a folder, or no ordinary file.
    """
    if not path.is_file():
        found = "is no ordinary file" if path.exists() else "does not exist"
        raise UnknownCheckpointError(f"{path} {found}; give the file that holds the weights.")


def is_identifier(text: str) -> bool:
    """Whether a text has the form of an id of the Hugging Face Hub, ``owner/name``."""
    return re.fullmatch(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", text) is not None


def fetch(identifier: str, revision: str | None, patterns: Sequence[str] = PATTERNS) -> Path:
    """The folder in the hub's cache, with those of its files that have such names.

    Raises:
        UnknownCheckpointError: the hub does not have it or cannot be reached.
        ConfigError: what fetches it is not installed.
    """
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise ConfigError(f'Fetching {identifier} needs a package more; run: pip install "mien[paint]".') from error
    try:
        return Path(snapshot_download(identifier, revision=revision, allow_patterns=list(patterns)))
    except Exception as error:  # the hub's client raises its own errors and those of its HTTP library
        reason = type(error).__name__
        raise UnknownCheckpointError(
            f"{identifier} is no folder here, and could not be fetched from the Hugging Face Hub ({reason}); "
            "check the name and the connection."
        ) from error


def send_folder(folder: Path, name: str, *, private: bool = False) -> str:
    """Sends a folder that mien saved to the Hugging Face Hub; its address there.

    Args:
        folder: with weights, configuration and card.
        name: ``owner/name``; made if it is not there.
        private: whether others may not see it, if it is made.

    Raises:
        ConfigError: huggingface-hub is not installed, the name is none, the card has no license, or it is not sent.
    """
    if not is_identifier(name):
        raise ConfigError(f"'{name}' is no id of the Hugging Face Hub; write it as owner/name.")
    if licence_of(folder).name == "unknown":
        raise ConfigError(f"The model card of {folder} names no licence; begin it with a header that has 'license:'.")
    try:
        from huggingface_hub import HfApi
    except ImportError as error:
        raise ConfigError('The Hugging Face Hub needs a package more; run: pip install "mien[paint]".') from error
    hub = HfApi()
    try:
        hub.create_repo(name, private=private, exist_ok=True)
        sent = hub.upload_folder(repo_id=name, folder_path=folder, allow_patterns=PATTERNS)
    except Exception as error:  # its errors, and those of the network
        raise ConfigError(
            f"{name} cannot be sent ({' '.join(str(error).split())[:160]}); log in with 'hf auth'."
        ) from error
    return str(sent)
