"""Neutral to smiling, from another photo of the same person: how near the part comes to the real smiling photo.

    python -m benchmarks.borrow --data LONDON --perceptual lpips_alex.pt --identity identity_mobileface.pt [--limit 12]
        [--parts eyes] [--sheet borrow.png]

Pixels (``part``) against the look of the bundled editor (a mask and the same exemplar). A square window around the part
of both photos is compared at 192 px; identity is the cosine between the crops before and after.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from benchmarks.parts import window
from mien.align.crop import crop_face
from mien.data.sources import read_index
from mien.editor import Editor
from mien.evaluation.features import load_features
from mien.evaluation.metrics.base import Pair
from mien.evaluation.metrics.identity import identity_metric
from mien.evaluation.perceptual import load_distance
from mien.guides.parts import PARTS
from mien.photos.read import read_photo
from mien.pixels import to_tensor
from mien.types import Bool, Face, Photo

MASKS = {"eyes": "eyes", "mouth": "mouth", "teeth": "mouth", "face": "face"}
"""What is masked for the look, by the part that is borrowed."""


def pairs(data: Path) -> list[tuple[Path, Path]]:
    """(neutral, smiling) pictures of one person each."""
    people: dict[str, dict[str, str]] = {}
    for row in read_index(data):
        people.setdefault(row["person"], {})[row["kind"]] = row["id"]
    both = [one for one in people.values() if {"neutral", "smiling"} <= one.keys()]
    return [(data / "images" / f"{one['neutral']}.jpg", data / "images" / f"{one['smiling']}.jpg") for one in both]


def area_of(faces: tuple[Face, Face], part: str, photo: Photo) -> Bool:
    """(H, W): the hull of a part of both faces."""
    points = np.concatenate([one.landmarks[list(PARTS[part].points), :2] for one in faces])
    area = np.zeros((photo.height, photo.width), np.uint8)
    cv2.fillConvexPoly(area, np.round(cv2.convexHull(points)).astype(np.int32), 1)
    return area > 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder with index.csv and aligned images/")
    parser.add_argument("--perceptual", type=Path, required=True)
    parser.add_argument("--identity", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=1000)
    parser.add_argument("--parts", nargs="+", choices=MASKS, default=list(MASKS))
    parser.add_argument("--sheet", type=Path, help="write crops: neutral, pixels, look, truth")
    o = parser.parse_args()
    distance = load_distance(o.perceptual, trust_code=True)
    person = identity_metric(load_features(o.identity, trust_code=True))
    editor, rows = Editor.from_pretrained(), []
    found: dict[str, list[tuple[Any, ...]]] = {part: [] for part in o.parts}
    for neutral, smiling in pairs(o.data)[: o.limit]:
        photo, truth = read_photo(neutral), read_photo(smiling)
        faces = editor.finder.find(photo)[0], editor.finder.find(truth)[0]
        before = crop_face(photo, faces[0].quad, 256).pixels
        for part, mask in ((one, MASKS[one]) for one in o.parts):
            area = area_of(faces, mask, photo)
            wanted: dict[str, Any] = {"exemplar": truth, "face": faces[0]}
            made = [editor(photo, part=part, **wanted).photo, editor(photo, mask=mask, mode="look", **wanted).photo]
            goal = to_tensor(window(truth.pixels, area))
            with torch.inference_mode():
                away = [float(distance(to_tensor(window(one.pixels, area)), goal)) for one in made]
            after = [crop_face(one, faces[0].quad, 256).pixels for one in made]
            same = [person.measure(Pair(part, one, before), None) for one in after]
            found[part].append((*away, *same))
            rows.append(np.hstack([one.pixels for one in (photo, *made, truth)]))
    for part, values in found.items():
        pixels, look, kept, painted = np.mean(values, axis=0)
        low = np.min(values, axis=0)[2]
        print(
            f"{part:6} n={len(values)} {distance.label} pixels {pixels:.4f} look {look:.4f} ratio {pixels / look:.2f}  "
            f"identity pixels {kept:.3f} (lowest {low:.3f}) look {painted:.3f}"
        )
    if o.sheet:
        cv2.imwrite(str(o.sheet), cv2.resize(np.vstack(rows[:24]), None, fx=0.4, fy=0.4)[..., ::-1])


if __name__ == "__main__":
    main()
