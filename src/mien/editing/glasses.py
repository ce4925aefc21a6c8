"""Glasses taken off, when that is all that is asked for."""

from __future__ import annotations

from mien.conditions.regions import is_expression, terms
from mien.editing.context import EditContext
from mien.editing.request import Request


def glasses_alone(request: Request, context: EditContext) -> bool:
    """Whether glasses are taken off and nothing else is done, which needs no mask of them."""
    others = request.reshape or request.drag or request.part or request.dye or context.sure is not None
    words = terms(request.mask) if isinstance(request.mask, str) and is_expression(request.mask) else []
    return not others and request.mode == "heal" and [name for _, name in words] == ["glasses"]
