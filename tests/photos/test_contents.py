"""What is no picture is told before anything heavy is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

VERBS = (
    ["dye", "--color", "hair=auburn"],
    ["borrow", "--part", "eyes"],
    ["heal"],
    ["reshape", "--attribute", "smile=1"],
    ["edit"],
)

PROBE = """
import sys
from mien.cli import main
sys.argv = ["mien", *{arguments!r}]
try:
    main()
except SystemExit as end:
    print(end.code, *sorted({{"cv2", "numpy", "onnxruntime", "PIL"}} & set(sys.modules)))
"""


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
def test_a_file_that_is_no_picture_is_refused_before_pictures_can_be_read(verb: list[str], tmp_path: Path) -> None:
    note = tmp_path / "note.jpg"
    note.write_text("no picture")
    arguments = [verb[0], str(note), *verb[1:]]
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(arguments=arguments)], capture_output=True, text=True, check=True
    )
    assert "is not a picture" in done.stderr
    assert done.stdout.split() == ["3"]
