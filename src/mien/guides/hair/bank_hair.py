"""Fringes, longer and shorter hair where nobody is named: of this head's strands, or lent by heads of the bundled bank.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import cv2
import numpy as np

from mien.align.paste import Mask
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.bank import Bank, Entry
from mien.guides.bank_faces import FAIR_FRINGES, FRINGES, LONG_HAIR, SHORT_FRINGES
from mien.guides.borrow import mirrored
from mien.guides.guide import Doubt, Guide
from mien.guides.hair.another import fringe, piece
from mien.guides.hair.curled import curled
from mien.guides.hair.fit import Fitted
from mien.guides.hair.fringe import Forehead, near_forehead
from mien.guides.hair.locks import laid_locks
from mien.guides.hair.long_locks import ends_above, is_thin, long_locks
from mien.guides.hair.lowered import hanging, lowered
from mien.guides.hair.narrowed import narrowed
from mien.guides.hair.shortened import shortened
from mien.guides.hair.straightened import agreement
from mien.guides.hair.strand_fringe import BESIDE, strand_fringe
from mien.guides.hair.whole import asks_for_all, first_whole, front_of, is_curly
from mien.guides.scene import Scene, check_hat, has_hat
from mien.types import Bool, Face, Float32, Photo

LATER, LIGHT, FAR = 8.0, 0.25, 17.0
"""Degrees of yaw that a place later in the list costs, and that a unit of L* costs by which heads differ in light; and
degrees by which they may look apart at most."""

LAID = ("hair laid lower over the forehead", "fringe laid on in this hair's tones")
"""What was done by the first seed, and by others."""

STRAIGHT = "this hair has small curls, and what is laid on is straighter"
"""What is told where the bank's hair is laid on hair with curls."""

FAIR = 22.0
"""L* of hair from which it is fair."""

TURNED, OWN = "the fringe is made of this hair's own curls", "the fringe is made of this hair's own strands"
LOCKS = "the lengths are locks of this hair's own strands"
ABOVE = "this hair ends above the ears, and long hair below it is seldom believed"
SPARSE = "this hair is thin, and its light is no guide for longer hair"
"""What is told where that is so."""

SEEN_THROUGH = "skin and backdrop that are seen through curls come down with them"
OTHERS = "this hair lends no strands for a fringe, and another's are seldom believed beside short or fair hair"
"""What is told where another's are laid on."""

FRIZZY = 0.42
"""How far directions agree in hair below which straight strands do not suit it."""

REACHED = 0.85
"""Share of what is wished that this head's hair covers from which another's is not looked for."""

REACHES = "it comes as far as this hair's strands reach; another seed, or an exemplar, takes another head's"

NARROWER = "hair is made narrower and not cut, since the mask does not hold its ends"

Make = Callable[[Photo, Scene], Guide]


def bank_fringe(photo: Photo, face: Face, parser: FaceParser, seed: int = 0, mask: Mask | None = None) -> Guide:
    """Hair over the forehead, within a mask: this head's, drawn lower, or with seed 1 a whole fringe of its strands;
    other seeds take fringes of the bank.

    Raises:
        LayerError: a hat is in the way, there is too little hair, or nobody's fringe fits.
    """
    here = _scene(photo, face, parser)
    area = None if mask is None else here.at(mask) > 0.5
    if seed == 0:
        return replace(piece(photo, here, photo, here, *lowered(here, area)), notes=(REACHES,))
    if seed == 1:
        with suppress(LayerError):
            return replace(piece(photo, here, photo, here, *strand_fringe(here, area)), notes=(OWN,))
    names = _fringes(here)
    entries = _ordered(names, face, lambda one: abs(one.traits.hair[0] - _level(here, here.hair > 0.9)))
    return _first(entries, face, parser, max(0, seed - 2), lambda other, there: fringe(photo, here, other, there, area))


