"""Skin: evened out, with another face's wrinkles, or without its own."""

from __future__ import annotations

from contextlib import suppress

from mien.align.paste import Mask
from mien.editing.context import EditContext
from mien.editing.lenders import Lender, shaven_lenders, skin_of
from mien.editing.request import Request
from mien.errors import LayerError
from mien.guides.beards.lower import bare_chin
from mien.guides.glasses.find import find_glasses
from mien.guides.guide import Guide
from mien.guides.healing.even import even
from mien.guides.healing.wrinkles import faded, wrinkles
from mien.threads import side_by_side
from mien.types import Face, Photo


def evened(photo: Photo, face: Face, mask: Mask, context: EditContext, strength: float) -> Guide:
    """Skin inside a mask (H, W), evened out; frames of glasses stay.

    Raises:
        LayerError, FaceSelectionError: nothing that is masked is skin, or the face is not found.
    """
    skin = skin_of(photo, face, context, "nose", "glasses")
    with suppress(LayerError):  # there are no glasses
        skin = skin & ~find_glasses(photo, face, context.networks.parser).frame_on(photo)
    return even(photo, face, mask, skin, strength=strength)


def lined(photo: Photo, face: Face, lent: Lender, context: EditContext) -> Guide:
    """The wrinkles of a lender's face; errors as of :func:`mien.editing.lenders.skin_of`."""
    worn = ("neck",) if lent.known else ("neck", "glasses")  # nobody's wrinkles look like glasses to the parser
    skin, theirs = side_by_side(
        lambda: skin_of(photo, face, context, "neck"),
        lambda: skin_of(lent.photo, lent.face, context, *worn),
    )
    return wrinkles(photo, face, lent.photo, lent.face, skin=skin, other_skin=theirs)


def unlined(photo: Photo, face: Face, context: EditContext) -> Guide:
    """A face without its wrinkles; errors as of :func:`mien.editing.lenders.skin_of`."""
    return faded(photo, face, skin_of(photo, face, context, "neck"))


def shaved(photo: Photo, face: Face, request: Request, context: EditContext) -> Guide:
    """A face without its beard; errors as of :func:`mien.editing.lenders.shaven_lenders`."""
    return bare_chin(photo, face, shaven_lenders(photo, face, request, context), context.networks.parser)
