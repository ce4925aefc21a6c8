"""Edits made of pixels that are there: moved, borrowed, dyed, healed, before anything is painted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from mien.align.crop import crop_face
from mien.align.paste import Mask
from mien.conditions.regions import is_expression, terms
from mien.conditions.resample import levels_at
from mien.conditions.types import Conditions
from mien.editing.beards import bearded
from mien.editing.colored import colored
from mien.editing.context import EditContext
from mien.editing.crop_frame import CropFrame
from mien.editing.damaged import SPOTS, damaged
from mien.editing.differences import differed
from mien.editing.drawn_lips import LIPS, lips_by_sketch
from mien.editing.filled import filled
from mien.editing.followers import followers
from mien.editing.glasses import glasses_alone
from mien.editing.hair_borrowed import borrowed_hair
from mien.editing.layers import mask_of, protected_area, unfilled
from mien.editing.lenders import Lender, hidden_by, lender
from mien.editing.mapped import MAPPED, hair_by_map
from mien.editing.prepared import ENDS
from mien.editing.reach import CARRIED, carried_on, unreached
from mien.editing.reduced import dyed_reduced
from mien.editing.request import Request
from mien.editing.reshaped import labelled_of, reshaped
from mien.editing.result import FaceEdit
from mien.editing.skins import evened, lined, shaved, unlined
from mien.editing.steps import Guided, worse
from mien.editing.swatches import darker_than_named, shade_of
from mien.editing.target import FaceTarget
from mien.errors import FaceSelectionError, LayerError
from mien.guides.borrow import borrow, mismatch, unit_of
from mien.guides.dyes.brow_dye import dyed_brows, hairs_color
from mien.guides.dyes.coloring import FOLLOWING
from mien.guides.dyes.dye import dye, mean_color
from mien.guides.dyes.iris_dye import SIDES
from mien.guides.eyes.another import eyes, lit_share, shut
from mien.guides.eyes.red_eyes import without_red_eyes
from mien.guides.features import SHAPED, brows, shaped
from mien.guides.glasses.find import without_glasses
from mien.guides.guide import Doubt, Guide
from mien.guides.hair.bank_hair import LAID, bank_fringe
from mien.guides.healing.even import SKIN
from mien.guides.healing.heal import heal
from mien.guides.laid import soft
from mien.guides.looks import goes_on
from mien.guides.mouths.mouth import EVENED, mouth
from mien.guides.parts import HAIR, WRINKLES, check_parts
from mien.guides.regions import BODY
from mien.threads import side_by_side
from mien.types import Face, Float32, Photo

RED_EYES = ("eyes", "irises", "pupils")
"""Regions in which healing means pupils that the flash made red."""

ALIKE = 30.0
"""Levels by which the skin around a part may differ for it to be borrowed with its skin: photos of one person in one
light differ by 7 to 28, people of the wide portraits by 46 and more."""

UNLIKE, OTHER_LIGHT = 70.0, "skin and light of the two photos differ by {:.0f} levels, so the face may look pasted"
"""The same for a whole face, hair around it included, above which it looks pasted, and what is told then."""

WELL, SHADED = 0.7, "the irises lie in shade, where colors are hardly seen: they take on little"
"""How well irises must be seen for nothing to be told, and what is told."""

ALONG = "neck and ears are dyed with the face; hands and arms keep their color"
"""What is told of dyed skin."""


def guided(photo: Photo, target: FaceTarget, request: Request, context: EditContext) -> Guided:
    """Makes all edits of a request that need no painting.

    Raises:
        LayerError, ConfigError, FaceError: something is asked for that cannot be done with this face.
    """
    done = Guided(photo, np.zeros((photo.height, photo.width), np.bool_))
    if not request.moves_pixels:
        return done
    face = _face_of(photo, target, context)
    mask = _limits(photo, target, request, context)
    if request.mask is not None and not glasses_alone(request, context):
        mask, lost = _mask(photo, target, request, context)
        filled_up = request.mode in ("heal", "fill")  # else a mask is a limit, and may be larger than what changes
        done = replace(done, unreached=lost if filled_up else 0.0, notes=(ENDS,) if filled_up and lost is None else ())
    if request.reshape or request.drag:
        with context.watch("move"):
            done = reshaped(done, face, target, request, mask, context)
    if request.part:
        with context.watch("borrow"):
            done = _with_part(done, face, target, request, mask, context)
    for region in request.dye:
        with context.watch("dye"):
            done = dyed_reduced(_dyed, done, photo, face, region, request, mask, context)
    if request.mode == "difference":
        with context.watch("difference"):
            done = done.and_then(differed(done.photo, target, request, context))
    if request.mode in ("heal", "fill"):
        with context.watch("heal"):
            done = _healed(done, face, request, mask, context, target)
    return done


def _healed(
    done: Guided, face: Face, request: Request, mask: Mask | None, context: EditContext, target: FaceTarget
) -> Guided:
    """Glasses, red eyes, and without a mask scratches and dust are found by themselves; all else is what is masked."""
    if glasses_alone(request, context):
        return _bared(done, face, request, context, target)
    if request.mask is None and request.mode == "fill":
        raise LayerError("Nothing is masked that could be filled; say where: --mask eyes, or a picture of the mask.")
    if mask is None or request.mask is None:
        spots = heal(done.photo, damaged(done.photo, context), strength=request.strength)
        return done.then(spots, SPOTS, mask, 1.0)
    mask = unfilled(mask, context)
    if request.mode == "fill":
        return filled(done, face, mask, request, context)
    words = terms(request.mask) if isinstance(request.mask, str) and is_expression(request.mask) else []
    name = words[0][1] if len(words) == 1 else ""
    if words and all(one[1] in SKIN for one in words):
        return done.then(evened(done.photo, face, mask, context, request.strength), "skin evened out", None, 1.0)
    if name == WRINKLES:
        return done.then(unlined(done.photo, face, context), "wrinkles faded", mask, request.strength)
    if name == "glasses":
        return _bared(done, face, request, context, target)
    if name not in RED_EYES:
        return filled(done, face, mask, request, context)
    limits = _limits(done.photo, target, request, context)
    return done.then(without_red_eyes(done.photo, face, strength=request.strength), "red eyes healed", limits, 1.0)


def _bared(done: Guided, face: Face, request: Request, context: EditContext, target: FaceTarget) -> Guided:
    """Glasses off, which are found without a mask."""
    bare = without_glasses(done.photo, face, context.networks.parser, request.strength)
    return done.then(bare, "glasses healed", _limits(done.photo, target, request, context), 1.0)


def _limits(photo: Photo, target: FaceTarget, request: Request, context: EditContext) -> Mask | None:
    """All of the photo but what is protected; None where nothing is."""
    if not request.protect:
        return None
    frame = CropFrame.around(photo, target.quad, request.frame, target.name)
    return ~protected_area(request, frame, context.of(photo, target.quad))


def face_edit(photo: Photo, target: FaceTarget, done: Guided, size: int) -> FaceEdit:
    """What a result tells about an edit in which nothing was painted."""
    before, after = (crop_face(one, target.quad, size, target.face) for one in (photo, done.photo))
    shares = np.ones((1, size, size), np.float32)
    if not done.area.any():
        raise LayerError("Nothing of this photo changes; ask for more, or mask a part of the face.")
    seen = CropFrame.of(before, "photo", target.name).share_of(done.area)
    inside = np.clip(levels_at(seen, size), 0, 1).astype(np.float32)
    return FaceEdit(before, after.pixels, Conditions(mask=inside), done.area, shares, done.operations, done.notes)


def _with_part(
    done: Guided, face: Face, target: FaceTarget, request: Request, mask: Mask | None, context: EditContext
) -> Guided:
    if request.part in MAPPED:
        return hair_by_map(done, face, target, request, mask, context)
    if request.part == LIPS:
        teeth = replace(request, part="teeth", sketch=None, layers=None, reshape={})
        now = (context.of(done.photo, face.quad).face() or face) if done.operations else face
        within = None if mask is None else soft(np.asarray(mask, np.float32) > 0, 2 * unit_of(now))
        opened = partial(_borrowed, face=now, request=teeth, mask=within, context=context)
        return lips_by_sketch(done, now, target, request, mask, context, opened)
    return _borrowed(done, face, request, mask, context)


def _borrowed(done: Guided, face: Face, request: Request, mask: Mask | None, context: EditContext) -> Guided:
    original = done.photo
    for part in check_parts(request.part):
        if part == "fringe" and request.exemplar is None:
            guide = bank_fringe(done.photo, face, context.networks.parser, request.seed, mask)
            within = None if mask is None else soft(np.asarray(mask, np.float32) > 0, 2 * unit_of(face))
            done = done.then(guide, LAID[request.seed > 0], within, request.strength)
            continue
        if part == "lower_face" and bearded(done.photo, face, context):
            done = done.then(shaved(done.photo, face, request, context), "beard taken off", mask, request.strength)
            continue
        if part in HAIR:
            lent, guide = borrowed_hair(done.photo, original, face, request, part, context)
        else:
            lent = lender(original, face, request, part, context)
            guide = _taken(done.photo, face, lent, part, context)
        if EVENED in guide.notes:
            done = done.then(guide, f"{part} made even", mask, request.strength)
            continue
        noted = replace(guide, notes=(*lent.notes, *guide.notes))
        done = done.then(noted, f"{part} borrowed from {lent.name}", mask, request.strength)
    return done


def _taken(photo: Photo, face: Face, lent: Lender, part: str, context: EditContext) -> Guide:
    """A part without a matte: borrowed whole where skin and light agree, else with this photo's own surroundings."""
    if part == WRINKLES:
        return lined(photo, face, lent, context)
    other, other_face = lent.photo, lent.face
    pair = (photo, face, other, other_face)
    if part in SHAPED and (part != "nose" or mismatch(*pair, part) >= ALIKE):
        return shaped(*pair, part, labelled=labelled_of(photo, face, context))
    hidden, far = (hidden_by(p, f, context) for p, f in ((photo, face), (other, other_face)))
    labelled = labelled_of(photo, face, context)
    area = "mouth" if part == "teeth" and lent.known else part
    if area == "nose" or (area in ("mouth", "brows", *SIDES) and mismatch(*pair, area) < ALIKE):
        return borrow(*pair, area, blocked=hidden, other_blocked=far, alike=True)
    if part in ("teeth", "mouth"):
        theirs = labelled_of(other, other_face, context)
        masks = (hidden, far, labelled, theirs)
        stranger = part == "teeth" and not lent.known
        return mouth(*pair, *masks, whole=part == "mouth", stranger=stranger, evens=lent.place == 0)
    if part == "brows":
        return brows(*pair, blocked=hidden, other_blocked=far, labelled=labelled)
    if part in SIDES and not shut(face, labelled, part):
        return eyes(*pair, part, blocked=hidden, other_blocked=far, labelled=labelled)
    guide = borrow(*pair, part, blocked=hidden, other_blocked=far)
    if part == "face" and (away := mismatch(*pair, part)) > UNLIKE:
        return replace(guide, notes=(*guide.notes, Doubt(OTHER_LIGHT.format(away))))
    return guide


