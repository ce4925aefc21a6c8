"""Whose hair fits a head: hair of its color that covers the old hair, of an album or the bundled bank.

Convention:
    Heads of hair are (S, S) bool in the face's square, as of :func:`mien.guides.traits.head_of_hair`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.conditions.labels import INDEX
from mien.editing.context import EditContext
from mien.editing.lenders import Lender, lent_of, ranked_costs, traits_of
from mien.editing.request import Request
from mien.errors import LayerError
from mien.guides.bank import Entry
from mien.guides.bank_faces import CURLS, LENGTHS
from mien.guides.hair.strands import waviness
from mien.guides.traits import Traits, head_of_hair
from mien.types import Bool, Face, Photo

LOOKED = 24
"""Heads of a bank whose hair is compared."""

BELOW = 10.0
"""How much the lowest tenth of the square counts: long hair goes on below it."""

UNCOVERED = (0.6, 2.4)
"""How badly hair fits that leaves all of the old hair uncovered, before a plain backdrop, and how much more so before
one full of detail; as the costs of the bank."""

DETAILED = (1.2, 3.0)
"""Levels of a backdrop's detail that are plain, and what more is full of it."""

BEARDED = 0.2
"""Share of the chin that is hair, from which what lies beside the cheeks is beard."""

CURLY, ODD = 0.03, 1.2
"""Waviness from which hair has curls (:func:`mien.guides.hair.strands.waviness`), and how badly straight hair fits
these."""

LONGER = 0.12
"""Share of the square by which hair may reach farther down than the old before it seems chosen oddly."""

FALLS, FIRST = 0.8, 10.0
"""Share of the square down to which hair is long, so that it gets the lengths of long hair; by how much these come
first."""

HAIR_COLORS, ALIKE, TONE, STRANGE = (6.0, 5.0, 5.0), 1.0, 0.6, 3.3
"""L*, a* and b* of hair that count alike, how far colors may differ in them freely, what more costs, and the most of
hair that is not asked for."""

OPEN = 0.45
"""Share of the old hair that may be left uncovered: more would have to be made up."""


def hair_lenders(photo: Photo, face: Face, request: Request, part: str, context: EditContext) -> list[Lender]:
    """Those of an album or the bank whose hair or beard fits a head, the best first.

    Hair that covers the old hair comes first: it leaves nothing to be made up.

    Raises:
        LayerError: nobody's hair covers enough.
    """
    mine, worth = _head_of_hair(photo, face, context), _uncovered(photo, face, context)
    curls, traits = _curly(photo, face, context), traits_of(photo, face, context)
    if traits.beard > BEARDED:
        mine[len(mine) // 2 :, round(0.2 * len(mine)) : round(0.8 * len(mine))] = False
    found: list[tuple[float, int, Lender]] = []
    for place, (cost, entry) in enumerate(ranked_costs(photo, face, request, part, context)[:LOOKED]):
        theirs = entry.hair
        if theirs is None:  # of an album
            theirs = _head_of_hair(entry.photo(), entry.face, context)
        theirs = theirs[:, ::-1] if entry.face.pose.yaw * face.pose.yaw < -16 else theirs
        open_ = uncovered_share(mine, theirs) if part == "hair" else 0.0
        if part == "hair" and entry.path.stem in LENGTHS and lowest(mine) > FALLS:
            first = FIRST / (1 + LENGTHS.index(entry.path.stem))
            found.append((cost - first, place, lent_of(cost, entry, part)))  # its lengths alone are taken
        elif open_ <= OPEN and (tone := _tone(part, traits, entry)) <= STRANGE:
            longer = max(0.0, lowest(theirs) - lowest(mine) - LONGER)
            other = ODD * ((entry.path.stem in CURLS) != curls) if part == "hair" else 0.0
            worse = worth * open_ + 4 * longer + other + TONE * max(0.0, tone - ALIKE)
            found.append((cost + worse, place, lent_of(cost, entry, part)))
    if not found:
        raise LayerError("No head of the bank has hair that covers this one's and has about its color; name a photo.")
    return [lent for _, _, lent in sorted(found, key=lambda one: one[:2])]


def _tone(part: str, mine: Traits, entry: Entry) -> float:
    """How far the color of a bank's hair is from that of a head whose hair is exchanged; the user's may be any."""
    if part != "hair" or entry.owned:
        return 0.0
    return float(np.linalg.norm(np.subtract(entry.traits.hair, mine.hair) / HAIR_COLORS))


def uncovered_share(mine: Bool, theirs: Bool) -> float:
    """Share of the old hair that other hair leaves uncovered; what the square cuts off below goes on there."""
    weight = np.ones((len(mine), 1))
    weight[round(0.9 * len(mine)) :] = BELOW
    return float((weight * (mine & ~theirs)).sum() / max(1.0, float((weight * mine).sum())))


def lowest(hair: Bool) -> float:
    """How far down a head of hair reaches, as a share of its square."""
    rows = np.flatnonzero(hair.sum(1) > 0.03 * hair.shape[1])
    return float(rows[-1] / len(hair)) if rows.size else 0.0


def _head_of_hair(photo: Photo, face: Face, context: EditContext) -> Bool:
    """Hair in the face's square, as of :func:`mien.guides.traits.head_of_hair`."""
    labels = context.of(photo, face.quad).parsed().labels
    return head_of_hair(labels)


def _curly(photo: Photo, face: Face, context: EditContext) -> bool:
    """Whether the hair has small curls."""
    parsed = context.of(photo, face.quad).parsed()
    side = len(parsed.labels)
    hair = (parsed.labels == INDEX["hair"]).astype(np.uint8)
    inner = cv2.erode(hair, np.ones((max(3, side // 34),) * 2, np.uint8)) > 0
    return bool(inner.any()) and waviness(parsed.pixels.astype(np.float32), inner, 0.32 * side) > CURLY


def _uncovered(photo: Photo, face: Face, context: EditContext) -> float:
    """How badly hair fits that covers nothing of the old, by the detail of the backdrop that would have to be made."""
    parsed = context.of(photo, face.quad).parsed()
    backdrop = cv2.erode((parsed.labels == INDEX["background"]).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if not backdrop.any():
        return sum(UNCOVERED)
    gray = cv2.cvtColor(parsed.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = float(np.median(np.abs(gray - cv2.GaussianBlur(gray, (0, 0), len(gray) / 48))[backdrop]))
    return UNCOVERED[0] + UNCOVERED[1] * float(np.clip((detail - DETAILED[0]) / DETAILED[1], 0, 1))
