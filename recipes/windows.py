"""The window painter: first what it learns from, then the run.

    python -m recipes.windows prepare --data PORTRAITS --wide WIDE --out runs/windows
    python -m recipes.windows train --weights NETWORKS --out runs/windows

``prepare`` decodes the portraits, finds their semantic maps, and lets the bundled editor paint one or two masks in
each; about 20 minutes of one core, 4 GB on disk. ``train`` again resumes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from mien.checkpoints.editor import load_editor
from mien.checkpoints.store import BUNDLED
from mien.data.sources import prepared_pictures
from mien.training.options import seconds
from mien.training.settings import DataConfig, LoopConfig
from mien.training.stages.running import train
from mien.training.stages.windows_run import WindowsConfig, WindowsRun
from recipes.window_data import prepare


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("prepare", "train"))
    parser.add_argument("--data", type=Path, help="the prepared portraits")
    parser.add_argument("--wide", type=Path, help="the wide pictures of the same faces")
    parser.add_argument("--weights", type=Path, help="folder with the networks that judge")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--start", type=Path, help="begin with this painter")
    parser.add_argument("--limit", type=int, help="faces of each split, to try it")
    parser.add_argument("--time-limit", help="for this sitting: 2h, 90m, 540s")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    if options.what == "prepare":
        networks, _ = load_editor(BUNDLED / "portrait-editor")
        networks.eval().requires_grad_(False)
        for split in ("val", "train"):
            pictures = prepared_pictures(options.data, split)[: options.limit]
            prepare(pictures, options.wide, split, networks, options.out / split)
        return
    limit = seconds(options.time_limit) if options.time_limit else None
    run = WindowsRun(
        data=DataConfig(options.out),
        loop=LoopConfig(images=600_000, time_limit=limit, preview_every=8_000, compact=True),
        perceptual=options.weights / "lpips_squeeze.pt",
        pyramid=options.weights / "features_mobilenetv2_pyramid.pt",
        trust_code=True,
        stage=WindowsConfig(),
        init=options.start,
    )
    loop, reason = train(run, options.out / "run", device=options.device, resume=True, listener=print)
    print(f"{reason}: {loop.images} windows")


if __name__ == "__main__":
    main()
