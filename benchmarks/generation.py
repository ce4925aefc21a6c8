"""How well generated faces obey what they were made of: the bars of MM2Latent.

    python -m benchmarks.generation --model FOLDER --teachers WEIGHTS [--faces 60] [--sheet FILE] [--json FILE]

Conditions are those of faces that the generator makes of seeds that no training saw, or with ``--portraits FOLDER``
those of real photos; "random" is the agreement with the next face's conditions. Sentences stand beside whatever map,
and beside maps that they do not contradict ("agreeing"): a map tells glasses, and whether somebody smiles. Maps are
read by the bundled parser, drawings by the pencil filter, shapes and poses by the bundled landmarks. Text is 200
sentences out of a list of phrases; what they ask for is measured without the face reader, whose numbers the network
was trained with: age, gender and expression by the teachers, all else from the parser's labels, landmarks and colors
(`recipes.reader_labels`). A degree is right on the asked side of the median of the generator's samples, and clearly
right in the outer third; what is there or not by its threshold; a color is right if it is nearer to the one that was
asked for than that of two thirds of the samples.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.generation_sheets import sheets
from benchmarks.generation_text import Measures, agreeing, sentences
from mien.conditions.lines import sketch_of
from mien.data import find_pictures
from mien.data.pairs import Pairs
from mien.engine.mapping import Wanted
from mien.evaluation.metrics.parsing import mean_ratio, parsing_counts
from mien.evaluation.metrics.sketch import sketch_agreement
from mien.generation.generator import MultimodalGenerator
from mien.generation.pairs import SIDE, Looker, resized, sample_pairs
from mien.generation.sentences import understood
from mien.pixels import to_planes
from mien.types import Float32, UInt8

SPATIAL = ("semantic", "sketch", "geometry")
SETS = [tuple(n for n, on in zip((*SPATIAL, "text"), flags, strict=True) if on) for flags in product((0, 1), repeat=4)]
SETS += [("pose",), ("semantic", "pose")]
PSI = (0.6, 1.0)

TIMED = (0, 1, 2, 4)
"""Rounds of feedback whose time is measured."""


class Bench:
    """Held-out faces, and generation from parts of what is known of them.

    Args:
        model: folder of the mapping network, or its name.
        faces: how many.
        truncation, text_weight, refine, descend: see :class:`MultimodalGenerator`.
        finish: whether pictures are finished with heads of the bank.
        portraits: folder of real aligned photos; None samples faces from the generator.
        first: seed of the first of these.
        split: of a prepared set of portraits.
    """

    def __init__(
        self,
        model: Path,
        faces: int,
        truncation: float,
        text_weight: float,
        portraits: Path | None = None,
        refine: int = 0,
        descend: int = 0,
        finish: bool = False,
        first: int = 0,
        split: str = "test",
    ) -> None:
        self.finish = finish
        self.generator = MultimodalGenerator.from_pretrained(model)
        self.settings = (truncation, text_weight, refine, descend)
        self.look = Looker()
        if portraits is None:
            self.pairs, self.pictures = sample_pairs(self.generator.maker, self.look, range(first, first + faces), PSI)
        else:
            self.pictures = crops_of(portraits, faces, split)
            self.pairs = self.look(np.zeros((len(self.pictures), 1), np.float32), np.stack(self.pictures))
        faces = len(self.pictures)
        self.words = [self._words(row) for row in range(faces)]

    def _words(self, row: int) -> dict[str, float]:
        """Four things that the reader sees in a face, as a sentence would tell them."""
        scale, rng = self.generator.scale, np.random.default_rng(row)
        groups = list(scale.groups().values())
        chosen = [i for at in rng.choice(len(groups), 4, replace=False) for i in groups[at]]
        return {scale.names[i]: float(self.pairs.numbers[row, i]) for i in chosen}

    def wanted(self, row: int, given: Sequence[str]) -> Wanted:
        """Some of what is known of a face."""
        one, config = self.pairs.part([row]), self.generator.mapper.config
        points = one.points[0] - (0, 0, float(one.points[0, :, 2].mean()))
        return Wanted(
            self.generator.shares_of(one.labels[0]) if "semantic" in given else None,
            one.drawings([0], [1])[0][None].astype(np.float32) if "sketch" in given else None,
            points.astype(np.float32) if "geometry" in given else None,
            (float(one.pose[0, 0]), float(one.pose[0, 1])) if "pose" in given else None,
            self.generator.scale.vector(self.words[row]) if "text" in given and config.text else None,
        )

    def made(self, wanted: list[Wanted], texts: Sequence[str] = (), side: int = SIDE) -> UInt8:
        """Faces, each with its seed, finished ones ``side`` pixels large; ``texts`` are for those."""
        seeds = range(5000, 5000 + len(wanted))
        pictures = self.generator.pixels(self.generator.codes(wanted, seeds, *self.settings))
        if not self.finish:
            return pictures
        finished = self.generator.finisher.finished
        told = texts or [""] * len(wanted)
        zipped = zip(pictures, wanted, told, seeds, strict=True)
        return resized(np.stack([finished(one, w, understood(text), seed)[0] for one, w, text, seed in zipped]), side)

    def agreements(self, pictures: UInt8, rows: Sequence[int]) -> dict[str, float]:
        """With the conditions of these faces."""
        seen, truth = self.look(np.zeros((len(pictures), 1), np.float32), pictures), self.pairs.part(rows)
        return {
            "mIoU": obeyed(seen.labels, truth.labels),
            "F1": float(np.mean([self._f1(a, self.pictures[row]) for a, row in zip(pictures, rows, strict=True)])),
            "mesh": _mesh_error(seen, truth),
            "yaw": float(np.abs(seen.pose[:, 0] - truth.pose[:, 0]).mean()),
            "text": self._text_error(seen.numbers, rows),
        }

    def _f1(self, made: UInt8, wanted: UInt8) -> float:
        return sketch_agreement(*(sketch_of(to_planes(one)) for one in (made, wanted))).f1

    def _text_error(self, numbers: Float32, rows: Sequence[int]) -> float:
        scale = self.generator.scale
        errors = []
        for one, row in zip(scale.scaled(numbers), rows, strict=True):
            index = [scale.names.index(name) for name in self.words[row]]
            errors.append(np.abs(one[index] - scale.scaled(self.pairs.numbers[row])[index]).mean())
        return float(np.mean(errors))


def crops_of(folder: Path, count: int, split: str = "test") -> list[UInt8]:
    """Aligned portraits of a split, or of a folder of aligned squares, spread over it; SIDE pixels."""
    found = find_pictures(folder, split=split)
    return [one.pixels(SIDE) for one in found[:: max(1, len(found) // count)][:count]]


def obeyed(labels: UInt8, wanted: UInt8) -> float:
    """mIoU of maps (N, S, S) over the classes that occur in the wanted ones: one stray pixel of another is no class."""
    counts = np.stack([parsing_counts(a, b) for a, b in zip(labels, wanted, strict=True)])
    return mean_ratio(counts[:, :, np.unique(wanted)]).value


def _mesh_error(seen: Pairs, truth: Pairs) -> float:
    """Mean distance of the points in percent of the crop's side, z from its mean."""
    a, b = (one.points - one.points.mean(1, keepdims=True) * (0, 0, 1) for one in (seen, truth))
    return float(100 * np.linalg.norm(a - b, axis=-1).mean())


