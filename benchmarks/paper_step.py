"""One step of every stage at the paper's full size: whether it runs here, in how much memory and time.

    python -m benchmarks.paper_step --perceptual lpips.pt [--identity face.pt] [--batch 1] [--preset paper-256]

Every stage runs in a process of its own, with the settings of recipes/paper.py and all of its phases, R1 among them
(the generator's with those of StyleGAN2's config-f at 1024 px). Weights are random and pictures made up: neither
memory nor time depends on them. The paper's batch is 8.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import torch

from benchmarks.cost import build, step_of
from benchmarks.memory import peak_megabytes
from benchmarks.timing import print_table
from mien.training.devices import Devices
from mien.training.phases import run_phases
from recipes import paper
from recipes.editor import Places

STAGES = ("generator", *paper.RUNS)


def measure(name: str, options: argparse.Namespace) -> dict[str, float]:
    """One step: memory at its peak, with all that the stage holds, seconds, and numbers that are trained."""
    devices = Devices("cpu")
    nowhere = Places(*(Path(),) * 4)
    found: dict[str, float] = {}

    def one() -> None:
        settings = None if name == "generator" else paper.RUNS[name](nowhere).stage
        stage, side = build(settings, options.preset, options, devices)
        found["million_trained"] = (
            sum(p.numel() for p in {p for s in stage.phases for p in s.module.parameters()}) / 1e6
        )
        step = step_of(0, options.batch, side)
        begun = time.perf_counter()
        run_phases(stage.phases, step, devices, autocast=True)
        stage.finish_step(step)
        found["seconds"] = time.perf_counter() - begun

    found["gigabytes"] = (peak_megabytes(one) or float("nan")) / 1e3
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--perceptual", type=Path, required=True, help="file of a distance of two batches")
    parser.add_argument("--identity", type=Path, help="file of a face embedding")
    parser.add_argument("--trust-code", action="store_true", help="run TorchScript files")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--preset", default="paper-256")
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES)
    parser.add_argument("--stage", choices=STAGES, help="measure this one alone, and print JSON")
    options = parser.parse_args()
    torch.manual_seed(0)
    if options.stage is not None:
        print(json.dumps(measure(options.stage, options)))
        return
    rows: dict[str, dict[str, float]] = {}
    for name in options.stages:
        line = [sys.executable, "-m", "benchmarks.paper_step", *sys.argv[1:], "--stage", name]
        done = subprocess.run(line, capture_output=True, text=True, check=True)
        rows[name] = json.loads(done.stdout.splitlines()[-1])
    print_table(rows, "stage")


if __name__ == "__main__":
    main()
