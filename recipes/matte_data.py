"""Hair, its matte and the colors on both sides of it: what mattes are learned from.

    python -m recipes.matte_data --data DATA/wide --hair hair.pt --trust-code --out MATTES

Needs ``pymatting``, whose closed-form matting (Levin et al., 2008) and multi-level colors (Germer et al., 2020) are
the teacher. What is hair for sure, and what is none, two networks must agree on: our parser and the hair teacher.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from pymatting import estimate_alpha_cf, estimate_foreground_ml

from mien import Editor
from mien.compose.morphology import disc
from mien.conditions.parser import FaceParser
from mien.guides.looks import reaching
from mien.guides.regions import OTHERS
from mien.types import Face, Float32, Photo, UInt8
from recipes.portraits import load_rows
from recipes.weak_labels import teach_hair

SIDE = 576
"""Of a picture in the store: the FFHQ square is the middle 384 pixels."""

PLANES = 14
"""Photo, hair's colors, colors behind (3 each), matte, and the parser's hair, skin, others, backdrop."""

SURE, NONE = 0.85, 0.12
"""Probabilities of hair above which it is sure, below which there is none."""

INWARDS, OUTWARDS = 5, 9
"""Pixels around that border within which the picture decides."""


def told_hair(hair: Path, image: UInt8, quad: Float32) -> Float32:
    """(H, W) probability of hair within the FFHQ square of a picture; -1 outside of it."""
    corners = np.array([[0, 0], [0, 256], [256, 0]], np.float32)
    matrix = cv2.getAffineTransform(quad[[0, 1, 3]].astype(np.float32), corners)
    crop = cv2.warpAffine(image, matrix, (256, 256), flags=cv2.INTER_AREA)
    found = cv2.resize(teach_hair(hair, crop[None], trust_code=True)[0], (256, 256), interpolation=cv2.INTER_LINEAR)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (image.shape[1], image.shape[0])
    return np.asarray(cv2.warpAffine(found, matrix, size, flags=flags, borderValue=-1), np.float32)


def prepared(image: UInt8, face: Face, parser: FaceParser, hair: Path) -> UInt8 | None:
    """(PLANES, SIDE, SIDE) of a picture (768, 768, 3); None where there is hardly any hair."""
    groups = ("hair", "skin", OTHERS, "background")
    shares, box = reaching(Photo(image), face, groups, parser)
    whole = [np.zeros(image.shape[:2], np.float32) for _ in groups]
    for plane, share in zip(whole, shares, strict=True):
        size = (box[2] - box[0], box[3] - box[1])
        plane[box[1] : box[3], box[0] : box[2]] = cv2.resize(share, size)
    small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    likely, skin, others, behind = (cv2.resize(one, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for one in whole)
    told = cv2.resize(told_hair(hair, image, face.quad), (SIDE, SIDE))
    both = np.where(told < 0, likely, 0.5 * likely + 0.5 * told)
    unsure = np.abs(likely - told) * (told >= 0) > 0.5
    front = cv2.erode(((both > SURE) & ~unsure).astype(np.uint8), disc(INWARDS)) > 0
    back = cv2.dilate(((both > NONE) | unsure).astype(np.uint8), disc(OUTWARDS)) == 0
    if front.sum() < 0.01 * SIDE**2:
        return None
    alpha, ahead, after = _matted(small, front, back)
    planes = [*(255 * one for one in (alpha, likely, skin, others, behind))]
    total = np.dstack([small, ahead, after, *planes]).transpose(2, 0, 1)
    return np.rint(np.clip(total, 0, 255)).astype(np.uint8)


def _matted(image: UInt8, front: Any, back: Any) -> tuple[Float32, Float32, Float32]:
    ys, xs = np.nonzero(~back)
    y0, y1, x0, x1 = max(0, ys.min() - 12), ys.max() + 13, max(0, xs.min() - 12), xs.max() + 13
    part = image[y0:y1, x0:x1].astype(np.float64) / 255
    trimap = np.where(front, 1.0, np.where(back, 0.0, 0.5))[y0:y1, x0:x1]
    alpha = estimate_alpha_cf(
        part, trimap, laplacian_kwargs={"epsilon": 1e-6}, cg_kwargs={"rtol": 1e-5, "maxiter": 600}
    )
    alpha = np.clip((alpha - 0.04) / 0.92, 0, 1)
    ahead, after = estimate_foreground_ml(part, alpha, return_background=True)
    whole = np.zeros(image.shape[:2], np.float32)
    whole[y0:y1, x0:x1] = alpha
    sides = []
    for one in (ahead, after):
        picture = image.astype(np.float32)
        picture[y0:y1, x0:x1] = 255 * one
        sides.append(picture)
    return whole, sides[0], sides[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--hair", type=Path, required=True)
    parser.add_argument("--trust-code", action="store_true", help="the teacher is a TorchScript file, which is code")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    if not options.trust_code:
        parser.error("hair.pt is code; --trust-code says that you know where it comes from")
    options.out.mkdir(parents=True, exist_ok=True)
    editor = Editor.from_pretrained("opencv:telea")
    rows = [row for split in ("train", "val") for row in load_rows(options.data, split)]
    order = np.random.default_rng(0).permutation(len(rows))
    for row in [rows[i] for i in order]:
        path = options.out / f"{row['split']}-{row['id']}.npy"
        if path.exists():
            continue
        image = cv2.imread(str(options.data / "images" / f"{row['id']}.webp"))[..., ::-1].copy()
        faces = editor.finder.find(Photo(image))
        planes = prepared(image, faces[0], editor.parser, options.hair) if faces else None
        if planes is not None:
            np.save(path.with_suffix(".part.npy"), planes)
            path.with_suffix(".part.npy").replace(path)


if __name__ == "__main__":
    main()
