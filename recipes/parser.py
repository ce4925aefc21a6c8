"""How the bundled face parser came to be.

    python -m recipes.weak_labels --data PORTRAITS --hair hair.pt --out LABELS
    python -m recipes.parser --data DATA --labels LABELS --out runs/parser-1 --time-limit 1500
    python -m recipes.parser_labels --data PORTRAITS --labels LABELS --parser runs/parser-1 --out LABELS-2
    python -m recipes.wide_labels --data DATA --labels LABELS-2 --hair hair.pt --out LABELS-WIDE
    python -m recipes.parser --data DATA --labels LABELS-2 --wide LABELS-WIDE --start runs/parser-1 --out runs/parser-2

Trained on the train split only. A sample is a portrait or a wide picture, mirrored half of the time (left and right
classes change places), seen through a window of 0.7 to 2.5 FFHQ sides that is turned and shifted, before another
backdrop or behind something now and then, with glasses drawn or a hat put on, turned to another pose, distorted as
photos are. A backdrop that goes on beyond the picture's edge is learned from, a person's edge is not.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader

from mien.checkpoints.parser import KIND
from mien.checkpoints.store import load_folder, save_folder
from mien.conditions.labels import COUNT, INDEX, UNKNOWN
from mien.models.perception.parser import ParserConfig, ParserNet
from mien.pixels import scale_bytes
from mien.training.devices import quick_autocast
from recipes.fitting import Fitting
from recipes.parser_samples import Pool, Samples, load_pools
from recipes.portraits import SOURCES

WEIGHTS = {"background": 0.7, "skin": 0.8, "cloth": 0.8, "neck": 1.2, "glasses": 1.5, "left_ear": 2.0, "right_ear": 2.0}
WEIGHTS |= {"hat": 1.5}
WEIGHTS |= dict.fromkeys(("left_brow", "right_brow", "left_eye", "right_eye", "upper_lip", "lower_lip", "mouth"), 2.0)
"""Of the classes in the loss; the others weigh 1."""


@dataclass(frozen=True)
class ParserRecipe:
    """Settings of the run.

    Attributes:
        phases: (end as a fraction of the run, side of the crops): most of the learning happens at a smaller size.
        batch: samples per step.
        rate: peak learning rate of AdamW, see ``recipes/fitting.py``.
        ema: decay per step of the averaged weights, which are the ones that are saved.
        workers: processes that make samples.
        turned: portraits that are turned by machine, beside the others.
    """

    phases: tuple[tuple[float, int], ...] = ((0.45, 192), (1.0, 256))
    turned: int = 1500
    batch: int = 16
    rate: float = 2e-3
    ema: float = 0.996
    workers: int = 1
    network: ParserConfig = ParserConfig()


def loss_of(scores: Tensor, target: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Weighted cross-entropy over the known pixels, and the fraction of them that is right."""
    known = target != UNKNOWN
    labels = torch.where(known, target, 255).long()
    loss = F.cross_entropy(scores, labels, weights, ignore_index=UNKNOWN, label_smoothing=0.02)
    with torch.no_grad():
        right = (scores.argmax(1) == labels)[known].float().mean()
    return loss, right


def train(pools: list[Pool], out: Path, recipe: ParserRecipe, time_limit: float, start: Path | None) -> None:
    """Runs the recipe and saves the averaged network to ``out``; ends after ``time_limit`` seconds."""
    torch.manual_seed(0)
    network = ParserNet(recipe.network)
    if start is not None:
        network.load_state_dict(load_folder(start, KIND)[1])
    fitting = Fitting(network, rate=recipe.rate, time_limit=time_limit, ema=recipe.ema)
    weights = torch.tensor([WEIGHTS.get(name, 1.0) for name in INDEX])
    assert len(weights) == COUNT
    for number, (end, size) in enumerate(recipe.phases):
        samples = Samples(pools, size, number + 10 * (start is not None) + 20 * (len(recipe.phases) == 1))
        for crops, target in DataLoader(samples, recipe.batch, num_workers=recipe.workers, prefetch_factor=6):
            if fitting.pace() >= end:
                break
            with quick_autocast():
                scores = network.scores(scale_bytes(crops.permute(0, 3, 1, 2)))
            loss, right = loss_of(scores, target, weights)
            if fitting.step(loss, len(crops), entropy=loss, right=right):
                save(out, fitting)
    save(out, fitting)


def save(out: Path, fitting: Fitting[ParserNet]) -> None:
    """Writes the folder that the package bundles."""
    run = {"images_shown": fitting.shown, "seconds": round(fitting.seconds)}
    network = fitting.average
    save_folder(out, network.state_dict(), {"kind": KIND, **network.config.to_dict(), **run}, CARD)


CARD = f"""---
license: apache-2.0
library_name: mien
---

# Face parser

19 semantic classes (the face-parsing order) for each pixel of a window of 0.7 to 2.5 FFHQ sides around a face, from
256 px.

- **Recipe**: `recipes/parser.py` in three rounds. The first two saw 1,830 portraits; the third goes on from them
  with the data below, on labels made by `recipes/weak_labels.py`, cleaned with the second round's parser by
  `recipes/parser_labels.py`, and, around the FFHQ square, by `recipes/wide_labels.py`. Its settings and images
  shown are in `config.json`.
- **Data**: {SOURCES}
  Nobody annotated them pixel by pixel: labels come from machine landmarks (MediaPipe 0.10, Apache-2.0), machine
  person masks, colour models and edges; which pictures show hats and beards was seen by eye
  (`recipes/parser_notes.py`). Glasses were drawn, hats pasted, faces turned by machine.
- **Licence**: Apache-2.0, as the rest of mien. **Note**: hair labels came from a teacher network (MIT licence)
  whose own training data, CelebAMask-HQ, are for non-commercial research only.
- **Classes**: a beard or moustache is hair; stubble may be either. A headscarf is a hat. The inside of glasses is
  glasses but for the eyes and brows that show through.
- **Limits**: striped, knitted and hair-coloured hats are still taken for hair in part, and turbans for hair at the
  back; red, fair and gray beards are found in part; stubble and shadows of the chin may come out as patches of
  hair. Temples of glasses are seldom found over hair, rimless glasses are missed. Hair is lost where it is as dark
  as the backdrop. Earrings are labelled roughly and often missed; necklaces are not labelled at all, so that class
  never comes up. Beyond about 45 degrees of yaw the far side of the face is a guess. Hands and microphones before
  the face may count as skin or cloth. Adults facing the camera are the majority of the data; older white men are
  over-represented.
- **Figures**: `python -m benchmarks.parser` and `python -m benchmarks.parser_groups` measure them; `CHANGELOG.md`
  quotes them. The width of the brows in the labels was chosen on the London set, so that its figure for brows is
  not untouched.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of portraits/ and wide/")
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--wide", type=Path, help="labels of the wide pictures")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="folder of a parser to go on from (a second round)")
    parser.add_argument("--time-limit", type=float, default=1500.0, help="seconds")
    parser.add_argument("--rate", type=float, default=ParserRecipe.rate)
    parser.add_argument("--fine", action="store_true", help="at the full size only, to end a run that was cut off")
    parser.add_argument("--turned", type=int, default=ParserRecipe.turned, help="portraits turned by machine")
    a = parser.parse_args()
    torch.set_flush_denormal(True)
    pools = load_pools(a.data, a.labels, a.wide, a.turned)
    recipe = ParserRecipe(rate=a.rate)
    recipe = replace(recipe, phases=recipe.phases[-1:]) if a.fine else recipe
    train(pools, a.out, recipe, a.time_limit, a.start)


if __name__ == "__main__":
    main()
