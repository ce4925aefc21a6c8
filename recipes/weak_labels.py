"""Face parsing labels without an annotator: what landmarks, person masks, colors and edges say, put together.

    python -m recipes.weak_labels --data PORTRAITS --hair hair.pt --out LABELS [--split train] [--sheets SHEETS]

Landmarks give brows, eyes, nose, lips, mouth and the oval; the person mask gives the foreground; a hair teacher (or,
without one, a color model seeded from the band above the forehead) gives hair. Color models seeded from the cheeks,
from under the chin and from the lower corners separate skin, neck, ears and cloth. Glasses are fitted to edges. What
stays doubtful is ``UNKNOWN``, and the network that learns from these labels decides.

Labels are one index PNG for each picture, in the order of :mod:`mien.conditions.labels`.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mien.align import mesh
from mien.conditions.labels import INDEX, UNKNOWN, colors
from mien.types import Bool, Float32, UInt8
from recipes.parser_beards import beard_mask
from recipes.parser_colors import bins, closed, components, guided_filter, lab, log_density, opened
from recipes.parser_glasses import fit_glasses, temples
from recipes.parser_notes import UNSEEN, Notes
from recipes.parser_regions import PARTS, FaceFrame, lowest_row, part, polygon
from recipes.portraits import load_portraits


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known about one picture of side S before it is labeled.

    Attributes:
        image: (S, S, 3) uint8 RGB.
        points: (478, 3) landmarks, pixels.
        person: (S, S) probability of a person.
        hair: (S, S) probability of hair.
        lab: (S, S, 3) CIELAB in [0, 1].
        cells: (S, S) histogram index of each color.
        frame: measures of the face.
        oval: (S, S) inside of the face outline.
        bare: (S, S) the oval without eyes, brows, lips and hair: nothing but skin.
    """

    image: UInt8
    points: Float32
    person: Float32
    hair: Float32
    lab: Float32
    cells: np.ndarray
    frame: FaceFrame
    oval: Bool
    bare: Bool

    @classmethod
    def of(cls, image: UInt8, points: Float32, person: UInt8, hair: Float32 | None) -> Evidence:
        """Derives the rest; without ``hair`` a color model stands in for the teacher."""
        colors_ = lab(image)
        cells, frame = bins(colors_), FaceFrame.of(points)
        oval = polygon(points, mesh.OUTLINE, len(image))
        probability = person.astype(np.float32) / 255
        if hair is None:
            hair = hair_by_color(cells, probability > 0.5, oval, frame)
        else:
            hair = cv2.resize(hair, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        hair = np.clip(guided_filter(colors_, hair, 4, 1e-3), 0, 1)
        parts = np.any([polygon(points, indices, len(image)) for name, indices in PARTS.items() if name != "nose"], 0)
        bare = oval & ~cv2.dilate(parts.astype(np.uint8), np.ones((7, 7), np.uint8)).astype(bool) & (hair < 0.3)
        return cls(image, points, probability, hair, colors_, cells, frame, oval, bare)


def hair_by_color(cells: np.ndarray, person: Bool, oval: Bool, frame: FaceFrame) -> Float32:
    """Probability of hair from colors alone: the crown and what resembles it, against the skin of the face."""
    y = np.arange(len(cells))[:, None]
    crown = person & ~oval & (y < frame.brow - 0.55 * frame.height)
    skin = oval & (y > frame.eyes)
    ratio = log_density(cells, crown) - log_density(cells, skin)
    ratio -= 3.0 * np.clip((y - frame.chin) / frame.height, 0, 1)
    return (1 / (1 + np.exp(-ratio)) * (person & ~(oval & (y > frame.brow)))).astype(np.float32)


def label(evidence: Evidence, notes: Notes = UNSEEN) -> UInt8:
    """(S, S) labels of one portrait."""
    e, size = evidence, len(evidence.image)
    y, x = np.mgrid[:size, :size].astype(np.float32) + 0.5
    person = components(e.person > 0.5, size * size // 8)
    inner = e.oval & (y > e.frame.eyes) & (np.abs(x - e.frame.middle) < 0.3 * e.frame.width)
    hair = components((e.hair > 0.5) & person & ~inner, 40)
    labels = np.full((size, size), INDEX["background"], np.uint8)
    body = person & ~hair
    skin, covered = face_skin(e, body, y)
    neck, cloth = neck_and_cloth(e, body & ~skin & ~covered, x, y)
    labels[body] = UNKNOWN
    labels[body & (y > e.frame.mouth)] = INDEX["cloth"]
    labels[neck] = INDEX["neck"]
    labels[cloth] = INDEX["cloth"]
    labels[skin] = INDEX["skin"]
    beside = body & ~skin & ~covered
    for name, ear in ears(e, beside, x, y).items():
        labels[ear] = INDEX[name]
    labels[earrings(e, beside & (labels != INDEX["neck"]), labels, y)] = INDEX["earring"]
    # Glare on a forehead is small, what covers more of a head without a hat is anybody's guess.
    labels[covered] = INDEX["skin"] if notes.hat is False and covered.sum() < 900 else UNKNOWN
    labels[hair] = INDEX["hair"]
    if notes.hat:
        labels[hat(e, body, notes.scarf, y)] = INDEX["hat"]
    if notes.beard is not False:
        beard = beard_mask(e.lab, e.cells, e.points, person, e.bare)
        labels[beard] = INDEX["hair"] if notes.beard else UNKNOWN
    glasses = fit_glasses(e.image, e.points)
    if glasses.present is not False:
        labels[glasses.mask & person & ~hair] = INDEX["glasses"] if glasses.present else UNKNOWN
    if glasses.present:
        labels[temples(e.image, e.points, glasses) & person] = INDEX["glasses"]
    for name in PARTS:
        area = part(e.points, name, size) & ~(hair & (y < e.frame.brow + 0.1 * e.frame.height))
        labels[area & ~((name == "nose") & (labels == INDEX["glasses"]))] = INDEX[name]
    unsure = (np.abs(e.person - 0.5) < 0.15) | ((np.abs(e.hair - 0.5) < 0.09) & ~inner & person)
    labels[unsure & np.isin(labels, [INDEX[n] for n in ("background", "hair", "skin", "cloth")])] = UNKNOWN
    return labels


def hat(e: Evidence, body: Bool, scarf: bool, y: Float32) -> Bool:
    """What of a person with a hat is neither hair nor skin, above the brows or, for a scarf, all around the face."""
    fit = skin_fit(e, (y > e.frame.eyes) & (y < e.frame.mouth), 3)
    if scarf:
        return closed(body & (~e.oval | ((y < e.frame.brow) & (fit < -1))) & (y < e.frame.chin), 2) & body
    forehead = cv2.erode(e.oval.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    above = body & (y < e.frame.brow + 0.05 * e.frame.height) & ~(forehead & (fit > -0.5))
    return components(opened(closed(above, 3) & body, 2), 300)


def skin_fit(e: Evidence, rows: Bool, radius: int) -> Float32:
    """Log ratio of skin, learned from the face in these rows, to any color; whatever the light."""
    density = log_density(e.cells, e.bare & rows, floor=0.02, spread=2.5)
    return guided_filter(e.lab, np.clip(density, -4, 4), radius, 1e-3)


def face_skin(e: Evidence, body: Bool, y: Float32) -> tuple[Bool, Bool]:
    """Skin of the face with the forehead up to the hair, and what covers the head without being hair or skin."""
    fit = skin_fit(e, y > e.frame.eyes, 3)
    columns = np.zeros_like(body)
    columns[:, max(0, round(e.frame.left)) : round(e.frame.right)] = True
    above = body & columns & (y < e.frame.brow)
    skin = (e.oval & body & (y >= e.frame.brow)) | (above & (fit > -1.5))
    covered = components(opened(above & ~skin, 2), 250)
    if covered.sum() > 600:  # a hat, and its brim beyond the face
        covered |= body & (y < e.frame.brow) & ~skin & (fit < 0)
        covered = components(closed(covered, 2), 250) & body
    rim = (
        body & ~e.oval & (y < e.frame.nose) & cv2.dilate(skin.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    )
    return closed(skin | rim, 2) & body & ~covered, covered


def neck_and_cloth(e: Evidence, rest: Bool, x: Float32, y: Float32) -> tuple[Bool, Bool]:
    """Splits what is below and beside the face by color and place."""
    f, jaw = e.frame, lowest_row(e.oval)
    chin = np.where(jaw < 0, f.mouth, jaw)[None].astype(np.float32)
    below = (y - chin) / f.height
    aside = np.abs(x - f.middle) / (f.width / 2)
    candidates = rest & (y > f.nose)
    fit = skin_fit(e, y > f.nose, 2)
    face = e.bare & (y > f.nose)
    under = candidates & (below > 0.02) & (below < 0.3) & (aside < 0.7) & (fit > 0.5)
    corners = candidates & (y > len(y) * 0.88) & (aside > 0.9) & (fit < 0.5)
    if corners.sum() < 60:
        corners = candidates & (y > len(y) * 0.93) & (fit < 0)
    neck_seed, cloth_seed = under * 1.0 + face * 0.2, corners * 1.0
    prior = 0.8 - 1.6 * np.clip(below, -0.1, 1.0) - 2.0 * np.clip(aside - 0.8, 0, 2)
    score = np.zeros_like(x)
    for _ in range(3):
        ratio = log_density(e.cells, neck_seed, floor=0.01, spread=1.6) - log_density(e.cells, cloth_seed, floor=0.2)
        score = guided_filter(e.lab, np.clip(ratio, -4, 4) + prior, 3, 5e-4)
        neck_seed = (candidates & (score > 1)) * 1.0 + face * 0.15 + under * 0.2
        cloth_seed = (candidates & (score < -1)) * 1.0 + corners * 1.0
    neck = components(opened(closed(candidates & (score > 0), 2) & candidates, 1), 30)
    return neck, candidates & ~neck


def ears(e: Evidence, beside: Bool, x: Float32, y: Float32) -> dict[str, Bool]:
    """Skin that sticks out beside the oval between the eyes and the lips, and what hangs below it."""
    f = e.frame
    fit = skin_fit(e, y > f.eyes, 2) > -1.0
    rows = (y > f.eyes - 0.2 * f.height) & (y < f.nose + 0.45 * (f.mouth - f.nose))
    near = cv2.dilate(e.oval.astype(np.uint8), np.ones((1, 2 * round(0.24 * f.width) + 1), np.uint8)).astype(bool)
    found = components(opened(closed(beside & rows & fit & near, 2), 1) & beside, 40)
    reach = cv2.dilate(e.oval.astype(np.uint8), np.ones((13, 13), np.uint8)).astype(bool)
    result = {}
    for name, side in (("left_ear", x < f.middle), ("right_ear", x >= f.middle)):
        _, index = cv2.connectedComponents((found & side).astype(np.uint8))
        result[name] = np.isin(index, np.setdiff1d(index[reach & found & side], 0))
    return result


def earrings(e: Evidence, beside: Bool, labels: UInt8, y: Float32) -> Bool:
    """Small things that are neither skin nor hair, beside the face between nose and chin, that end above the chin."""
    f = e.frame
    strange = (skin_fit(e, y > f.eyes, 1) < -0.5) & (e.hair < 0.4)
    ear = np.isin(labels, [INDEX["left_ear"], INDEX["right_ear"]])
    near = cv2.dilate(e.oval.astype(np.uint8), np.ones((1, 2 * round(0.13 * f.width) + 1), np.uint8)).astype(bool)
    rows = (y > f.eyes + 0.25 * f.height) & (y < f.chin + 0.1 * f.height)
    _, index, stats, _ = cv2.connectedComponentsWithStats(
        ((beside | ear) & strange & near & (y > f.eyes)).astype(np.uint8)
    )
    bottom = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    keep = (stats[:, cv2.CC_STAT_AREA] >= 6) & (stats[:, cv2.CC_STAT_AREA] < 160) & (bottom < f.chin)
    keep &= stats[:, cv2.CC_STAT_WIDTH] < 0.12 * f.width
    keep[0] = False
    found: Bool = keep[index] & rows
    return found


def draw(image: UInt8, labels: UInt8) -> UInt8:
    """Picture and labels side by side."""
    palette = np.full((256, 3), 255, np.uint8)
    palette[:19] = colors()
    return np.concatenate([image, palette[labels]], 1)


def write_sheets(folder: Path, tiles: list[UInt8], columns: int = 6, rows: int = 6) -> None:
    """Contact sheets of ``columns * rows`` tiles."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(0, len(tiles), columns * rows):
        part = tiles[number : number + columns * rows]
        part += [np.zeros_like(part[0])] * (-len(part) % columns)
        lines = [np.concatenate(part[i : i + columns], 1) for i in range(0, len(part), columns)]
        sheet = np.concatenate(lines)[..., ::-1]
        cv2.imwrite(str(folder / f"sheet_{number // (columns * rows):03d}.png"), sheet)


@cache
def _network(path: Path, trust_code: bool) -> Any:
    import torch

    from mien.checkpoints.judges import load_script

    return load_script(path, torch.device("cpu"), trust_code=trust_code)


def teach_hair(path: Path, images: UInt8, *, trust_code: bool = False) -> Float32:
    """(N, 160, 160) probability of hair by a TorchScript network that takes RGB in [-1, 1].

    Raises:
        UnsafeCheckpointError: ``trust_code`` is not set: the program in the file would run.
    """
    import torch

    from mien.pixels import to_tensor

    network = _network(path, trust_code)
    with torch.inference_mode():
        parts = [network(to_tensor(images[i : i + 16]))[:, 0].numpy() for i in range(0, len(images), 16)]
    return np.concatenate(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--hair", type=Path, help="hair teacher (TorchScript), or its answers (.npy)")
    parser.add_argument("--trust-code", action="store_true", help="run the program in the TorchScript file")
    parser.add_argument("--split", default="train")
    parser.add_argument("--every", type=int, default=1, help="label only every n-th picture")
    parser.add_argument("--first", type=int, default=0, help="from this one on")
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets")
    a = parser.parse_args()
    cv2.setNumThreads(1)
    with (a.data / "index.csv").open(newline="", encoding="utf-8") as file:
        ids = [row["id"] for row in csv.DictReader(file) if row["split"] == a.split]
    data = load_portraits(a.data, a.split)
    hair = None
    if a.hair is not None:
        hair = np.load(a.hair) if a.hair.suffix == ".npy" else teach_hair(a.hair, data.images, trust_code=a.trust_code)
    a.out.mkdir(parents=True, exist_ok=True)
    tiles = []
    for i in range(a.first, len(ids), a.every):
        taught = None if hair is None else hair[i] / np.float32(255 if hair.dtype == np.uint8 else 1)
        known = Evidence.of(data.images[i], data.landmarks[i], data.person[i], taught)
        labels = label(known, Notes.of(ids[i]))
        cv2.imwrite(str(a.out / f"{ids[i]}.png"), labels)
        if a.sheets:
            tiles.append(draw(data.images[i], labels))
    if a.sheets:
        write_sheets(a.sheets, tiles)


if __name__ == "__main__":
    main()
