"""Edits as the page asks for them; results become patches and words."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from mien.editing.result import EditResult
from mien.photos.color import to_srgb
from mien.serve.faults import plain
from mien.serve.pictures import as_text, png
from mien.serve.schema import EditBody
from mien.serve.settings import ServeSettings
from mien.serve.store import Stored
from mien.serve.wishes import inputs_of
from mien.serve.work import CURRENT
from mien.sessions.patch import Patch
from mien.sessions.tree import Node
from mien.types import Bool, Photo

TRIED_BYTES = 64_000_000
"""Of trials that are remembered for each session."""

LARGE = 8_000_000
"""Pixels of a photo of which every edit takes long."""

Facts = dict[str, Any]


@dataclass(eq=False)
class Trial:
    """A result that was not kept: enough to keep it without computing it again.

    Attributes:
        patch: what it changes.
        facts: what is told about it.
        operations, notes, timings: as in :class:`EditResult`.
    """

    patch: Patch
    facts: Facts
    operations: tuple[str, ...]

    @property
    def bytes(self) -> int:
        """In memory."""
        return self.patch.pixels.nbytes + self.patch.inside.nbytes


@dataclass(eq=False)
class Remembered:
    """A trial as an editor's result, of the photo that it was made of."""

    photo: Photo
    mask: Bool
    operations: tuple[str, ...]


