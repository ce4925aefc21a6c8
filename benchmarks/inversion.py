"""How well a style encoder and its generator rebuild whole faces, of the split it was trained on and of the test split.

    python -m benchmarks.inversion --editor FOLDER --data PORTRAITS --perceptual lpips_alex.pt --identity face.pt
                                   [--limit 64] [--sheet FILE]

The first pictures of each split are encoded without any modality, and what the generator makes of the codes is compared
with them: perceptual distance, similarity of the identity embeddings, squared difference in [-1, 1]. The gap between
the splits is what was learnt by heart.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mien.checkpoints.editor import load_editor
from mien.conditions.pictures import save_png
from mien.data import find_pictures
from mien.data.sheets import contact_sheet
from mien.models.editing import EditorNetworks
from mien.pixels import to_bytes, to_tensor
from mien.training.editing.sample import image_only
from mien.training.teachers import Teachers, load_teachers

BATCH, SHOWN = 16, 12


def pictures_of(data: Path, split: str, size: int, limit: int) -> Tensor:
    """(N, 3, S, S) in [-1, 1]."""
    found = find_pictures(data, split=split)[:limit]
    return to_tensor(np.stack([picture.pixels(size) for picture in found]))


@torch.inference_mode()
def rebuilt(networks: EditorNetworks, pictures: Tensor) -> Tensor:
    """Encoded and generated again."""
    parts = [networks.inverted(networks.encoder(image_only(part).stack())) for part in pictures.split(BATCH)]
    return torch.cat(parts).clamp(-1, 1)


@torch.inference_mode()
def row(pictures: Tensor, made: Tensor, teachers: Teachers, perceptual: str) -> dict[str, float]:
    """One line of the table."""
    values = {perceptual: float(teachers.perceptual(made, pictures).mean())}
    if teachers.identity is not None:
        values["identity"] = 1 - float(teachers.identity(made, pictures).mean())
    return {**values, "squared": float((made - pictures).square().mean())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--editor", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="prepared portraits, with splits")
    parser.add_argument("--perceptual", type=Path, required=True, help="TorchScript distance of two batches")
    parser.add_argument("--identity", type=Path, help="TorchScript face embedding")
    parser.add_argument("--limit", type=int, default=64, help="pictures of each split")
    parser.add_argument("--sheet", type=Path, help="write test pictures and what became of them")
    o = parser.parse_args()
    networks, _ = load_editor(o.editor)
    networks.eval().requires_grad_(False)
    teachers = load_teachers(o.perceptual, o.identity, torch.device("cpu"), torch.float32, trust_code=True)
    size = networks.config.encoder.inner_side
    rows = {}
    for split in ("train", "test"):
        pictures = pictures_of(o.data, split, size, o.limit)
        made = rebuilt(networks, pictures)
        rows[f"{split}, {len(pictures)} pictures"] = row(pictures, made, teachers, o.perceptual.stem)
    for name, values in rows.items():
        print(f"{name}: " + ", ".join(f"{key} {value:.4f}" for key, value in values.items()))
    if o.sheet is not None:
        shown = torch.cat([pictures[:SHOWN], made[:SHOWN]])
        save_png(contact_sheet(to_bytes(shown), columns=SHOWN), o.sheet)


if __name__ == "__main__":
    main()
