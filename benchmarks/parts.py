"""Eyes, mouth and nose masked, nothing else given: how far what is painted is from the truth, at the photo's scale.

    python -m benchmarks.parts --data LONDON --perceptual lpips_alex.pt [EDITOR ...] [--limit 36] [--sheet parts.png]

A square window around the part, 1.6 times its box, is compared at 192 px. "sharpness" is the power of detail finer than
two pixels inside the mask, over that of the truth: 1 is as sharp as the photo.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch

from mien.data.sources import read_index
from mien.editor import Editor
from mien.evaluation.perceptual import load_distance
from mien.photos.read import read_photo
from mien.pixels import to_tensor
from mien.types import Bool, UInt8

PARTS = ("eyes", "mouth", "nose")
SIDE = 192


def window(pixels: UInt8, area: Bool) -> UInt8:
    """The square around an area of a picture (H, W, C), at :data:`SIDE`."""
    rows, columns = np.flatnonzero(area.any(1)), np.flatnonzero(area.any(0))
    side = 1.6 * max(rows[-1] - rows[0], columns[-1] - columns[0])
    centre = (rows[0] + rows[-1]) / 2, (columns[0] + columns[-1]) / 2
    y, x = (int(np.clip(c - side / 2, 0, max(0, n - side))) for c, n in zip(centre, pixels.shape, strict=False))
    part = pixels[y : y + int(side), x : x + int(side)]
    return np.asarray(cv2.resize(part, (SIDE, SIDE), interpolation=cv2.INTER_AREA if side > SIDE else cv2.INTER_CUBIC))


def detail(pixels: UInt8, area: Bool) -> float:
    """Mean square of what is finer than two pixels, inside an area."""
    gray = pixels.astype(np.float32).mean(2)
    return float(np.square(gray - cv2.GaussianBlur(gray, (0, 0), 2.0))[area].mean())


def pictures(data: Path, split: str, limit: int) -> Iterator[Path]:
    """Files of a set with an index; of its split, where it has any."""
    rows = [row for row in read_index(data) if row.get("split", split) == split][:limit]
    for row in rows:
        yield next((data / "images").glob(f"{row['id']}.*"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("editors", nargs="*", default=["bundled"])
    parser.add_argument("--data", type=Path, required=True, help="a folder with index.csv and aligned images/")
    parser.add_argument("--perceptual", type=Path, required=True)
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int, default=36)
    parser.add_argument("--sheet", type=Path, help="write windows: truth, then each editor")
    o = parser.parse_args()
    distance = load_distance(o.perceptual, trust_code=True)
    shown: dict[str, list[UInt8]] = {}
    for name in o.editors:
        editor = Editor.from_pretrained(name)
        for part in PARTS:
            away, sharp = [], []
            for file in pictures(o.data, o.split, o.limit):
                photo = read_photo(file)
                result = editor(photo, mask=part)
                area = np.asarray(result.faces[0].mask) > 0
                truth, made = photo.pixels[..., :3], result.photo.pixels[..., :3]
                pair = window(truth, area), window(made, area)
                with torch.inference_mode():
                    away.append(float(distance(to_tensor(pair[1]), to_tensor(pair[0]))))
                sharp.append(detail(made, area) / max(detail(truth, area), 1e-6))
                shown.setdefault(f"{file.stem} {part}", [pair[0]]).append(pair[1])
            low, middle, high = np.quantile(sharp, (0.1, 0.5, 0.9))
            print(
                f"{name}  {part:6} {distance.label} {np.mean(away):.4f}  "
                f"sharpness {middle:.2f} (10-90 %: {low:.2f} to {high:.2f})  n {len(away)}",
                flush=True,
            )
    if o.sheet:
        rows = [np.concatenate(row, 1) for row in shown.values()]
        across = max(1, 1900 // rows[0].shape[1])
        rows += [np.zeros_like(rows[0])] * (-len(rows) % across)
        lines = [np.concatenate(rows[i : i + across], 1) for i in range(0, len(rows), across)]
        cv2.imwrite(str(o.sheet), np.concatenate(lines)[..., ::-1])


if __name__ == "__main__":
    main()
