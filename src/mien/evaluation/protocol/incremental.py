"""Incremental editing: ten edits in a row, each starting from the one before, and how far the face drifts.

The conditions come from the original picture, so that an ideal editor ends where it began.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mien.conditions.freeform import centre_mask
from mien.conditions.regions import parse_region
from mien.evaluation.protocol.bench import Bench, Case, Edit
from mien.evaluation.protocol.configurations import configuration
from mien.evaluation.protocol.families import LEAST
from mien.evaluation.protocol.gauge import OUTSIDE, Figures, largest_outside
from mien.evaluation.protocol.journal import Values
from mien.evaluation.protocol.models import Model
from mien.evaluation.protocol.rows import Cell, Interval, Row, mean_rows
from mien.evaluation.report import rounded
from mien.types import Bool, UInt8

FAMILY = "incremental"
STEPS = (
    ("mouth", "+Sk"),
    ("eyes", "+Sk"),
    ("hair", "+Se+Co"),
    ("nose", "none"),
    ("brows", "+Sk+Co"),
    ("lips", "+Co"),
    ("skin", "+Se"),
    ("eyes", "+Ex"),
    ("face", "+Sk+Se+Co"),
    ("centre", "+Sk+Se+Co+Ex"),
)
"""Region and configuration of each step; where a face lacks the region, the centred square is edited. Neck, clothes and
background are never touched."""

UNION = OUTSIDE.replace("the mask", "the union of the masks")
MEAN = "mean" + UNION.removeprefix("largest")


@dataclass(frozen=True, eq=False)
class Chain:
    """The edits of one picture.

    Attributes:
        picture: its name.
        edits: one for each step.
        figures: of each step's result against the original; differences count outside the union of the masks so far.
    """

    picture: str
    edits: tuple[Edit, ...]
    figures: tuple[Figures, ...]


def run_chain(bench: Bench, model: Model, picture: str) -> Chain:
    """Ten edits; those that lie there already are not made again.

    Raises:
        MienError: see :meth:`Bench.edit`.
    """
    material = bench.studio.material(picture, bench.size)
    union = np.zeros(material.labels.shape, np.bool_)
    edits: list[Edit] = []
    figures: list[Figures] = []
    for region, given in STEPS:
        mask = _mask(region, material.labels)
        union = union | mask
        asked = configuration(given)
        heeded = type(asked)(asked.modalities & model.heeds)
        before = edits[-1] if edits else None
        edit = bench.edit(model, Case(picture, mask, heeded, exemplar=picture, mirrored=True, before=before))
        edits.append(edit)
        figures.append(_drift(bench, edit, union, len(edits)))
    return Chain(picture, tuple(edits), tuple(figures))


def _mask(region: str, labels: UInt8) -> Bool:
    if region != "centre":
        mask: Bool = parse_region(region)[labels]
        if mask.mean() >= LEAST:
            return mask
    return centre_mask(len(labels))


def _drift(bench: Bench, edit: Edit, union: Bool, step: int) -> Figures:
    """Figures of the composite against the original."""
    original = bench.original(edit.case.picture)

    def measure() -> Values:
        made = edit.pixels()
        figures = bench.gauge.figures(made, original, union)
        del figures[OUTSIDE]
        outside = np.abs(made.astype(np.int16) - original)[~union]
        figures[UNION] = largest_outside(made, original, union)
        figures[MEAN] = rounded(float(outside.mean())) if outside.size else 0.0
        return {metric: value for metric, value in figures.items() if "inside" not in metric}

    found: Figures = bench.once("drift", edit, {"networks": bench.gauge.digest, "step": step}, measure)
    return found


def incremental_rows(
    bench: Bench, set_name: str, model: str, chains: Sequence[Chain], interval: Interval
) -> Iterator[Row]:
    """Means after each step; the configuration tells which."""
    for number, (region, given) in enumerate(STEPS):
        cell = Cell(set_name, model, FAMILY, f"{number + 1} {region} {given}")
        found = [(chain.picture, chain.figures[number]) for chain in chains]
        yield from mean_rows(cell, found, bench.gauge, bench.size, interval)
