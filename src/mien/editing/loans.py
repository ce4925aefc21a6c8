"""Parts that words ask for, borrowed from the bank: who lends them, and whether this face needs them at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from mien.editing.context import EditContext
from mien.editing.guided import Guided, guided
from mien.editing.lenders import traits_of
from mien.editing.request import Request
from mien.editing.target import FaceTarget
from mien.errors import FaceError, LayerError
from mien.guides.bank import Bank
from mien.guides.traits import Traits
from mien.types import Photo

TRIES = 5
"""Faces of the bank that are tried, the best first."""


@dataclass(frozen=True)
class Condition:
    """Attributes:
    needs: whether a face can be given the part.
    refusal: what is said where it cannot.
    lends: whether a face of the bank has what was asked for; None leaves the choice to the part.
    """

    needs: Callable[[Traits], bool] = lambda traits: True
    refusal: str = ""
    lends: Callable[[Traits], bool] | None = None


CONDITIONS: Mapping[str, Condition] = {
    "": Condition(),
    "long hair": Condition(lends=lambda traits: traits.length > 0.15),
    "short hair": Condition(
        lambda traits: traits.length > -0.9, "The hair is short already.", lambda traits: traits.length < -0.9
    ),
    "a beard": Condition(
        lambda traits: max(traits.beard, traits.moustache) > 0.1, "No beard is seen that could be taken away."
    ),
    "no teeth": Condition(lambda traits: traits.teeth < 0.2, "Teeth are seen already."),
}
"""By name."""


def borrowed(photo: Photo, target: FaceTarget, step: Request, name: str, context: EditContext) -> Guided:
    """A step of a recipe, with a loan of the bank where its condition asks for one.

    Args:
        photo: as it is before the step.
        target: the face.
        step: that moves, dyes or borrows.
        name: of :data:`CONDITIONS`.
        context: networks, and what is known already.

    Raises:
        LayerError, FaceError: it cannot be done with this face.
    """
    if target.face is None or not name:
        return guided(photo, target, step, context)
    condition, traits = CONDITIONS[name], traits_of(photo, target.face, context)
    if not condition.needs(traits):
        raise LayerError(condition.refusal)
    if condition.lends is None:
        return guided(photo, target, step, context)
    ranked = Bank.bundled().ranked(target.face, traits, step.part)
    able = [entry for _, entry in ranked if condition.lends(entry.traits)]
    refused: Exception = LayerError(f"No face of the bank shows {name}; borrow it from a photo of yours.")
    for entry in able[step.seed : step.seed + TRIES]:
        try:
            return guided(photo, target, replace(step, exemplar=str(entry.path), seed=0), context)
        except (LayerError, FaceError) as error:
            refused = error
    raise refused
