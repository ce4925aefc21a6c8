"""Where the time of an edit goes: latency, throughput, memory and FLOPs of every stage, against the machine's peak.

    python -m benchmarks.pipeline [--presets portrait-128 ...] [--stages synthesize ...] [--batches 1 8]
                                  [--dtypes float32 bfloat16] [--modes eager compile onnx] [--references literal sd]
                                  [--threads 1] [--clock cpu] [--rounds 5] [--seconds 30] [--json FILE]

Stages: align (12-megapixel photo -> crop), conditions (parser, sketch, colors, mask, layers), encode, warp, synthesize
(the generator, all maps of its bank), paint (aggregation and refinement), paste. Networks have random weights, float32
stored; bfloat16 is autocast's. Everything is measured in one process, the convolutions that set the peak take turns
with the stages, and the fastest turn counts. "noise" is how far the median turn lies above the fastest.

References: "literal" is the StyleGAN2 of tests/parity and the customary form (see benchmarks/stylegan2.py), "sd" one
step of a diffusion U-Net for inpainting at 512 px of the size of Stable Diffusion 1.5, and fifty of them (see
benchmarks/peers.py; needs diffusers). Compare two reports with ``python -m benchmarks.compare A.json B.json``.

glibc gives freed memory back to the system and fetches it again page by page; how often, is chance, and it makes large
batches up to a third slower. ``MALLOC_TRIM_THRESHOLD_=1073741824 MALLOC_MMAP_THRESHOLD_=1073741824`` in front of the
command keeps it from doing so; reports say what was set.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from benchmarks import peers
from benchmarks.backends import MODES, Run, SkippedError, prepare
from benchmarks.flops import count_flops
from benchmarks.memory import peak_megabytes
from benchmarks.roofline import DTYPES, convolutions, peak_of
from benchmarks.stages import HOST, NETWORK, STAGES, Stage, build_networks, host_stages, network_stages
from benchmarks.timing import all_turns, print_table
from mien.models.editing import PRESETS

Row = dict[str, Any]
"""Labels (preset, stage, batch, dtype, mode), then either figures or the reason why there are none."""


class Bench:
    """Collects rows; what two presets have in common is measured once.

    Attributes:
        rows: in the order of the table.
        peaks: billions of operations per second of the fastest convolution seen so far, by type.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.rows: list[Row] = []
        self.peaks: dict[str, float] = {}
        self._known: dict[tuple[Any, ...], Row] = {}

    def measure(self, preset: str, stages: Mapping[str, Stage], batch: int, dtype: str, mode: str) -> None:
        """Adds a row for each stage."""
        fresh: dict[str, Run] = {}
        found: dict[str, Row] = {}
        for name, stage in stages.items():
            key = (stage.signature, batch, dtype, mode)
            if key in self._known:
                continue
            try:
                fresh[name] = stage.run if mode == "host" else prepare(stage, mode, dtype, self.options.threads)
            except SkippedError as reason:
                found[name] = {"skipped": str(reason)}
        found |= self._figures({name: stages[name] for name in fresh}, fresh, batch, dtype, mode)
        for name, stage in stages.items():
            figures = self._known.setdefault((stage.signature, batch, dtype, mode), found.get(name, {}))
            self.rows.append({"preset": preset, "stage": name, "batch": batch, "dtype": dtype, "mode": mode} | figures)

    def _figures(
        self, stages: Mapping[str, Stage], runs: Mapping[str, Run], batch: int, dtype: str, mode: str
    ) -> dict[str, Row]:
        if not runs:
            return {}
        options = self.options
        # First, since onnxruntime keeps what it has once been given.
        memory = {name: peak_megabytes(run) for name, run in runs.items()}
        with torch.inference_mode():
            rivals = convolutions(dtype)
            turns = all_turns({**runs, **rivals}, options.rounds, options.clock, options.seconds)
        self.peaks[dtype] = max(self.peaks.get(dtype, 0.0), peak_of(turns, dtype))
        return {
            name: speed(turns[name], batch)
            | {
                "megabytes": memory[name],
                "gflop": None if mode == "host" else count_flops(stages[name].run) / 1e9,
            }
            for name in runs
        }

    def finish(self) -> list[Row]:
        """The rows, with what needs the final peak."""
        for row in self.rows:
            if row.get("gflop"):
                row["gflop_per_s"] = row["gflop"] / row["ms"] * 1e3
                row["of_peak"] = row["gflop_per_s"] / self.peaks[row["dtype"]]
        return self.rows


