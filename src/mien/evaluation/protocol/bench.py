"""Where edits are made and measured, each once; they lie in a folder, and a journal knows their figures.

    journal.jsonl                                       see mien.evaluation.protocol.journal
    edits/<model>/<configuration>/<picture>-<key>.png   the edited crops

Letters: S side at which everything is measured.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from mien.conditions.pictures import save_png
from mien.conditions.types import Conditions
from mien.editing.cache import digest
from mien.errors import SaveError
from mien.evaluation.compare import Progress
from mien.evaluation.protocol.configurations import Configuration
from mien.evaluation.protocol.gauge import Figures, Gauge
from mien.evaluation.protocol.journal import Journal, Values, key_of
from mien.evaluation.protocol.lists import Item, ItemList
from mien.evaluation.protocol.material import Studio, resized
from mien.evaluation.protocol.models import Model
from mien.types import Bool, UInt8

EDITS, JOURNAL = "edits", "journal.jsonl"


@dataclass(frozen=True, eq=False)
class Case:
    """One edit to be made.

    Attributes:
        picture: that is edited, "set/name".
        mask: (S, S), True = edit.
        configuration: what it is given.
        exemplar: a picture, or empty.
        mirrored: whether the exemplar is mirrored.
        layers: the picture that sketch, semantics and colours come from; empty for the edited one.
        coarse: whether the colour map is one of 8 x 8 superpixels instead of regions.
        seed: of the edit.
        before: an edit of the same picture that this one goes on from.
    """

    picture: str
    mask: Bool
    configuration: Configuration
    exemplar: str = ""
    mirrored: bool = False
    layers: str = ""
    coarse: bool = False
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
        """(S, S, 3) uint8."""
        with Image.open(self.file) as picture:
            return np.array(picture.convert("RGB"))


@dataclass(frozen=True, eq=False)
class Bench:
    """All that edits and measurements need.

    Attributes:
        studio: pictures and their layers.
        gauge: networks that measure.
        folder: of the edits and the journal.
        journal: of this folder.
        size: S.
        progress: is told what is being done.
    """

    studio: Studio
    gauge: Gauge
    folder: Path
    journal: Journal
    size: int
    progress: Progress = lambda what, done, total: None

    def original(self, picture: str) -> UInt8:
        """(S, S, 3) uint8, before all edits."""
        return self.studio.material(picture, self.size).image

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
            _make_folder(place)
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
        text = self.studio.material(edit.case.picture, self.size).layers.text if self.gauge.clip else None
        said = {"text": text} if text else {}

        def measure() -> Values:
            made, wanted = (resized(one, size) for one in (edit.pixels(), self.original(edit.case.picture)))
            return self.gauge.figures(made, wanted, mask_at(edit.case.mask, size), text)

        return self.once("figures", edit, {"networks": self.gauge.digest, "size": size, **said}, measure)

    def once(self, kind: str, edit: Edit, what: Mapping[str, Any], compute: Callable[[], Values]) -> Values:
        """A result about an edit, computed once; see :meth:`Journal.once`."""
        return self.journal.once(kind, {"edit": edit.key, **what}, compute)

    def given(self, case: Case, size: int | None = None) -> Conditions:
        """The conditions of a case, its mask among them, at S or another size."""
        side = size or self.size
        source = case.layers or case.picture
        layers = self.studio.material(source, side).layers
        layers = layers.replaced(text=self.studio.material(source, self.size).layers.text)  # the same at every side
        if case.coarse:
            layers = layers.replaced(color=self.studio.coarse_colors(source, side))
        exemplar = None
        if case.exemplar:
            exemplar = self.studio.material(case.exemplar, side).image
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
        image = self.studio.material(case.picture, size).image if case.before is None else resized(start, size)
        done = model.edit(image, self.given(case, size), case.seed)
        return done if size == self.size else np.where(case.mask[..., None], resized(done, self.size), start)

    def _description(self, model: Model, case: Case) -> dict[str, Any]:
        """All that an edit depends on, by content: what the configuration leaves out does not count."""
        given = self.given(case)
        content = {name: digest(getattr(given, name)).hex() for name in given.given}
        start = case.before.key if case.before else digest(self.original(case.picture)).hex()
        said = {"model": model.digest, "size": self.size, "seed": case.seed}
        return {**said, "configuration": case.configuration.name, "picture": case.picture, "start": start, **content}


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
    levels = mask.astype(np.float32)
    method = cv2.INTER_AREA if size < len(mask) else cv2.INTER_NEAREST
    found: Bool = np.asarray(cv2.resize(levels, (size, size), interpolation=method)) > 0
    return found


def _plain(name: str) -> str:
    """A name that every file system takes."""
    return re.sub(r"[^\w.+-]+", "-", name).strip("-.") or "model"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(f"Cannot make the folder {folder}: {error.strerror}; choose another.") from error
