"""All of a head's hair exchanged for longer hair that a map asks for: the outline is the map's, the color this head's.

Strips below short hair are never believed, so where the mask holds the old hair, too, a whole head of hair is lent.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from mien.align.crop import crop_face, quad_to_matrix
from mien.align.paste import Mask
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.bank import Bank, Entry
from mien.guides.bank_faces import LONG_CURLS, WHOLE_LONG
from mien.guides.borrow import mirrored
from mien.guides.guide import Doubt, Guide
from mien.guides.hair.another import composed
from mien.guides.hair.close import close_to
from mien.guides.hair.crown import Crown
from mien.guides.hair.ears import unshaded
from mien.guides.hair.fit import Fitted, closed, ended, fitted
from mien.guides.hair.light import lit, sharp_as
from mien.guides.hair.refused import check_outline, side_light
from mien.guides.hair.strands import tinted, toned, waviness
from mien.guides.hair.wished import to_outline
from mien.guides.scene import Scene, polygon
from mien.guides.traits import ALIGNED, head_of_hair
from mien.types import Bool, Face, Float32, Photo

HELD, NEW = 0.9, 0.25
"""Share of the old hair that a mask must hold, and of wished hair that must be new, for all hair to be exchanged."""

FAR, AGREES = 24.0, 0.35
"""Degrees by which heads may look apart, and the least agreement of outlines, of heads that lend hair."""

OUTLINE, TURN, SIDE, CURL, PLACE = 10.0, 12.0, 1.0, 1.5, 0.15
"""What all disagreement of outlines costs; degrees and logarithms of light from a side that cost 1; what other curls
cost; and what a place later in the list does."""

DARKER, FAIRER = 10.0, 40.0
"""L* by which another's hair is darker and fairer that cost 1: the lights of dark hair are patches in fair hair."""

CURLY, STRAIGHT = 0.03, "this hair has small curls, and nobody of the bank has such long hair with them"
"""Waviness from which hair has curls; what is told where the hair that is lent has none."""

WIG = "this head's own crown does not go on into longer hair: all of it is another's, and may look like a wig"
"""What is told where all hair is exchanged."""

LENT = "another's lengths below this head's own crown are seldom believed"
"""What is told where they hang there."""

LEAST = 0.1
"""Square units of old hair from which its color is known."""

CUT_OFF = 9.0
"""Units of head along the upper edge of another's photo from which it is cut off: what is missing is drawn longer."""

FRONT, CHIN = (33, 168, 263, 291, 17, 61), (149, 176, 152, 400, 378)
"""Points of the outline of eyes, nose and mouth, and of the chin."""

COVERED = 0.04
"""Units around wished hair in which no ear stays."""


def asks_for_all(here: Scene, wished: Bool, allowed: Bool) -> bool:
    """Whether a map (h, w) asks for far longer hair within a mask (h, w) that holds the old hair."""
    old = here.hair > 0.5
    held = float((old & allowed).sum()) >= HELD * float(old.sum())
    return held and float((wished & ~old).sum()) > NEW * float(wished.sum())


def whole_lenders(
    photo: Photo, face: Face, here: Scene, parser: FaceParser, wished: Mask, album: Sequence[Entry]
) -> list[Entry]:
    """Whose hair agrees most with wished hair (H, W): of an album first, then of the bank."""
    side = (ALIGNED, ALIGNED)
    flags = cv2.WARP_INVERSE_MAP | cv2.INTER_AREA
    goal = cv2.warpAffine(np.asarray(wished, np.float32), quad_to_matrix(face.quad, ALIGNED), side, flags=flags) > 0.5
    lab = cv2.cvtColor(here.picture / np.float32(255), cv2.COLOR_RGB2LAB)[..., 0]
    level = float(np.median(lab[here.hair > 0.9])) if (here.hair > 0.9).any() else 30.0
    curly, slope = is_curly(here), side_light(photo, face)
    named = {entry.path.stem: entry for entry in Bank.bundled().entries}
    found: list[tuple[bool, float, Entry]] = []
    for place, entry in enumerate([*album, *(named[name] for name in (*WHOLE_LONG, *LONG_CURLS))]):
        turned = -1.0 if turns(entry, face) else 1.0
        away = abs(turned * entry.face.pose.yaw - face.pose.yaw)
        if away > FAR:
            continue
        theirs = _head(entry, parser)
        theirs = theirs[:, ::-1] if turned < 0 else theirs
        agrees = float((goal & theirs).sum() / max(1, (goal | theirs).sum()))
        if agrees < AGREES:
            continue
        fairer = entry.traits.hair[0] - level
        cost = OUTLINE * (1 - agrees) + away / TURN + max(-fairer / DARKER, fairer / FAIRER) + PLACE * place
        cost += abs(turned * side_light(entry.photo(), entry.face) - slope) / SIDE
        cost += 0.0 if entry.owned else CURL * ((entry.path.stem in LONG_CURLS) != curly)
        found.append((not entry.owned, cost, entry))
    return [entry for _, _, entry in sorted(found, key=lambda one: one[:2])]


