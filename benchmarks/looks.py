"""Looks of real photos, one unit each: does the attribute move the right way, and does everything else stay?

    python -m benchmarks.looks --wide WIDE --portraits PORTRAITS --teachers WEIGHTS [--faces 100] [--split test]
        [--sheets SHEETS] [--rows FILE] [--painted]

Faces of the validation splits, which no look was tuned on alone; those of the test splits were never looked at.
Measured anew: landmarks, the parser's areas and
their colors, and the teachers' networks for age, presentation, expression and identity, which no edit uses.
How far eyes are open is the parser's area of them: the landmarks do not see these few pixels. Wrinkles are the mean
logarithm of the relief of forehead, cheeks and skin under the eyes (the face reader's number sees the forehead alone).
Nobody who lacks a thing is asked to take it off; glasses are still seen where the parser takes a pixel of its crop for
them. Skin tone is the ITA angle. "gender kept" is the share whose gender reading stays on its side, "even" the mean
identity of the worst group over that of the best, by thirds of skin tone and age and by gender reading (the means come
in a table of their own). The matrix has changes per unit in deviations of faces. --rows appends a line for each face
and look as it is made: number of the face, identity, change of ITA, gender reading and age before and after.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from PIL import Image

from benchmarks.look_groups import Groups, evenness, groups, kept, means
from benchmarks.sheets import around
from benchmarks.sheets import read as read_wide
from benchmarks.text_edits import Measure, sheet
from mien import Editor
from mien.align.crop import crop_face
from mien.checkpoints.judges import load_script
from mien.conditions.areas import AREAS, Seen
from mien.conditions.labels import INDEX
from mien.errors import MienError
from mien.pixels import to_tensor
from mien.types import Face, Float64, Photo, UInt8

LOOKS: Mapping[str, tuple[dict[str, Any], dict[str, float]]] = {
    "age +1": ({"attributes": {"age": 1.0}}, {"age": 1}),
    "age -1": ({"attributes": {"age": -1.0}}, {"age": -1}),
    "wrinkles +1": ({"attributes": {"wrinkles": 1.0}}, {"relief": 1}),
    "wrinkles -1": ({"attributes": {"wrinkles": -1.0}}, {"relief": -1}),
    "makeup +1": ({"attributes": {"makeup": 1.0}}, {"lip-a": 1}),
    "blush +1": ({"attributes": {"blush": 1.0}}, {"cheek-a": 1}),
    "hair-lightness +1": ({"attributes": {"hair-lightness": 1.0}}, {"hair-L": 1}),
    "hair-lightness -1": ({"attributes": {"hair-lightness": -1.0}}, {"hair-L": -1}),
    "hair-gray +1": ({"attributes": {"hair-gray": 1.0}}, {"hair-chroma": -1}),
    "smile +1": ({"attributes": {"smile": 1.0}}, {"smile": 1}),
    "smile -1": ({"attributes": {"smile": -1.0}}, {"smile": -1}),
    "eye-openness +1": ({"attributes": {"eye-openness": 1.0}}, {"eye-area": 1}),
    "eye-openness -1": ({"attributes": {"eye-openness": -1.0}}, {"eye-area": -1}),
    "glasses off": ({"mask": "glasses", "mode": "heal"}, {"glasses": -1}),
    "beard off": ({"text": "no beard"}, {"beard": -1}),
}
"""What is asked for, and which number is to go which way."""

_FACE = {"mask": "face", "mode": "look"}
PAINTED: Mapping[str, tuple[dict[str, Any], dict[str, float]]] = {
    "painted smile +1": ({**_FACE, "attributes": {"smile": 1.0}}, {"smile": 1}),
    "painted mouth_open +1": ({**_FACE, "attributes": {"mouth_open": 1.0}}, {"mouth-open": 1}),
    "painted as it is": ({**_FACE, "exemplar": "self"}, {}),
    "painted, nothing": (_FACE, {}),
}
"""What the painter makes of a face; the last two tell what painting alone costs, with this face's code and without."""

WORN: Mapping[str, str] = {"glasses off": "glasses", "beard off": "beard"}

