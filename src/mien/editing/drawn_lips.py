"""Lips that are drawn: an open mouth shuts, a shut one opens, and both become as full and as wide as they are drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mien.align.crop import crop_face
from mien.align.paste import Mask
from mien.editing.context import EditContext
from mien.editing.crop_frame import CropFrame
from mien.editing.layers import mask_in_crop, mask_of
from mien.editing.prepared import crop_conditions
from mien.editing.request import Request
from mien.editing.reshaped import labelled_of
from mien.editing.steps import Guided
from mien.editing.target import FaceTarget
from mien.guides.laid import filled
from mien.guides.mouths.lip_borders import lips_in
from mien.guides.mouths.lip_drawing import drawn_lips
from mien.guides.mouths.lip_lines import LipLines
from mien.guides.mouths.lips import lips_moved
from mien.types import Face, Float64, Photo

LIPS = "lips as drawn"
"""What a sketch may ask for; no part that a user names."""

SIDE = 512
"""Of the crop in which lines of lips are looked at."""

ALLOWED, AROUND = 0.8, 0.08
"""Share of the drawn lips that must lie where something may change; units around them in which lines are theirs."""


def lips_asked(
    photo: Photo, target: FaceTarget, request: Request, context: EditContext
) -> tuple[LipLines, Float64] | None:
    """Lips as a sketch shows them, and its lines (N, 2) in the photo that are no lips'; None where it shows no lips.

    Args:
        photo: any.
        target: the face in it, with landmarks.
        request: with a sketch in a mask.
        context: reads the layers.
    """
    assert target.face is not None
    crop = crop_face(photo, target.quad, SIDE, target.face)
    frame, seen = CropFrame.of(crop, request.frame, target.name), context.of(photo, target.quad)
    mask, _ = mask_of(request, frame, seen)
    conditions = crop_conditions(request, crop, frame, seen, mask_in_crop(mask, frame), [])
    if conditions.sketch is None or conditions.mask is None:
        return None
    row, column = np.nonzero(conditions.sketch & (conditions.mask > 0))
    lines = np.stack([column, row], -1) + 0.5
    lines = lines @ crop.matrix[:, :2].T + crop.matrix[:, 2]
    lips = lips_in(photo, target.face.landmarks.astype(np.float64), labelled_of(photo, target.face, context))
    drawn = drawn_lips(lines, lips)
    if drawn is None:
        return None
    box = (0, 0, photo.width, photo.height)
    area = filled(drawn.outline(0.0), box)
    x, y = np.clip(lines.astype(int), 0, np.array(box[2:]) - 1).T
    own = filled(drawn.outline(AROUND), box)[y, x]
    return (drawn, lines[~own]) if (mask[area] > 0).mean() >= ALLOWED else None


def lips_by_sketch(
    done: Guided,
    face: Face,
    target: FaceTarget,
    request: Request,
    mask: Mask | None,
    context: EditContext,
    opened: Callable[[Guided], Guided],
) -> Guided:
    """A face whose lips go where a sketch shows them.

    Args:
        done: what was done before.
        face, target, request, mask, context: as in :func:`mien.editing.guided.guided`; the request has the sketch.
        opened: makes a shut mouth an open one with teeth.

    Raises:
        LayerError: a mouth that cannot be opened.
    """
    asked = lips_asked(done.photo, replace(target, face=face), request, context)
    if asked is None:
        return done
    drawn, lips = asked[0], _lips(done.photo, face, context)
    if not drawn.drawn_shut and not lips.opened:
        done = opened(done)
        face = context.of(done.photo, face.quad).face() or face
        lips = _lips(done.photo, face, context)
        drawn = drawn.steady(lips)
    shuts = lips.opened and drawn.drawn_shut
    goal = drawn.met() if drawn.drawn_shut else drawn
    after = lips.toward(goal, request.strength)
    guide = lips_moved(done.photo, face, lips, after, mask, labelled_of(done.photo, face, context))
    what = f"{target.name} reshaped: {LIPS}{', mouth shut' if shuts else ''}"
    return done.then(guide, what, mask, 1.0)


def _lips(photo: Photo, face: Face, context: EditContext) -> LipLines:
    return lips_in(photo, face.landmarks.astype(np.float64), labelled_of(photo, face, context))
