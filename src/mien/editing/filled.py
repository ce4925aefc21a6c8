"""What is masked without a wish: made of the face's other half, of several other faces, or of what surrounds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from mien.align import mesh
from mien.align.paste import Mask
from mien.compose.morphology import grown, thin
from mien.editing.context import EditContext
from mien.editing.lenders import classes_of, hidden_by, ranked, traits_of
from mien.editing.request import Request
from mien.editing.steps import Guided
from mien.errors import LayerError
from mien.guides.bank import Entry
from mien.guides.borrow import unit_of
from mien.guides.guide import Box, Doubt, Guide, box_of
from mien.guides.healing.heal import heal
from mien.guides.hidden.face_border import both_sides, crosses
from mien.guides.hidden.hidden_ear import BESIDE, EAR
from mien.guides.hidden.others import FEATURES, enough_left, features, from_others
from mien.guides.hidden.symmetric import TURNED, before_face, from_other_half
from mien.guides.laid import filled as filled_outline
from mien.types import Bool, Face, Float64, Photo

Way = tuple[str, Callable[[], Guide]]
"""What is said of it, and what makes it."""

OWN, TOP, LIP, CHIN = "skin+brows+eyes+nose+mouth+lips+glasses", 10, 17, 152
"""What belongs to a face; landmarks."""

FEATURED = "brows+eyes+mouth+lips+glasses"
"""What of it is no skin."""

FAR, ONE_EAR = 0.14, 10.0
"""Eye distances up to which ears and necks are wide that are the far cheek of a turned face; and degrees of yaw from
which on all of the far ear is."""

BEYOND, FARTHER = 0.03, 0.01
"""Eye distances beyond the landmarks' outline up to which what the parser calls an ear may be the cheek, and how many
more for each degree by which that cheek is turned away."""

STANDING, STANDS = 0.05, 0.0018
"""Eye distances beyond the landmarks' outline from which on it is an ear, and how many square ones count."""

PART = Doubt("the face's other half does not show what is hidden of lips or an eye, which is filled from around it")
"""What is told then."""

WORN = Doubt("glasses that are hidden in part are not made again")
"""What is told then."""

WORN_BESIDE, WORN_LEAST = 0.015, 0.004
"""Eye distances from what is hidden in which glasses are looked for, and square eye distances of them that count."""

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
    part = () if covered else reached(face, hidden)
    ways = _ways(done.photo, face, hidden, on_face, covered, part, request, context)
    guide, words = _first(ways, needed=bool(covered))
    doubts: tuple[Doubt, ...] = (WORN,) if _glasses_end_at(done.photo, face, hidden, context) else ()
    if guide is None:
        if side > LARGEST and abs(face.pose.yaw) > TURNED and before_face(face, hidden):
            raise LayerError("Too much of a face turned so far is masked; paint it instead: --mode look.")
        if part or not crosses(face, on_face, hidden):
            healed = heal(done.photo, mask, strength=request.strength)
            notes = (*healed.notes, *((PART,) if part else ()), *doubts)
            return done.then(replace(healed, notes=notes), words, None, 1.0)
    elif (guide.confidence > 0).sum() == hidden.sum():
        return done.then(replace(guide, notes=(*guide.notes, *doubts)), words, None, request.strength)
    no_skin, ears = (classes_of(names, done.photo, face, context) for names in (FEATURED, "ears"))
    if _far_ear_ends_at(face, hidden, ears & on_face):
        doubts += (EAR,)
    whole = both_sides(done.photo, face, on_face, no_skin, hidden, guide, ears & ~on_face)
    return done.then(replace(whole, notes=(*whole.notes, *doubts)), words, None, request.strength)


def _ways(
    photo: Photo,
    face: Face,
    hidden: Bool,
    on_face: Bool,
    covered: tuple[str, ...],
    part: tuple[str, ...],
    request: Request,
    context: EditContext,
) -> list[Way]:
    """In what order what is hidden is tried to be made: of skin alone without a beard others know more."""
    others = partial(after_others, photo, face, hidden, on_face, covered or part, request, context)
    ways: list[Way] = [
        ("filled after the face's other half", partial(from_other_half, photo, face, hidden, on_face)),
        ("filled after other faces", others),
    ]
    return ways if covered or part or _bearded(photo, face, context) else ways[::-1]


def _close_to(points: Float64, yaw: float, box: Box, unit: float) -> Bool:
    """(h, w): up to a little beyond the landmarks' outline, where even what looks like an ear is the cheek."""
    outline = filled_outline(points[list(mesh.OUTLINE)], box)
    columns = np.arange(box[0], box[2])[None]
    far: Bool = columns > points[TOP, 0] if yaw > 0 else columns < points[TOP, 0]
    farther = far & grown(outline, (BEYOND + FARTHER * abs(yaw)) * unit)
    return np.asarray(grown(outline, BEYOND * unit) | farther, np.bool_)


def _glasses_end_at(photo: Photo, face: Face, hidden: Bool, context: EditContext) -> bool:
    """Whether glasses go on below what is hidden (H, W), so that their rims would end there."""
    unit = unit_of(face)
    x0, y0, x1, y1 = box_of(hidden, round(2 * WORN_BESIDE * unit))
    here, worn = hidden[y0:y1, x0:x1], classes_of("glasses", photo, face, context)[y0:y1, x0:x1]
    return bool((worn & ~here & grown(here, WORN_BESIDE * unit)).sum() > WORN_LEAST * unit**2)


def _far_ear_ends_at(face: Face, hidden: Bool, ears: Bool) -> bool:
    """Whether ears (H, W) that count as the far cheek go on below what is hidden, though they stand out of the face."""
    unit = unit_of(face)
    box = box_of(hidden, round(2 * BESIDE * unit))
    part = np.s_[box[1] : box[3], box[0] : box[2]]
    outline = filled_outline(face.landmarks[list(mesh.OUTLINE), :2].astype(np.float64), box)
    here = hidden[part]
    standing = ears[part] & ~grown(outline, STANDING * unit) & ~here & grown(here, BESIDE * unit)
    return bool(standing.sum() > STANDS * unit**2)


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
    strips = thin(ears | neck, FAR * unit)
    if abs(yaw) < ONE_EAR and ears.any():  # both ears are seen, and narrow
        box = box_of(ears)
        part = np.s_[box[1] : box[3], box[0] : box[2]]
        strips[part] &= ~ears[part] | _close_to(points, yaw, box, unit)
    area = own | strips
    if neck.any():
        x0, y0, x1, y1 = box_of(neck)
        rows, columns = np.arange(y0, y1)[:, None], np.arange(x0, x1)[None]
        above = columns * down[0] + rows * down[1] < points[LIP] @ down
        area[y0:y1, x0:x1] |= neck[y0:y1, x0:x1] & above
    return np.asarray(area, np.bool_)


def reached(face: Face, hidden: Bool) -> tuple[str, ...]:
    """Whether some of the lips or of an eye is hidden (H, W), names of :data:`mien.guides.hidden.others.FEATURES`."""
    box = box_of(hidden, 0)
    here, points = hidden[box[1] : box[3], box[0] : box[2]], face.landmarks[:, :2].astype(np.float64)

    def much(outline: Sequence[int]) -> bool:
        return bool((filled_outline(points[list(outline)], box) & here).sum() > REACHED * unit_of(face) ** 2)

    return tuple(name for name in ("mouth", "eyes") if any(much(one) for one in FEATURES[name]))


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
    return from_others(photo, face, hidden, pairs, blocked, on_face, masked=covered, covered=over)