def _dyed(
    done: Guided, original: Photo, face: Face, region: str, request: Request, mask: Mask | None, context: EditContext
) -> Guided:
    """A region dyed; brows and beards follow hair, unless something is said about them."""
    color, before = request.dye[region], done.photo
    along = region == "skin" and not any(name in other for other in request.dye for name in ("neck", "ear"))
    place = BODY if along else region
    matte = context.matte(before, face, place)
    had = mean_color(before, matte) if region == "hair" or original is before else None
    shade = shade_of(original, face, region, color, context, had if original is before else None)
    seen, parser = lit_share(original, face) if region == "irises" else 1.0, context.networks.parser
    lost = unreached(before, face, place, matte, mask, request.mask, context)
    laid = partial(colored, before, face, region, matte, shade, seen * request.strength, parser)
    old = had or shade
    along_with = followers(region, request, old, shade)
    calls: list[Callable[[], Any]] = [laid, *(partial(_seen, before, face, one[0], context) for one in along_with)]
    guide, *mattes = side_by_side(*calls)
    guide = guide if seen > WELL else replace(guide, notes=(*guide.notes, SHADED))
    told = [ALONG] * along + [CARRIED] * carried_on(before, face, region, matte, context)
    told += darker_than_named(region, color, shade)
    guide = replace(guide, notes=(*guide.notes, *told))
    done = done.then(guide, f"{region} dyed {color}", mask, 1.0)
    done = replace(done, unreached=worse(done.unreached, lost))
    for (follower, _, rule, words), found in zip(along_with, mattes, strict=True):
        now = None if found is None else (hairs_color if follower == "brows" else mean_color)(before, found)
        follows = None if now is None else rule(now, old, shade)
        if follows is not None and (mask is None or float(mask[found > 0.5].astype(np.float32).mean()) > 0.95):
            if follower == "brows":
                guide = dyed_brows(done.photo, found, follows, request.strength)
            else:
                guide = dye(done.photo, found, follows, replace(FOLLOWING, strength=request.strength))
            done = done.then(guide, words, mask, 1.0)
    return done


