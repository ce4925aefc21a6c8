"""What can be saved can be sent to the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory


class Published:
    """Base of what has ``save_pretrained``."""

    def save_pretrained(self, folder: str | Path) -> None:
        """Writes a folder."""
        raise NotImplementedError

    def push_to_hub(self, name: str, *, private: bool = False) -> str:
        """Sends it to the Hugging Face Hub; see :func:`mien.checkpoints.hub.send_folder`."""
        from mien.checkpoints.hub import send_folder

        with TemporaryDirectory(prefix="mien-") as folder:
            self.save_pretrained(folder)
            return send_folder(Path(folder), name, private=private)
