"""Hair, fringes and beards of others: whose they are, and how they are laid over the photo."""

from __future__ import annotations

from mien.editing.context import EditContext
from mien.editing.hair_lenders import hair_lenders
from mien.editing.lenders import Lender, lender
from mien.editing.request import Request
from mien.errors import LayerError
from mien.guides.beards.on import beard_on
from mien.guides.guide import Guide
from mien.guides.hair.another import hair
from mien.guides.hair.lengths import EndsAboveError
from mien.types import Face, Photo

TRIED = 8
"""Faces of a bank of which the first whose hair can be borrowed is taken."""


def borrowed_hair(
    photo: Photo, original: Photo, face: Face, request: Request, part: str, context: EditContext
) -> tuple[Lender, Guide]:
    """Hair and whose it is: without an exemplar, that of the first of some faces whose hair can be borrowed.

    Args:
        photo: as it is by now.
        original: as it was, which tells who suits this face.
        face: in both.
        request: may name whose hair it is.
        part: of :data:`mien.guides.parts.HAIR`.
        context: networks, and what is known already.

    Raises:
        LayerError, FaceSelectionError, PhotoError: nobody's hair can be borrowed.
    """
    if request.exemplar is not None:
        lent = lender(original, face, request, part, context)
        return lent, _laid(photo, face, lent, part, context)
    why: LayerError | None = None
    for number, lent in enumerate(hair_lenders(original, face, request, part, context)[: TRIED + request.seed]):
        if number < request.seed or (isinstance(why, EndsAboveError) and not lent.known):
            continue
        try:
            return lent, _laid(photo, face, lent, part, context)
        except LayerError as error:
            why = error
    if isinstance(why, EndsAboveError) or (why and part == "beard"):
        raise why
    if part == "beard":
        raise LayerError("Nobody of the bank has a beard that suits this face; give a photo of one.")
    raise LayerError("No head of the bank has hair that covers this one's; give a photo of hair as exemplar.")


def _laid(photo: Photo, face: Face, lent: Lender, part: str, context: EditContext) -> Guide:
    """Hair, a fringe or a beard that is lent, over the photo."""
    parser = context.networks.parser
    if part == "beard":
        return beard_on(photo, face, lent.photo, lent.face, parser)
    return hair(photo, face, lent.photo, lent.face, parser, part=part, any_head=not lent.known)
