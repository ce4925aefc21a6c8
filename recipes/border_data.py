"""Heads in other colors and before other backdrops, dyed with a known and with a found matte: what borders learn from.

    python -m recipes.border_data --data DATA/wide --out BORDERS [--split train] [--part 0 --parts 2]

Needs ``pymatting`` for colors on both sides of a border (Germer et al., 2020). One file a head and mixture, uint8
planes: photo (3), matte, hair, skin, counts, and for each of two wishes rough (3) and true (3).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from pymatting import estimate_foreground_ml

from mien import Editor
from mien.conditions.parser import FaceParser
from mien.guides.dyes.coloring import SETTINGS, lab_of
from mien.guides.dyes.dark_roots import dark_roots
from mien.guides.dyes.dye import dye
from mien.guides.dyes.rim import calmed
from mien.guides.guide import box_of
from mien.guides.hair.matte import hair_matte
from mien.guides.looks import reaching
from mien.types import Face, Float32, Photo, UInt8
from recipes.border_scenes import Head, keyed, mixed, truly_dyed, wish, without_strands
from recipes.distort import Rng
from recipes.portraits import load_rows

MIXTURES, WISHES = (2, 4), 2
"""Of each head, with a plain backdrop the latter; and of each mixture."""

GROUPS = ("hair", "skin", "background")

LEAST = 0.03
"""Of the picture that must be hair."""


def seen_by(parser: FaceParser, photo: Photo, face: Face) -> list[Float32]:
    """(H, W) what a parser takes for hair, for skin and for backdrop."""
    shares, (x0, y0, x1, y1) = reaching(photo, face, GROUPS, parser)
    whole = [np.zeros((photo.height, photo.width), np.float32) for _ in GROUPS]
    for plane, share in zip(whole, shares, strict=True):
        plane[y0:y1, x0:x1] = share
    return whole


def matte_of(parser: FaceParser, photo: Photo, face: Face) -> Float32:
    """(H, W) as edits find it."""
    found, (x0, y0, x1, y1) = hair_matte(photo, face, parser)
    whole = np.zeros((photo.height, photo.width), np.float32)
    whole[y0:y1, x0:x1] = found
    return whole


def head_of(image: UInt8, face: Face, parser: FaceParser) -> Head | None:
    """A photo taken apart; None where there is hardly any hair."""
    photo, unit = Photo(image), 0.01 * float(np.linalg.norm(face.quad[3] - face.quad[0]))
    alpha = matte_of(parser, photo, face)
    if float((alpha > 0.5).mean()) < LEAST:
        return None
    _, skin, behind = seen_by(parser, photo, face)
    picture = image.astype(np.float32)
    alpha, sure = keyed(picture, alpha, behind, skin, unit)
    front, back = estimate_foreground_ml(
        picture.astype(np.float64) / 255, alpha.astype(np.float64), return_background=True
    )
    rim = (alpha > 0.03) & (alpha < 0.97) & (skin < 0.3)
    plain = bool(sure[rim].mean() > 0.8) if rim.any() else False
    ahead = calmed(np.asarray(front, np.float32), alpha)
    after = without_strands((255 * back).astype(np.float32), alpha, skin, unit)
    return Head(picture, alpha, (255 * ahead).astype(np.float32), after, behind, plain, face)


def dyed_pair(image: UInt8, head: Head, other: UInt8, parser: FaceParser, valid: UInt8, rng: Rng) -> UInt8 | None:
    """(P, H, W) of a mixture, cut to its hair; None where no hair is found in it."""
    one = mixed(head, other, rng)
    photo, unit = Photo(one.picture), 0.01 * float(np.linalg.norm(head.face.quad[3] - head.face.quad[0]))
    matte = matte_of(parser, photo, head.face)
    if float((matte > 0.5).mean()) < LEAST / 2:
        return None
    likely, skin, _ = seen_by(parser, photo, head.face)
    roots = dark_roots(matte, head.face)
    light = lab_of(one.front / np.float32(255))[..., 0]
    mean = float((light * one.alpha).sum() / one.alpha.sum())
    planes = [one.picture, 255 * matte, 255 * likely, 255 * skin, valid]
    for _ in range(WISHES):
        color = wish(mean, rng)
        shade = tuple(int(v) for v in np.rint(255 * color))
        rough, _ = dye(photo, matte, (shade[0], shade[1], shade[2]), SETTINGS["hair"], roots).over(photo)
        planes += [rough.pixels, truly_dyed(one, head.face, color, rough.pixels, matte, unit)]
    x0, y0, x1, y1 = box_of((matte > 0.1) | (one.alpha > 0.1), round(10 * unit))
    total = np.dstack(planes)[y0:y1, x0:x1].transpose(2, 0, 1)
    return np.rint(np.clip(total, 0, 255)).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", default="train")
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    editor, rng = Editor.from_pretrained("opencv:telea"), np.random.default_rng(options.part)
    rows = load_rows(options.data, options.split)
    order = np.random.default_rng(0).permutation(len(rows))[options.part :: options.parts]
    for row in [rows[i] for i in order]:
        if any(options.out.glob(f"{options.split}-{row['id']}-*.npy")):
            continue
        image, other = (read(options.data, r["id"]) for r in (row, rows[rng.integers(len(rows))]))
        corners = np.array(json.loads(row["photo_corners"]))
        valid = np.zeros(image.shape[:2], np.uint8)
        cv2.fillConvexPoly(valid, np.round(corners).astype(np.int32), 255)
        faces = editor.finder.find(Photo(image))
        head = head_of(image, faces[0], editor.parser) if faces else None
        for number in range(MIXTURES[head.plain] if head is not None else 0):
            assert head is not None
            made = dyed_pair(image, head, other, editor.parser, valid, rng)
            if made is not None:
                path = options.out / f"{options.split}-{row['id']}-{number}.npy"
                np.save(path.with_suffix(".part.npy"), made)
                path.with_suffix(".part.npy").replace(path)


def read(data: Path, name: str) -> UInt8:
    """(H, W, 3) of the wide portraits."""
    return np.ascontiguousarray(cv2.imread(str(data / "images" / f"{name}.webp"))[..., ::-1])


if __name__ == "__main__":
    main()