COLUMNS = (
    *("age", "masculine", "happy", "smile", "mouth-open", "eye-area", "brow-height", "nose-width", "face-width"),
    *("relief", "hair-L", "hair-chroma", "hair-length", "lip-a", "skin-L", "ITA"),
)
"""Of the matrix."""

SIDE, ENOUGH = 256, 100
"""Pixels of the crop, and fewest of an area that counts."""


def photos(wide: Path, portraits: Path, count: int, split: str = "val") -> list[Photo]:
    """So many photos of a split: the wide ones, then aligned portraits that are not among them."""
    named = read_wide(wide, split)
    with (portraits / "index.csv").open(newline="", encoding="utf-8") as file:
        names = [row["id"] for row in csv.DictReader(file) if row["split"] == split and row["id"] not in named]
    rest = (portraits / "images" / f"{name}.jpg" for name in names[: max(0, count - len(named))])
    return [*named.values(), *(Photo(np.asarray(Image.open(path).convert("RGB"))) for path in rest)][:count]


class Judge:
    """Numbers of a face, with its tone of skin and who it is."""

    def __init__(self, editor: Editor, teachers: Path) -> None:
        self.measure = Measure(editor, teachers)
        self.who = load_script(teachers / "identity_mobileface.pt", torch.device("cpu"), trust_code=True)

    def __call__(self, photo: Photo, quad: Float64, face: Any) -> tuple[dict[str, float], Float64]:
        """Numbers by name, and the identity network's vector."""
        told = self.measure(photo, quad, face)
        told["ITA"] = float(np.degrees(np.arctan2(told["skin-L"] - 50, told["skin-b"])))
        told["hair-chroma"] = float(np.hypot(told["hair-a"], told["hair-b"]))
        crop = crop_face(photo, quad, SIDE)
        shares = self.measure.parser.shares(crop.pixels)
        told["eye-area"] = float(shares[[INDEX["left_eye"], INDEX["right_eye"]]].sum(0).mean())
        told["glasses-seen"] = float((shares.argmax(0) == INDEX["glasses"]).sum())
        told |= skin(Seen.in_crop(face.landmarks, crop, shares.argmax(0).astype(np.uint8)))
        with torch.inference_mode():
            vector = self.who(to_tensor(crop.pixels[None]))[0]
        return told, vector.double().numpy()


