"""Dyes of large photos: worked out at a part of the photo's size, and carried over to all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mien.align.paste import Mask
from mien.editing.context import EditContext
from mien.editing.request import Request
from mien.editing.steps import Guided, worse
from mien.guides.finer import carried_over, reduced_face, reduced_mask, reduced_photo, times_of
from mien.types import Face, Photo

Dyed = Callable[[Guided, Photo, Face, str, Request, Mask | None, EditContext], Guided]
"""What dyes a region: what was done, the photo before all of it, the face, the region, the request, mask, context."""


def dyed_reduced(
    dyed: Dyed,
    done: Guided,
    original: Photo,
    face: Face,
    region: str,
    request: Request,
    mask: Mask | None,
    context: EditContext,
) -> Guided:
    """What ``dyed`` makes of these; of a large head's hair in a smaller photo."""
    times = times_of(face) if region == "hair" and context.before is None else 1
    if times < 2:
        return dyed(done, original, face, region, request, mask, context)
    photo = done.photo
    small = reduced_photo(photo, times)
    first = small if original is photo else reduced_photo(original, times)
    begun = Guided(small, np.zeros(small.pixels.shape[:2], np.bool_))
    made = dyed(begun, first, reduced_face(face, times), region, request, reduced_mask(mask, times), context)
    if not made.area.any():
        return done
    guide = replace(carried_over(photo, small, made.photo, made.area, mask, times), notes=made.notes)
    laid = done.then(guide, made.operations[0], None, 1.0)
    operations, unreached = (*done.operations, *made.operations), worse(done.unreached, made.unreached)
    return replace(laid, operations=operations, unreached=unreached)
