"""Table VI at a small budget: what each part of the painter is worth, next to the paper's figures.

    python -m recipes.ablations --data PORTRAITS --weights NETWORKS --generator FOLDER --out runs/editor

trains the coarse painter (64 px) five times, with all parts of the paper's model (A) and as its variants B to E, each
on the same edits and by exact losses alone: without a discriminator, so that A is not trained as in the paper; then
``mien evaluate protocol`` judges them, and the table is printed. The same line again resumes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from mien.training.options import seconds
from mien.training.stages.running import train as train_run
from recipes.editor import ABLATIONS, Places, ablated

PAPER = {
    "full": ("A", 3.274, 0.1917),
    "add": ("B", 3.829, 0.2010),
    "gated": ("C", 3.478, 0.1954),
    "plain": ("D", 3.599, 0.1991),
    "nobank": ("E", 3.725, 0.1971),
}
"""Letter, FID and LPIPS of Table VI: FFHQ, 256 px, mixed masks."""

WHAT = {
    "full": "all parts, no critic",
    "add": "element-wise addition",
    "gated": "gated convolution",
    "plain": "plain attribute loss",
    "nobank": "no feature bank",
}


def train(places: Places, images: int | None, deadline: float | None) -> bool:
    """Every variant in turn; False when the time was up first."""
    for name in ABLATIONS:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return False
        run = ablated(places, name)
        run = replace(run, loop=replace(run.loop, images=images or run.loop.images, time_limit=left))
        loop, reason = train_run(run, places.out / f"coarse-{name}", resume=True, listener=print)
        print(f"{name}: {reason}, {loop.images} images")
        if run.loop.images is not None and loop.images < run.loop.images:
            return False
    return True


def judge(places: Places, limit: int | None) -> dict[str, Any]:
    """The protocol's report: mixed masks, an image alone, and with an exemplar."""
    out = places.out / "ablations"
    models = [f"--model={name}={places.out / f'coarse-{name}' / 'editor'}" for name in ABLATIONS]
    networks = {
        "features": "features_mobilenetv2_pooled.pt",
        "perceptual": "lpips_alex.pt",
        "identity": "identity_mobileface.pt",
    }
    given = [f"--{option}={places.weights / file}" for option, file in networks.items()]
    words = ["evaluate", "protocol", *models, f"--data={places.data}", f"--out={out}", *given]
    words += ["--trust-code", "--families=mixed", "--configurations=none,+Ex"]
    words += [] if limit is None else [f"--limit={limit}"]
    subprocess.run([sys.executable, "-c", "from mien.cli import main; main()", *words], check=True)
    report: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return report


def table(report: dict[str, Any]) -> list[list[str]]:
    """A row for each variant: the paper's figures and ours, without and with an exemplar."""
    found = {
        (row["model"], row["configuration"], row["metric"]): row["value"]
        for row in report["results"]
        if row["family"] == "mixed" and row["group"] == ""
    }
    metrics = sorted({metric for _, _, metric in found if metric.startswith(("FD-", "LPIPS", "identity"))})
    head = ["", "variant", "FID (paper)", "LPIPS (paper)"]
    head += [f"{metric}, {given}" for given in ("none", "+Ex") for metric in metrics]
    rows = [head]
    for name, (letter, fid, lpips) in PAPER.items():
        ours = [found.get((name, given, metric)) for given in ("none", "+Ex") for metric in metrics]
        cells = ["–" if value is None else f"{value:.4g}" for value in ours]
        rows.append([letter, WHAT[name], f"{fid}", f"{lpips}", *cells])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the prepared portraits, or a packed set of them")
    parser.add_argument("--weights", type=Path, required=True, help="folder with the networks that judge")
    parser.add_argument("--generator", type=Path, required=True, help="a saved generator")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of all runs; the encoder's and the warping's are there"
    )
    parser.add_argument("--time-limit", help="for the training of this sitting: 2h, 90m, 540s")
    parser.add_argument("--images", type=int, help="for each variant; 40,000 by default")
    parser.add_argument("--limit", type=int, help="judge so many pictures only")
    options = parser.parse_args()
    places = Places(options.data, options.weights, options.generator, options.out)
    deadline = time.monotonic() + seconds(options.time_limit) if options.time_limit else None
    if not train(places, options.images, deadline):
        sys.exit("The time was up before all variants were trained; run the same line again.")
    for row in table(judge(places, options.limit)):
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
