"""Eyes, mouth and nose masked, nothing else given: how far what is painted is from the truth, at the photo's scale.

    python -m benchmarks.parts --data LONDON --perceptual lpips_alex.pt [EDITOR ...] [--limit 36] [--alone] [--covered]
    python -m benchmarks.parts --data LONDON --perceptual lpips_alex.pt [EDITOR ...] --before-it [--limit 12] [--alone]

A square window around the part, 1.6 times its box, is compared at 192 px. "sharpness" is the power of detail finer than
two pixels inside the mask, over that of the truth: 1 is as sharp as the photo. --alone measures the painter alone
(mode "look") on the same faces and prints the ratio. A mask by name hides nothing from the landmark network, which sees
the part below it; with --covered the masked pixels are gray before anything looks at the photo, for the editor, not for
the painter alone, whose soft border would show the gray. With --before-it something is drawn before the part (cloth,
fingers, a cup, in turn: :mod:`benchmarks.covers`) and masked with room around it; --alone then has two painters: one
that is given the photo without it, and so knows the part by its code of the whole face, and one that is not.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import torch

from benchmarks.covers import COVERS, cover
from mien.align.crop import crop_face, quad_to_matrix
from mien.align.paste import mask_to_photo
from mien.conditions.regions import parse_region
from mien.data.sources import read_index
from mien.editor import Editor
from mien.errors import LayerError
from mien.evaluation.perceptual import PerceptualDistance, load_distance
from mien.photos.read import read_photo
from mien.pixels import to_tensor
from mien.types import Bool, Photo, UInt8

PARTS = ("eyes", "mouth", "nose")
SIDE, LABELS = 192, 256
PAINTERS = (", the painter alone, who sees the part", ", the painter alone, who does not")


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


@dataclass
class Measured:
    """What is measured of one part, one value a face; ``made`` has the windows."""

    away: list[float] = field(default_factory=list)
    sharp: list[float] = field(default_factory=list)
    made: list[UInt8] = field(default_factory=list)

    def add(self, made: UInt8, truth: UInt8, area: Bool, distance: PerceptualDistance) -> None:
        """One face: pictures (H, W, 3) and where the part is masked (H, W)."""
        pair = window(truth, area), window(made, area)
        with torch.inference_mode():
            self.away.append(float(distance(to_tensor(pair[1]), to_tensor(pair[0]))))
        self.sharp.append(detail(made, area) / max(detail(truth, area), 1e-6))
        self.made.append(pair[1])

    def told(self, label: str) -> str:
        """In one line."""
        low, middle, high = np.quantile(self.sharp, (0.1, 0.5, 0.9))
        return (
            f"{label} {np.mean(self.away):.4f}  sharpness {middle:.2f} (10-90 %: {low:.2f} to {high:.2f})  "
            f"n {len(self.away)}"
        )


def hid(photo: Photo, area: Bool) -> Photo:
    """A photo whose masked pixels (H, W) are gray."""
    return photo.with_pixels(np.where(area[..., None], np.uint8(128), photo.pixels))


def measure(
    editor: Editor, part: str, files: Sequence[Path], distance: PerceptualDistance, *, alone: bool, covered: bool
) -> tuple[Measured, Measured, list[UInt8]]:
    """A part of some photos by the editor, by its painter alone, and the windows of the truth."""
    ours, painted, truths = Measured(), Measured(), []
    for file in files:
        photo = read_photo(file)
        first = editor(photo, mask=part, mode="look") if alone or covered else editor(photo, mask=part)
        area, truth = np.asarray(first.faces[0].mask) > 0, photo.pixels[..., :3]
        seen = hid(photo, area) if covered else photo
        try:
            result = editor(seen, mask=area) if covered else editor(photo, mask=part) if alone else first
        except LayerError as error:
            print(f"{file.stem}: {error}", flush=True)
            continue
        truths.append(window(truth, area))
        ours.add(result.photo.pixels[..., :3], truth, area, distance)
        if alone:
            painted.add(first.photo.pixels[..., :3], truth, area, distance)
    return ours, painted, truths


def measure_behind(
    editor: Editor, part: str, files: Sequence[Path], distance: PerceptualDistance, *, alone: bool
) -> tuple[dict[str, Measured], list[UInt8]]:
    """A part behind something, by the editor and by its painter, who sees the part or not; the truth."""
    found: dict[str, Measured] = {"": Measured()} | ({one: Measured() for one in PAINTERS} if alone else {})
    truths = []
    for number, file in enumerate(files):
        photo = read_photo(file)
        face = editor.finder.find(photo)[0]
        labels = editor.parser.parse_crop(crop_face(photo, face.quad, LABELS).pixels)
        matrix = quad_to_matrix(face.quad, LABELS)
        area = mask_to_photo(parse_region(part)[labels], matrix, (photo.width, photo.height)) > 0
        seen, mask = cover(photo, face, area, list(COVERS)[number % len(COVERS)])
        try:
            made = [editor(seen, mask=mask)]
        except LayerError as error:
            print(f"{file.stem}: {error}", flush=True)
            continue
        made += [editor(one, mask=mask, mode="look") for one in (photo, seen)] if alone else []
        truth = photo.pixels[..., :3]
        truths.append(window(truth, area))
        for one, result in zip(found.values(), made, strict=True):
            one.add(result.photo.pixels[..., :3], truth, area, distance)
        print(f"{file.stem} {part} " + " ".join(f"{one.away[-1]:.4f}" for one in found.values()), flush=True)
    return found, truths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("editors", nargs="*", default=["bundled"])
    parser.add_argument("--data", type=Path, required=True, help="a folder with index.csv and aligned images/")
    parser.add_argument("--perceptual", type=Path, required=True)
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int, default=36)
    parser.add_argument("--parts", nargs="+", default=PARTS, choices=PARTS)
    parser.add_argument("--alone", action="store_true", help="measure the painter alone, too, and print the ratio")
    parser.add_argument("--covered", action="store_true", help="make masked pixels gray before the photo is looked at")
    parser.add_argument("--before-it", action="store_true", help="draw something before the part, and mask that")
    parser.add_argument("--sheet", type=Path, help="write windows: truth, what is made, and alone")
    o = parser.parse_args()
    distance = load_distance(o.perceptual, trust_code=True)
    files, shown = list(pictures(o.data, o.split, o.limit)), []
    for name in o.editors:
        editor = Editor.from_pretrained(name)
        for part in o.parts:
            if o.before_it:
                found, truths = measure_behind(editor, part, files, distance, alone=o.alone)
                for painter, one in found.items():
                    print(one.told(f"{name}  {part:6} {distance.label}{painter}"), flush=True)
                shown += [
                    np.concatenate(row, 1) for row in zip(truths, *(one.made for one in found.values()), strict=True)
                ]
                continue
            ours, painted, truths = measure(editor, part, files, distance, alone=o.alone, covered=o.covered)
            print(ours.told(f"{name}  {part:6} {distance.label}"), flush=True)
            if o.alone:
                print(painted.told(f"{name}  {part:6} {distance.label}, the painter alone,"), flush=True)
                print(f"{name}  {part:6} ratio {np.mean(ours.away) / np.mean(painted.away):.3f}", flush=True)
            made = (ours.made, painted.made) if o.alone else (ours.made,)
            shown += [np.concatenate(row, 1) for row in zip(truths, *made, strict=True)]
    if o.sheet:
        cv2.imwrite(str(o.sheet), sheet(shown)[..., ::-1])


def sheet(rows: list[UInt8]) -> UInt8:
    """Rows of windows, as many beside one another as 1900 pixels hold."""
    across = max(1, 1900 // rows[0].shape[1])
    rows = [*rows, *[np.zeros_like(rows[0])] * (-len(rows) % across)]
    lines = [np.concatenate(rows[i : i + across], 1) for i in range(0, len(rows), across)]
    return np.asarray(np.concatenate(lines))


if __name__ == "__main__":
    main()
