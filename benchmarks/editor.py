"""How long an edit takes: after start-up, as the second of a session, and as a whole process.

    python -m benchmarks.editor [--editor FOLDER] [--preset portrait-128] [--threads 2] [--clock cpu] [--json out.json]

Without --editor, the preset's networks with random weights are timed: trained ones take as long. The photo is the
astronaut portrait (512 x 512); edits mask its hair and give a color. "whole call" finds the face, "edit" is given it;
"first" and "second" are two calls with one cache, as in a session, of which the second asks for another seed, which
like an attribute or a strength changes the codes alone. "session" times the edits of a :class:`mien.Session`, each upon
the one before: hair color, mouth, eyes; its files are written, too. With --clock cpu (and --threads 1), processor
time is measured, which a busy machine disturbs less.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import skimage.data
import torch

from benchmarks.startup import process_seconds
from mien.checkpoints.editor import PARTS, save_editor
from mien.editing.cache import EditCache
from mien.editor import Editor
from mien.models.editing import PRESETS, EditorNetworks
from mien.photos.read import read_photo
from mien.photos.write import save_photo
from mien.session import Session
from mien.types import Photo


def untrained(preset: str, folder: Path) -> Path:
    """An editor with random weights."""
    torch.manual_seed(0)
    networks = EditorNetworks(PRESETS[preset]())
    networks.centre()
    save_editor(folder, networks, f"# {preset}, not trained\n", PARTS)
    return folder


def process(words: list[str], runs: int = 5) -> dict[str, float]:
    """Median seconds of a whole process: elapsed, and of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    elapsed = process_seconds(["-c", "from mien.cli import main; main()", *words], runs)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"elapsed": elapsed, "processor (mean)": spent / (runs + 1)}


def measure(editor: Editor, photo: Photo, clock: Callable[[], float], rounds: int) -> dict[str, Any]:
    """Medians over rounds, milliseconds, after one that does not count."""
    face = editor.finder.find(photo)[0]
    rows: dict[str, list[float]] = {}
    stages: dict[str, list[float]] = {}
    for turn in range(rounds + 1):
        cache = EditCache()
        plans: dict[str, dict[str, Any]] = {
            "whole call": {},
            "edit": {"face": face},
            "first": {"cache": cache},
            "second": {"cache": cache, "seed": 1},
        }
        for name, options in plans.items():
            start = clock()
            result = editor(photo, mask="hair", color=photo.pixels[:64, :64], **options)
            if turn:
                rows.setdefault(name, []).append((clock() - start) * 1e3)
            if turn and name == "edit":
                for stage, spent in result.timings.items():
                    stages.setdefault(stage, []).append(spent)
    medians: dict[str, Any] = {name: statistics.median(values) for name, values in rows.items()}
    medians["first over second"] = medians["first"] / medians["second"]
    medians["stages of an edit, wall"] = {name: statistics.median(values) for name, values in stages.items()}
    return medians


def measure_session(editor: Editor, path: Path, clock: Callable[[], float], rounds: int) -> dict[str, Any]:
    """Median milliseconds of each edit of a session, after a round that does not count."""
    color = read_photo(path).pixels[:64, :64]
    edits: list[dict[str, Any]] = [{"mask": "hair", "color": color}, {"mask": "mouth"}, {"mask": "eyes"}]
    rows: list[list[float]] = []
    for turn in range(rounds + 1):
        session = Session.create(path.parent / f"session-{turn}", path, editor)
        row = []
        for edit in edits:
            start = clock()
            session.apply(**edit)
            row.append((clock() - start) * 1e3)
        rows += [row] if turn else []
    medians = [statistics.median(column) for column in zip(*rows, strict=True)]
    return {"edits": medians, "first over second": medians[0] / medians[1]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--editor", type=Path)
    parser.add_argument("--preset", default="portrait-128", choices=sorted(PRESETS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--clock", default="wall", choices=("wall", "cpu"))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    clock = time.perf_counter if arguments.clock == "wall" else time.process_time
    photo = Photo(skimage.data.astronaut())
    with tempfile.TemporaryDirectory() as name:
        folder = arguments.editor or untrained(arguments.preset, Path(name) / "editor")
        editor, path = Editor.from_pretrained(folder), save_photo(photo, Path(name) / "portrait.png")
        figures = measure(editor, photo, clock, arguments.rounds)
        figures["session"] = measure_session(editor, path, clock, arguments.rounds)
        words = ["edit", str(path), "--mask", "hair", "--editor", str(folder), "-o", str(Path(name) / "out.png")]
        figures["process, seconds"] = process(words)
    figures |= {name: str(getattr(arguments, name)) for name in ("threads", "clock", "editor", "preset")}
    print(json.dumps(figures, indent=2))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
