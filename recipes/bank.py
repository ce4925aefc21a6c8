"""How the bundled bank of faces came to be: chosen by eye among pictures of nobody, measured, reduced.

    python -m recipes.bank --data WIDE [--out runs/face-bank]

``WIDE`` holds index.csv and images/ (768 px, 1.5 times the FFHQ square). Only synthetic pictures of the train split
with a permissive license are taken. Each was looked at: no odd teeth, eyes or ears, nobody known, one person.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from mien.align.crop import crop_face
from mien.align.finder import FaceFinder
from mien.checkpoints.store import CARD
from mien.conditions.areas import Seen
from mien.conditions.parser import FaceParser
from mien.guides.bank import KIND, UNITS, stored
from mien.guides.traits import Traits, head_of_hair
from mien.types import Bool, Float32, Photo, UInt8

SIDE, QUALITY = 768, 86
"""Longer side of a stored picture at most, and WebP's quality."""

NATIVE = 320
"""Smallest side of the FFHQ square in the original picture."""

SMILES = """
3076 2118 2676 2128 2381 2133 2127 3149 2813 2987 3052 2131 2135 2230 2419 3146 2842 3131
"""
"""With teeth."""

NEUTRAL = """
2121 2123 2129 2137 2191 2194 2248 2253 2266 2286 2288 2319 2331 2332 2352 2366 2374 2398 2399 2402 2411 2412 2426
2431 2451 2455 2480 2490 2495 2509 2517 2519 2522 2538 2567 2569 2580 2581 2612 2672 2673 2723 2726 2773 2802 2816
2862 2892 2898 2936 2945 2962 2998 3004 3013 3017 3044 3060 3072 3092 3102 3127 3130 3135 3147 3172 3177 3190 3203
3236 3262 3275 3319 3327 2125 2664 2143 3163
"""
"""Lips shut, or nearly."""

UNSHAVEN = "2121 2131 2135 2137 2230 2286 2332 2374 2426 2480 2509 2580 2612 2672 2676 2898 3052 3072 3102 3177"
"""With a beard, stubble, or colored light on the chin, as told by eye: no bare chin is taken from them."""

NOTES = """---
license: mit
library_name: mien
---

# Face bank

{count} pictures of nobody, from which eyes, teeth, a chin or hair are borrowed where no other photo is given.

- **Recipe**: `recipes/bank.py`. Chosen by eye for every age, skin and kind of hair, at most {side} px, with
  478 landmarks and measures of skin, light, teeth, beard and hair by the bundled finder and parser.
- **Data**: synthetic pictures, made by diffusion models and released by their authors: SFHQ-T2I (David Beniaguev,
  GitHub `SelfishGene/SFHQ-T2I-dataset`, the parts made by SDXL and FLUX.1-schnell), the GitHub repository
  `SelfishGene/visual_taste_approximator` (Stable Diffusion 1.4), and the package `openpeople` 0.1.2 (generator not
  stated). Taken from the train split only.
- **Licence**: MIT, as the three sources; © their authors.
- **Limits**: nobody here exists, and a likeness to somebody who does is chance. Generators' faces are smoother,
  more regular and more dramatically lit than photographs; none is old and smiles. Pictures of {side} px are soft in a
  portrait of twelve megapixels.
"""


def real(pixels: UInt8, corners: Float32) -> UInt8:
    """Without what was mirrored at the original picture's edges, as far as a rectangle (x0, y0, x1, y1) can tell."""
    top_left, top_right, bottom_right, bottom_left = corners
    x0, x1 = max(top_left[0], bottom_left[0]), min(top_right[0], bottom_right[0])
    y0, y1 = max(top_left[1], top_right[1]), min(bottom_left[1], bottom_right[1])
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = (
        int(np.clip(v, 0, n)) for v, n in ((np.ceil(x0), width), (np.ceil(y0), height), (x1, width), (y1, height))
    )
    return pixels[y0:y1, x0:x1]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True, help="index.csv and images/")
    options.add_argument("--out", type=Path, default=Path("runs") / KIND)
    o = options.parse_args()
    o.out.mkdir(parents=True, exist_ok=True)
    with (o.data / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    finder, parser = FaceFinder.bundled(), FaceParser.bundled()
    faces, points, hair = {}, [], []
    for name in sorted((SMILES + NEUTRAL).split()):
        row = rows[name]
        if (row["split"], row["kind"]) != ("train", "synthetic") or float(row["native_px"]) < NATIVE:
            raise SystemExit(f"{name} is not a synthetic picture of the train split of {NATIVE} px.")
        whole = np.asarray(Image.open(o.data / "images" / f"{name}.webp").convert("RGB"))
        pixels = real(whole, np.array(json.loads(row["photo_corners"]), np.float32))
        scale = min(1.0, SIDE / max(pixels.shape[:2]))
        size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        photo = Photo(np.ascontiguousarray(pixels))
        middle = np.array([photo.width, photo.height]) / 2
        face = min(finder.find(photo), key=lambda found: float(np.abs(found.quad.mean(0) - middle).max()))
        crop = crop_face(photo, face.quad, 512)
        seen = Seen.in_crop(face.landmarks, crop, parser.parse_crop(crop.pixels))
        Image.fromarray(pixels).save(o.out / f"{name}.webp", quality=QUALITY, method=6)
        faces[name], _ = stored(Traits.of(seen)), points.append(face.landmarks)
        hair.append(head_of_hair(seen.labels))
    save(o.out, faces, np.stack(points), np.stack(hair))


def save(folder: Path, faces: dict[str, dict[str, object]], points: Float32, hair: Bool) -> None:
    """Index, landmarks (N, 478, 3), hair (N, S, S) and card."""
    from safetensors.numpy import save_file

    config = {"kind": KIND, "unshaven": UNSHAVEN.split(), "faces": faces}
    text = json.dumps(config, separators=(",", ":")).replace('},"', '},\n"')
    (folder / "config.json").write_text(text + "\n", encoding="utf-8")
    packed = np.packbits(hair.reshape(len(hair), -1), axis=1)
    tensors = {"landmarks": np.rint(points * UNITS).astype(np.int16), "hair": packed}
    save_file(tensors, folder / "model.safetensors")
    (folder / CARD).write_text(NOTES.format(count=len(faces), side=SIDE), encoding="utf-8")


if __name__ == "__main__":
    main()