def subsets(bench: Bench) -> dict[str, dict[str, float]]:
    """Agreements of every subset, and of random pairs."""
    rows = list(range(len(bench.pictures)))
    table = {"random": bench.agreements(np.stack(bench.pictures), [*rows[1:], 0])}
    for given in SETS:
        pictures = bench.made([bench.wanted(row, given) for row in rows])
        table["+".join(given) or "nothing"] = bench.agreements(pictures, rows)
    return table


def kept(table: dict[str, dict[str, float]]) -> dict[str, float]:
    """By modality, the worst agreement among the subsets that hold it, over that of it alone; errors inverted."""
    judged = {"semantic": ("mIoU", 1), "sketch": ("F1", 1), "geometry": ("mesh", -1), "text": ("text", -1)}
    found = {}
    for name, (figure, sign) in judged.items():
        alone = table[name][figure]
        ratios = [(table["+".join(s)][figure] / alone) ** sign for s in SETS if name in s]
        found[name] = min(ratios)
    return found


def batches(bench: Bench) -> float:
    """Largest difference of a code, alone and among seven others, for all subsets."""
    away = 0.0
    for given in SETS:
        wanted = [bench.wanted(row, given) for row in range(8)]
        many = bench.generator.codes(wanted, range(8))
        alone = np.concatenate([bench.generator.codes([one], [seed]) for seed, one in enumerate(wanted)])
        away = max(away, float(np.abs(many - alone).max()))
    return away


def told(bench: Bench, measures: Measures, texts: list[str], rows: list[int]) -> dict[str, Any]:
    """Text alone, beside the maps of some faces, and the maps alone."""
    words = [bench.generator.wanted(text=text) for text in texts]
    maps = [bench.wanted(row, ["semantic"]) for row in rows]
    both = [Wanted(semantic=m.semantic, text=w.text) for m, w in zip(maps, words, strict=True)]
    found: dict[str, Any] = {"random": measures.right(texts, np.stack([bench.pictures[row] for row in rows]))}
    for name, wanted in (("text", words), ("semantic+text", both), ("semantic", maps)):
        pictures = bench.made(wanted, texts if name != "semantic" else ())
        found[name] = measures.right(texts, pictures)
        found[name]["mIoU"] = obeyed(bench.look.parser.parse(pictures), bench.pairs.labels[rows])
    return found


