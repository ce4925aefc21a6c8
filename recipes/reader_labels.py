"""What the face reader learns to say of a portrait, measured without an annotator.

    python -m recipes.reader_labels --data PORTRAITS --teachers WEIGHTS --out LABELS.npz

Age, gender presentation and expression come from the teachers' networks, shapes from the portraits' landmarks, all that
has a place and a color from the bundled parser. A number that cannot be told is NaN.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch

from mien.checkpoints.judges import load_script
from mien.conditions.areas import AREAS, Seen
from mien.conditions.parser import FaceParser
from mien.guides.shapes import Shapes
from mien.guides.traits import Traits
from mien.pixels import to_tensor
from mien.types import Bool, Float32, UInt8
from recipes.portraits import load_portraits, load_rows

EXPRESSIONS = ("neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised")
"""In the teacher's order."""

COLORED = ("hair", "eye", "lip", "brow", "skin", "background", "clothes")
"""What has a color: three numbers each, CIE L*, a*, b*."""

BATCH = 32


def colors(seen: Seen) -> dict[str, tuple[float, float, float]]:
    """Median CIE L*a*b* by name, NaN where there is too little of it."""
    lab = cv2.cvtColor(seen.picture.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    hair = seen.of("hair") & ~AREAS["beard"](seen)
    areas: dict[str, Bool] = {
        "hair": hair,
        "eye": AREAS["irises"](seen),
        "lip": seen.of("upper_lip", "lower_lip"),
        "brow": seen.of("left_brow", "right_brow"),
        "skin": AREAS["cheeks"](seen) | AREAS["forehead"](seen),
        "background": seen.of("background"),
        "clothes": seen.of("cloth"),
    }
    least = {"eye": 10, "lip": 40, "brow": 30}
    found = {}
    for name, area in areas.items():
        enough = int(area.sum()) >= least.get(name, 400)
        found[name] = tuple(float(v) for v in np.median(lab[area], axis=0)) if enough else (np.nan,) * 3
    return found


def measured(seen: Seen) -> dict[str, float]:
    """All that one portrait with its labels tells."""
    traits = Traits.of(seen)
    above = seen.of("hair")[: max(1, int(seen.points[10, 1]))]
    crown = float(above.sum()) / max(1.0, seen.unit**2)
    found = {
        "light": float(np.hypot(*traits.light)),
        "wrinkles": float(np.log(max(traits.texture, 0.1))),
        "teeth": float(traits.teeth > 0.25),
        "beard": float(traits.beard > 0.3),
        "moustache": float(traits.moustache > 0.3),
        "glasses": float(traits.glasses > 0.03),
        "hat": float(traits.hat > 0.02),
        "fringe": float(traits.fringe > 0.35),
        "hair-length": float(np.clip(traits.length, -3, 2)),
        "baldness": float(crown < 0.12 and traits.hat <= 0.02),
    }
    for name, lab in colors(seen).items():
        found |= {f"{name}-{axis}": value for axis, value in zip("Lab", lab, strict=True)}
    return found


def taught(images: UInt8, teachers: Path) -> dict[str, Float32]:
    """Age, gender and expression (N,) of aligned portraits (N, 256, 256, 3)."""
    files = (teachers / f"{name}.pt" for name in ("age_gender", "expression"))
    ages, moods = (load_script(file, torch.device("cpu"), trust_code=True) for file in files)
    rows = []
    for start in range(0, len(images), BATCH):
        batch = to_tensor(images[start : start + BATCH])
        with torch.inference_mode():
            both = torch.stack([(a + b) / 2 for a, b in zip(ages(batch), ages(batch.flip(3)), strict=True)], 1)
            mood = (moods(batch) + moods(batch.flip(3))) / 2
        rows.append(torch.cat([both, mood.reshape(len(batch), -1)], 1).numpy())
    told = np.concatenate(rows)
    names = ("age", "masculine", *EXPRESSIONS)
    return {name: told[:, i].astype(np.float32) for i, name in enumerate(names)}


def labels_of(data: Path, split: str, teachers: Path) -> dict[str, Float32]:
    """Measures (N,) by name of one split."""
    portraits, parser, shapes = load_portraits(data, split), FaceParser.bundled(), Shapes.bundled()
    told = taught(portraits.images, teachers)
    told |= {name: value.astype(np.float32) for name, value in shapes.strengths(portraits.landmarks).items()}
    rows = []
    for image, points in zip(portraits.images, portraits.landmarks, strict=True):
        rows.append(measured(Seen(parser.parse_crop(image), points.astype(np.float64), image)))
    told |= {name: np.array([row[name] for row in rows], np.float32) for name in rows[0]}
    return told | {"id": np.array([int(row["id"]) for row in load_rows(data, split)], np.float32)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--data", "--teachers", "--out"):
        parser.add_argument(name, type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for split in ("val", "train"):
        told = labels_of(arguments.data, split, arguments.teachers)
        out = arguments.out.with_name(f"{arguments.out.stem}-{split}.npz")
        np.savez_compressed(out, **told)
        print(f"{out}: {len(told['id'])} portraits, {len(told) - 1} measures", flush=True)


if __name__ == "__main__":
    main()
