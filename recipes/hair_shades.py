"""Where the tables of :mod:`mien.guides.hair.shades` come from: colors of hair in light and shadow, measured.

    python -m recipes.hair_shades --data WIDE [--limit 200]

``WIDE`` holds index.csv and images/. The hair of each portrait of the train split is cut into seven parts of equal
lightness. Two curves are fitted to the means of all parts at once, each head with a level of its own: the logarithm
of chroma over L*, and, in hair that grows in its hue, the hue over L* less the head's.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from mien.align.finder import FaceFinder
from mien.compose.morphology import disc
from mien.conditions.parser import FaceParser
from mien.errors import MienError
from mien.guides.dyes.coloring import lab_of
from mien.guides.hair.shades import LIGHTER, LIGHTNESS, NATURAL
from mien.guides.looks import reaching
from mien.types import Float32, Float64, Photo
from recipes.portraits import load_rows

PARTS, FEWEST = 7, 3000
"""Parts of equal lightness, and pixels below which a head is left out."""

SURE, INWARDS = 0.9, 4
"""Probability of hair, and pixels from its border on which it counts."""

GRAY = 3.0
"""Chroma below which a hue says nothing."""


@dataclass(frozen=True, eq=False)
class Hair:
    """Means of the parts of one head.

    Attributes:
        light: (PARTS,) L*.
        chroma: (PARTS,).
        hue: (PARTS,) degrees, without jumps of a whole turn.
    """

    light: Float64
    chroma: Float64
    hue: Float64


def measured(photo: Photo, finder: FaceFinder, parser: FaceParser) -> Hair | None:
    """The hair of the first face; None where too little is seen."""
    faces = finder.find(photo)
    if not faces:
        return None
    (share,), (left, top, right, bottom) = reaching(photo, faces[0], ("hair",), parser)
    part = np.asarray(photo.pixels)[top:bottom, left:right]
    share = cv2.resize(share, (part.shape[1], part.shape[0]))
    sure = cv2.erode((share > SURE).astype(np.uint8), disc(INWARDS), borderValue=0) > 0
    lab: Float32 = lab_of(part.astype(np.float32) / 255)[sure]
    if len(lab) < FEWEST:
        return None
    parts = np.array_split(lab[np.argsort(lab[:, 0])].astype(np.float64), PARTS)
    means = np.stack([one.mean(0) for one in parts])
    hue = np.degrees(np.unwrap(np.arctan2(means[:, 2], means[:, 1])))
    return Hair(means[:, 0], np.hypot(means[:, 1], means[:, 2]), hue)


def curve(heads: list[tuple[Float64, Float64]], knots: tuple[float, ...], zero: float) -> Float64:
    """Values at ``knots`` of the piecewise linear curve, 0 at ``zero``, that all heads follow, each at its level."""
    rows, wished = [], []
    for x, y in heads:
        hats = np.stack([np.interp(x, knots, one) for one in np.eye(len(knots))], -1)
        rows.append(hats - hats.mean(0))
        wished.append(y - y.mean())
    bend = 0.5 * np.diff(np.eye(len(knots)), 2, axis=0)
    matrix = np.concatenate([*rows, bend])
    found, *_ = np.linalg.lstsq(matrix, np.concatenate([*wished, np.zeros(len(bend))]), rcond=None)
    return np.asarray(found - np.interp(zero, knots, found))


def tables(hairs: list[Hair]) -> tuple[Float64, Float64]:
    """Chroma at ``LIGHTNESS`` over that at 28 L*, and degrees by which natural hues turn at ``LIGHTER``."""
    chroma = curve([(one.light, np.log(np.maximum(one.chroma, 0.5))) for one in hairs], LIGHTNESS, 28)
    grown = [one for one in hairs if NATURAL[1] < np.median(one.hue) % 360 < NATURAL[2] and one.chroma.min() > GRAY]
    turned = curve([(one.light - one.light.mean(), one.hue) for one in grown], LIGHTER, 0)
    return np.exp(chroma), turned


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True, help="index.csv and images/")
    options.add_argument("--limit", type=int, help="portraits, of all")
    o = options.parse_args()
    finder, parser, found = FaceFinder.bundled(), FaceParser.bundled(), []
    for row in load_rows(o.data, "train")[: o.limit]:
        photo = Photo(np.asarray(Image.open(o.data / "images" / f"{row['id']}.webp").convert("RGB")))
        try:
            hair = measured(photo, finder, parser)
        except MienError:
            continue
        found += [hair] if hair is not None else []
    chroma, turned = tables(found)
    print(f"{len(found)} heads")
    print("L*          ", *(f"{one:6.0f}" for one in LIGHTNESS))
    print("chroma      ", *(f"{one:6.2f}" for one in chroma))
    print("L* over mean", *(f"{one:6.0f}" for one in LIGHTER))
    print("degrees     ", *(f"{one:6.1f}" for one in turned))


if __name__ == "__main__":
    main()