def turns(entry: Entry, face: Face) -> bool:
    """Whether a head is mirrored, so that it looks the same way."""
    return abs(-entry.face.pose.yaw - face.pose.yaw) + 4 < abs(entry.face.pose.yaw - face.pose.yaw)


def _head(entry: Entry, parser: FaceParser) -> Bool:
    if entry.hair is not None:
        return entry.hair
    return head_of_hair(parser.parse_crop(crop_face(entry.photo(), entry.face.quad, 256, entry.face).pixels))


def is_curly(here: Scene) -> bool:
    """Whether the hair of a scene has small curls."""
    return waviness(here.picture, here.hair > 0.9, here.unit) > CURLY


def whole(photo: Photo, face: Face, here: Scene, entry: Entry, parser: FaceParser, wished: Mask) -> Guide:
    """The hair of a head of a bank on this one, brought to wished hair (H, W), in this hair's color.

    Raises:
        LayerError: its outline is not seen, or its photo cuts it off.
    """
    other, other_face = entry.photo(), entry.face
    if turns(entry, face):
        other, other_face, _ = mirrored(other, other_face, None)
    there = Scene.of(other, other_face, parser)
    if entry.owned:
        check_outline(there)
    curly = is_curly(here) and not (is_curly(there) or entry.path.stem in LONG_CURLS)
    here, there = close_to(unshaded(here), there)
    area: Bool = np.asarray((here.at(wished) > 0.5) & (front_of(here) < 0.5))
    fit = sharp_as(here, lit(here, fitted(here, there, whole=True, cut=CUT_OFF)))
    fit, crown = ended(here, closed(here, fit)), Crown.of(here, area, front_of(here))
    bent = to_outline(here, fit, crown.wished)
    if not crown.fits(here, bent.alpha):
        bent, crown = to_outline(here, fit, area), Crown(np.zeros(here.shape, np.float32), area)
    own = bool(crown.share.any())
    fit = _in_color(here, bent, toned if own else tinted)
    named = f"hair of {entry.name}, brought to the map's outline, in this hair's color"
    notes: tuple[str, ...] = (named, Doubt(LENT if own else WIG))
    guide = crown.kept(here, composed(photo, other, _bare_ears(here, area), there, fit, notes))
    return replace(guide, notes=(*guide.notes, Doubt(STRAIGHT))) if curly else guide


def front_of(here: Scene) -> Float32:
    """(h, w): 1 on a beard, and between eyes, mouth and throat: what a map says there is of no head of hair."""
    points, chin = here.points[:, :2], here.points[list(CHIN), :2]
    below = chin + 0.25 * (points[152] - points[0])
    outline = np.concatenate([points[list(FRONT)], chin, below[::-1], chin[:1]])
    inner = polygon(cv2.convexHull(outline.astype(np.float32))[:, 0].astype(np.float64), here.shape, 1.0)
    return np.maximum(inner, np.clip(3 * here.beard, 0, 1))


def _in_color(here: Scene, fit: Fitted, made: Callable[[Float32, Bool, Float32, Float32, float], Float32]) -> Fitted:
    sure = cv2.erode((here.hair > 0.9).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if float(sure.sum()) < LEAST * here.unit**2:
        return fit
    front, real = (made(here.picture, sure, one, fit.alpha, here.unit) for one in (fit.front, fit.real))
    return replace(fit, front=front, real=real)


def _bare_ears(here: Scene, wished: Bool) -> Scene:
    """A scene whose ears go with the old hair where hair is wished (h, w): both, or none, are covered."""
    reach = round(COVERED * here.unit)
    over = cv2.dilate(wished.astype(np.uint8), np.ones((2 * reach + 1,) * 2, np.uint8)).astype(np.float32)
    ears: Float32 = here.shares["ears"] * over
    shares = {**here.shares, "ears": here.shares["ears"] - ears, "background": here.shares["background"] + ears}
    return replace(here, shares=shares, loose=np.maximum(here.loose, ears))


def first_whole(
    photo: Photo, face: Face, here: Scene, parser: FaceParser, wished: Mask, album: Sequence[Entry], seed: int
) -> Guide:
    """What the first of the heads lends whose hair fits, the seed-th of them at first.

    Raises:
        LayerError: nobody's does.
    """
    entries = whole_lenders(photo, face, here, parser, wished, album)
    why = "No head of the bank looks the same way with such hair; give photos of long hair as album."
    for place in range(len(entries)):
        try:
            return whole(photo, face, here, entries[(place + seed) % len(entries)], parser, wished)
        except LayerError as error:
            why = str(error)
    raise LayerError(why)
