"""What is masked without a wish: made of the face's other half, of several other faces, or of what surrounds it."""

from __future__ import annotations

import numpy as np

from mien.align.paste import Mask
from mien.editing.context import EditContext
from mien.editing.lenders import hidden_by, ranked, traits_of
from mien.editing.request import Request
from mien.editing.steps import Guided
from mien.errors import LayerError
from mien.guides.bank import Entry
from mien.guides.borrow import unit_of
from mien.guides.guide import Guide, box_of
from mien.guides.heal import heal
from mien.guides.others import enough_left, features, from_others
from mien.guides.symmetric import TURNED, before_face, from_other_half
from mien.types import Bool, Face, Photo

LARGE, LARGEST = 0.3, 0.7
"""Eye distances from which on surroundings do not tell well, and not at all, what a part of a face looks like."""

DARK = (30.0, 48.0, 24.0)
"""Lightness of hair and of skin, CIE L*, with which irises are dark, and up to which they are."""

PALE = 45.0
"""Lightness of irises, CIE L*, from which on it is that of a hand or a cloth before them, which tells nothing."""

FACES, OPENNESS = 8, 0.04
"""Other faces that are taken, and how much the openness of their mouths may differ."""

OPEN = 0.2
"""How far the eyes of other faces are open at least, whose eyes are taken."""

BEARD = 0.2
"""Share of chin or upper lip that is hair from which on a face has a beard, which faces without one know nothing of."""


def filled(done: Guided, face: Face, mask: Mask, request: Request, context: EditContext) -> Guided:
    """What is masked, after the face's other half, after other faces or after its surroundings.

    Raises:
        LayerError: so much of a face is masked that nothing shows what is there.
    """
    hidden: Bool = np.asarray(mask, np.float32) > 0
    x0, y0, x1, y1 = box_of(hidden)
    side, covered = min(x1 - x0, y1 - y0) / unit_of(face), features(face.landmarks[:, :2], hidden)
    if side <= LARGE and not covered:
        return done.then(heal(done.photo, mask, strength=request.strength), "healed inside the mask", None, 1.0)
    try:
        guide, words = from_other_half(done.photo, face, hidden), "filled after the face's other half"
    except LayerError:
        if not covered and (side <= LARGEST or abs(face.pose.yaw) <= TURNED or not before_face(face, hidden)):
            return done.then(heal(done.photo, mask, strength=request.strength), "healed inside the mask", None, 1.0)
        guide, words = after_others(done.photo, face, hidden, covered, request, context), "filled after other faces"
    done = done.then(guide, words, None, request.strength)
    hidden[guide.box[1] : guide.box[3], guide.box[0] : guide.box[2]] &= guide.confidence == 0
    if not hidden.any():
        return done
    return done.then(heal(done.photo, hidden, strength=request.strength), "healed beside it", None, 1.0)


def after_others(
    photo: Photo, face: Face, hidden: Bool, covered: tuple[str, ...], request: Request, context: EditContext
) -> Guide:
    """What is hidden, after other faces that fit this one.

    Raises:
        LayerError: too much is hidden, or too few faces fit.
    """
    if not enough_left(face.landmarks[:, :2], hidden):
        raise LayerError("Most of the face, or more than the face, is masked; paint it instead: --mode look.")
    traits = traits_of(photo, face, context)
    eyes = "eyes" in covered and "mouth" not in covered
    part = "mouth" if "mouth" in covered else "eyes" if eyes and traits.iris[0] < PALE else "face"
    dark = "eyes" in covered and (traits.hair[0] < DARK[0] or traits.skin[0] < DARK[1])
    hairy = traits.beard > BEARD or traits.moustache > BEARD

    def fits(entry: Entry) -> bool:
        beard = entry.traits.beard > BEARD or entry.traits.moustache > BEARD
        return (
            ("mouth" not in covered or abs(entry.face.mouth_openness - face.mouth_openness) < OPENNESS)
            and (eyes or beard == hairy)
            and ("eyes" not in covered or min(entry.face.eye_openness) > OPEN)
            and (not dark or entry.traits.iris[0] < DARK[2])
            and entry.traits.glasses < 0.004
            and entry.traits.fringe < 0.3
        )

    able = [entry for entry in ranked(photo, face, request, part, context) if fits(entry)]
    chosen = able[FACES // 2 * request.seed :][:FACES]
    pairs, blocked = [(entry.photo(), entry.face) for entry in chosen], hidden_by(photo, face, context)
    return from_others(photo, face, hidden, pairs, blocked, covered=not isinstance(request.mask, str))
