"""Strong lenses drawn over bare faces, and taken off again: how strong they are measured, and what comes back.

    python -m benchmarks.strong_lenses --data ../shared/data --weights ../shared/weights [--count 10]

Faces of the training split of ``wide`` that wear none, with wide lenses that reach the outline on at least one side. A
lens of a power shows what lies a distance behind it at a share of its size: ``m`` for eyes, less for temples, as the
landmarks' depth has it. Measured lenses are taken off twice, with and without moving what is seen through them:
LPIPS-alex around the eyes, and the size of both eyes against the truth.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
import torch
from PIL import Image

from mien import Editor
from mien.conditions.labels import INDEX
from mien.errors import MienError
from mien.guides.glasses.find import find as glasses
from mien.guides.glasses.frames import axes
from mien.guides.glasses.lens_power import Power, lens_power
from mien.types import Face, Float32, Float64, Photo, UInt8
from recipes.fitting import lpips_of

SHARES = (0.85, 0.92, 1.0, 1.08)
COLORS = ((40, 38, 40), (150, 140, 120), (90, 60, 45), (25, 25, 30))
BEFORE, DEEPEST = 0.155, 0.3
"""How far lenses are before the eyes, and outlines behind them at most, as shares of the outer corners' distance."""


class _ToldError(Exception):
    """Ends a search for glasses where their power is told."""


def faces(data: Path, editor: Editor) -> Iterator[tuple[str, Photo, Face]]:
    """Bare faces of which one side's outline is near the iris."""
    with (data / "wide/index.csv").open(newline="", encoding="utf-8") as file:
        names = [row["id"] for row in csv.DictReader(file) if row["split"] == "train" and row["kind"] == "real"]
    for name in names:
        photo = Photo(np.asarray(Image.open(data / "wide/images" / f"{name}.webp").convert("RGB")))
        square = cv2.resize(photo.pixels[128:640, 128:640], (256, 256), interpolation=cv2.INTER_AREA)
        found = editor.finder.find(photo, largest=True)
        if not found or (editor.parser.shares(np.asarray(square))[INDEX["glasses"]] > 0.5).sum() > 50:
            continue
        points = found[0].landmarks.astype(np.float64)
        near = min(_outline(points, side)[0] for side in (0, 1)) / _unit(points)
        if 0.25 < near < 0.42:
            yield name, photo, found[0]


def _unit(points: Float64) -> float:
    return float(np.linalg.norm(points[33, :2] - points[263, :2]))


def _outline(points: Float64, side: int) -> tuple[float, float]:
    """How far outwards from an iris a face ends, and how far behind the eye that is."""
    away, down = axes(points[:, :2])
    from_iris = points[:468, :2] - points[(468, 473)[side], :2]
    beside, near = from_iris @ (away * (2 * side - 1)), np.abs(from_iris @ down) < 0.12 * _unit(points)
    end = np.flatnonzero(near)[beside[near].argmax()]
    return float(beside[end]), max(0.0, float(points[end, 2] - points[(33, 263)[side], 2]))


