"""Where edits are made and measured, each once; they lie in a folder, and a journal knows their figures.

    journal.jsonl                                       see mien.evaluation.protocol.journal
    edits/<model>/<configuration>/<picture>-<key>.png   the edited crops

Letters: S side at which everything is measured.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from mien.conditions.pictures import save_png
from mien.conditions.types import Conditions
from mien.editing.cache import digest
from mien.errors import DataError
from mien.evaluation.compare import Progress
from mien.evaluation.metrics import INSIDE, Judges, Metric, Pair, measure_pair, metrics_of
from mien.evaluation.metrics.base import scalar
from mien.evaluation.protocol.configurations import Configuration
from mien.evaluation.protocol.faces import FaceSets, resized
from mien.evaluation.protocol.journal import Journal, Values, key_of
from mien.evaluation.protocol.lists import Item, ItemList
from mien.evaluation.protocol.models import Model
from mien.evaluation.report import make_folder, rounded
from mien.types import Bool, UInt8

EDITS, JOURNAL = "edits", "journal.jsonl"

Figures = dict[str, float | None]
"""By the name of the metric; None where it is infinite. Six digits."""


@dataclass(frozen=True, eq=False)
class Case:
    """One edit to be made.

    Attributes:
        picture: that is edited, "set/name".
        mask: (S, S), True = edit.
        configuration: what it is given.
        exemplar: a picture, or empty.
        mirrored: whether the exemplar is mirrored.
        layers: side -> sketch, semantics and colors; None for those of the picture itself.
        seed: of the edit.
        before: an edit of the same picture that this one goes on from.
    """

    picture: str
    mask: Bool
    configuration: Configuration
    exemplar: str = ""
    mirrored: bool = False
    layers: Callable[[int], Conditions] | None = None
    seed: int = 0
    before: Edit | None = None


@dataclass(frozen=True, eq=False)
class Edit:
    """One edit that was made.

    Attributes:
        case: what was asked for.
        key: stands for the case and the model.
        file: the edited crop, a PNG of side S.
    """

    case: Case
    key: str
    file: Path

    def pixels(self) -> UInt8:
        """(S, S, 3) uint8.

        Raises:
            DataError: the file is damaged.
        """
        try:
            with Image.open(self.file) as picture:
                return np.array(picture.convert("RGB"))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise DataError(f"{self.file} is damaged; remove it, and run the same again.") from error


@dataclass(frozen=True, eq=False)
class EditStore:
    """All that edits and measurements need.

    Attributes:
        faces: pictures and their layers.
        judges: networks that measure.
        folder: of the edits and the journal.
        journal: of this folder.
        size: S.
        progress: is told what is being done.
    """

    faces: FaceSets
    judges: Judges
    folder: Path
    journal: Journal
    size: int
    progress: Progress = lambda what, done, total: None

    @cached_property
    def metrics(self) -> Mapping[str, Metric]:
        """By name. Networks see the composite only: it equals the original outside the mask, so that inside the mask
        LPIPS would be the same number."""
        chosen = [metric for metric in metrics_of(self.judges) if metric.in_protocol]
        return {one.name: replace(one, masked=one.masked and not one.judge) for one in chosen}

    @cached_property
    def judged_by(self) -> str:
        """Stands for the metrics and their networks."""
        parts = [f"{one.name} {one.judge.get('sha256', '')}" for one in self.metrics.values()]
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()

    def metric(self, name: str) -> Metric | None:
        """The metric of a figure, inside the mask or not; None for one that this has not measured."""
        return self.metrics.get(name.removesuffix(INSIDE))

    def source(self, name: str) -> dict[str, str]:
        """Columns of a report: the network of a figure, and how it resizes; empty where there is none."""
        found = self.metric(name)
        return found.source if found else {"network": "", "resize": ""}

    def original(self, picture: str) -> UInt8:
        """(S, S, 3) uint8, before all edits."""
        return self.faces.face(picture, self.size).image

    def edit(self, model: Model, case: Case) -> Edit:
        """The edit of a model, made unless it lies there already.

        Raises:
            MienError: the model cannot do it, or the folder cannot be written.
        """
        what = self._description(model, case)
        key = key_of(what)
        place = self.folder / EDITS / _plain(model.name) / case.configuration.name / Path(case.picture).parent
        edit = Edit(case, key, place / f"{Path(case.picture).name}-{key[:8]}.png")

        def make() -> Values:
            make_folder(place)
            save_png(self.make(model, case), edit.file)
            return {"file": edit.file.relative_to(self.folder).as_posix()}

        self.journal.once("edit", what, make, needs=edit.file)
        return edit

    def figures(self, edit: Edit, side: int | None = None) -> Figures:
        """Against the original.

        Args:
            edit: made already.
            side: pictures are brought to it first, by Lanczos's filter; None for S.
        """
        size = side or self.size
        text = (self.faces.face(edit.case.picture, self.size).layers.text or "") if self.judges.clip else ""

        def measure() -> Values:
            made, wanted = (resized(one, size) for one in (edit.pixels(), self.original(edit.case.picture)))
            return self.measure(made, wanted, mask_at(edit.case.mask, size), text)

        return self.once("figures", edit, {"judges": self.judged_by, "size": size, "text": text}, measure)

    def measure(self, made: UInt8, wanted: UInt8, mask: Bool, text: str = "") -> Figures:
        """Every metric of a composite, at any side, now."""
        pair = Pair("edit", made, wanted, mask.astype(np.float32), text)
        found = measure_pair(list(self.metrics.values()), pair)
        numbers = {name: scalar(self.metrics[name.removesuffix(INSIDE)], value) for name, value in found.items()}
        return {name: rounded(value) if np.isfinite(value) else None for name, value in numbers.items()}

    def once(self, kind: str, edit: Edit, what: Mapping[str, Any], compute: Callable[[], Values]) -> Values:
        """A result about an edit, computed once; see :meth:`Journal.once`."""
        return self.journal.once(kind, {"edit": edit.key, **what}, compute)

    def given(self, case: Case, size: int | None = None) -> Conditions:
        """The conditions of a case, its mask among them, at S or another size."""
        side = size or self.size
        layers_at = case.layers or (lambda at: self.faces.face(case.picture, at).layers)
        layers = layers_at(side).replaced(text=layers_at(self.size).text)  # the same sentence at every side
        exemplar = None
        if case.exemplar:
            exemplar = self.faces.face(case.exemplar, side).image
            exemplar = np.ascontiguousarray(exemplar[:, ::-1]) if case.mirrored else exemplar
        mask = mask_at(case.mask, side).astype(np.float32)
        return case.configuration.of(layers.replaced(mask=mask, exemplar=exemplar))

    def make(self, model: Model, case: Case) -> UInt8:
        """The edited crop (S, S, 3), made now; nothing is written.

        A model of another size sees the picture at its own; its result is resized and pasted into the mask.

        Raises:
            MienError: the model cannot do it.
        """
        size = model.size or self.size
        start = self.original(case.picture) if case.before is None else case.before.pixels()
        image = self.faces.face(case.picture, size).image if case.before is None else resized(start, size)
        done = model.edit(image, self.given(case, size), case.seed)
        return done if size == self.size else np.where(case.mask[..., None], resized(done, self.size), start)

    def _description(self, model: Model, case: Case) -> dict[str, Any]:
        """All that an edit depends on, by content: what the configuration leaves out does not count."""
        given = self.given(case)
        content = {name: digest(getattr(given, name)).hex() for name in given.given}
        start = case.before.key if case.before else digest(self.original(case.picture)).hex()
        settings = {"model": model.digest(given), "size": self.size, "seed": case.seed}
        return {
            **settings,
            "configuration": case.configuration.name,
            "picture": case.picture,
            "start": start,
            **content,
        }


def case_of(items: ItemList, item: Item, configuration: Configuration, mask: Bool | None = None) -> Case:
    """An item of a list under a configuration, the exemplar showing the same person.

    Args:
        items, item, configuration: what is asked for.
        mask: of the item, where it has been read already.
    """
    found = items.mask(item) if mask is None else mask
    return Case(item.picture, found, configuration, item.exemplar, item.mirrored, seed=item.seed)


def mask_at(mask: Bool, size: int) -> Bool:
    """(S, S) -> (size, size): enlarged by repetition; reduced, True where any of it is."""
    if len(mask) == size:
        return mask
    method = cv2.INTER_AREA if size < len(mask) else cv2.INTER_NEAREST
    found: Bool = np.asarray(cv2.resize(mask.astype(np.float32), (size, size), interpolation=method)) > 0
    return found


def _plain(name: str) -> str:
    """A name that every file system takes."""
    return re.sub(r"[^\w.+-]+", "-", name).strip("-.") or "model"