def speed(turns: Sequence[float], batch: int) -> Row:
    """Figures of a function that handles ``batch`` pictures at a time, from the milliseconds of its turns."""
    best = min(turns)
    return {
        "ms": best,
        "noise": statistics.median(turns) / best - 1.0,
        "turns": len(turns),
        "pictures_per_s": batch / best * 1e3,
    }


def measure_presets(options: argparse.Namespace) -> Bench:
    """All rows that the options ask for."""
    bench = Bench(options)
    for preset in options.presets:
        networks = build_networks(preset)
        for batch in options.batches:
            if host := _chosen(HOST, options.stages):
                stages = host_stages(networks.config.resolution, batch)
                bench.measure(preset, {name: stages[name] for name in host}, batch, "float32", "host")
            stages = network_stages(networks, batch)
            stages = {name: stages[name] for name in _chosen(NETWORK, options.stages)}
            for dtype in options.dtypes:
                for mode in options.modes:
                    bench.measure(preset, stages, batch, dtype, mode)
                    print(f"{preset}, batch {batch}, {dtype}, {mode}: done", flush=True)
    return bench


def _chosen(names: Iterable[str], wanted: Sequence[str]) -> list[str]:
    return [name for name in names if name in wanted]


def edit_milliseconds(rows: Sequence[Row]) -> dict[str, float]:
    """The networks' part of one edit by preset: the fastest of all types and modes, where all four were measured."""
    best: dict[tuple[str, str], float] = {}
    for row in rows:
        if row["batch"] == 1 and row["stage"] in NETWORK and "ms" in row:
            key = (row["preset"], row["stage"])
            best[key] = min(best.get(key, float("inf")), row["ms"])
    presets = dict.fromkeys(preset for preset, _ in best)
    whole = {p: [best.get((p, stage)) for stage in NETWORK] for p in presets}
    return {p: sum(v for v in values if v is not None) for p, values in whole.items() if None not in values}


def print_report(report: Mapping[str, Any]) -> None:
    """Tables on the terminal, reasons for what is missing below."""
    measured = [row for row in report["rows"] if "ms" in row]
    units = {"ms": 1.0, "pictures_per_s": 1.0, "megabytes": 1.0, "gflop": 1.0, "gflop_per_s": 1.0, "of_peak": 100.0}
    print_table(
        {
            f"{r['preset']} {r['stage']}, {r['batch']}, {r['dtype']} {r['mode']}": {
                {"of_peak": "% of peak"}.get(name, name): r[name] * unit
                for name, unit in units.items()
                if r.get(name) is not None
            }
            for r in measured
        }
        or {"nothing": {}},
        "stage, batch",
    )
    print("\npeak of convolutions, GFLOP/s: " + ", ".join(f"{k} {v:.0f}" for k, v in report["peaks"].items()))
    for row in report["rows"]:
        if "skipped" in row:
            place = f"{row['preset']} {row['stage']}, batch {row['batch']}, {row['dtype']}, {row['mode']}"
            print(f"not measured: {place}: {row['skipped']}")
    for name, figures in report["references"].items():
        print(f"\n{name}")
        for what, value in figures.items():
            print(f"  {what}: {value if isinstance(value, str) else format(value, '.4g')}")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", nargs="+", choices=tuple(PRESETS), default=list(PRESETS))
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=list(STAGES))
    parser.add_argument("--batches", nargs="+", type=int, default=[1, 8])
    parser.add_argument("--dtypes", nargs="+", choices=tuple(DTYPES), default=list(DTYPES))
    parser.add_argument("--modes", nargs="*", choices=MODES, default=list(MODES))
    parser.add_argument("--references", nargs="*", choices=("literal", "sd"), default=["literal", "sd"])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=30.0, help="at most so long for each row, one turn at least")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    torch.set_num_threads(options.threads)
    bench = measure_presets(options)
    report: dict[str, Any] = {
        "machine": {"processor": _processor(), "torch": torch.__version__, "system": platform.platform()},
        "threads": options.threads,
        "clock": options.clock,
        "allocator": {name: value for name, value in os.environ.items() if name.startswith("MALLOC_")},
        "rows": bench.finish(),
        "peaks": bench.peaks,
        "networks_of_an_edit_ms": edit_milliseconds(bench.rows),
        "references": {},
    }
    if "literal" in options.references:
        report["references"] |= peers.literal(options.presets, options.rounds, options.clock)
    if "sd" in options.references:
        report["references"] |= peers.diffusion(report["networks_of_an_edit_ms"], options.clock)
    print_report(report)
    if options.json is not None:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    main()
