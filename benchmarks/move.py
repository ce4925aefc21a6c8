"""Whether what is moved measures as moved: every attribute at five strengths on many faces, found and measured anew.

    python -m benchmarks.move --pictures ../shared/data/london/images [--limit N] [--identity identity_mobileface.pt]
                              [--attributes smile jaw-width ...]

--limit takes pictures at even distances. Measures are distances between landmarks of the face that is found anew,
without pose and size, in units of what the attribute's mean displacement changes them by; eyes, lips and noses, of
which landmarks see little, are measured by the parser's areas in the same square, and foreheads by the skin above the
brows. Strengths are the ends of the range, their halves,
and 0 (the photo). Bars: right way (ends against the photo) in 95 %, monotonic over the five, cosine of the identities
at strengths -1 and 1 at least 0.90. A field that folds is weakened by the move itself until it does not: how often, and
by how much at most, is printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from mien.align.crop import crop_face, quad_to_matrix
from mien.align.finder import FaceFinder
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.editing.reshaped import OPEN, SHUTS
from mien.errors import LayerError
from mien.guides.mouths.shut import shut
from mien.guides.move import move
from mien.guides.shapes import Shapes, canonical
from mien.guides.still import Labelled
from mien.photos.read import read_photo
from mien.pixels import to_tensor
from mien.training.frozen import load_by_shape
from mien.types import Face, Float64, Photo

RIGHT, SAME = 0.95, 0.90
PARSED = 512

Similar = Callable[[Photo, Photo, Face], float]


def _open(p: Float64) -> Any:
    return p[145, 1] - p[159, 1] + p[374, 1] - p[386, 1]


MEASURES: Mapping[str, Callable[[Float64], Any]] = {
    "smile": lambda p: p[0, 1] + p[17, 1] - p[61, 1] - p[291, 1],
    "mouth-width": lambda p: p[291, 0] - p[61, 0],
    "lip-fullness": lambda p: p[17, 1] - p[14, 1] + p[13, 1] - p[0, 1],
    "mouth-open": lambda p: p[14, 1] - p[13, 1],
    "eye-size": lambda p: p[133, 0] - p[33, 0] + p[263, 0] - p[362, 0] + _open(p),
    "eye-openness": _open,
    "brow-height": lambda p: -p[105, 1] - p[334, 1],
    "brow-angle": lambda p: p[107, 1] + p[336, 1] - p[70, 1] - p[300, 1],
    "frown": lambda p: p[107, 1] + p[336, 1] - p[336, 0] + p[107, 0],
    "nose-width": lambda p: p[358, 0] - p[129, 0],
    "nose-length": lambda p: p[2, 1] - p[168, 1],
    "jaw-width": lambda p: p[397, 0] - p[172, 0],
    "chin-length": lambda p: p[152, 1] - p[17, 1],
    "cheek-width": lambda p: p[352, 0] - p[123, 0],
    "face-width": lambda p: p[454, 0] - p[234, 0],
    "forehead": lambda p: p[9, 1] - p[10, 1],
}
"""By attribute, of points (478, 3) in the mean face's frame, y down."""


def measured(face: Face, name: str, shapes: Shapes) -> float:
    """Where a face stands along an attribute, in units of it."""
    measure = MEASURES[name]
    here, middle = canonical(face.landmarks[None], shapes.mean)[0], shapes.mean
    return float((measure(here) - measure(middle)) / (measure(middle + shapes.moves[name]) - measure(middle)))


AREAS = {
    "eye-size": ("left_eye", "right_eye"),
    "eye-openness": ("left_eye", "right_eye"),
    "lip-fullness": ("upper_lip", "lower_lip"),
    "nose-width": ("nose",),
    "forehead": ("skin",),
}
"""By attribute, classes of the parser whose area grows with it: of noses that become wider by 30 of 512 pixels the
landmarks see 0.03, of hairlines 0.02."""

HIGH, WIDE = 1.2, 0.25
"""Distances of the outer corners of the eyes, above the landmark between the brows and to both sides of it, in which
the skin of a forehead is measured."""


def area(photo: Photo, face: Face, name: str, parser: FaceParser) -> float:
    """Share of the face's square that classes of an attribute cover; of a forehead, of what lies above the brows."""
    shares = parser.shares(crop_face(photo, face.quad, 256).pixels)
    seen = shares[[INDEX[one] for one in AREAS[name]]].sum(0)
    if name != "forehead":
        return float(seen.mean())
    crop = np.linalg.inv(np.vstack([quad_to_matrix(face.quad, 256), (0, 0, 1)]))
    between, top, left, right = (np.array([*face.landmarks[n, :2], 1.0]) @ crop[:2].T for n in (9, 10, 33, 263))
    up, unit = (top - between) / np.linalg.norm(top - between), float(np.linalg.norm(right - left))
    across, rows = np.array([-up[1], up[0]]), np.linspace(0, HIGH, 240)[:, None, None]
    columns = np.linspace(-WIDE, WIDE, 11)[None, :, None]
    places = (between + unit * (rows * up + columns * across)).astype(np.float32)
    return float(cv2.remap(seen.astype(np.float32), places, None, cv2.INTER_LINEAR).mean())  # type: ignore[call-overload]


