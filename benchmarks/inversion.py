"""Methods of inversion beside each other: likeness, time, and what an edit of the code does.

    python -m benchmarks.inversion --data LONDON --editor FOLDER --networks RUN --perceptual lpips_alex.pt
        --identity face.pt --distance lpips_squeeze.pt --trust-code [--split test] [--limit 24] [--few 8]
        [--methods encoder,pti] [--attribute smile=2] [--codes FOLDER] [--sheet FILE]

Likeness of a face and what the generator makes of it: perceptual distance, and cosine of identity embeddings. Seconds
are those of a processor core (one thread), not of the clock, so that other programs do not count. For each attribute
the code is moved, and the picture before and after is measured as ``mien directions show`` does: the change of that
attribute in standard deviations among random faces, and the cosine of the face with itself. Intervals are 95 %.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mien.checkpoints.codes import load_codes, save_codes
from mien.conditions.attributes import parse_attributes
from mien.conditions.pictures import save_png
from mien.data import find_pictures
from mien.data.sheets import contact_sheet
from mien.directions.effects import deviations
from mien.directions.faces import codes_of_faces, pictures_of
from mien.directions.measures import Measures
from mien.editing.directions import attribute_offset, load_directions, style_shift
from mien.inversion.base import Means
from mien.inversion.methods import METHODS, load_inverter
from mien.models.inversion import Inverted, drawn
from mien.pixels import to_bytes, to_tensor
from mien.training.frozen import load_by_shape
from mien.training.teachers import Teachers, load_teachers

SLOW = ("optimise", "pti")
REFERENCE, FIRST = 48, 1_000_000
"""Random faces whose attributes say what a standard deviation is."""


@dataclass
class Rows:
    """Figures of one method, a number for each face."""

    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, **figures: float) -> None:
        """Of one face."""
        for name, value in figures.items():
            self.values.setdefault(name, []).append(value)

    def cell(self, name: str) -> str:
        """Mean and interval."""
        found = np.array([v for v in self.values.get(name, []) if np.isfinite(v)])
        if not len(found):
            return "–"
        half = 1.96 * found.std(ddof=1) / np.sqrt(len(found)) if len(found) > 1 else 0.0
        return f"{found.mean():.3g} ± {half:.2g}"


@dataclass
class Bench:
    """Everything that judges."""

    means: Means
    teachers: Teachers
    measures: Measures
    attributes: dict[str, float]
    directions: dict[str, Tensor]
    deviation: dict[str, float]

    @torch.no_grad()
    def judge(self, wanted: Tensor, found: Inverted, seconds: float, rows: Rows) -> list[Tensor]:
        """Adds a face's figures; the pictures: rebuilt, and after each attribute."""
        made = drawn(self.means.generator, found).clamp(-1, 1)
        figures = {"perceptual": float(self.teachers.perceptual(made, wanted)), "seconds": seconds}
        if self.teachers.identity is not None:
            figures["identity"] = 1 - float(self.teachers.identity(made, wanted))
        figures["squared"] = float((made - wanted).square().mean())
        shown = [made]
        for name, strength in self.attributes.items():
            edited = self.edited(found, name, strength)
            shown.append(edited)
            before, after = (self.measured(one, name) for one in (made, edited))
            figures[name] = (after - before) / self.deviation[name]
            if self.teachers.identity is not None:
                figures[f"{name} identity"] = 1 - float(self.teachers.identity(edited, made))
        rows.add(**figures)
        return shown

    def edited(self, found: Inverted, name: str, strength: float) -> Tensor:
        """A picture after an edit of the code."""
        asked = {name: strength}
        offset, shift = attribute_offset(asked, self.directions), style_shift(asked, self.directions)
        codes = None if offset is None else found.codes + offset
        follower: Any = self.means.network("features") if found.residuals else None
        return drawn(self.means.generator, found, codes, shift, follower).clamp(-1, 1)

    def measured(self, picture: Tensor, name: str) -> float:
        """An attribute of one picture."""
        at = list(self.measures.units).index(name)
        return float(self.measures.of(to_bytes(picture))[0, at])