@dataclass(eq=False)
class WatchedEditor:
    """The editor of one task: it can be canceled, and what it made is known afterwards.

    Attributes:
        editor: makes the edits.
        trial: is taken instead of an edit, once.
        made: photo and result of each edit.
    """

    editor: Any
    trial: Trial | None = None
    made: list[tuple[Photo, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """For the journal."""
        return str(self.editor.name)

    @property
    def finder(self) -> Any:
        """Finds faces."""
        return self.editor.finder

    @property
    def parser(self) -> Any:
        """Finds regions."""
        return self.editor.parser

    @property
    def identity(self) -> Any:
        """Tells people apart."""
        return getattr(self.editor, "identity", None)

    def __call__(self, photo: Photo, *args: Any, **inputs: Any) -> Any:
        """Edits one face."""
        result: Any
        if self.trial is not None:
            mask = np.zeros((photo.height, photo.width), np.bool_)
            self.trial.patch.cover(mask)
            result = Remembered(self.trial.patch.onto(photo), mask, self.trial.operations)
            self.trial = None
        else:
            task = CURRENT.get()
            if task is not None:
                task.check()
                inputs["callback"] = task.progress
            result = self.editor(photo, *args, **inputs)
        self.made.append((photo, result))
        return result


def is_long(body: EditBody, stored: Stored) -> bool:
    """Whether an edit may take seconds: hair, several candidates, all that is made anew, large photos."""
    facts = stored.session.facts
    hair = any(word in name for name in (*(body.dye or {}), body.part or "") for word in ("hair", "beard"))
    large = facts["width"] * facts["height"] > LARGE and not body.draft
    return hair or body.n > 1 or body.keep_identity is not None or large


def edit(body: EditBody, stored: Stored, settings: ServeSettings) -> Facts:
    """Makes an edit and tells what came of it. Runs in a worker.

    Raises:
        MienError, ApiError: it cannot be made.
    """
    session, given = stored.session, {k: v for k, v in inputs_of(body, stored, settings).items() if v is not None}
    parent = session.tree.head if body.from_ is None else body.from_
    session.line(parent)  # is there such a step?
    session.editor = watched = WatchedEditor(stored.editor)
    tried: OrderedDict[str, Trial] = stored.known.setdefault("trials", OrderedDict())
    if body.keep and body.n == 1 and not body.draft:
        watched.trial = tried.pop(_key(parent, given), None)
        known = watched.trial
        node = session.apply(note=body.note, parent=parent, **given)
        before, result = watched.made[-1]
        facts = facts_of(given.get("seed", 0), result, before) if known is None else known.facts
        patch = _patch(before, result) if known is None else known.patch
        shown = told(facts, patch, result.photo, body.preview_width, patch_url(stored, node))
        return answer_of(body, [shown], parent, node, stored, timings_of(result))
    result = session.trial(parent=parent, n=body.n, **given)
    before, candidates = watched.made[-1][0], []
    for k, variant in enumerate(result.variants):
        seed = given.get("seed", 0) + k
        patch = Patch.between(before, variant.photo, variant.mask)
        facts = facts_of(seed, variant, before)
        _remember(tried, _key(parent, {**given, "seed": seed}), Trial(patch, facts, variant.operations))
        candidates.append(told(facts, patch, variant.photo, body.preview_width, None))
    return answer_of(body, candidates, parent, None, stored, timings_of(result))


def change(number: int, body: EditBody, stored: Stored, settings: ServeSettings) -> Facts:
    """Makes another edit in the place of one, and those after it again. Runs in a worker.

    Raises:
        MienError, ApiError: it cannot be made.
    """
    session = stored.session
    given = inputs_of(body, stored, settings)
    before, stood = session.result(), session.tree.head
    session.editor = watched = WatchedEditor(stored.editor)
    node = session.change(number, note=body.note or None, **given)
    after = session.result()
    differs = np.any(before.pixels != after.pixels, axis=2)
    if not differs.any():
        differs[0, 0] = True
    patch, result = Patch.between(before, after, differs), watched.made[-1][1]
    facts = facts_of(given.get("seed") or 0, result, before)
    shown = told(facts, patch, after, body.preview_width, patch_url(stored, node))
    return answer_of(body, [shown], stood, node, stored, timings_of(result))


def patch_url(stored: Stored, node: Node) -> str:
    """Where the patch of a step is."""
    return f"/api/sessions/{stored.id}/steps/{node.number}/patch"


def told(facts: Facts, patch: Patch, after: Photo, width: int | None, url: str | None) -> Facts:
    """A candidate as it is answered: facts, and the patch as a picture for the screen.

    Args:
        facts: about it.
        patch: what changes.
        after: the edited photo.
        width: at which the whole photo is shown; None is its own.
        url: of the picture at full resolution.
    """
    box, place, pixels = cut(patch, after, width)
    size = {"width": pixels.shape[1], "height": pixels.shape[0]}
    return {**facts, "patch": {"box": box, "place": place, **size, "png": as_text(png(pixels)), "url": url}}


def cut(patch: Patch, after: Photo, width: int | None = None) -> tuple[list[int], list[int], Any]:
    """What changed, for the screen: its box in photo pixels, its corner in the screen's, and (h, w, 4) uint8.

    It is exactly what the whole photo, shown at that width, has there.
    """
    (x, y), (height, wide) = patch.place, patch.inside.shape
    box = [x, y, x + wide, y + height]
    if width is None or width >= after.width:
        colors = to_srgb(after, (box[0], box[1], box[2], box[3]))
        return box, [x, y], np.dstack([colors, patch.inside.astype(np.uint8) * 255])
    size = (width, max(1, round(after.height * width / after.width)))
    inside = np.zeros((after.height, after.width), np.uint8)
    inside[y : box[3], x : box[2]] = patch.inside * np.uint8(255)
    alpha = cv2.resize(inside, size, interpolation=cv2.INTER_AREA) > 0
    colors = cv2.resize(to_srgb(after), size, interpolation=cv2.INTER_AREA)
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    if not rows.size:
        return box, [0, 0], np.zeros((1, 1, 4), np.uint8)
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return box, [int(columns[0]), int(rows[0])], np.dstack([colors[part], alpha[part].astype(np.uint8) * 255])


def _patch(before: Photo, result: Any) -> Patch:
    """The patch of a result that a session has checked already."""
    mask = result.mask
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Patch(result.photo.pixels[box], mask[box], (int(columns[0]), int(rows[0])))


def facts_of(seed: int, result: Any, before: Photo) -> Facts:
    """What is told about a result. Nothing outside its mask differs: sessions and patches refuse it otherwise."""
    count = int(np.count_nonzero(result.mask))
    faces = result.faces if isinstance(result, EditResult) else ()
    outcome = next((face.outcome.as_dict() for face in faces if face.outcome is not None), None)
    changed = dict(outcome.pop("changed")) if outcome else {}
    return {
        "seed": seed,
        "receipt": {
            "changed_outside": 0,
            "max_difference_outside": 0,
            "mask_pixels": count,
            "mask_fraction": round(count / (before.width * before.height), 6),
        },
        "operations": [plain(words) for face in faces for words in face.operations],
        "notes": [plain(words) for face in faces for words in face.notes],
        "outcome": outcome,
        "changed": [{"class": name, **figures} for name, figures in changed.items()],
    }


def answer_of(
    body: EditBody, candidates: list[Facts], parent: int, node: Node | None, stored: Stored, timings: Facts
) -> Facts:
    """The answer of ``/edits``; see docs/api.md."""
    task = CURRENT.get()
    return {
        **candidates[0],
        "step": None if node is None else node.number,
        "parent": parent,
        "head": stored.session.tree.head,
        "face": body.face or 0,
        "timings": timings,
        "queued_ms": 0.0 if task is None else task.queued_ms,
        "candidates": candidates if len(candidates) > 1 else [],
    }


def timings_of(result: Any) -> Facts:
    """Milliseconds by stage; empty where nothing was computed."""
    return {name: round(spent, 2) for name, spent in getattr(result, "timings", {}).items()}


def _key(parent: int, given: Mapping[str, Any]) -> str:
    wishes = {name: value for name, value in given.items() if (name, value) not in (("seed", 0), ("mode", "auto"))}
    return json.dumps([parent, wishes], sort_keys=True, default=lambda value: [value.file, value.name])


def _remember(tried: OrderedDict[str, Trial], key: str, trial: Trial) -> None:
    tried[key] = trial
    while tried and sum(one.bytes for one in tried.values()) > TRIED_BYTES:
        tried.popitem(last=False)
