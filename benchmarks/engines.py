"""Both engines on the bundled networks, in turn in one process: how many times faster than torch in float32.

    python -m benchmarks.engines [--batches 1 8] [--rounds 9] [--compile] [--out FILE.json]

torch in float32 is the reference, 1. Generated faces are made by the literal StyleGAN2, too, and in the form of
public code. A diffusion model is compared by ``python -m benchmarks.pipeline``.
Every engine gets the same arrays and as many threads (``OMP_NUM_THREADS``).
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.stylegan2 import customary_conv
from benchmarks.timing import all_turns
from mien.backends.base import CropOptions
from mien.backends.compiled import compile_painting
from mien.backends.facemug import Facemug
from mien.backends.graphs import GraphFacemug
from mien.backends.later import NAMES
from mien.checkpoints.store import BUNDLED
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editor import Editor
from mien.engine import load_landmarks, load_matte, load_parser, load_reader
from mien.engine.faces import BUNDLED_GENERATOR, GraphFaces, ModuleFaces, load_maker
from mien.engine.graph import available_threads
from mien.models.stylegan2 import Generator
from mien.pixels import to_bytes
from tests.parity import literal_stylegan2 as literal

REFERENCE = "torch"
Ways = dict[str, Callable[[], object]]
"""What makes the same thing, by engine."""


def tasks(batch: int, compiled: bool) -> dict[str, Ways]:
    """What is timed, by name."""
    some = np.random.default_rng(0)
    found: dict[str, Ways] = {}
    looking: Mapping[str, tuple[Callable[..., Any], int, int]] = {
        "landmarks": (load_landmarks, 3, 128),
        "parser": (load_parser, 3, 256),
        "hair matte": (load_matte, 6, 256),
        "reader": (load_reader, 3, 128),
    }
    for name, (load, channels, side) in looking.items():
        images = some.uniform(-1, 1, (batch, channels, side, side)).astype(np.float32)
        found[name] = {engine: partial(load(engine=engine), images) for engine in ("torch", "onnx")}
    found["generator"] = _generators(batch)
    found["painted crop"] = _painters(batch, compiled)
    return found


def _generators(batch: int) -> Ways:
    graphs = GraphFaces(BUNDLED_GENERATOR)
    os.environ["MIEN_ENGINE"] = "torch"
    modules = load_maker(BUNDLED_GENERATOR)
    del os.environ["MIEN_ENGINE"]
    assert isinstance(modules, ModuleFaces)
    codes = graphs.codes(range(batch), 0.7)
    ways: Ways = {"torch": partial(modules.pictures, codes), "onnx": partial(graphs.pictures, codes)}
    return ways | _formulations(modules.generator, torch.from_numpy(codes))


def _formulations(generator: Generator, w_plus: torch.Tensor) -> Ways:
    """The same pictures by the literal StyleGAN2, and as public code computes it: one group of channels per sample."""
    state = {name: value.contiguous() for name, value in generator.state_dict().items()}
    noises = [value[None, None] for name, value in state.items() if name.endswith("noise_const")]

    @torch.inference_mode()
    def pictures(**options: Any) -> object:
        return to_bytes(literal.synthesis(state, w_plus, noises, **options))

    return {"literal": pictures, "customary": partial(pictures, conv=customary_conv)}


def _painters(batch: int, compiled: bool) -> Ways:
    folder, faces = BUNDLED / "portrait-editor", Editor.from_pretrained()
    module = Facemug.load(folder, "cpu")
    painters: dict[str, Facemug | GraphFacemug] = {"torch": module, "onnx": GraphFacemug(folder, NAMES, "onnx")}
    if compiled:
        painters["torch:compile"] = fast = Facemug.load(folder, "cpu")
        compile_painting(fast.networks, "cpu")
    crops = list(np.random.default_rng(0).integers(0, 256, (batch, module.size, module.size, 3)).astype(np.uint8))
    mask = np.zeros((module.size, module.size), np.float32)
    mask[40:100, 30:110] = 1

    def paint(painter: Facemug | GraphFacemug) -> object:
        return painter.edit(crops, [Conditions(mask=mask)] * batch, [CropOptions()] * batch, EditContext(faces))

    return {name: partial(paint, painter) for name, painter in painters.items()}


def measure(batches: Sequence[int], rounds: int, compiled: bool = False) -> list[dict[str, Any]]:
    """A row for each task and batch: the fastest turn of the reference in ms, and how much faster each engine is."""
    rows = []
    for batch in batches:
        for name, ways in tasks(batch, compiled).items():
            best = {engine: min(turns) for engine, turns in all_turns(ways, rounds).items()}
            faster = {engine: round(best[REFERENCE] / value, 2) for engine, value in best.items()}
            rows.append({"task": name, "batch": batch, "reference_ms": round(best[REFERENCE], 1), "faster": faster})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--compile", action="store_true", help="Painting through torch.compile, too; it takes minutes.")
    parser.add_argument("--out", type=Path, help="JSON.")
    options = parser.parse_args()
    threads = available_threads()
    torch.set_num_threads(threads)
    rows = measure(options.batches, options.rounds, options.compile)
    engines = list(dict.fromkeys(engine for row in rows for engine in row["faster"]))
    print(f"{threads} thread(s); times faster than torch in float32, whose milliseconds are given")
    print(f"{'':14}{'batch':>6}{'ms':>9}" + "".join(f"{engine:>15}" for engine in engines))
    for row in rows:
        cells = "".join(f"{row['faster'].get(engine, float('nan')):15.2f}" for engine in engines)
        print(f"{row['task']:14}{row['batch']:6}{row['reference_ms']:9.1f}{cells}")
    if options.out:
        options.out.write_text(json.dumps({"threads": threads, "rows": rows}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