def with_lenses(picture: UInt8, points: Float64, share: float, rng: np.random.Generator) -> UInt8:
    """The picture (H, W, 3) with glasses that show eyes at a share of their size."""
    unit, (away, down) = _unit(points), axes(points[:, :2])
    power, (ys, xs) = (1 / share - 1) / BEFORE, np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    made, rims, whole = picture.astype(np.float32), [], picture.shape[1::-1]
    turns, square = np.linspace(0, 2 * np.pi, 160, endpoint=False), rng.uniform(2.2, 4)
    wide, high = rng.uniform(0.27, 0.33), rng.uniform(0.17, 0.24)
    round_ = (np.abs(np.cos(turns)) ** square + np.abs(np.sin(turns)) ** square) ** (-1 / square)
    for side in (0, 1):
        iris, out = points[(468, 473)[side], :2], away * (2 * side - 1)
        ends, depth = _outline(points, side)
        inner = min(wide, 0.9 * float(np.linalg.norm(iris - points[168, :2])) / unit - 0.06)
        reach = np.where(np.cos(turns) > 0, max(wide, min(0.46, 1.02 * ends / unit)), inner)
        rim = iris + unit * (0.03 * down + np.outer(round_ * np.cos(turns) * reach, out))
        rims.append(rim + unit * np.outer(round_ * np.sin(turns) * high, down))
        x, y = xs - iris[0], ys - iris[1]
        seen = np.hypot(x, y) + 1e-6
        sideways, true = np.clip((x * out[0] + y * out[1]) / seen, 0, 1), seen
        for _ in range(12):
            deep = min(depth / unit, DEEPEST) * np.clip(true * sideways / ends, 0, 1) ** 2
            true = seen * (1 + power * (BEFORE + deep))
        maps = [(m + o * true / seen).astype(np.float32) for m, o in ((iris[0], x), (iris[1], y))]
        shown = cv2.remap(picture, *maps, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
        lens = cv2.fillPoly(np.zeros(whole[::-1], np.uint8), [_fixed(rims[-1])], 255, cv2.LINE_AA, 4)
        made += (lens / 255.0)[..., None] * (shown - made)
    return _framed(made, rims, points, rng)


def _fixed(line: Float64, by: float = 1.0) -> np.ndarray:
    return np.round(16 * by * line).astype(np.int32)


def _framed(made: Float32, rims: list[Float64], points: Float64, rng: np.random.Generator) -> UInt8:
    """Rims, a bridge, arms and a slight shadow."""
    unit, (away, down) = _unit(points), axes(points[:, :2])
    color, wide = np.float32(COLORS[rng.integers(4)]), rng.uniform(0.012, 0.03) * unit
    lines = [np.concatenate([rim, rim[:1]]) for rim in rims]
    bridge = [rim[((rim - points[168, :2]) @ (away * (2 * side - 1))).argmin()] for side, rim in enumerate(rims)]
    lines.append(np.array([bridge[0], (bridge[0] + bridge[1]) / 2 - 0.02 * unit * down, bridge[1]]))
    for side, (rim, ear) in enumerate(zip(rims, (127, 356), strict=True)):
        start = rim[(rim @ (away * (2 * side - 1) - 0.5 * down)).argmax()]
        if (points[ear, :2] - start) @ away * (2 * side - 1) > 0:
            lines.append(np.array([start, points[ear, :2]]))
    fine = np.zeros((4 * made.shape[0], 4 * made.shape[1]), np.uint8)
    for line in lines:
        cv2.polylines(fine, [_fixed(line, 4)], False, 255, max(1, round(4 * wide)), cv2.LINE_AA, 4)
    share = cv2.resize(fine, made.shape[1::-1], interpolation=cv2.INTER_AREA)[..., None].astype(np.float32) / 255
    shade = cv2.GaussianBlur(np.roll(share[..., 0], int(0.02 * unit), 0), (0, 0), 0.01 * unit)[..., None]
    made = made * (1 - 0.12 * shade)
    return np.asarray(np.clip(np.rint(made + share * (color - made)), 0, 255), np.uint8)


def measured(photo: Photo, face: Face, editor: Editor) -> Power | None:
    """What is told of the lenses, without taking them off."""
    found: list[Power | None] = [None]

    def told(*seen: object) -> Power | None:
        found[0] = lens_power(*seen)  # type: ignore[arg-type]
        raise _ToldError

    with patch.object(glasses, "lens_power", told):
        try:
            glasses.find_glasses(photo, face, editor.parser)
        except _ToldError:
            return found[0]
    return None


def eye_size(made: UInt8, truth: UInt8, iris: Float64, unit: float) -> float:
    """At which size of the truth's eye it is most like that of a picture."""
    one, other = (cv2.GaussianBlur(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), (0, 0), 1.0) for p in (made, truth))
    (x, y), wide, high = iris.astype(int), int(0.17 * unit), int(0.1 * unit)
    part, best = np.s_[y - high : y + high, x - wide : x + wide], (-1.0, 0.0)
    for size in np.arange(0.75, 1.25, 0.01):
        matrix = np.array([[size, 0, iris[0] * (1 - size)], [0, size, iris[1] * (1 - size)]])
        there = cv2.warpAffine(other, matrix, other.shape[::-1])
        best = max(best, (float(np.corrcoef(one[part].ravel(), there[part].ravel())[0, 1]), float(size)))
    return best[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    editor, judge, rows = Editor.from_pretrained("opencv:telea"), lpips_of(options.weights)[0], []
    for number, (name, photo, face) in enumerate(faces(options.data, editor)):
        if number >= options.first + options.count:
            break
        for share in SHARES if number >= options.first else ():
            points = face.landmarks.astype(np.float64)
            worn = Photo(with_lenses(photo.pixels, points, share, np.random.default_rng(int(name))))
            try:
                seen = editor.finder.find(worn, largest=True)[0]
                power = measured(worn, seen, editor)
            except (MienError, IndexError) as error:
                print(f"{name} {share}: {error}")
                continue
            print(f"{name} {share}: {'-' if power is None else f'{power.eyes:.3f}'}", end=" ", flush=True)
            if power is not None:
                rows.append(_taken_off(worn, seen, photo, points, editor, judge))
            print(flush=True)
    if options.out and rows:
        Image.fromarray(np.vstack(rows)).save(options.out)


def _taken_off(worn: Photo, seen: Face, truth: Photo, points: Float64, editor: Editor, judge: torch.nn.Module) -> UInt8:
    """Prints how far both are from the truth; truth, glasses, without moving and with it, (h, 4 w, 3)."""
    with patch.object(glasses, "lens_power", lambda *_: None):
        still = glasses.without_glasses(worn, seen, editor.parser).over(worn)[0].pixels
    made = glasses.without_glasses(worn, seen, editor.parser).over(worn)[0].pixels
    unit, (x, y) = _unit(points), points[[33, 133, 362, 263], :2].mean(0).astype(int)
    part = np.s_[max(0, y - int(0.45 * unit)) : y + int(0.45 * unit), max(0, x - int(0.9 * unit)) : x + int(0.9 * unit)]
    for kind, one in (("still", still), ("moved", made)):
        pair = torch.from_numpy(np.stack([one[part], truth.pixels[part]]).astype(np.float32))
        with torch.inference_mode():
            apart = float(judge(*(pair.permute(0, 3, 1, 2) / 127.5 - 1).split(1))[0])
        sizes = [eye_size(one, truth.pixels, points[iris, :2], unit) for iris in (468, 473)]
        print(f"{kind} LPIPS {apart:.4f} eyes {sizes[0]:.2f} {sizes[1]:.2f}", end=" ")
    tile = np.hstack([one[part] for one in (truth.pixels, worn.pixels, still, made)])
    return np.asarray(cv2.resize(tile, (1600, 200), interpolation=cv2.INTER_AREA), np.uint8)


if __name__ == "__main__":
    main()