def texts_of(bench: Bench, teachers: Path, count: int, *, agreeing_only: bool) -> dict[str, Any]:
    """Sentences beside maps that they do not contradict, and beside whatever maps."""
    measures = Measures(bench.look, teachers, np.stack(bench.pictures))
    tables = {"agreeing": told(bench, measures, *agreeing(count, measures, bench.pairs.labels, bench.generator.scale))}
    if not agreeing_only:
        tables["text"] = told(bench, measures, sentences(count), [i % len(bench.pictures) for i in range(count)])
    for table in tables.values():
        both = table["semantic+text"]
        table["kept"] = {
            "wishes": both["wishes"] / table["text"]["wishes"],
            "mIoU": both["mIoU"] / table["semantic"]["mIoU"],
        }
    return tables


def speed(bench: Bench) -> dict[int, tuple[float, float]]:
    """Milliseconds of one face of a map and words, of the clock and of processors, by rounds; medians of 15."""
    wanted, (truncation, weight, *_) = [bench.wanted(0, ["semantic", "text"])], bench.settings
    found = {}
    for rounds in TIMED:
        times = []
        for seed in range(15):
            start = time.perf_counter(), time.process_time()
            bench.generator.pictures(bench.generator.codes(wanted, [seed], truncation, weight, rounds))
            times.append((time.perf_counter() - start[0], time.process_time() - start[1]))
        clock, processors = np.median(times, 0) * 1e3
        found[rounds] = (round(float(clock), 1), round(float(processors), 1))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--teachers", type=Path, help="folder with age_gender.pt and expression.pt; none: no text")
    parser.add_argument("--faces", type=int, default=60)
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--truncation", type=float, default=1.0)
    parser.add_argument("--text-weight", type=float, default=1.0)
    parser.add_argument("--refine", type=int, default=0, help="rounds of feedback")
    parser.add_argument("--descend", type=int, default=0, help="steps of descent, with torch")
    parser.add_argument("--finish", action="store_true", help="with heads of the bank")
    parser.add_argument("--first", type=int, default=0, help="seed of the first face that conditions are taken from")
    parser.add_argument("--text-only", action="store_true", help="sentences alone")
    parser.add_argument("--sheet-only", action="store_true", help="no figures; the sheet of agreeing sentences alone")
    parser.add_argument("--quick", action="store_true", help="few subsets, agreeing sentences alone")
    parser.add_argument("--portraits", type=Path, help="conditions of aligned real photos: a folder, or a prepared set")
    parser.add_argument("--split", default="test", help="of these: train, val or test")
    parser.add_argument(
        "--sheet", type=Path, help="40 faces of maps and sentences; with teachers a second, NAME-agreeing"
    )
    parser.add_argument("--cards", type=Path, help="folder: the faces of the last sheet one by one, enlarged")
    parser.add_argument("--json", type=Path)
    o = parser.parse_args()
    if (o.sheet_only or o.cards) and not o.sheet:
        parser.error("--sheet-only and --cards go with --sheet PICTURE.png")
    if o.quick:
        SETS[:] = [("semantic",), ("sketch",), ("semantic", "text")]
    bench, found = (
        Bench(
            o.model, o.faces, o.truncation, o.text_weight, o.portraits, o.refine, o.descend, o.finish, o.first, o.split
        ),
        dict[str, Any](),
    )
    if o.sheet_only:
        sheets(bench, o.sheet, o.teachers, o.cards, agreeing_only=True)
        return
    if not o.text_only:
        table = found["subsets"] = subsets(bench)
        for name, row in table.items():
            print(f"{name:32}" + "  ".join(f"{key} {value:.3f}" for key, value in row.items()), flush=True)
    if not (o.quick or o.text_only):
        found |= {"kept": kept(table), "batches": batches(bench), "milliseconds": speed(bench)}
        print({name: found[name] for name in ("kept", "batches", "milliseconds")})
    if o.teachers is not None:
        found |= texts_of(bench, o.teachers, o.sentences, agreeing_only=o.quick)
        for kind in ("agreeing", "text")[: 1 if o.quick else 2]:
            for name, row in found[kind].items():
                print(kind, name, {key: value for key, value in row.items() if key != "by attribute"})
            print(found[kind]["semantic+text"]["by attribute"])
    if o.sheet is not None:
        sheets(bench, o.sheet, o.teachers, o.cards)
    if o.json is not None:
        o.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
