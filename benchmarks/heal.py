"""Scratches, moles, wrinkles and stains drawn on faces, then healed: how far from what was there, and how rough.

    python -m benchmarks.heal --data WIDE --landmarks PORTRAITS/landmarks.npy --perceptual lpips_alex.pt [--split val]
    python -m benchmarks.heal --data LONDON --landmarks LONDON/landmarks478.npy --perceptual lpips_alex.pt

With ``--printed`` the photos are drawn as prints first (:mod:`recipes.print_drawn`). Damage over prints is white.

LPIPS is that of a window around each defect at the photo's own scale. Grain is the noise inside the defects over that
of the truth at the same pixels, in three bands, finest first: 1 is as rough as the photo. Telea and Navier-Stokes are
OpenCV's, the biharmonic equation is scikit-image's.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
import torch
from skimage.restoration import inpaint_biharmonic

from mien.compose.grain import bands
from mien.data.sources import read_index
from mien.evaluation.perceptual import load_distance
from mien.guides.healing.heal import heal
from mien.photos.read import read_photo
from mien.pixels import to_tensor
from mien.types import Bool, Float32, Photo, UInt8
from recipes.print_drawn import PRINTS

KINDS = ("scratch", "mole", "wrinkle", "stain")
SPOTS = (50, 280, 151, 205, 425, 199, 108, 337, 36, 266, 101, 330)
"""Landmarks on cheeks, forehead and chin, where moles lie."""
SMALLEST = 64
"""Side of a window, pixels."""


def telea(photo: Photo, mask: Bool) -> UInt8:
    """Telea (2004)."""
    return np.asarray(cv2.inpaint(photo.pixels, mask.astype(np.uint8), 4, cv2.INPAINT_TELEA), np.uint8)


def navier_stokes(photo: Photo, mask: Bool) -> UInt8:
    """Bertalmio et al. (2001)."""
    return np.asarray(cv2.inpaint(photo.pixels, mask.astype(np.uint8), 4, cv2.INPAINT_NS), np.uint8)


def biharmonic(photo: Photo, mask: Bool) -> UInt8:
    """Damelin and Hoang (2018)."""
    filled = inpaint_biharmonic(photo.pixels, mask, channel_axis=-1, split_into_regions=True)
    return np.asarray(np.rint(filled.clip(0, 1) * 255), np.uint8)


def healed(photo: Photo, mask: Bool) -> UInt8:
    """Ours."""
    return np.asarray(heal(photo, mask).over(photo)[0].pixels, np.uint8)


METHODS: dict[str, Callable[[Photo, Bool], UInt8]] = {
    "mien": healed,
    "telea": telea,
    "navier-stokes": navier_stokes,
    "biharmonic": biharmonic,
}


def defects(points: Float32, shape: tuple[int, ...], rng: np.random.Generator) -> Iterator[tuple[str, Bool]]:
    """A kind and a mask for each defect of one face; no two of them touch."""
    taken = np.zeros(shape[:2], np.uint8)
    face = float(np.ptp(points[:, 0]))
    spots = rng.permutation(SPOTS)
    for number in range(9):
        kind = KINDS[(0, 1, 2, 1, 0, 2, 1, 3, 1)[number]]
        area = np.zeros(shape[:2], np.uint8)
        if kind == "scratch":
            start, end = points[rng.choice(468, 2, replace=False)]
            bend = (start + end) / 2 + rng.normal(0, 0.05 * face, 2)
            _curve(area, np.stack([start, bend, end]), int(rng.integers(2, 7)))
        elif kind == "wrinkle":
            middle, turn = points[spots[number]], rng.uniform(0, np.pi)
            along = np.array([np.cos(turn), np.sin(turn)]) * rng.uniform(0.05, 0.12) * face
            _curve(area, np.stack([middle - along, middle + rng.normal(0, 4, 2), middle + along]), 3)
        else:
            size = rng.uniform(6, 24) if kind == "mole" else rng.uniform(0.12, 0.18) * face
            axes = np.maximum(2, np.round(size / 2 * rng.uniform(0.75, 1.0, 2))).astype(int)
            x, y = np.round(points[spots[number]]).astype(int)
            cv2.ellipse(area, (int(x), int(y)), (int(axes[0]), int(axes[1])), rng.uniform(0, 180), 0, 360, 1, -1)
        if area.any() and not (cv2.dilate(area, np.ones((25, 25), np.uint8)) & taken).any():
            taken |= area
            yield kind, area > 0


def _curve(area: UInt8, corners: Float32, width: int) -> None:
    t = np.linspace(0, 1, 40)[:, None]
    line = (1 - t) ** 2 * corners[0] + 2 * t * (1 - t) * corners[1] + t**2 * corners[2]
    cv2.polylines(area, [np.round(line).astype(np.int32)], False, 1, width)


def windows(area: Bool) -> Iterator[tuple[slice, slice]]:
    """Squares along a defect that cover it."""
    ys, xs = np.nonzero(area)
    side = int(min(max(SMALLEST, 1.6 * max(np.ptp(xs), np.ptp(ys))), 2 * SMALLEST))
    left = np.ones(len(ys), np.bool_)
    while left.any():
        y0, x0 = (int(np.clip(c[left][0] - side // 2, 0, n - side)) for c, n in zip((ys, xs), area.shape, strict=True))
        left &= ~((ys >= y0) & (ys < y0 + side) & (xs >= x0) & (xs < x0 + side))
        yield slice(y0, y0 + side), slice(x0, x0 + side)


def faces(data: Path, landmarks: Path, split: str, limit: int) -> Iterator[tuple[str, UInt8, Float32]]:
    """Name, picture and landmarks in its pixels."""
    rows = read_index(data)
    chosen = [(i, row) for i, row in enumerate(rows) if row.get("split", split) == split]
    points = np.load(landmarks)
    for i, row in [chosen[n] for n in np.linspace(0, len(chosen) - 1, min(limit, len(chosen))).astype(int)]:
        pixels = read_photo(next((data / "images").glob(f"{row['id']}.*"))).pixels[..., :3].astype(np.uint8)
        wide = "photo_corners" in row
        one = points[int(row["id"]) if wide else i][:, :2].astype(np.float32)
        yield row["id"], pixels, one * 2 + 128 if wide else one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--landmarks", type=Path, required=True)
    parser.add_argument("--perceptual", type=Path, required=True)
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int, default=48)
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--printed", choices=tuple(PRINTS), help="the kind of print that the photos are made to be")
    parser.add_argument("--sheets", type=Path, help="a folder for one picture a face: truth, defects, each method")
    o = parser.parse_args()
    distance = load_distance(o.perceptual, trust_code=True)
    away: dict[tuple[str, str], list[float]] = {}
    power: dict[tuple[str, str], list[list[float]]] = {}
    taken = dict.fromkeys(o.methods.split(","), 0.0)
    for name, truth, points in faces(o.data, o.landmarks, o.split, o.limit):
        truth, over = (PRINTS[o.printed](truth), (235, 230, 215)) if o.printed else (truth, (60, 30, 30))
        drawn = list(defects(points, truth.shape, np.random.default_rng(sum(map(ord, name)))))
        mask = np.any([area for _, area in drawn], 0)
        broken = Photo(np.where(mask[..., None], np.array(over, np.uint8), truth).astype(np.uint8))
        wanted, tiles = bands(truth.astype(np.float32)), [truth, broken.pixels]
        for method in taken:
            start = perf_counter()
            made = METHODS[method](broken, mask)
            taken[method] += perf_counter() - start
            found = bands(made.astype(np.float32))
            tiles.append(made)
            for kind, area in drawn:
                for rows, columns in windows(area):
                    with torch.inference_mode():
                        pair = (to_tensor(np.ascontiguousarray(p[rows, columns])) for p in (made, truth))
                        away.setdefault((method, kind), []).append(float(distance(*pair)))
                pairs = zip(found, wanted, strict=True)
                ratio = [float((f[area] ** 2).mean() / max((w[area] ** 2).mean(), 1e-3)) for f, w in pairs]
                power.setdefault((method, kind), []).append(ratio)
        if o.sheets:
            o.sheets.mkdir(parents=True, exist_ok=True)
            (x0, y0), (x1, y1) = np.maximum(points.min(0).astype(int), 0), points.max(0).astype(int)
            cv2.imwrite(str(o.sheets / f"{name}.png"), np.hstack([t[y0:y1, x0:x1] for t in tiles])[..., ::-1])
    for method, seconds in taken.items():
        for kind in (*KINDS, "all"):
            mine = [k for k in away if k[0] == method and kind in (k[1], "all")]
            if not mine:
                continue
            lpips = np.mean(np.concatenate([away[k] for k in mine]))
            ratios = np.concatenate([power[k] for k in mine])
            middle, within = np.median(ratios, 0), (np.abs(ratios - 1) <= 0.2).mean(0)
            print(
                f"{method:14} {kind:8} LPIPS-alex {lpips:.4f}  grain {middle.round(2)}  within 20 % {within.round(2)}"
            )
        print(f"{method:14} {seconds / max(1, o.limit):.2f} s a face")


if __name__ == "__main__":
    main()
