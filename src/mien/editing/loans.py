"""Parts that words ask for, borrowed from the bank where this face needs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mien.editing.context import EditContext
from mien.editing.guided import guided
from mien.editing.lenders import traits_of
from mien.editing.request import Request
from mien.editing.steps import Guided
from mien.editing.target import FaceTarget
from mien.errors import LayerError
from mien.guides.traits import Traits
from mien.types import Photo


@dataclass(frozen=True)
class Condition:
    """Attributes:
    needs: whether a face can be given the part.
    refusal: what is said where it cannot.
    """

    needs: Callable[[Traits], bool]
    refusal: str


CONDITIONS: Mapping[str, Condition] = {
    "a beard": Condition(
        lambda traits: max(traits.beard, traits.moustache) > 0.1, "No beard is seen that could be taken away."
    ),
    "no fringe": Condition(
        lambda traits: traits.fringe < 0.35 and traits.length > -0.5,
        "A fringe is cut of long hair that has none yet; this hair is short, or has one.",
    ),
    "no teeth": Condition(lambda traits: traits.teeth < 0.2, "Teeth are seen already."),
}
"""By name."""


def borrowed(photo: Photo, target: FaceTarget, step: Request, name: str, context: EditContext) -> Guided:
    """A step of a recipe, where its condition holds.

    Args:
        photo: as it is before the step.
        target: the face.
        step: that moves, dyes or borrows.
        name: of :data:`CONDITIONS`; "" for none.
        context: networks, and what is known already.

    Raises:
        LayerError, FaceError: it cannot be done with this face.
    """
    if target.face is None or not name:
        return guided(photo, target, step, context)
    condition, traits = CONDITIONS[name], traits_of(photo, target.face, context)
    if not condition.needs(traits):
        raise LayerError(condition.refusal)
    return guided(photo, target, step, context)
