"""The comparison with a plain U-Net: 48 faces, rows and columns 32 to 95 of 128 masked, composites against originals.

The U-Net of 2.7 million parameters (masked picture, mask, sketch, blurred colors; no prior, no encoder) reached what
:data:`UNET` says, on these faces at 128 px. Its colors were an 8 x 8 blur; ours are the means of the regions, which
say less, and once more 8 x 8 superpixels, which say about as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.bars.base import Subject, Threshold
from mien.conditions.freeform import centre_mask
from mien.conditions.segments import superpixel_means
from mien.conditions.types import Conditions
from mien.data import Picture
from mien.evaluation.estimate import mean
from mien.evaluation.protocol.configurations import Configuration, configuration
from mien.evaluation.protocol.edits import Case, EditStore, Figures
from mien.evaluation.protocol.faces import FaceSets
from mien.evaluation.protocol.rows import Row
from mien.pixels import to_bytes, to_tensor

BAR = "48 faces"
COUNT = 48
COARSE = 8
"""Superpixels along a side of the coarse color map: as many colors as an 8 x 8 blur has."""
SIDE = 128
LPIPS, IDENTITY = "LPIPS-alex", "identity (MobileFace)"

UNET: Mapping[str, tuple[float, float]] = {"none": (0.061, 0.18), "+Sk": (0.059, 0.28), "+Sk+Co": (0.045, 0.32)}
"""LPIPS-alex and identity similarity of the U-Net, by configuration."""

WANTED: Mapping[str, tuple[float, float]] = {
    "none": (0.050, 0.22),
    "+Sk": (0.045, 0.38),
    "+Sk+Co": (0.035, 0.45),
    "+Se+Ex": (0.030, 0.55),
}
"""LPIPS-alex at most, and identity similarity at least."""


@dataclass(frozen=True, eq=False)
class Edits48:
    """Edits of one configuration.

    Attributes:
        set: of the pictures.
        configuration: of all cases.
        cases: to be edited; without any there is nothing to judge, which a row says.
        remark: what is particular about them.
        judged: whether the bar is measured on them.
    """

    set: str
    configuration: Configuration
    cases: Sequence[Case]
    remark: str
    judged: bool = True


def comparisons(store: EditStore, set_name: str, pairs_set: str | None, limit: int | None = None) -> Iterator[Edits48]:
    """What is compared.

    Args:
        store: with both sets.
        set_name: of the portraits; its first 48 by name are taken.
        pairs_set: of the pairs of one person, neutral and smiling; None where there is none.
        limit: take fewer.
    """
    mask = centre_mask(store.size)
    pictures = sorted(store.faces.sets[set_name], key=lambda one: one.name)[: min(limit or COUNT, COUNT)]
    for name, remark, coarse in (
        ("none", "", False),
        ("+Sk", "", False),
        ("+Sk+Co", "colors by region", False),
        ("+Sk+Co", "colors by 8 x 8 superpixels", True),
    ):
        given = configuration(name)
        cases = [
            Case(one.name, mask, given, layers=partial(_coarse, store.faces, one.name) if coarse else None)
            for one in pictures
        ]
        yield Edits48(set_name, given, cases, remark, judged=not coarse)
    pairs = [] if pairs_set is None else same_person(store.faces.sets[pairs_set])[:limit]
    given = configuration("+Se+Ex")
    cases = [Case(neutral, mask, given, exemplar=smiling) for neutral, smiling in pairs]
    yield Edits48(pairs_set or "", given, cases, "neutral edited from smiling")


def _coarse(faces: FaceSets, name: str, side: int) -> Conditions:
    """The layers of a picture, with a color map of 8 x 8 superpixels instead of regions."""
    face = faces.face(name, side)
    means = superpixel_means(to_tensor(face.image), across=COARSE)
    opaque = np.full((side, side, 1), 255, np.uint8)
    return face.layers.replaced(color=np.concatenate([to_bytes(means)[0], opaque], 2))


def same_person(pictures: Sequence[Picture]) -> list[tuple[str, str]]:
    """(neutral, smiling) of every person of whom the index knows both."""
    smiling = {one.fields.get("person"): one.name for one in pictures if one.fields.get("kind") == "smiling"}
    neutral = [one for one in pictures if one.fields.get("kind") == "neutral" and one.fields.get("person") in smiling]
    return [(one.name, smiling[one.fields["person"]]) for one in neutral]


def unet_bars(subject: Subject, pairs_set: str | None, limit: int | None = None) -> list[Row]:
    """Judged at 128 px, where the U-Net was measured; also shown at the size of the edits.

    Args:
        subject: what is measured; its set is that of the portraits.
        pairs_set, limit: see :func:`comparisons`.

    Raises:
        MienError: see :meth:`EditStore.edit`.
    """
    store = subject.store
    rows: list[Row] = []
    for compared in comparisons(store, subject.set, pairs_set, limit):
        if not compared.configuration.modalities <= subject.model.supports:
            continue
        edits = []
        for done, case in enumerate(compared.cases, 1):
            edits.append(store.edit(subject.model, case))
            store.progress(f"{BAR} {compared.configuration.name} {compared.remark}".strip(), done, len(compared.cases))
        for size in dict.fromkeys((SIDE, store.size)):
            rows += _rows(subject, compared, [store.figures(edit, size) for edit in edits], size)
    return rows


def _rows(subject: Subject, compared: Edits48, figures: Sequence[Figures], size: int) -> Iterator[Row]:
    given = compared.configuration.name
    for place, (metric, sense) in enumerate(((LPIPS, "≤"), (IDENTITY, "≥"))):
        values = [value for one in figures if (value := one.get(metric)) is not None]
        threshold = Threshold(sense, WANTED[given][place]) if compared.judged and size == SIDE else None
        unet = f"U-Net {UNET[given][place]:g}" if given in UNET else ""
        remark = ", ".join(
            filter(
                None,
                (compared.remark, unet, "" if values else f"not available: no {metric if compared.cases else 'pairs'}"),
            )
        )
        facts = {"set": compared.set, "family": "centre", "configuration": given, "size": size, "remark": remark}
        estimate = mean(np.array(values)) if values else None
        yield subject.row(BAR, metric, estimate, {**facts, **subject.store.source(metric)}, threshold)
