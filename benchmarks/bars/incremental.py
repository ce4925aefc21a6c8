"""Incremental editing: ten edits in a row, each starting from the one before, and how far the face drifts.

The conditions come from the original picture, so that an ideal editor ends where it began.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mien.conditions.freeform import centre_mask
from mien.conditions.regions import parse_region
from mien.evaluation.metrics import INSIDE
from mien.evaluation.metrics.outside import OUTSIDE
from mien.evaluation.protocol.configurations import configuration
from mien.evaluation.protocol.edits import Case, Edit, EditStore, Figures
from mien.evaluation.protocol.families import LEAST
from mien.evaluation.protocol.journal import Values
from mien.evaluation.protocol.lists import evenly
from mien.evaluation.protocol.models import Model
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
"""Region and configuration of each step; where a face lacks the region, the centered square is edited. Neck, clothes
and background are never touched."""

UNION = OUTSIDE.name.replace("the mask", "the union of the masks")
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


def run_chain(store: EditStore, model: Model, picture: str) -> Chain:
    """Ten edits; those that lie there already are not made again.

    Raises:
        MienError: see :meth:`EditStore.edit`.
    """
    face = store.faces.face(picture, store.size)
    union = np.zeros(face.labels.shape, np.bool_)
    edits: list[Edit] = []
    figures: list[Figures] = []
    for region, given in STEPS:
        mask = _mask(region, face.labels)
        union = union | mask
        asked = configuration(given)
        known = type(asked)(asked.modalities & model.supports)
        before = edits[-1] if edits else None
        edit = store.edit(model, Case(picture, mask, known, exemplar=picture, mirrored=True, before=before))
        edits.append(edit)
        figures.append(_drift(store, edit, union, len(edits)))
    return Chain(picture, tuple(edits), tuple(figures))


def _mask(region: str, labels: UInt8) -> Bool:
    if region != "centre":
        mask: Bool = parse_region(region)[labels]
        if mask.mean() >= LEAST:
            return mask
    return centre_mask(len(labels))


def _drift(store: EditStore, edit: Edit, union: Bool, step: int) -> Figures:
    """Figures of the composite against the original."""
    original = store.original(edit.case.picture)

    def measure() -> Values:
        made = edit.pixels()
        found = store.measure(made, original, union)
        outside = np.abs(made.astype(np.int16) - original)[~union]
        found[UNION], found[MEAN] = found.pop(OUTSIDE.name), rounded(float(outside.mean())) if outside.size else 0.0
        return {metric: value for metric, value in found.items() if not metric.endswith(INSIDE)}

    found: Figures = store.once("drift", edit, {"judges": store.judged_by, "step": step}, measure)
    return found


def run_chains(store: EditStore, model: Model, set_name: str, count: int) -> list[Chain]:
    """Ten edits in a row on so many pictures of a set, evenly spaced.

    Raises:
        MienError: see :meth:`EditStore.edit`.
    """
    pictures = evenly(store.faces.sets[set_name], count)
    chains = []
    for done, picture in enumerate(pictures, 1):
        chains.append(run_chain(store, model, picture.name))
        store.progress("ten edits in a row", done, len(pictures))
    return chains
