"""Table VI at a small budget: what each part of the painter is worth, next to the paper's figures.

    python -m recipes.ablations --data PORTRAITS --weights NETWORKS --generator FOLDER --out runs/editor

trains the coarse painter (64 px) with all parts of the paper's model (A) and as its variants B to E, each with a
projected critic, on the same edits and as many pictures; then A without a critic, A that learns from guides, too, and
A that sees the first portraits alone. The protocol judges them, and the tables are printed. The same line again
resumes. What windows are worth: :mod:`recipes.ablation_windows`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

from mien.conditions.parser import FaceParser
from mien.data import Feed, Sampler
from mien.data.sources import read_index
from mien.training.devices import Devices
from mien.training.options import seconds
from mien.training.phases import Step
from mien.training.settings import DataConfig
from mien.training.stages.editing import EditingStage
from mien.training.stages.editing_run import SHOWN, EditingRun
from mien.training.stages.feeds import build_feed, held_out
from mien.training.stages.running import train as train_run
from recipes.ablation_guides import guide_table
from recipes.ablation_judges import differences, judged, save, table
from recipes.editor import ABLATIONS, Places, ablated

FIRST = 2117
"""The first set of portraits has smaller ids: officials, most of them men of one generation."""


@dataclass(frozen=True)
class Variant(EditingRun):
    """A run whose pictures are decoded and parsed once for all variants on the same set."""

    def build(self, devices: Devices) -> tuple[Feed, EditingStage]:
        """See the base class."""
        networks, trained = self.networks()
        first, shown = _pictures(self.data, networks.config.resolution, self.stage.batch)
        sampler = Sampler(first.sampler.weights, self.stage.seed)
        feed = Feed(first.images, sampler, first.batch, mirror=first.mirror, labels=first.labels)
        return feed, self.stage_of(networks, trained, devices, feed, shown)


@cache
def _pictures(data: DataConfig, size: int, batch: int) -> tuple[Feed, Step]:
    devices, parser = Devices("cpu"), FaceParser.bundled("torch")
    feed = build_feed(data, size, batch, devices, parser=parser)
    return feed, held_out(data, size, SHOWN, devices, parser)


def train(places: Places, names: Sequence[str], images: int | None, start: Path | None, deadline: float | None) -> bool:
    """Every variant in turn; False when the time was up first."""
    places.out.mkdir(parents=True, exist_ok=True)
    later = [row["id"] for row in read_index(places.data) if int(row["id"]) >= FIRST]
    (places.out / "later.txt").write_text("\n".join(later), encoding="utf-8")
    for name in names:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return False
        run = ablated(places, name)
        run = replace(run, loop=replace(run.loop, images=images or run.loop.images, time_limit=left))
        run = replace(run, editor=start or run.editor)
        if _shown(places.out / f"coarse-{name}") >= (run.loop.images or 0):
            continue
        same = Variant(**{one.name: getattr(run, one.name) for one in fields(run)})
        loop, reason = train_run(same, places.out / f"coarse-{name}", device="cpu", resume=True, listener=print)
        print(f"{name}: {reason}, {loop.images} images", flush=True)
        if run.loop.images is not None and loop.images < run.loop.images:
            return False
    return True


def _shown(run: Path) -> int:
    """How many pictures an earlier sitting ended with."""
    file = run / "editor" / "config.json"
    return int(json.loads(file.read_text(encoding="utf-8"))["progress"]["images"]) if file.exists() else 0


def judge(places: Places, names: Sequence[str], limit: int | None) -> None:
    """Writes all tables into ``ablations.txt``, beside the runs."""
    file = places.out / "ablations.txt"
    file.unlink(missing_ok=True)
    for split, what in (("test", "faces of the first set"), ("val", "faces of both sets")):
        report, outcomes = judged(places, names, split, limit)
        save(table(report), f"Split {split}: {what}", file)
        save(differences(outcomes), f"Split {split}: less A, face by face", file)
    if "guide" in names:
        save(guide_table(places, limit), "Guides", file)
    print(file.read_text(encoding="utf-8"), end="")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the prepared portraits, or a packed set of them")
    parser.add_argument("--weights", type=Path, required=True, help="folder with the networks that judge")
    parser.add_argument("--generator", type=Path, required=True, help="a saved generator; not needed with --start")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of all runs; the encoder's and the warping's are there"
    )
    parser.add_argument("--start", type=Path, help="begin with the encoder and the warping of this editor")
    parser.add_argument("--only", choices=ABLATIONS, nargs="+", default=ABLATIONS, help="train and judge these alone")
    parser.add_argument("--no-judge", action="store_true", help="train alone")
    parser.add_argument("--time-limit", help="for the training of this sitting: 2h, 90m, 540s")
    parser.add_argument("--images", type=int, help="for each variant; 40,000 by default")
    parser.add_argument("--limit", type=int, help="judge so many pictures only")
    options = parser.parse_args()
    places = Places(options.data, options.weights, options.generator, options.out)
    deadline = time.monotonic() + seconds(options.time_limit) if options.time_limit else None
    if not train(places, options.only, options.images, options.start, deadline):
        sys.exit("The time was up before all variants were trained; run the same line again.")
    if not options.no_judge:
        judge(places, options.only, options.limit)


if __name__ == "__main__":
    main()