def five(low: float, high: float) -> list[float]:
    return [low, low / 2, 0.0, high / 2, high]


def identity(path: Path | None) -> Similar | None:
    """The cosine of two faces' embeddings."""
    if path is None:
        return None
    embed = load_by_shape(path, torch.device("cpu"), torch.float32, use="embed", trust_code=True)

    def similar(one: Photo, other: Photo, face: Face) -> float:
        crops = [to_tensor(crop_face(photo, face.quad, 256).pixels) for photo in (one, other)]
        with torch.inference_mode():
            return float(torch.nn.functional.cosine_similarity(*(embed(crop)[0] for crop in crops)).mean())

    return similar


def moved(photo: Photo, face: Face, name: str, strength: float, labelled: Labelled) -> tuple[Photo, float]:
    """A face as ``mien reshape`` moves it, whose open mouths shut at -1, and the strength that it bore.

    Raises:
        LayerError: it has no such mouth.
    """
    if name == OPEN and strength <= SHUTS:
        return shut(photo, face, labelled).over(photo)[0], strength
    made = move(photo, face, {name: strength}, labelled=labelled)
    return made.guide.over(photo)[0], made.strengths[name]


def figures_of(
    photo: Photo, names: list[str], finder: FaceFinder, parser: FaceParser, similar: Similar | None
) -> dict[str, dict[str, float | None]]:
    """By attribute: measures at five strengths (None where a mouth is shut), shares that fold not, identity at ±1."""
    shapes, face = Shapes.bundled(), finder.find(photo)[0]
    crop = crop_face(photo, face.quad, PARSED)
    labelled = Labelled(parser.parse_crop(crop.pixels), quad_to_matrix(face.quad, PARSED))
    found: dict[str, dict[str, float | None]] = {}
    for name in names:
        row: dict[str, float | None] = {}
        low, high = shapes.ranges[name]
        for number, strength in enumerate(five(low, high)):
            if strength == 0:
                row[str(number)] = area(photo, face, name, parser) if name in AREAS else measured(face, name, shapes)
                continue
            try:
                made, bears = moved(photo, face, name, strength, labelled)
            except LayerError:
                row[str(number)] = None
                continue
            row[f"bears {strength:g}"] = bears / strength
            if name in AREAS:
                row[str(number)] = area(made, face, name, parser)
                continue
            again = finder.find(made)
            row[str(number)] = measured(again[0], name, shapes) if again else None
        for strength in (-1.0, 1.0) if similar is not None else ():
            try:
                made, _ = moved(photo, face, name, strength, labelled)
            except LayerError:
                continue
            assert similar is not None
            row[f"identity {strength:+g}"] = similar(photo, made, face)
        found[name] = row
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pictures", type=Path, required=True)
    options.add_argument("--limit", type=int)
    options.add_argument("--identity", type=Path)
    options.add_argument("--attributes", nargs="+", default=list(Shapes.bundled().ranges))
    given = options.parse_args()
    finder, parser = FaceFinder.bundled(), FaceParser.bundled()
    similar = identity(given.identity)
    files = sorted(p for p in given.pictures.iterdir() if p.suffix in (".jpg", ".png", ".webp"))
    if given.limit:
        files = files[:: max(1, len(files) // given.limit)][: given.limit]
    rows = []
    for path in files:
        rows.append(figures_of(read_photo(path), given.attributes, finder, parser, similar))
        print(f"{path.name} done", flush=True)
    ways: list[bool] = []
    for name in given.attributes:
        whole = [[row[name][str(k)] for k in range(5)] for row in rows]
        known = np.array([one for one in whole if None not in one], np.float64)
        if not len(known):
            continue
        right = np.concatenate([known[:, 0] < known[:, 2], known[:, 2] < known[:, 4]])
        ways += list(right)
        rising, gain = (np.diff(known, axis=1) > 0).all(1), (known[:, 4] - known[:, 0]).mean()
        low, high = Shapes.bundled().ranges[name]
        words = f"{name:<14} right way {right.mean():6.1%}  monotonic {rising.mean():6.1%}  of {len(known)}"
        same = [value for row in rows for key, value in row[name].items() if key.startswith("identity")]
        told = f"  identity at ±1 {np.mean(same):.3f}, least {np.min(same):.3f}" if same else ""  # type: ignore[type-var]
        bears = [
            value for row in rows for key, value in row[name].items() if key.startswith("bears") and value is not None
        ]
        told += f"  weakened {sum(one < 1 for one in bears)} of {len(bears)}, least {min(bears):.2f}"
        grown = f"area {known[:, 0].mean() / known[:, 2].mean():.2f} to {known[:, 4].mean() / known[:, 2].mean():.2f}"
        print(f"{words}  {grown if name in AREAS else f'{gain / (high - low):5.2f} of what was asked'}{told}")
    print(f"right way {np.mean(ways):.1%} (bar {RIGHT:.0%}); identity bar {SAME}")


if __name__ == "__main__":
    main()