def skin(seen: Seen) -> dict[str, float]:
    """Relief of three areas of the skin, and how red the cheeks are."""
    lab = cv2.cvtColor(seen.picture.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    fine = lab[..., 0] - cv2.GaussianBlur(lab[..., 0], (0, 0), 0.04 * seen.unit)
    areas = [area for name in ("forehead", "cheeks", "under_eyes") if (area := AREAS[name](seen)).sum() >= ENOUGH]
    relief = [np.log(max(float(np.sqrt(np.square(fine[area]).mean())), 0.05)) for area in areas]
    cheeks = AREAS["cheeks"](seen)
    red = float(lab[cheeks][:, 1].mean()) if cheeks.sum() >= ENOUGH else np.nan
    return {"relief": float(np.mean(relief)) if relief else np.nan, "cheek-a": red}


@dataclass
class Tried:
    """One look on all faces that can have it.

    Attributes:
        rows: what changed, a face each.
        same: (N,) identity, NaN for faces that were not edited.
        gender: readings before and after.
        rests: pixels of glasses after it.
        pairs: pictures before and after.
        refused: faces.
    """

    rows: list[dict[str, float]]
    same: Float64
    gender: list[tuple[float, float]] = field(default_factory=list)
    rests: list[float] = field(default_factory=list)
    pairs: list[tuple[UInt8, UInt8]] = field(default_factory=list)
    refused: int = 0

    def told(self, name: str, of: Groups) -> str:
        """A row of the table."""
        same = self.same[~np.isnan(self.same)]
        wish = {**LOOKS, **PAINTED}[name][1].items()
        right = np.mean([all(row[key] * sign > 0 for key, sign in wish) for row in self.rows])
        toned = np.mean([abs(row["ITA"]) > 5 for row in self.rows])
        even = " / ".join(f"{value:.2f}" for value in evenness(means(self.same, of)).values())
        return (
            f"| {name} | {len(self.rows)} | {self.refused} | {right:.0%} | {same.mean():.3f} / "
            f"{np.quantile(same, 0.1):.3f} / {same.min():.3f} | {toned:.0%} | {np.mean(np.array(self.rests) > 0):.0%}, "
            f"{max(self.rests):.0f} px | {kept(*zip(*self.gender, strict=True)):.1%} | {even} |"
        )


def tried(
    editor: Editor,
    judge: Judge,
    found: Sequence[tuple[Photo, Face]],
    before: Sequence[tuple[dict[str, float], Float64]],
    name: str,
    rows: Path | None = None,
) -> Tried:
    """A look on photos with a face each, measured anew; who lacks a thing is not asked to take it off.

    A line for each goes to the end of the file ``rows``, if there is one.
    """
    inputs, wish = {**LOOKS, **PAINTED}[name]
    one = Tried([], np.full(len(found), np.nan))
    for number, ((photo, face), (told, vector)) in enumerate(zip(found, before, strict=True)):
        if name in WORN and told[WORN[name]] < 0.5:
            continue
        try:
            result = editor(photo, face=face, **inputs)
        except MienError:
            one.refused += 1
            continue
        after, other = judge(result.photo, face.quad, face)
        one.rows.append({key: after[key] - told[key] for key in {*COLUMNS, *wish}})
        one.rests.append(after["glasses-seen"])
        one.same[number] = float(vector @ other)
        one.gender.append((told["masculine"], after["masculine"]))
        if rows:
            numbers = (one.same[number], after["ITA"] - told["ITA"], *one.gender[-1], told["age"], after["age"])
            with rows.open("a", encoding="utf-8") as file:
                file.write(",".join([name, str(number), *(f"{value:.4f}" for value in numbers)]) + "\n")
        one.pairs.append((around(photo.pixels, face.quad, 520), around(result.photo.pixels, face.quad, 520)))
    return one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--wide", "--portraits", "--teachers"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--faces", type=int, default=100)
    parser.add_argument("--skip", type=int, default=0, help="leave out the first ones")
    parser.add_argument("--split", default="val", choices=("val", "test"))
    parser.add_argument("--only", nargs="*", choices=(*LOOKS, *PAINTED), help="looks by name")
    parser.add_argument("--painted", action="store_true", help="what the bundled painter makes of attributes instead")
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--rows", type=Path, help="append a line for each face and look")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    editor = Editor.from_pretrained("bundled" if options.painted else "opencv:telea")
    judge = Judge(editor, options.teachers)
    every = photos(options.wide, options.portraits, options.faces, options.split)[options.skip :]
    found = [(photo, faces[0]) for photo in every if (faces := editor.finder.find(photo))]
    before = [judge(photo, face.quad, face) for photo, face in found]
    spread = {name: float(np.nanstd([told[name] for told, _ in before])) for name in COLUMNS}
    of = groups([told for told, _ in before])
    print(
        "| look | faces | refused | right way | identity mean / worst tenth / least | ITA > 5 | glasses still seen | "
        "gender kept | even: skin / age / gender |",
        flush=True,
    )
    matrix, shares = {}, {}
    for name in options.only or (PAINTED if options.painted else LOOKS):
        one = tried(editor, judge, found, before, name, options.rows)
        if not one.rows:
            continue
        print(one.told(name, of), flush=True)
        shares[name] = means(one.same, of)
        matrix[name] = [float(np.nanmean([row[key] for row in one.rows])) / max(spread[key], 1e-6) for key in COLUMNS]
        if options.sheets:
            options.sheets.mkdir(parents=True, exist_ok=True)
            Image.fromarray(sheet(one.pairs[:20])).save(options.sheets / f"{name.replace(' ', '')}.png")
    names = [(kind, group) for kind in of for group in of[kind]]
    print("\n| identity | " + " | ".join(f"{kind} {group} ({of[kind][group].sum()})" for kind, group in names) + " |")
    for name, some in shares.items():
        print(f"| {name} | " + " | ".join(f"{some[kind].get(group, np.nan):.3f}" for kind, group in names) + " |")
    print("\n| per unit, deviations | " + " | ".join(COLUMNS) + " |")
    for name, row in matrix.items():
        print(f"| {name} | " + " | ".join(f"{value:+.2f}" for value in row) + " |")


if __name__ == "__main__":
    main()
