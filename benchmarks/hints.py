"""How much an editor makes of each hint, on the split that settings are chosen on: lines found again, and LPIPS.

    python -m benchmarks.hints --data PORTRAITS --perceptual lpips_alex.pt EDITOR ... [--split val] [--limit 48]

The middle quarter of every face is edited, given nothing, its sketch, ...; "F1" is that of the lines inside the mask.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from mien.conditions.freeform import centre_mask
from mien.conditions.lines import sketch_of
from mien.conditions.parser import FaceParser
from mien.editor import Editor
from mien.evaluation.metrics.sketch import sketch_agreement
from mien.evaluation.perceptual import PerceptualDistance, load_distance
from mien.evaluation.protocol.configurations import configuration
from mien.evaluation.protocol.faces import FaceSets, open_set
from mien.pixels import to_tensor

GIVEN = ("none", "+Sk", "+Sk+Co", "+Se", "+Sk+Se+Co")


def measure(editor: Editor, faces: FaceSets, distance: PerceptualDistance, given: str) -> dict[str, float]:
    """Means over all pictures."""
    mask = centre_mask(editor.size)
    found, away = [], []
    for name in faces.pictures:
        face = faces.face(name, editor.size)
        given_here = configuration(given).of(face.layers).replaced(mask=mask.astype(np.float32))
        made = np.rint(editor.edit_crop(face.image, given_here).pixels).astype(np.uint8)
        a, b = to_tensor(made), to_tensor(face.image)
        away.append(float(distance(a, b)))
        if face.layers.sketch is not None:
            found.append(sketch_agreement(sketch_of(a), face.layers.sketch, mask=mask > 0).f1)
    return {"F1": float(np.nanmean(found)), distance.label: float(np.mean(away))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("editors", nargs="+", help="folders, or bundled")
    parser.add_argument("--data", type=Path, required=True, help="a prepared set of portraits")
    parser.add_argument("--perceptual", type=Path, required=True, help="LPIPS or another distance")
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int, default=48)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    o = parser.parse_args()
    torch.set_num_threads(o.threads)
    faces = FaceSets({o.split: open_set(o.data, o.split, o.limit)}, FaceParser.bundled())
    distance = load_distance(o.perceptual, trust_code=True)
    for name in o.editors:
        editor = Editor.from_pretrained(name)
        for given in GIVEN:
            figures = measure(editor, faces, distance, given)
            print(
                f"{name}  {given:10}",
                "  ".join(f"{metric} {value:.4f}" for metric, value in figures.items()),
                flush=True,
            )


if __name__ == "__main__":
    main()
