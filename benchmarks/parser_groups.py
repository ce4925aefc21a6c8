"""How well faces are parsed, group by group, and in wider windows: against machine labels of the validation split.

    python -m recipes.weak_labels --data ../shared/data/portraits --split val --hair hair.pt --out LABELS
    python -m recipes.wide_labels --data ../shared/data --split val --labels LABELS --hair hair.pt --out LABELS-WIDE
    python -m benchmarks.parser_groups --data ../shared/data --labels LABELS --wide LABELS-WIDE [--parser FOLDER ...]

No parser made these labels: parts are drawn from landmarks, the foreground is a person mask, hair a teacher's, hats,
glasses and beards were seen by eyes and placed by colors and edges. A beard counts as hair; ``hair`` leaves out mouth,
chin and neck. Intersections over union, in per cent; ``false beard`` is the share of the places of a beard that is
called hair on faces without one.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mien.align import mesh
from mien.checkpoints.store import BUNDLED
from mien.conditions.labels import INDEX, UNKNOWN
from mien.conditions.parser import FaceParser
from mien.types import Bool, Float32, UInt8
from recipes.landmarks import warp
from recipes.parser_beards import beard_places
from recipes.parser_notes import BEARDS, HATS, MAYBE_BEARDS
from recipes.parser_regions import part, polygon
from recipes.parser_samples import nearest
from recipes.portraits import load_portraits, load_rows
from recipes.wide_labels import SIDE, read_wide

PARTS = ("left_brow", "right_brow", "left_eye", "right_eye", "nose", "upper_lip", "lower_lip")
WINDOWS = (0.7, 1.0, 1.4, 1.9, 2.5)


@dataclass(frozen=True, eq=False)
class Case:
    """One picture with what is known of it."""

    name: str
    image: UInt8
    truth: UInt8
    person: Bool
    points: Float32
    row: Mapping[str, str]

    @property
    def tone(self) -> float:
        """Individual typology angle of the skin, degrees: above 55 very light, below 10 brown, below -30 dark."""
        area = polygon(self.points, (*mesh.OUTLINE,), len(self.image)) & (self.truth == INDEX["skin"])
        lab = cv2.cvtColor(self.image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[area]
        light, _, yellow = np.median(lab, 0) if len(lab) else (60.0, 0.0, 10.0)
        return float(np.degrees(np.arctan2(light - 50, max(float(yellow), 1e-3))))


def cases(data: Path, labels: Path) -> list[Case]:
    """The validation split."""
    portraits, rows = load_portraits(data, "val"), load_rows(data, "val")
    truth = [cv2.imread(str(labels / f"{row['id']}.png"), cv2.IMREAD_GRAYSCALE) for row in rows]
    return [
        Case(row["id"], np.ascontiguousarray(portraits.images[i]), truth[i], portraits.person[i] > 127, points, row)
        for i, (row, points) in enumerate(zip(rows, portraits.landmarks, strict=True))
    ]


def groups(found: list[Case]) -> dict[str, Callable[[Case], bool]]:
    """Name -> who is in it. Tones are thirds of this split."""
    low, high = np.quantile([case.tone for case in found], [1 / 3, 2 / 3])
    return {
        "all": lambda c: True,
        "real": lambda c: c.row["kind"] == "real",
        "synthetic": lambda c: c.row["kind"] == "synthetic",
        "dark third": lambda c: c.tone < low,
        "middle third": lambda c: low <= c.tone < high,
        "light third": lambda c: c.tone >= high,
        "glasses": lambda c: bool((c.truth == INDEX["glasses"]).any()),
        "hats": lambda c: c.name in HATS,
        "beards": lambda c: c.name in BEARDS,
        "turned": lambda c: "turned" in c.row["flags"],
    }


def overlap(a: Bool, b: Bool, known: Bool) -> float:
    """Intersection over union where both are known; NaN where neither is there."""
    union = ((a | b) & known).sum()
    return float((a & b & known).sum() / union) if union else float("nan")


def figures(case: Case, answer: UInt8) -> dict[str, float]:
    """Of one picture."""
    known = case.truth != UNKNOWN
    always = np.ones_like(known)
    hat = case.name in HATS
    sure = [part(case.points, name, len(answer)) for name in PARTS]
    parts = [overlap(answer == INDEX[n], drawn, always) for n, drawn in zip(PARTS, sure, strict=True)]
    places = beard_places(case.points, len(answer)) & case.person
    column = np.abs(np.arange(len(answer)) - case.points[2, 0]) < 0.6 * np.ptp(case.points[:, 0])
    under = (np.arange(len(answer)) > case.points[13, 1])[:, None] & column[None]  # mouth, chin, neck
    bearded, may = case.name in BEARDS, case.name in MAYBE_BEARDS
    hair = answer == INDEX["hair"]
    skin = np.isin(case.truth, [INDEX["skin"], INDEX["nose"]])
    glasses = case.truth == INDEX["glasses"]
    above = case.points[[105, 334], 1].mean() > np.arange(len(answer))[:, None]
    return {
        "foreground": overlap(answer != INDEX["background"], case.person, always),
        "parts": float(np.mean(parts)),
        "skin": overlap(np.isin(answer, [INDEX["skin"], INDEX["nose"]]), skin, known),
        "hair": overlap(hair, case.truth == INDEX["hair"], known & ~places & ~under),
        "hat": overlap(answer == INDEX["hat"], case.truth == INDEX["hat"], known & above) if hat else float("nan"),
        "false hat": float("nan") if hat else float((answer == INDEX["hat"]).sum() > 100),
        "beard": overlap(hair, case.truth == INDEX["hair"], known & places) if bearded else float("nan"),
        "false beard": float("nan") if bearded or may else float(hair[places & known & ~_hair(case)].mean()),
        "glasses": overlap(answer == INDEX["glasses"], glasses, known) if glasses.any() else float("nan"),
    }


def _hair(case: Case) -> Bool:
    """Hair of the head, a little grown."""
    return cv2.dilate((case.truth == INDEX["hair"]).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0


def table(found: list[Case], parser: FaceParser) -> None:
    """Prints every figure for every group."""
    rows = [figures(case, parser.parse_crop(case.image)) for case in found]
    print(f"{'':13}{'n':>4}" + "".join(f"{name:>12}" for name in rows[0]))
    for name, inside in groups(found).items():
        chosen = [row for case, row in zip(found, rows, strict=True) if inside(case)]
        print(f"{name:13}{len(chosen):4}" + "".join(f"{_mean([row[key] for row in chosen]):12.1f}" for key in rows[0]))


def windows(data: Path, labels: Path, parser: FaceParser) -> None:
    """Prints, for windows of several FFHQ sides, hair and background; beyond the picture its edge is continued."""
    print(f"{'window':13}{'hair':>12}{'background':>12}{'bg as hair':>12}")
    rows = load_rows(data / "wide", "val")
    pictures = [(read_wide(data / "wide", r["id"]), r["id"]) for r in rows]
    for side in WINDOWS:
        scale = 1 / side
        offset = 128 - scale * (SIDE / 2)
        matrix = np.array([[scale, 0, offset], [0, scale, offset]])
        values = []
        for image, name in pictures:
            truth = cv2.imread(str(labels / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
            target = nearest(truth, matrix, 256, cv2.BORDER_REPLICATE)
            sure = (nearest(np.zeros_like(truth), matrix, 256) == 0) | (target == INDEX["background"])
            target = np.where(sure, target, UNKNOWN)
            answer = parser.parse_crop(_crop(image, matrix))
            known = target != UNKNOWN
            hair, behind = answer == INDEX["hair"], target == INDEX["background"]
            values.append(
                (
                    overlap(hair, target == INDEX["hair"], known),
                    overlap(answer == INDEX["background"], behind, known),
                    float(hair[behind].mean()) if behind.any() else float("nan"),
                )
            )
        print(f"{side:<13}" + "".join(f"{_mean(list(column)):12.1f}" for column in zip(*values, strict=True)))


def _crop(image: UInt8, matrix: np.ndarray) -> UInt8:
    shrink = 1 / max(matrix[0, 0], 1e-6)
    soft = cv2.GaussianBlur(image, (0, 0), 0.5 * (shrink - 1) + 0.01) if shrink > 1.2 else image
    return warp(soft, matrix, 256, cv2.BORDER_REPLICATE)


def _mean(values: list[float]) -> float:
    """In per cent, of those that are there."""
    kept = [value for value in values if not np.isnan(value)]
    return 100 * float(np.mean(kept)) if kept else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--wide", type=Path, required=True)
    parser.add_argument("--parser", type=Path, nargs="+", default=[BUNDLED / "face-parser"])
    a = parser.parse_args()
    found = cases(a.data / "portraits", a.labels)
    for folder in a.parser:
        network = FaceParser.from_file(folder)
        print(folder)
        table(found, network)
        windows(a.data, a.wide, network)


if __name__ == "__main__":
    main()