def fringe_to(photo: Photo, face: Face, parser: FaceParser, wished: Mask, mask: Mask, seed: int = 0) -> Guide:
    """Hair over the forehead down to the lower line of an area: of this head's strands if it can be, else the bank's.

    Args:
        photo, face: any.
        parser: finds hair.
        wished: (H, W) where hair is wished, the old included.
        mask: (H, W) what may change.
        seed: takes another head's.

    Raises:
        LayerError: a hat is in the way, there is too little hair, or nobody's fringe fits.
    """
    here = _scene(photo, face, parser)
    area, allowed = (here.at(one) > 0.5 for one in (wished, mask))
    names = _fringes(here)
    entries = _ordered(names, face, lambda one: abs(one.traits.hair[0] - _level(here, here.hair > 0.9)))
    if seed == 0 and is_curly(here):
        with suppress(LayerError):
            return replace(
                piece(photo, here, photo, here, *curled(here, area & allowed)), notes=(TURNED, Doubt(SEEN_THROUGH))
            )
    wish = (allowed, area & allowed)

    def lent() -> Guide:
        if seed == 0:
            with suppress(LayerError):
                guide = piece(photo, here, photo, here, *strand_fringe(here, *wish))
                return replace(guide, notes=(OWN, *_frizzy(here)))
            with suppress(LayerError):
                guide = _first(
                    _ordered(LONG_HAIR, face, lambda one: 0.0),
                    face,
                    parser,
                    0,
                    lambda one, there: piece(photo, here, one, there, *strand_fringe(here, *wish, there)),
                )
                return replace(guide, notes=(Doubt(OTHERS),))
        guide = _first(
            entries, face, parser, max(0, seed - 1), lambda one, there: fringe(photo, here, one, there, *wish)
        )
        told = names is FRINGES or any(isinstance(note, Doubt) for note in guide.notes)
        return guide if told else replace(guide, notes=(*guide.notes, Doubt(OTHERS)))

    return _drawn_or_lent(photo, here, seed, area & allowed, lambda: lowered(here, allowed), lent)


def _frizzy(here: Scene) -> tuple[Doubt, ...]:
    """A doubt where hair runs in no direction, and is not known to have small curls."""
    near = near_forehead(here, Forehead.of(here), *BESIDE)
    return (Doubt(STRAIGHT),) if agreement(here, near) < FRIZZY and not is_curly(here) else ()


def longer(
    photo: Photo,
    face: Face,
    parser: FaceParser,
    wished: Mask,
    mask: Mask,
    seed: int = 0,
    album: Sequence[Entry] = (),
) -> Guide:
    """Longer hair: where the mask holds the old hair, locks of its own strands, or all of another's; else beside the
    face alone, this head's, if it can be drawn so far, or that of the bank's heads.

    Args, raises:
        As above; heads of an album lend all of their hair before the bank's do.
    """
    here = Scene.of(photo, face, parser)  # beside the face a hat hides no hair
    area, allowed = (here.at(one) > 0.5 for one in (wished, mask))
    if not has_hat(here) and asks_for_all(here, area & allowed, allowed):
        if seed == 0 and not album and not is_curly(here):
            with suppress(LayerError):
                return _hung(photo, here, area & allowed)
        with suppress(LayerError):
            return first_whole(photo, face, here, parser, wished, album, seed)

    def make(other: Photo, there: Scene) -> Guide:
        return piece(photo, here, other, there, *laid_locks(here, there, area & allowed, allowed))

    return _drawn_or_lent(
        photo,
        here,
        seed,
        area & allowed,
        lambda: hanging(here, area & allowed),
        lambda: _first(
            _ordered(LONG_HAIR, face, lambda one: abs(one.traits.hair[0] - _level(here, here.hair > 0.9))),
            face,
            parser,
            max(0, seed - 1),
            make,
        ),
    )


def _hung(photo: Photo, here: Scene, wished: Bool) -> Guide:
    """Locks of this head's own strands, from its own hair down.

    Raises:
        LayerError: no strands of this hair can be had.
    """
    front = front_of(here)
    told = [Doubt(word) for word, so in ((ABOVE, ends_above(here, front)), (SPARSE, is_thin(here))) if so]
    return replace(piece(photo, here, photo, here, *long_locks(here, wished, front)), notes=(LOCKS, *told))


