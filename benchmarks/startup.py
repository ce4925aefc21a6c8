"""How long a person waits: importing, the help page, and finding the faces of a 12-megapixel photo.

    python -m benchmarks.startup [--photo FILE]

Start-up figures are whole processes (median of several), given beside an empty interpreter's. The time to find faces is
measured after start-up, in one process, on a 4000 x 3000 JPEG that is made for the purpose unless one is given.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def process_seconds(arguments: list[str], runs: int = 7) -> float:
    """Median wall time of a whole process."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def twelve_megapixels(folder: Path) -> Path:
    """The astronaut portrait in the middle of a large noisy backdrop, as a JPEG."""
    import cv2
    import skimage.data

    rng = np.random.default_rng(0)
    scene = cv2.resize(rng.integers(0, 256, (30, 40, 3)).astype(np.uint8), (4000, 3000), interpolation=cv2.INTER_CUBIC)
    portrait = cv2.resize(skimage.data.astronaut(), (1500, 1500), interpolation=cv2.INTER_CUBIC)
    scene[900:2400, 1200:2700] = portrait
    path = folder / "twelve.jpg"
    cv2.imwrite(str(path), scene[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    return path


def finding(photo: Path, runs: int = 9) -> None:
    """Prints the stages of ``mien faces`` after start-up."""
    from mien.align.finder import FaceFinder
    from mien.photos.read import read_photo

    finder = FaceFinder.bundled()
    rows: dict[str, list[float]] = {"read": [], "find": [], "read and find": []}
    for _ in range(runs):
        start = time.perf_counter()
        picture = read_photo(photo)
        middle = time.perf_counter()
        faces = finder.find(picture)
        end = time.perf_counter()
        for name, value in zip(rows, (middle - start, end - middle, end - start), strict=True):
            rows[name].append(value)
    print(f"{picture.width} x {picture.height}, {len(faces)} face(s)")
    for name, values in rows.items():
        print(f"  {name:14} median {statistics.median(values):.3f} s, first {values[0]:.3f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photo", type=Path)
    arguments = parser.parse_args()
    import torch

    torch.set_num_threads(2)
    for name, command in (
        ("empty interpreter", ["-c", "pass"]),
        ("import mien", ["-c", "import mien"]),
        ("mien --help", ["-c", "from mien.cli import main; import sys; sys.argv = ['mien', '--help']; main()"]),
    ):
        print(f"{name:18} {process_seconds(command):.3f} s")
    with tempfile.TemporaryDirectory() as folder:
        finding(arguments.photo or twelve_megapixels(Path(folder)))


if __name__ == "__main__":
    main()
