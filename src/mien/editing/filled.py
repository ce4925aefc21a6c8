"""What is masked without a wish: made of the face's other half, of several other faces, or of what surrounds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from mien.align import mesh
from mien.align.paste import Mask
from mien.compose.morphology import thin
from mien.editing.context import EditContext
from mien.editing.lenders import classes_of, hidden_by, ranked, traits_of
from mien.editing.request import Request
from mien.editing.steps import Guided
from mien.errors import LayerError
from mien.guides.bank import Entry
from mien.guides.borrow import unit_of
from mien.guides.face_border import both_sides, crosses
from mien.guides.guide import Doubt, Guide, box_of
from mien.guides.heal import heal
from mien.guides.laid import filled as filled_outline
from mien.guides.others import enough_left, features, from_others
from mien.guides.symmetric import TURNED, before_face, from_other_half
from mien.types import Bool, Face, Photo

Way = tuple[str, Callable[[], Guide]]
"""What is said of it, and what makes it."""

OWN, TOP, LIP, CHIN = "skin+brows+eyes+nose+mouth+lips+glasses", 10, 17, 152
"""What belongs to a face; landmarks."""

FEATURED = "brows+eyes+nose+mouth+lips+glasses"
"""What of it is no skin."""

FAR, ONE_EAR = 0.14, 10.0
"""Eye distances up to which ears and necks are wide that are the far cheek of a turned face; and degrees of yaw from
which on all of the far ear is."""

PART = Doubt("the face's other half does not show what is hidden of lips or an eye, which is filled from around it")
"""What is told then."""

REACHED = 0.002
"""Square eye distances of lips or an eye that are hidden from which on what is hidden is more than skin."""

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
    """What is masked, after the face's other half, after other faces or after its surroundings, each side of a face's
    border by itself: features and bearded cheeks after the other half rather, skin after other faces, and small parts
    of features after the other half alone.

    Raises:
        LayerError: so much of a face is masked that nothing shows what is there.
    """
    hidden: Bool = np.asarray(mask, np.float32) > 0
    x0, y0, x1, y1 = box_of(hidden)
    side, covered = min(x1 - x0, y1 - y0) / unit_of(face), features(face.landmarks[:, :2], hidden)
    if side <= LARGE and not covered:
        return done.then(heal(done.photo, mask, strength=request.strength), "healed inside the mask", None, 1.0)
    on_face = face_area(done.photo, face, context)
    part = not covered and reaches_features(face, hidden)
    ways: list[Way] = [
        ("filled after the face's other half", partial(from_other_half, done.photo, face, hidden, on_face)),
        (
            "filled after other faces",
            partial(after_others, done.photo, face, hidden, on_face, covered, request, context),
        ),
    ]
    if part:
        ways = ways[:1]
    elif not covered and not _bearded(done.photo, face, context):
        ways = ways[::-1]
    guide, words = _first(ways, needed=bool(covered))
    if guide is None:
        if side > LARGEST and abs(face.pose.yaw) > TURNED and before_face(face, hidden):
            raise LayerError("Too much of a face turned so far is masked; paint it instead: --mode look.")
        if part or not crosses(face, on_face, hidden):
            healed = heal(done.photo, mask, strength=request.strength)
            return done.then(replace(healed, notes=(*healed.notes, *((PART,) if part else ()))), words, None, 1.0)
    elif (guide.confidence > 0).sum() == hidden.sum():
        return done.then(guide, words, None, request.strength)
    no_skin = classes_of(FEATURED, done.photo, face, context)
    whole = both_sides(done.photo, face, on_face, no_skin, hidden, guide)
    return done.then(whole, words, None, request.strength)


def _first(ways: Sequence[Way], *, needed: bool) -> tuple[Guide | None, str]:
    """What the first way makes that is not refused; none where all are.

    Raises:
        LayerError: all are, and what is hidden is needed.
    """
    for words, way in ways:
        try:
            return way(), words
        except LayerError as error:
            refused = error
    if needed:
        raise refused
    return None, "healed inside the mask"


def face_area(photo: Photo, face: Face, context: EditContext) -> Bool:
    """(H, W): what is seen to be of the face; the parser calls the far cheek of a turned one ear and neck."""
    yaw = face.pose.yaw
    far = OWN if abs(yaw) < ONE_EAR else OWN + ("+right_ear" if yaw > 0 else "+left_ear")
    own, ears, neck = (classes_of(names, photo, face, context) for names in (far, "ears", "neck"))
    unit, points = unit_of(face), face.landmarks[:, :2].astype(np.float64)
    down = (points[CHIN] - points[TOP]) / np.linalg.norm(points[CHIN] - points[TOP])
    area = own | thin(ears | neck, FAR * unit)
    if neck.any():
        x0, y0, x1, y1 = box_of(neck)
        rows, columns = np.arange(y0, y1)[:, None], np.arange(x0, x1)[None]
        above = columns * down[0] + rows * down[1] < points[LIP] @ down
        area[y0:y1, x0:x1] |= neck[y0:y1, x0:x1] & above
    return np.asarray(area, np.bool_)


def reaches_features(face: Face, hidden: Bool) -> bool:
    """Whether some of the lips or of an eye is hidden (H, W): other faces' corners of them lie elsewhere."""
    box = box_of(hidden, 0)
    here, points = hidden[box[1] : box[3], box[0] : box[2]], face.landmarks[:, :2].astype(np.float64)
    outlines = (mesh.OUTER_LIPS, mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR)
    shares = [(filled_outline(points[list(one)], box) & here).sum() for one in outlines]
    return bool(max(shares) > REACHED * unit_of(face) ** 2)


def _bearded(photo: Photo, face: Face, context: EditContext) -> bool:
    traits = traits_of(photo, face, context)
    return traits.beard > BEARD or traits.moustache > BEARD


def after_others(
    photo: Photo,
    face: Face,
    hidden: Bool,
    on_face: Bool,
    covered: tuple[str, ...],
    request: Request,
    context: EditContext,
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
    hairy = _bearded(photo, face, context)

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
    over = not isinstance(request.mask, str)
    return from_others(photo, face, hidden, pairs, blocked, on_face, covered=over)
