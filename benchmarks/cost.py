"""What training costs on this machine: pictures per second of every stage, and hours for the paper's 6.4 million.

    python -m benchmarks.cost --perceptual lpips.pt [--identity face.pt] [--presets portrait-128 ...]
                              [--stages generator encoder warping painter] [--batch 12] [--threads 1] [--clock cpu]
                              [--rounds 1] [--seconds 60] [--json FILE]

A round is 16 steps in a row, so that losses that count only at some steps count as often as in a run; at least one
round is run after one step that does not count, and the fastest counts. Every stage has the critic of the paper,
StyleGAN2's with R1 at every 16th step. Pictures are made of noise and blobs, weights are random: speed does not depend
on them. 6.4 million pictures are 800,000 steps of 8, which the paper shows to each stage.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import torch

from benchmarks.conditions import scene
from benchmarks.timing import Clock, print_table
from benchmarks.training import PLAIN, STEPS, stage_for
from mien.data import Feed
from mien.models import stylegan2
from mien.models.editing import PRESETS, EditorConfig, EditorNetworks
from mien.training.devices import Devices
from mien.training.loop import Stage
from mien.training.phases import Step, run_phases
from mien.training.settings import CriticConfig, DataConfig, LoopConfig
from mien.training.stages.editing_run import EditingRun
from mien.training.stages.editing_settings import EditingConfig, EncoderConfig, PainterConfig, WarpingConfig

PAPER_IMAGES = 6_400_000
CRITIC = CriticConfig("stylegan2", augment="none", r1_gamma=PLAIN.r1_gamma)
STAGES: dict[str, Callable[[int], EditingConfig] | None] = {
    "generator": None,
    "encoder": lambda batch: EncoderConfig(batch=batch),
    "warping": lambda batch: WarpingConfig(batch=batch),
    "painter": lambda batch: PainterConfig(batch=batch, projected=CriticConfig("projected", 0.0), plain=CRITIC),
}
"""What configures each stage, in the order of training; the generator's is made by benchmarks/training.py."""


def build(
    settings: EditingConfig | None, preset: str, options: argparse.Namespace, devices: Devices
) -> tuple[Stage, int]:
    """A stage with random weights (the generator's for None), and the side of the pictures that it learns from."""
    config: EditorConfig = PRESETS[preset]()
    if settings is None:
        named = next(n for n, known in stylegan2.PRESETS.items() if known() == config.generator)
        return stage_for("stylegan2", PLAIN, named, options.batch, None), config.generator.resolution
    run = EditingRun(
        DataConfig(Path()), settings, LoopConfig(), options.perceptual, options.identity, trust_code=options.trust_code
    )
    torch.manual_seed(0)
    trained = ("generator", "encoder", "warping")
    shown = step_of(0, options.batch, config.resolution)
    # The feed serves to calibrate projected critics, of which there is none here.
    stage = run.stage_of(EditorNetworks(config), trained, devices, cast(Feed, None), shown)
    return stage, config.resolution


def step_of(index: int, batch: int, side: int) -> Step:
    """Pictures, and labels to make modalities of."""
    reals, labels = scene(batch, side)
    return Step(index, index * batch, batch, reals.contiguous(memory_format=torch.channels_last), labels)


def images_per_second(stage: Stage, side: int, options: argparse.Namespace, devices: Devices) -> list[float]:
    """Of each round."""
    clock: Clock = options.clock
    now = time.perf_counter if clock == "wall" else time.process_time
    template = step_of(0, options.batch, side)

    def train(index: int) -> None:
        step = Step(index, index * options.batch, options.batch, template.reals, template.labels)
        run_phases(stage.phases, step, devices, autocast=True)
        stage.finish_step(step)

    train(1)
    rates: list[float] = []
    begun = now()
    while not rates or (len(rates) < options.rounds and now() - begun < options.seconds):
        start = now()
        for index in range(STEPS):
            train(index)
        rates.append(STEPS * options.batch / (now() - start))
    return rates


def measure(options: argparse.Namespace) -> list[dict[str, Any]]:
    """A row for each preset and stage; what two presets have in common is measured once."""
    devices, rows = Devices("cpu"), []
    known: dict[str, dict[str, Any]] = {}
    for preset in options.presets:
        config = PRESETS[preset]()
        for name in options.stages:
            parts = {"generator": 1, "encoder": 2, "warping": 3, "painter": 5}[name]
            used = (config.generator, config.encoder, config.warping, config.aggregation, config.refinement)[:parts]
            key = f"{name} {used}"
            if key not in known:
                known[key] = _figures(name, preset, options, devices)
                print(f"{preset}, {name}: done", flush=True)
            rows.append({"preset": preset, "stage": name, "batch": options.batch, "dtype": "bfloat16"} | known[key])
    return rows


def _figures(name: str, preset: str, options: argparse.Namespace, devices: Devices) -> dict[str, Any]:
    if STAGES[name] is not None and options.perceptual is None:
        return {"skipped": "needs --perceptual"}
    try:
        make = STAGES[name]
        stage, side = build(None if make is None else make(options.batch), preset, options, devices)
        rates = images_per_second(stage, side, options, devices)
    except (RuntimeError, AssertionError) as error:  # the preset's networks do not fit the stage
        return {"skipped": str(error).splitlines()[0]}
    best = max(rates)
    return {
        "images_per_s": best,
        "noise": best / statistics.median(rates) - 1.0,
        "hours_for_the_paper": PAPER_IMAGES / best / 3600,
    }


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--perceptual", type=Path, help="TorchScript distance; without it only the generator's stage")
    parser.add_argument("--identity", type=Path, help="TorchScript face embedding")
    parser.add_argument("--trust-code", action="store_true", help="run TorchScript files")
    parser.add_argument("--presets", nargs="+", choices=tuple(PRESETS), default=list(PRESETS))
    parser.add_argument("--stages", nargs="+", choices=tuple(STAGES), default=list(STAGES))
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0, help="no further round for a stage after so long")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    torch.set_num_threads(options.threads)
    rows = measure(options)
    measured = {f"{r['preset']} {r['stage']}, batch {r['batch']}": r for r in rows if "skipped" not in r}
    columns = ("images_per_s", "hours_for_the_paper")
    print_table({name: {c: r[c] for c in columns} for name, r in measured.items()} or {"nothing": {}}, "stage")
    for row in rows:
        if "skipped" in row:
            print(f"not measured: {row['preset']} {row['stage']}: {row['skipped']}")
    if options.json is not None:
        report = {"threads": options.threads, "clock": options.clock, "rows": rows}
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
