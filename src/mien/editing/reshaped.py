"""Attributes and dragged points as moves of a photo's pixels; a mouth that is asked to shut shuts."""

from __future__ import annotations

from dataclasses import replace

from mien.align.crop import quad_to_matrix
from mien.align.paste import Mask
from mien.conditions.regions import is_expression
from mien.editing.context import EditContext
from mien.editing.crop_frame import CropFrame
from mien.editing.layers import mask_of
from mien.editing.request import Request
from mien.editing.steps import Guided, worse
from mien.editing.target import FaceTarget
from mien.errors import LayerError
from mien.guides.mouths.shut import ALREADY, shut
from mien.guides.move import is_shut, move
from mien.guides.still import Labelled
from mien.types import Face, Photo

OPEN, SHUTS = "mouth-open", -0.95
"""The attribute, and its strength from which on lips meet."""


def reshaped(
    done: Guided, face: Face, target: FaceTarget, request: Request, mask: Mask | None, context: EditContext
) -> Guided:
    """A face whose pixels move as the attributes and the dragged points of a request say.

    Raises:
        ConfigError, LayerError: as :func:`mien.guides.move.move`, or nothing is asked for but to shut a shut mouth.
    """
    wanted = {name: strength * request.strength for name, strength in request.reshape.items()}
    labelled = labelled_of(done.photo, face, context)
    shuts = wanted.get(OPEN, 0.0) <= SHUTS
    if shuts:
        del wanted[OPEN]
        shuts = not is_shut(face, labelled)
        if not shuts and not any(wanted.values()) and not request.drag:
            raise LayerError(ALREADY)
    if not shuts or any(wanted.values()) or request.drag:
        named = _named(done.photo, target, request, context)
        moved = move(done.photo, face, wanted, drags=request.drag, mask=mask, named=named, labelled=labelled)
        words = ", ".join(f"{name} {strength:+.2g}" for name, strength in moved.strengths.items() if strength)
        pulled = f"{len(request.drag)} points dragged" if request.drag else ""
        done = done.then(moved.guide, f"{target.name} reshaped: {words or pulled}", None, 1.0)
        done = replace(done, unreached=worse(done.unreached, moved.unreached))
    if shuts:
        now = (context.of(done.photo, face.quad).face() or face) if done.operations else face
        guide = shut(done.photo, now, labelled_of(done.photo, now, context), mask)
        done = done.then(guide, f"{target.name} reshaped: mouth shut", None, 1.0)
    return done


def _named(photo: Photo, target: FaceTarget, request: Request, context: EditContext) -> Mask | None:
    """(H, W): a region that is named as mask, as it is seen, not widened; None where none is."""
    if not (isinstance(request.mask, str) and is_expression(request.mask)):
        return None
    frame = CropFrame.around(photo, target.quad, request.frame, target.name)
    return mask_of(request, frame, context.of(photo, target.quad), widened=False)[0]


def labelled_of(photo: Photo, face: Face, context: EditContext) -> Labelled:
    """What is seen where in a face's crop."""
    labels = context.of(photo, face.quad).parsed().labels
    return Labelled(labels, quad_to_matrix(face.quad, len(labels)))
