"""Damaged sessions and killed writers, the short version of ``benchmarks.fuzz_sessions``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX")
def test_damage_and_kills(tmp_path: Path) -> None:
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fuzz_sessions", "--cases", "60", "--kills", "6", "--seed", "7000"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
    )
    assert done.returncode == 0 and not done.stderr, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["surprises"] == [] and report["peak_mb"] < 1000
    assert sum(report["outcomes"].values()) == 66