def _drawn_or_lent(
    photo: Photo,
    here: Scene,
    seed: int,
    wished: Bool,
    bend: Callable[[], tuple[Fitted, Float32]],
    lent: Callable[[], Guide],
) -> Guide:
    """This head's hair, where it reaches an area (h, w), else what is lent, or where nothing is, as far as it comes.

    Raises:
        LayerError: neither can be had.
    """
    drawn: tuple[Fitted, Float32] | None = None
    if seed == 0:
        with suppress(LayerError):
            drawn = bend()
    new = wished & (here.hair < 0.5)
    if drawn is not None and float((drawn[0].alpha > 0.5)[new].mean()) > REACHED:
        return piece(photo, here, photo, here, *drawn)
    try:
        guide = lent()
        curly = is_curly(here)
        return replace(guide, notes=(*guide.notes, Doubt(STRAIGHT))) if curly else guide
    except LayerError:
        if drawn is None:
            raise
        return replace(piece(photo, here, photo, here, *drawn), notes=(REACHES,))


def shorter(photo: Photo, face: Face, parser: FaceParser, gone: Mask, mask: Mask) -> Guide:
    """Hair cut where a map (H, W) takes it away and a mask (H, W) allows it.

    Raises:
        LayerError: a hat is in the way.
    """
    here = _scene(photo, face, parser)
    area, allowed = (here.at(one) > 0.5 for one in (gone, mask))
    return shortened(photo, here, area, allowed)


def narrower(photo: Photo, face: Face, parser: FaceParser, gone: Mask) -> Guide:
    """Hair drawn closer to the neck where a map (H, W) takes it away, for what cannot be cut.

    Raises:
        LayerError: there is no such hair.
    """
    here = Scene.of(photo, face, parser)  # beside the face a hat hides no hair
    return replace(narrowed(photo, here, here.at(gone) > 0.5), notes=(NARROWER,))


def _fringes(here: Scene) -> Sequence[str]:
    """Whose fringes suit this hair, the best first."""
    if Forehead.of(here).short:
        return SHORT_FRINGES
    return FAIR_FRINGES if _level(here, here.hair > 0.9) > FAIR else FRINGES


def _scene(photo: Photo, face: Face, parser: FaceParser) -> Scene:
    here = Scene.of(photo, face, parser)
    check_hat(here, "this head")
    return here


def _level(here: Scene, area: np.ndarray) -> float:
    """Median L* of an area."""
    lab = cv2.cvtColor(here.picture / np.float32(255), cv2.COLOR_RGB2LAB)
    return float(np.median(lab[area, 0])) if area.any() else 50.0


def _ordered(names: Sequence[str], face: Face, differs: Callable[[Entry], float]) -> list[Entry]:
    """Heads of the bank that look the same way, the best first."""
    entries = {entry.path.stem: entry for entry in Bank.bundled().entries}
    found = [entries[name] for name in names if _apart(entries[name], face) <= FAR]
    costs = [LATER * place + _apart(one, face) + LIGHT * differs(one) for place, one in enumerate(found)]
    return [found[n] for n in np.argsort(costs, kind="stable")]


def _first(entries: Sequence[Entry], face: Face, parser: FaceParser, seed: int, make: Make) -> Guide:
    """What the first head lends whose hair fits, the seed-th of them at first."""
    why = "No head of the bank looks the same way; give a photo of such hair as exemplar."
    for place in range(len(entries)):
        entry = entries[(place + seed) % len(entries)]
        other, other_face = entry.photo(), entry.face
        if abs(-other_face.pose.yaw - face.pose.yaw) < abs(other_face.pose.yaw - face.pose.yaw):
            other, other_face, _ = mirrored(other, other_face, None)
        try:
            return make(other, Scene.of(other, other_face, parser))
        except LayerError as error:
            why = str(error)
    raise LayerError(why)


def _apart(entry: Entry, face: Face) -> float:
    """Degrees between the directions in which two heads look, one of them mirrored if that is nearer."""
    yaw = entry.face.pose.yaw
    return float(min(abs(yaw - face.pose.yaw), abs(-yaw - face.pose.yaw)))
