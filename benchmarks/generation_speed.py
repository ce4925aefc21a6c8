"""Generation, editing and inversion beside a diffusion model, all in one process.

    python -m benchmarks.generation_speed [--model multimodal-mapping] [--threads 1] [--clock cpu] [--rounds 3]
        [--networks RUN ...] [--descents 10] [--no-reference] [--json FILE]

Rows: faces of words, of a map, of a sketch, of all that can be given, as ``mien generate --quick`` and without it;
faces finished with heads of the bank; a photo of 512 px edited by ``--editor multimodal-mapping``; the methods of
``mien invert`` for one face. The reference is the inpainting diffusion U-Net of :mod:`benchmarks.peers`: its step, and
fifty of them with its autoencoder, 512 px; ratios say how many times as long it takes. Its pictures have 16 times as
many pixels as generated ones of 128 px, which is no fair match of quality: the table says what can be interactive.

Everything is loaded and run once before it is timed; the fastest turn counts. ``optimise`` and ``pti`` run
``--descents`` of their steps, and their times are those of all of their steps in proportion. ``hyper`` and ``features``
need their networks (``--networks``, a run of ``mien train hyper``).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from benchmarks import peers
from benchmarks.generation import Bench
from benchmarks.timing import Clock, take_turns
from mien import Editor, Photo
from mien.errors import ConfigError
from mien.inversion.base import Means
from mien.inversion.methods import load_inverter
from mien.inversion.optimise import Descent
from mien.inversion.pti import Tuning
from mien.pixels import to_tensor

TEXT = "an old man, smiling, with gray hair"
PHOTO = 512
GIVEN = {"words": ("text",), "map": ("semantic",), "sketch": ("sketch",)}
GIVEN |= {"all": ("semantic", "sketch", "geometry", "pose", "text")}

Rows = dict[str, float]


def generation(bench: Bench, rounds: int, clock: Clock) -> Rows:
    """Milliseconds of a face."""
    make, found = bench.generator, {}
    wanted = {name: [bench.wanted(0, given)] for name, given in GIVEN.items()}
    for name, one in wanted.items():
        functions = {f"generate --quick, {name}": _face(make, one, 1, 0)}
        if name in ("map", "sketch", "all"):
            functions[f"generate, {name}: 4 rounds, 20 steps"] = _face(make, one, 4, 20)
        found |= take_turns(functions, rounds, clock)
    found |= take_turns({"generate --finish bank, words": lambda: make(text=TEXT, finish="bank")}, 1, clock)
    found |= take_turns({"the network alone (--refine 0), all": _face(make, wanted["all"], 0, 0)}, rounds, clock)
    return found


def _face(make: Any, wanted: Any, rounds: int, steps: int) -> Callable[[], object]:
    seeds = count(7)  # a sentence whose seed is not new saves a face
    return lambda: make.pictures(make.codes(wanted, [next(seeds)], refine=rounds, descend=steps))


def editing(bench: Bench, model: str, rounds: int, clock: Clock) -> Rows:
    """Milliseconds of an edit of a photo, its face found and parsed anew each time."""
    editor = Editor.from_pretrained(model)
    photo = Photo(cv2.resize(bench.pictures[0], (PHOTO, PHOTO), interpolation=cv2.INTER_CUBIC))
    functions = {
        f"edit --editor multimodal-mapping, '{text}'": lambda t=text: editor(photo, text=t, mode="look")
        for text in ("gray hair", "smiling")
    }
    return take_turns(functions, rounds, clock)


def inversion(bench: Bench, networks: list[Path], steps: int, clock: Clock) -> Rows:
    """Milliseconds of each method that there are networks for."""
    found: Rows = {}
    descent, picture = Descent(steps=steps), to_tensor(np.ascontiguousarray(bench.pictures[0])[None])
    settings: dict[str, dict[str, Any]] = {"optimise": {"steps": steps}, "pti": {"steps": steps, "pivot": descent}}
    for method in ("encoder", "hyper", "features", "optimise", "pti"):
        try:
            means = Means.load("portrait-editor", networks=tuple(networks), settings=settings.get(method, {}))
            inverter = load_inverter(method, means)
        except ConfigError:
            continue
        functions = {method: lambda i=inverter: i.invert(picture)}
        found[method] = take_turns(functions, 1, clock)[method]
    pivot, tuning = found["optimise"] / steps, (found["pti"] - found["optimise"]) / steps
    found["optimise"] = pivot * Descent().steps
    found["pti"] = pivot * Tuning().pivot.steps + tuning * Tuning().steps
    return {f"invert --method {method}": value for method, value in found.items()}


def against(clock: Clock) -> tuple[dict[str, Any], float, float]:
    """Figures of the diffusion model, milliseconds of its step and of an edit; 0 where it cannot be built."""
    (figures,) = peers.diffusion({}, clock, rounds=1).values()
    step = float(figures.get("one step, ms", 0.0))
    return figures, step, step * peers.STEPS + float(figures.get("to latents and back, ms", 0.0))


def table(rows: Mapping[str, float], step: float, whole: float) -> str:
    """Markdown."""
    lines = [f"| | ms | a step of diffusion, times as long | {peers.STEPS} steps |", "|---|---|---|---|"]
    for name, value in rows.items():
        ratios = [f"{one / value:.3g}" if one else "–" for one in (step, whole)]
        lines.append(f"| `{name}` | {value:.3g} | {ratios[0]} | {ratios[1]} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="multimodal-mapping")
    parser.add_argument("--networks", type=Path, nargs="*", default=[], help="runs of hyper and features")
    parser.add_argument("--descents", type=int, default=10, help="steps of optimise and pti that are run")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--clock", choices=("wall", "cpu"), default="cpu")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-reference", action="store_true", help="without the diffusion model")
    parser.add_argument("--json", type=Path)
    o = parser.parse_args()
    torch.set_num_threads(o.threads)
    bench = Bench(o.model, 1, 1.0, 1.0)
    figures, step, whole = ({}, 0.0, 0.0) if o.no_reference else against(o.clock)
    rows = generation(bench, o.rounds, o.clock) | editing(bench, o.model, o.rounds, o.clock)
    rows |= inversion(bench, o.networks, o.descents, o.clock)
    print(table(rows, step, whole))
    print(figures)
    if o.json is not None:
        report = {"threads": o.threads, "clock": o.clock, "milliseconds": rows, "diffusion": figures}
        o.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
