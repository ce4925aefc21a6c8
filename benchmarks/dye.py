"""How near dyes come to the wished color, and how far they reach: 12 colors on every photo of a folder.

    python -m benchmarks.dye --photos ../shared/data/photos [--region hair] [--limit N] [--sheets FOLDER] [--exact]

ΔE2000 is that of the region's mean (in Lab, where the matte is above a half) to the wish; bar: at most 6 in 90 %.
"Outside" is the largest ΔE2000 where the matte is 0, and around hair farther away than its border may be corrected;
bar: 2. Hair is measured to what the name gives on it by :mod:`mien.guides.dyes.hair_chart`: much darker hair does not
become
as light as the name. With --exact the colors are wished by their numbers, as ``--color hair=#d7c7b7`` does, and hair is
measured to them as they are. "Reached" is the share of what the parser surely calls
the region within 2.3 sides of the face's square that the matte covers. A sheet has the photo and four dyes.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from mien.align.finder import FaceFinder
from mien.compose.morphology import grown
from mien.conditions.colors import parse_color
from mien.conditions.parser import FaceParser
from mien.errors import MienError
from mien.guides.dyes.border import HAIR
from mien.guides.dyes.border import OUTSIDE as OUTWARDS
from mien.guides.dyes.bordered import bordered
from mien.guides.dyes.coloring import SETTINGS, Dye
from mien.guides.dyes.dark_roots import dark_roots
from mien.guides.dyes.dye import black_share, dye, mean_color
from mien.guides.dyes.hair_chart import charted
from mien.guides.hair.matte import beside_beard
from mien.guides.looks import large_pieces, probabilities
from mien.guides.regions import REGIONS, region_matte
from mien.photos.color import to_srgb
from mien.photos.read import read_photo
from mien.types import Face, Float32, Photo, UInt8

COLORS = ("jet-black", "dark-brown", "auburn", "copper", "ginger", "blond", "ash-blond", "platinum", "silver", "pink")
COLORS += ("blue", "green")
SHOWN = ("dark-brown", "auburn", "blond", "pink")
BAR, SHARE, OUTSIDE = 6.0, 0.9, 2.0


def away(
    photo: Photo, dyed: Photo, matte: Float32, color: tuple[int, int, int], reach: float = 0
) -> tuple[float, float]:
    """ΔE2000 of the mean of the region (matte above a half) to the wish, and the largest one where the matte is 0.

    Of the latter, what lies within a reach of a matte above 0.4, pixels, does not count.
    """
    before, after = (to_srgb(one) for one in (photo, dyed))
    mean = np.array(cv2.mean(lab(after), (matte > 0.5).astype(np.uint8))[:3])
    free = matte == 0 if not reach else (matte == 0) & ~grown(matte > HAIR, reach)
    outside = free & (photo.pixels != dyed.pixels).any(2)
    most = float(deltaE_ciede2000(rgb2lab(before[outside]), rgb2lab(after[outside])).max()) if outside.any() else 0.0
    return float(deltaE_ciede2000(mean, rgb2lab(np.array(color, np.float64)[None, None] / 255)[0, 0])), most


def lab(pixels: UInt8) -> Float32:
    """CIE L*a*b* (H, W, 3) of sRGB."""
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)


def reached(photo: Photo, face: Face, region: str, matte: Float32, parser: FaceParser) -> float:
    """Share of what the parser calls the region that the matte covers; beards are no hair, and their border is none."""
    classes = REGIONS[region].classes if region in REGIONS else region
    (seen,), (x0, y0, x1, y1) = probabilities(photo, face, (classes,), parser, 500)
    inside, scale = np.zeros(seen.shape, np.uint8), seen.shape[1] / (x1 - x0)
    cv2.fillConvexPoly(inside, np.round((face.quad - (x0, y0)) * scale).astype(np.int32), 1)
    if region == "hair":
        unit = 0.01 * float(np.linalg.norm(face.quad[3] - face.quad[0])) * scale
        seen = seen * (1 - beside_beard(seen, (face.landmarks.astype(np.float64) - (x0, y0, 0)) * scale, unit)[0])
    seen = seen * large_pieces(seen, inside.astype(np.float32))
    small = cv2.resize(matte[y0:y1, x0:x1], seen.shape[::-1], interpolation=cv2.INTER_AREA)
    return float((small > 0.3)[seen > 0.8].mean()) if (seen > 0.8).any() else 1.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--photos", type=Path, required=True)
    options.add_argument("--region", default="hair", choices=[*REGIONS])
    options.add_argument("--limit", type=int)
    options.add_argument("--sheets", type=Path)
    options.add_argument("--exact", action="store_true", help="Colors by their numbers, which no chart changes.")
    given = options.parse_args()
    finder, parser = FaceFinder.bundled(), FaceParser.bundled()
    files = sorted(path for path in given.photos.iterdir() if path.suffix in (".jpg", ".png", ".webp"))[: given.limit]
    figures: list[float] = []
    furthest, shares = 0.0, []
    for path in files:
        photo = read_photo(path)
        start = time.process_time()
        try:
            face = finder.find(photo)[0]
            matte = region_matte(photo, face, given.region, parser)
        except (MienError, IndexError) as error:
            print(f"{path.name}: {error}")
            continue
        shares.append(reached(photo, face, given.region, matte, parser))
        roots = dark_roots(matte, face) if given.region == "hair" else None
        unit = 0.01 * float(np.linalg.norm(face.quad[3] - face.quad[0]))
        reach = (OUTWARDS + 1.5) * unit if given.region == "hair" else 0
        row = [to_srgb(photo)]
        here: list[float] = []
        for name in COLORS:
            color = parse_color(name)
            if given.region == "hair" and not given.exact:
                color = charted(color, mean_color(photo, matte), black_share(photo, matte))
            guide = dye(photo, matte, color, SETTINGS.get(given.region, Dye()), roots)
            if given.region == "hair":
                guide = bordered(photo, face, matte, guide, parser)
            dyed = guide.over(photo)[0]
            difference, outside = away(photo, dyed, matte, color, reach)
            here.append(difference)
            furthest = max(furthest, outside)
            row += [to_srgb(dyed)] if name in SHOWN else []
        figures += here
        words = " ".join(f"{name} {value:.1f}" for name, value in zip(COLORS, here, strict=True) if value > BAR)
        seconds = time.process_time() - start
        print(
            f"{path.name}: median {np.median(here):.1f}, reached {shares[-1]:.0%}, {seconds:.1f} s {words}", flush=True
        )
        if given.sheets:
            given.sheets.mkdir(parents=True, exist_ok=True)
            scale = min(1.0, 420 / max(photo.width, photo.height))
            size = (round(photo.width * scale), round(photo.height * scale))
            tiles = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in row]
            Image.fromarray(np.hstack(tiles)).save(given.sheets / f"{path.stem}.png")
    near = float(np.mean(np.array(figures) <= BAR))
    print(
        f"{len(figures)} dyes: ΔE2000 median {np.median(figures):.2f}, at most {BAR:g} in {near:.1%} (bar {SHARE:.0%})"
    )
    print(f"largest ΔE2000 outside of the matte {furthest:.2f} (bar {OUTSIDE:g}); least reached {min(shares):.0%}")


if __name__ == "__main__":
    main()
