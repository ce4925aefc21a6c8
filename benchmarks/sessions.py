"""What a command of a session costs at its beginning and after hundreds of edits.

    python -m benchmarks.sessions [--steps 1 100 300] [--width 1024 --height 1024] [--repeat 5] [--clock cpu]

Every figure is the median time (or processor time), in milliseconds, of opening the session anew and doing one thing,
as one command does; start-up and the editor's networks are left out: the editor paints noise on a crop of 64 px. After
each "edit" comes an "undo", so a new edit is made at the same depth.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.timing import print_table
from mien.photos.write import save_photo
from mien.session import Session
from tests.sessions.painter import Painter, picture

MASKS = ("left", "right", "mouth", "hair")


def commands(folder: Path, step: int) -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    return {
        "open": lambda: Session.open(folder),
        "result": lambda: Session.open(folder).result(),
        "export": lambda: Session.open(folder).save(folder.parent / "out.png"),
        "edit": lambda: Session.open(folder, Painter()).apply(mask=MASKS[step % 4], seed=step),
        "undo": lambda: Session.open(folder).undo(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, nargs="+", default=[1, 100, 300])
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--height", type=int, default=1024)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--clock", choices=["wall", "cpu"], default="wall")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    now = time.perf_counter if chosen.clock == "wall" else time.process_time
    rows: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        photo = save_photo(picture(chosen.width, chosen.height), Path(name) / "photo.jpg")
        session, made = Session.create(Path(name) / "session", photo, Painter()), 0
        for steps in chosen.steps:
            for number in range(made, steps):
                session.apply(mask=MASKS[number % 4], seed=number)
            made, spent = steps, dict[str, list[float]]()
            for _ in range(chosen.repeat):
                for verb, command in commands(session.folder.path, steps).items():
                    start = now()
                    command()
                    spent.setdefault(verb, []).append((now() - start) * 1e3)
            rows[f"step {steps}"] = {verb: statistics.median(times) for verb, times in spent.items()}
    print_table(rows, "ms")
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
