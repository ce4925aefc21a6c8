"""500 mutated photos: errors of our own or success, no file left behind, nothing on stderr, memory below 1 GB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = HERE.parent.parent / "src"


def test_mutated_files(tmp_path: Path) -> None:
    paths = os.pathsep.join([str(SOURCE), str(HERE.parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, str(HERE / "hostile_photos.py"), str(tmp_path), "500", "20240229"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stderr == "", "decoders must not write to the terminal"
    report = json.loads(done.stdout)
    assert report["surprises"] == []
    assert report["leftovers"] == []
    assert report["peak_mb"] < 1000
    assert sum(report["outcomes"].values()) == 500
    assert {"UnreadablePhotoError", "UnsupportedPhotoError", "PhotoTooLargeError", "read"} <= set(report["outcomes"])
    assert list(tmp_path.iterdir()) == []