def _seen(photo: Photo, face: Face, region: str, context: EditContext) -> Float32 | None:
    """The matte of a region; None where there is none to be seen."""
    with suppress(LayerError):
        return context.matte(photo, face, region)
    return None


def _face_of(photo: Photo, target: FaceTarget, context: EditContext) -> Face:
    """The detection that belongs to a target, which may be known by its quad alone."""
    if target.face is not None:
        return target.face
    face = context.of(photo, target.quad).face()
    if face is None:
        raise FaceSelectionError("No face is found in this crop; pixels are moved along a face's points only.")
    return face


def _mask(photo: Photo, target: FaceTarget, request: Request, context: EditContext) -> tuple[Mask, float | None]:
    """The mask, and the share of it that lies beyond the crop, where it counts as far as that; None if it may go on."""
    frame = CropFrame.around(photo, target.quad, request.frame, target.name)
    dyes = request.dye and not (request.part or request.reshape or request.drag or request.mode in ("heal", "fill"))
    beyond = request.part in MAPPED or bool(dyes)  # hair goes on where the crop ends, and so do dyes
    mask, outside = mask_of(request, frame, context.of(photo, target.quad), beyond=beyond)
    drawn = isinstance(request.mask, str) and is_expression(request.mask)
    if beyond or not drawn or not goes_on(photo, target.quad, target.quad, mask):
        return mask, float(outside)
    return mask, None
