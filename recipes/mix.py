"""Weights between those of a network and those of the same network after more training.

    python -m recipes.mix BEFORE AFTER --kind face-landmarks --share 0.6 --out OUT

A network that was trained on for new data forgets a little of the old; on the line between the two lie networks that do
both better than either (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
"""

from __future__ import annotations

import argparse
from pathlib import Path

from torch import Tensor

from mien.checkpoints.store import load_folder, save_folder

KINDS = ("face-detector", "face-landmarks", "face-parser", "mien-editor")


def mix(before: dict[str, Tensor], after: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """``share`` of ``after`` and the rest of ``before``; counters, and what ``before`` lacks, are ``after``'s."""
    both = {name for name, value in after.items() if name in before and value.is_floating_point()}
    return {n: before[n].lerp(value, share) if n in both else value for n, value in after.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--kind", required=True, choices=KINDS)
    parser.add_argument("--share", type=float, default=0.6, help="of the weights after")
    parser.add_argument("--out", type=Path, required=True)
    a = parser.parse_args()
    config, after = load_folder(a.after, a.kind)
    mixed = mix(load_folder(a.before, a.kind)[1], after, a.share)
    card = (a.after / "README.md").read_text(encoding="utf-8")
    save_folder(a.out, mixed, {**config, "mixed": a.share}, card)


if __name__ == "__main__":
    main()
