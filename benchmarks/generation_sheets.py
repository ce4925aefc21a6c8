"""Sheets of faces of maps and sentences, with what was asked beside them; see :mod:`benchmarks.generation`."""

from __future__ import annotations

import csv
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.generation_text import GLASSES, Measures, agreeing, sentences
from mien.conditions.labels import colors
from mien.data.sheets import contact_sheet
from mien.engine.mapping import Wanted
from mien.photos.write import save_photo
from mien.types import Photo, UInt8

if TYPE_CHECKING:
    from benchmarks.generation import Bench

FACES, ENLARGED = 40, 4
"""On a sheet, and how many times larger they are one by one."""

LINE, SMALL = 18, 0.42
"""Height of a line of text, pixels, and its size; for a face of 128 pixels."""


def bare_maps(bench: Bench) -> list[int]:
    """Faces whose maps have no glasses, not even spots: the generator knows hardly more than rests of frames."""
    shown = (bench.pairs.labels == GLASSES).any((1, 2))
    return np.flatnonzero(~shown).tolist()


def card(picture: UInt8, labels: UInt8, text: str, factor: int = 1) -> UInt8:
    """A face (R, R, 3) beside its map (S, S), S times a factor large (Lanczos), and its sentence below."""
    side = factor * len(labels)
    how = cv2.INTER_LANCZOS4 if len(picture) < side else cv2.INTER_AREA
    large = cv2.resize(picture, (side, side), interpolation=how)
    drawn = cv2.resize(colors()[labels], (side, side), interpolation=cv2.INTER_NEAREST)
    lines = textwrap.wrap(text, 38) if factor == 1 else [text]
    below = np.full((2 * LINE + 6, 2 * side, 3), 255, np.uint8)
    for number, line in enumerate(lines):
        place = (4, LINE * (number + 1) - 3)
        cv2.putText(below, line, place, cv2.FONT_HERSHEY_SIMPLEX, SMALL, (0, 0, 0), 1, cv2.LINE_AA)
    return np.concatenate([np.concatenate([large, drawn], 1), below])


def sheet(bench: Bench, path: Path, texts: list[str], rows: list[int], cards: Path | None = None) -> None:
    """Faces beside their maps, sentences below; one by one and enlarged, too, if a folder is given."""
    both = [
        Wanted(semantic=bench.wanted(row, ["semantic"]).semantic, text=bench.generator.wanted(text=text).text)
        for row, text in zip(rows, texts, strict=True)
    ]
    labels, pictures = bench.pairs.labels[rows], bench.made(both, texts, ENLARGED * bench.pairs.labels.shape[1])
    parts = list(zip(pictures, labels, texts, strict=True))
    save_photo(Photo(contact_sheet(np.stack([card(*one) for one in parts]), 5, gap=6)), path)
    for number, (row, text) in enumerate(zip(rows, texts, strict=True)):
        print(f"{number}: map {row}: {text}")
    if cards is None:
        return
    cards.mkdir(parents=True, exist_ok=True)
    with (cards / "asked.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("picture", "sentence"), *((f"{i:02}.png", t) for i, t in enumerate(texts))])
    for number, one in enumerate(parts):
        save_photo(Photo(card(*one, ENLARGED)), cards / f"{number:02}.png")


def sheets(
    bench: Bench, path: Path, teachers: Path | None, cards: Path | None = None, *, agreeing_only: bool = False
) -> None:
    """40 faces of whatever maps and sentences; with teachers also 40 of which none contradicts its map."""
    if not agreeing_only:
        sheet(bench, path, sentences(FACES, seed=5), [i % len(bench.pictures) for i in range(FACES)])
    if teachers is not None:
        rows = bare_maps(bench)
        measures = Measures(bench.look, teachers, np.stack(bench.pictures))
        chosen = agreeing(FACES, measures, bench.pairs.labels, bench.generator.scale, rows)
        sheet(bench, path.with_stem(f"{path.stem}-agreeing"), *chosen, cards)
