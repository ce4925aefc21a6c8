"""Whether the warping network turns an exemplar's head: the generator shows the codes, landmarks measure the yaw.

Letters: S side, R the generator's resolution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from benchmarks.bars.base import Subject, Threshold
from mien.checkpoints.editor import load_editor
from mien.conditions.layers import from_conditions
from mien.conditions.types import Conditions
from mien.evaluation.estimate import mean
from mien.evaluation.metrics.pose import landmarks, pose_of
from mien.evaluation.protocol.edits import mask_at
from mien.evaluation.protocol.journal import Values
from mien.evaluation.protocol.lists import Item
from mien.evaluation.protocol.rows import Row
from mien.evaluation.report import rounded
from mien.pixels import to_bytes
from mien.types import UInt8

BAR = "warping"
APART = 10.0
"""Degrees of yaw between exemplar and target from which pairs are also averaged on their own."""

AFTER, BEFORE = (f"yaw from the target {how} warping, degrees" for how in ("after", "without"))
NETWORK = "bundled landmarks"
WANTED = Threshold("≤", 5)
COLUMNS = ("target", "plain", "warped", "exemplar")
FRONTAL = "yaw of the target, degrees: what codes that always look ahead would reach"

View = Callable[[UInt8, UInt8, Conditions], tuple[UInt8, UInt8]]
"""Exemplar and target (S, S, 3), and the mask that the target is seen through -> what the generator makes of the codes
of the exemplar as they are, and of the warped ones: (R, R, 3) uint8 each."""


def view_of(folder: Path) -> View | None:
    """Of a saved editor; None where its warping network is not trained.

    Raises:
        CheckpointError: there is no editor.
    """
    networks, trained = load_editor(folder)
    if "warping" not in trained:
        return None

    def view(exemplar: UInt8, target: UInt8, through: Conditions) -> tuple[UInt8, UInt8]:
        with torch.inference_mode():
            source, wanted = (
                networks.encoder(from_conditions(picture, given).stack(networks.config.modalities))
                for picture, given in ((exemplar, Conditions()), (target, through))
            )
            plain, warped = (
                to_bytes(networks.bank(codes)[0])[0] for codes in (source, networks.turned(source, wanted))
            )
        return plain, warped

    return view


def warping_bars(subject: Subject, family: str, find_view: Callable[[Path], View | None] = view_of) -> list[Row]:
    """Yaw of the codes of another person's picture against the target's, with and without warping.

    The target is seen whole, as in the training of the network, and once more with the mask of the item, as in an edit.

    Args:
        subject: what is measured.
        family: of the masks.
        find_view: how the codes of a saved editor are looked at.

    Raises:
        CheckpointError: the editor has gone.
    """
    view = find_view(subject.model.folder) if subject.model.folder else None
    chosen = [item for item in subject.items.of_family(subject.set, family) if item.other]
    if view is None or not chosen:
        why = "there is no trained warping network" if view is None else "no pair to measure it on"
        return [subject.row(BAR, AFTER, None, {"network": NETWORK, "remark": f"not available: {why}"}, WANTED)]
    rows: list[Row] = []
    for masked in (False, True):
        found = []
        for done, item in enumerate(chosen, 1):
            found.append(_turn(subject, item, masked, view))
            subject.store.progress(f"yaw{', masked' * masked}", done, len(chosen))
        rows += _rows(subject, found, family if masked else "")
    return rows


def _rows(subject: Subject, found: Sequence[Values], family: str) -> Iterator[Row]:
    target, plain, warped, exemplar = (np.array([one[name] for one in found]) for name in COLUMNS)
    remark = "target under its mask" if family else "target whole"
    facts = {"family": family, "configuration": "+Ex", "network": NETWORK, "remark": remark}
    yield subject.row(BAR, AFTER, mean(np.abs(warped - target)), facts, None if family else WANTED)
    yield subject.row(BAR, BEFORE, mean(np.abs(plain - target)), facts)
    yield subject.row(BAR, FRONTAL, mean(np.abs(target)), facts)
    far = np.abs(exemplar - target) >= APART
    if far.any():
        which = f", exemplars {APART:g} degrees away or more"
        yield subject.row(BAR, AFTER + which, mean(np.abs(warped - target)[far]), facts)
        yield subject.row(BAR, BEFORE + which, mean(np.abs(plain - target)[far]), facts)


def _turn(subject: Subject, item: Item, masked: bool, view: View) -> Values:
    """Yaw in degrees of the target, of the exemplar's codes as they are and warped, and of the exemplar's picture."""
    faces, size = subject.store.faces, subject.model.size or subject.store.size
    target, exemplar = (faces.face(name, size).image for name in (item.picture, item.other))
    mask = mask_at(subject.items.mask(item), size).astype(np.float32)

    def measure() -> Values:
        network = landmarks()
        shown = target, *view(exemplar, target, Conditions(mask=mask) if masked else Conditions()), exemplar
        return {name: rounded(pose_of(network, one).yaw) for name, one in zip(COLUMNS, shown, strict=True)}

    pair = [faces.digest(name) for name in (item.picture, item.other)]
    what = {
        "model": subject.model.digest(Conditions()),
        "pair": pair,
        "mask": item.mask_sha256 if masked else "",
        "size": size,
    }
    return subject.store.journal.once("yaw", what, measure)
