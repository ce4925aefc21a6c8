"""Edits, painted ones too, and all that is looked at need no PyTorch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CODE = """
import sys; sys.modules["torch"] = None
from pathlib import Path
from mien.editor import Editor
from tests.serve.conftest import running
with running(Editor.from_pretrained(), folder=Path(sys.argv[1]) / "sessions") as server:
    session = server.client.open(Path(sys.argv[1]) / "photo.png")
    assert session.edit(reshape={"nose-width": -1}).step == 1
    for path in ("faces/0/layers/color", "faces/0/layers/sketch", "faces/0/field", "drift", "download", "receipt"):
        session.get(path)
    assert session.edit(mask="mouth", color="red", mode="look").step == 2
    print("painted")
"""


def test_without_torch(tmp_path: Path, portrait_png: bytes) -> None:
    (tmp_path / "photo.png").write_bytes(portrait_png)
    done = subprocess.run([sys.executable, "-c", CODE, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "painted\n"