def bench_of(o: argparse.Namespace) -> Bench:
    """Loads everything."""
    cpu = torch.device("cpu")
    distance: Any = None
    if o.distance is not None:
        judge = load_by_shape(o.distance, cpu, torch.float32, use="distance", trust_code=o.trust_code)
        distance = lambda made, wanted: judge(made, wanted)[0].float()  # noqa: E731
    means = Means.load(str(o.editor), networks=tuple(o.networks or ()), distance=distance)
    teachers = load_teachers(o.perceptual, o.identity, cpu, torch.float32, trust_code=o.trust_code)
    attributes = dict(parse_attributes(",".join(o.attribute))) if o.attribute else {}
    measures, deviation = Measures(), {}
    if attributes:
        faces = pictures_of(means.generator, codes_of_faces(means.generator, range(FIRST, FIRST + REFERENCE)))
        spread = deviations(measures.of(faces, lambda: None), measures)
        deviation = dict(zip(measures.units, spread.tolist(), strict=True))
    directions = load_directions(means.folder, means.generator.config)
    return Bench(means, teachers, measures, attributes, directions, deviation)


def inverted(bench: Bench, method: str, inverter: Any, picture: Tensor, file: Path | None) -> tuple[Inverted, float]:
    """An inversion and its seconds, out of a file where it has been done before."""
    times = None if file is None else file.with_suffix(".seconds")
    if file is not None and times is not None and file.is_file() and times.is_file():
        return load_codes(file), float(times.read_text())
    started = time.process_time()
    found: Inverted = inverter.invert(picture)
    seconds = time.process_time() - started
    if file is not None and times is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        save_codes(file, found)
        times.write_text(f"{seconds}")
    return found, seconds


def main() -> None:
    o = options().parse_args()
    bench = bench_of(o)
    pictures = find_pictures(o.data, split=o.split)
    faces = pictures[:: max(1, len(pictures) // o.limit)][: o.limit]
    side = bench.means.generator.config.resolution
    wanted = to_tensor(np.stack([one.pixels(side) for one in faces]))
    places = range(0, len(faces), max(1, len(faces) // min(o.few, o.shown)))[: o.shown]
    table, columns = {}, [[wanted[k : k + 1] for k in places]]
    for method in o.methods.split(","):
        inverter, rows = load_inverter(method, bench.means), Rows()
        inverter.invert(wanted[:1]) if method not in SLOW else None  # the first call prepares
        count = min(o.few, len(faces)) if method in SLOW else len(faces)
        chosen, shown = range(0, len(faces), len(faces) // count)[:count], {}
        for k in chosen:
            file = None if o.codes is None else o.codes / method / f"{faces[k].name}.safetensors".replace("/", "_")
            found, seconds = inverted(bench, method, inverter, wanted[k : k + 1], file)
            made = bench.judge(wanted[k : k + 1], found, seconds, rows)
            shown[k] = made
        blank = torch.ones_like(wanted[:1])
        columns += [
            [shown[k][part] if k in shown else blank for k in places] for part in range(1 + len(bench.attributes))
        ]
        table[f"{method} ({count})"] = rows
    print_table(table, bench, o)
    if o.sheet is not None:
        flat = torch.cat([one for row in columns for one in row])
        save_png(contact_sheet(to_bytes(flat), columns=len(places)), o.sheet)


def print_table(table: dict[str, Rows], bench: Bench, o: argparse.Namespace) -> None:
    """Markdown."""
    names = ["perceptual", "identity", "squared", "seconds"]
    for name in bench.attributes:
        names += [name, f"{name} identity"]
    told = {"perceptual": o.perceptual.stem, **{n: f"{n} {s:+g}, deviations" for n, s in bench.attributes.items()}}
    print("| method (faces) | " + " | ".join(told.get(name, name) for name in names) + " |")
    print("|---" * (len(names) + 1) + "|")
    for method, rows in table.items():
        print(f"| {method} | " + " | ".join(rows.cell(name) for name in names) + " |")


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="aligned faces")
    parser.add_argument("--split", default="test", help="of a prepared set")
    parser.add_argument("--editor", default="portrait-editor", help="or generator; its directions are used")
    parser.add_argument("--networks", type=Path, action="append", help="runs of hyper and features")
    parser.add_argument("--perceptual", type=Path, required=True, help="distance that judges")
    parser.add_argument("--identity", type=Path, help="face embedding that judges")
    parser.add_argument("--distance", type=Path, help="distance that descents follow; else pixels")
    parser.add_argument("--trust-code", action="store_true")
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--attribute", action="append", help="smile=2; repeatable")
    parser.add_argument("--limit", type=int, default=24, help="faces")
    parser.add_argument("--few", type=int, default=8, help="faces for optimise and pti")
    parser.add_argument("--shown", type=int, default=8, help="faces in the sheet")
    parser.add_argument("--codes", type=Path, help="keep code files here, and go on from them")
    parser.add_argument("--sheet", type=Path, help="faces, and for each method what it made and each edit")
    return parser


if __name__ == "__main__":
    main()
