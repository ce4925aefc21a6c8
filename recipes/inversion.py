"""The networks of inversion and of drawings: ``mien invert --method hyper | features``, ``mien sample --sketch``.

    python -m recipes.inversion hyper --data PORTRAITS --weights WEIGHTS --out runs/inversion [--time-limit 1h]
    python -m recipes.inversion features --data PORTRAITS --weights WEIGHTS --out runs/inversion
    python -m recipes.inversion strokes --out runs/inversion

Each goes on where it was stopped. They do not come with mien: 15, 1.5 and 2 MB. The figures of docs/inversion.md are
after 4,500 pictures (hyper; 62 minutes of one core that other programs shared), 5,100 (features; 68 minutes) and
120,000 drawings of 6,000 random faces (strokes; 7 minutes). WEIGHTS has the judges,
``lpips_squeeze.pt`` and ``identity_mobileface.pt``, which are TorchScript and run as programs.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from mien.training.options import seconds
from mien.training.settings import AdamConfig, DataConfig, LoopConfig, Run
from mien.training.stages.inversion_run import FeaturesStageConfig, HyperStageConfig, InversionConfig, InversionRun
from mien.training.stages.running import train
from mien.training.stages.strokes_run import StrokesConfig, StrokesRun

STAGES = {
    "hyper": HyperStageConfig(adam=AdamConfig(0.002, (0.9, 0.99))),
    "features": FeaturesStageConfig(adam=AdamConfig(0.002, (0.9, 0.99))),
}
"""Features: after 3,600 pictures 0.0004, at the end 0.0003."""


def photos(stage: InversionConfig, data: Path, weights: Path) -> InversionRun:
    """A run on photos, around the bundled editor."""
    judges = {"perceptual": weights / "lpips_squeeze.pt", "identity": weights / "identity_mobileface.pt"}
    return InversionRun(DataConfig(data), stage, LoopConfig(), **judges, trust_code=True)


def drawings() -> StrokesRun:
    """A run on drawings of random faces of the bundled editor's generator."""
    return StrokesRun(StrokesConfig(), LoopConfig())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=[*STAGES, "strokes"])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--time-limit", type=seconds, help="for this sitting: 1h, 20m")
    parser.add_argument("--images", type=int, help="stop after so many, over all sittings")
    parser.add_argument("--lr", type=float)
    o = parser.parse_args()
    if o.network != "strokes" and (o.data is None or o.weights is None):
        parser.error(f"{o.network} needs --data and --weights")
    run: Run = drawings() if o.network == "strokes" else photos(STAGES[o.network], o.data, o.weights)
    if o.lr is not None:
        run = replace(run, stage=replace(run.stage, adam=replace(run.stage.adam, lr=o.lr)))
    run = replace(run, loop=replace(run.loop, time_limit=o.time_limit, images=o.images))
    print(train(run, o.out / o.network, resume=True, listener=print)[1])


if __name__ == "__main__":
    main()
