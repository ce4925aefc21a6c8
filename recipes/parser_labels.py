"""Labels for a second round: what a first parser says, fused with the weak labels that it learned from.

    python -m recipes.parser_labels --data PORTRAITS --labels LABELS --parser runs/parser-1 --out LABELS-2

A network that has seen all portraits averages out the mistakes of single ones. A weak label stays where the network
can believe it; where it is sure of something else, or where nothing is known, the network's answer is taken. The
classes that the landmarks draw (eyes, brows, lips, nose) are surer than any network and always stay, and so do hats and
beards that eyes have seen (``recipes/parser_notes.py``).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from mien.checkpoints.parser import load_parser
from mien.conditions.labels import INDEX, UNKNOWN, mirror_table
from mien.models.perception.parser import ParserNet
from mien.pixels import to_tensor
from mien.training.devices import quick_autocast
from mien.types import Bool, Float32, UInt8
from recipes.parser_beards import beard_places
from recipes.parser_notes import Notes
from recipes.parser_samples import load_labels
from recipes.portraits import load_portraits, load_rows
from recipes.weak_labels import draw, write_sheets

DRAWN = ("left_brow", "right_brow", "left_eye", "right_eye", "nose", "mouth", "upper_lip", "lower_lip")


def probabilities(network: ParserNet, images: UInt8) -> Tensor:
    """(B, 19, H, W) averaged over each picture and its mirror image."""
    batch = to_tensor(images).contiguous(memory_format=torch.channels_last)
    swapped = torch.from_numpy(mirror_table()[: network.config.classes].astype(np.int64))
    with torch.inference_mode(), quick_autocast():
        both = network(torch.cat([batch, batch.flip(3)])).softmax(1)
    straight, mirrored = both.chunk(2)
    return (straight + mirrored.flip(3)[:, swapped]) / 2


def seen(weak: UInt8, network: Float32, points: Float32, notes: Notes) -> Bool:
    """Where a weak label, or its absence, must not be overruled: hats, beards, glasses that the network sees too."""
    kept: Bool = weak == INDEX["hat"]
    if notes.beard is not False:
        places = beard_places(points, len(weak))
        kept = kept | (places & ((weak == INDEX["hair"]) | (weak == UNKNOWN) | (weak == INDEX["skin"])))
    glasses = weak == INDEX["glasses"]
    if glasses.any() and network[INDEX["glasses"]][glasses].mean() > 0.3:
        kept = kept | glasses
    return kept


def fuse(
    weak: UInt8,
    network: Float32,
    kept: Bool | None = None,
    *,
    believe: float = 0.12,
    sure: float = 0.75,
    fill: float = 0.5,
) -> UInt8:
    """One picture's labels for the second round.

    Args:
        weak: (H, W) uint8.
        network: (19, H, W) probabilities.
        kept: (H, W) where the weak label stays.
        believe: a weak label is kept if its probability is at least this.
        sure: otherwise the network's answer replaces it from this probability on, and it becomes unknown below.
        fill: probability from which an answer fills a gap.
    """
    kept = np.zeros(weak.shape, np.bool_) if kept is None else kept
    answer, best = network.argmax(0).astype(np.uint8), network.max(0)
    own = np.take_along_axis(network, np.minimum(weak, 18)[None].astype(np.int64), 0)[0]
    drawn = kept | np.isin(weak, [INDEX[name] for name in DRAWN])
    fused = np.where(drawn | (own >= believe), weak, np.where(best >= sure, answer, UNKNOWN))
    result: UInt8 = np.where((weak == UNKNOWN) & ~kept, np.where(best >= fill, answer, UNKNOWN), fused).astype(np.uint8)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--parser", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets of every 20th")
    parser.add_argument("--split", default="train")
    a = parser.parse_args()
    torch.set_num_threads(1)
    network = load_parser(a.parser).to(memory_format=torch.channels_last)
    ids = [row["id"] for row in load_rows(a.data, a.split)]
    data, weak = load_portraits(a.data, a.split), load_labels(a.labels, a.data, a.split)
    a.out.mkdir(parents=True, exist_ok=True)
    tiles = []
    for i, name in enumerate(ids):
        answer, notes = probabilities(network, data.images[i : i + 1])[0].numpy(), Notes.of(name)
        fused = fuse(weak[i], answer, seen(weak[i], answer, data.landmarks[i], notes))
        if notes.hat is False:
            fused[fused == INDEX["hat"]] = UNKNOWN
        cv2.imwrite(str(a.out / f"{name}.png"), fused)
        if i % 20 == 0:
            tiles.append(draw(data.images[i], fused))
    if a.sheets:
        write_sheets(a.sheets, tiles)


if __name__ == "__main__":
    main()
