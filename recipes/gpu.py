"""The window painter's next stage on a GPU, within minutes: ``recipes/gpu.sh`` calls this.

    python -m recipes.gpu pack --store runs/windows --pack windows.pack       # at most 27 MB, to be carried there
    python -m recipes.gpu check --seconds 30
    python -m recipes.gpu train --pack windows.pack --weights NETWORKS --out runs/gpu --minutes 9 [--start PAINTER]

``train`` goes on from the newest snapshot in --out, else from --start (a painter, or a run with one), else anew. All
windows are drawn before, by all cores, and stay on the device. ``--out/painter`` and ``--out/compact.pt`` are small
enough to be carried back.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

import torch

from mien.training.settings import DataConfig, LoopConfig
from mien.training.stages.running import train
from mien.training.stages.windows_run import WindowsConfig, WindowsRun
from recipes.gpu_check import EDIT_MS, check
from recipes.gpu_pack import MEGABYTES, pack, unpack


def next_stage(options: argparse.Namespace, windows: Path) -> WindowsRun:
    """The run as data: as ``recipes.windows``, at a large batch, from windows that stay on the device."""
    start = options.start
    if start is not None and (start / "painter").is_dir():
        start = start / "painter"
    limit = options.minutes * 60
    return WindowsRun(
        data=DataConfig(windows),
        loop=LoopConfig(images=None, time_limit=limit, snapshot_every=120, preview_every=100_000, compact=True),
        perceptual=options.weights / "lpips_squeeze.pt",
        pyramid=options.weights / "features_mobilenetv2_pyramid.pt",
        trust_code=True,
        stage=WindowsConfig(batch=options.batch),
        init=start,
        resident=options.windows,
        processes=os.cpu_count() or 1,
    )


def _train(options: argparse.Namespace) -> None:
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    with tempfile.TemporaryDirectory(prefix="mien-windows-") as folder:
        unpack(options.pack, Path(folder))
        run = next_stage(options, Path(folder))
        loop, reason = train(run, options.out, device=options.device, resume=True, listener=print)
    print(f"{reason}: {loop.images} windows in all; {options.out / 'painter'} is what was learnt")


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("pack", "check", "train"))
    parser.add_argument("--store", type=Path, help="what recipes.windows prepare made")
    parser.add_argument("--pack", type=Path, help="the small file")
    parser.add_argument("--megabytes", type=float, default=MEGABYTES)
    parser.add_argument("--weights", type=Path, help="folder with the networks that judge")
    parser.add_argument("--out", type=Path, help="folder of the run")
    parser.add_argument("--start", type=Path, help="begin with this painter, or with that of this run")
    parser.add_argument("--minutes", type=float, default=9.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--windows", type=int, default=24_000, help="that stay on the device: 0.4 MB each")
    parser.add_argument("--preset", default="paper-256")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args(words)
    if options.what == "pack":
        counts = pack(options.store, options.pack, options.megabytes)
        print(f"{options.pack}: {options.pack.stat().st_size / 1e6:.1f} MB, faces: {counts}")
    elif options.what == "check":
        kind = ("cuda" if torch.cuda.is_available() else "cpu") if options.device == "auto" else options.device
        found = check(torch.device(kind), options.seconds, options.preset)
        print(json.dumps({**found, "edit_goal_ms": EDIT_MS}))
    else:
        _train(options)


if __name__ == "__main__":
    main()
