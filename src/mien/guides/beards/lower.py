"""The lower half of a face without its beard: skin, chin and neck, and what the beard hid of clothes and backdrop.

The light is that of :mod:`mien.guides.beards.beardless`, pores and grain are this person's, from cheeks and forehead.
Lips, nose and ears stay.

Convention:
    Pictures are sRGB float32 in [0, 255] at a working scale of at most ``FINEST`` pixels between the outer corners of
    the eyes; what is finer in the photo is added at the end.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mien.compose.enlarging import part_at
from mien.compose.matte import enlarged, sharpened
from mien.compose.morphology import disc
from mien.compose.phases import textured
from mien.conditions.areas import lower_face
from mien.conditions.parser import FaceParser
from mien.conditions.shaven_chin import Planes, chin_network
from mien.errors import LayerError
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.beardless import Beardless, beardless, relief
from mien.guides.beards.behind_beard import behind_beard
from mien.guides.beards.corrected_chin import beside_skin, lacking
from mien.guides.beards.doubts import beard_doubts
from mien.guides.beards.edge import UNIT, blurred, dilated, inside, larger, mean_within
from mien.guides.beards.jaw import with_jaw, within_jaw
from mien.guides.beards.shadow import with_shadow
from mien.guides.beards.shaven import darkness, with_lips
from mien.guides.beards.stubble import lifted, strands
from mien.guides.beards.throat import meeting
from mien.guides.beards.under_jaw import shaded
from mien.guides.borrow import FARTHEST, unit_of
from mien.guides.dyes.coloring import lab_of
from mien.guides.guide import Box, Guide, box_of
from mien.guides.laid import as_guide
from mien.photos.color import to_srgb
from mien.types import Face, Float32, Photo, UInt8

FINEST = 190.0
"""Most pixels between the outer corners of the eyes at which skin is made."""

PATCH, TEXTURE = 0.12, 0.022
"""Radius of patches of skin, and the width below which they are taken over, in eye distances."""

PORES = 1.15
"""How strong texture is, that of the cheeks being 1: what is sparse there is spread evenly here."""

SPOTS = 0.4
"""How wide spots of another color may be, that of texture being 1."""

FOLDS = np.array([0.56, 0.82, 0.9], np.float32)
"""Share of the relief of another face that is taken over: skin is redder in its folds."""

NEAR = 0.5
"""How far from a beard stubble on the neck is looked for, eye distances."""

TUFT = 2.0
"""L* by which stubble on a neck is darker than what is around it, and half of that by which it is darker than skin."""

DARKER = (3.0, 8.0)
"""L* by which the lower face may be darker than bare skin would be, and what more is stubble."""

CERTAIN = (0.35, 0.3)
"""Probability from which hair below the jaw goes even where it is no darker than a neck, and what more goes surely."""

SPILLED = 0.5
"""Probability from which hair close to a beard goes before clothes though it has their color."""

LIKELY, PALE = (0.02, 0.15), 8.0
"""Probability from which hair below the jaw is one, and what more is surely; L* by which a dark beard is darker."""


def bare_chin(
    photo: Photo, face: Face, others: Sequence[Beardless], parser: FaceParser, network: Planes | None = None
) -> Guide:
    """The face without its beard.

    Args:
        photo, face: with a beard.
        others: beardless faces that look about the same way, at least one, the best first: its folds are taken.
        parser: finds the classes.
        network: corrects what is made; None for the one that comes with mien.

    Raises:
        LayerError: all others look in directions too far apart, or the beard is long.
    """
    near = [one for one in others if abs(abs(one.face.pose.yaw) - abs(face.pose.yaw)) <= FARTHEST]
    if not near:
        raise LayerError(f"The two faces look more than {FARTHEST:.0f} degrees apart; choose another photo.")
    here = AroundBeard.of(photo, face, parser)
    if here.long:
        raise LayerError("This beard hangs far below the chin, and hides neck and clothes: it cannot be taken off.")
    here = with_jaw(here)
    box, unit = here.box, unit_of(face)
    before = to_srgb(photo, box).astype(np.float32)
    scale = min(1.0, FINEST / unit)
    height, width = before.shape[:2]
    size = (round(width * scale), round(height * scale))
    picture = before if scale == 1 else np.asarray(cv2.resize(before, size, interpolation=cv2.INTER_AREA), np.float32)
    weight, share, made = _replaced(here, picture, beardless(here, face), unit * scale)
    folds = relief(here, face, near[0], picture.shape)
    made = (made + 8) * np.exp((share * folds)[..., None] * FOLDS) - 8
    fine = _texture(here, picture, picture.shape, TEXTURE * unit * scale, PATCH * unit * scale)
    made = made + PORES * fine * (share * (made.mean(2) + 8))[..., None]
    weight = _thinned(here, picture, made, weight, share, unit * scale).clip(0, 1)
    lift = lifted(here, picture, weight * share, unit * scale)
    network = network or chin_network()
    if network is not None:
        added = lacking(here, face, picture + lift, (weight, share, made), network)
        made = made + beside_skin(here, added, share)
    made = made + meeting(here, picture, made, weight, share)
    made = shaded(here, picture, made, weight, share)
    made = with_shadow(here, picture, made, share, unit * scale)
    return _finished(photo, face, here, before, (weight, share, made, lift), scale)


def _finished(
    photo: Photo,
    face: Face,
    here: AroundBeard,
    before: Float32,
    planes: tuple[Float32, ...],
    scale: float,
) -> Guide:
    """The guide, at the photo's size; nothing is enlarged but the part that changes.

    Args:
        photo, face: with a beard.
        here: what is seen of it.
        before: (H, W, 3) that part of the photo, levels.
        planes: at the working scale, (h, w, ...): how much is replaced, how much of that is skin, what replaces it,
            and how much stubble is lightened.
        scale: of the planes.

    Raises:
        LayerError: nothing changes.
    """
    area = dilated((planes[0] > 0) | (planes[3] > 0).any(2), 1)
    if not area.any():
        raise LayerError("Nothing of this beard can be taken off.")
    size = before.shape[1::-1]
    x0, y0, x1, y1 = part = _enlarged_box(box_of(area, 1), area.shape, size)
    rows = np.s_[y0:y1, x0:x1]
    weight, share, made, lift = (part_at(one, size, part) for one in planes)
    if scale < 1:
        fine = _texture(here, before, before[rows].shape[:2], 0.5 / scale, 3 / scale, finest=True)
        made = made + fine * (share * (made.mean(2) + 8))[..., None]
    lower = before[rows] + lift
    mixed = lower + weight[..., None] * (made - lower)
    x, y = here.box[:2]
    place, shown = (x + x0, y + y0, x + x1, y + y1), np.maximum(weight, lift.max(2) > 0.5)
    return as_guide(photo, place, np.clip(mixed, 0, 255), shown, unit_of(face), beard_doubts(here, face.pose.yaw))


def _enlarged_box(box: Box, shape: tuple[int, ...], size: tuple[int, ...]) -> Box:
    """A box in a picture (h, w) as one that covers the same in the picture at another size (w, h)."""
    fx, fy = size[0] / shape[1], size[1] / shape[0]
    left, top, right, bottom = box
    return (
        int(left * fx),
        int(top * fy),
        min(size[0], int(np.ceil(right * fx))),
        min(size[1], int(np.ceil(bottom * fy))),
    )


def _thinned(
    here: AroundBeard, picture: Float32, made: Float32, weight: Float32, share: Float32, unit: float
) -> Float32:
    """How much is replaced (h, w): below the jaw nothing is darkened, and nothing replaced by the like of it."""
    face = within_jaw(here, picture.shape[:2])
    after, before = (lab_of(blurred(one.clip(0, 255), 0.03 * unit) / np.float32(255)) for one in (made, picture))
    apart = after - before
    lighter = apart[..., 0] + 0.6 * np.hypot(apart[..., 1], apart[..., 2]) * np.clip(1 + apart[..., 0] / 60, 0, 1)
    lighter = np.clip((lighter - 1) / 4, 0, 1) if darkness(here) > PALE else np.ones_like(lighter)
    other = np.clip((np.abs(blurred(made - picture, 0.02 * unit)).max(2) - 14) / 16, 0, 1)
    surely = (larger(one, picture.shape) for one in (here.beard * here.hairs, here.beard))
    hairs, certain = (np.clip((one - CERTAIN[0]) / CERTAIN[1], 0, 1) for one in surely)
    lighter, other = np.maximum(lighter, hairs), np.maximum(other, certain)
    lighter = np.maximum(lighter, strands(here, picture))
    likely = np.clip((larger(here.beard, picture.shape) - LIKELY[0]) / LIKELY[1], 0, 1)
    backdrop, gap = larger(here.below["background"], picture.shape), disc(max(1, round(0.02 * unit)))
    beside = cv2.dilate(share, gap)  # at a jaw's edge both fade, and hair would show
    backdrop = ((1 + beside) * backdrop).clip(0, 1) * (1 - share)
    open_ = cv2.morphologyEx(np.minimum(face + backdrop, 1), cv2.MORPH_CLOSE, gap)
    return np.asarray(weight * (open_ + (1 - open_) * np.where(share > 0.5, lighter, likely * other)), np.float32)


def _texture(
    here: AroundBeard, picture: Float32, shape: tuple[int, ...], sigma: float, radius: float, finest: bool = False
) -> Float32:
    """The fine texture (H, W, 3) of this person's skin, as a share of light: a neck has its, but for what is finest."""
    found: list[Float32] = []
    for area in (here.facial,) if finest else (here.facial, here.bare & ~dilated(here.oval, 2)):
        bare = larger(area, picture.shape, cv2.INTER_LINEAR) > 0.9
        if found and np.count_nonzero(bare) < (10 * radius) ** 2:
            continue
        left, top, width, height = cv2.boundingRect(bare.astype(np.uint8))
        part = np.s_[top : top + height, left : left + width]
        smooth = mean_within(picture[part], bare[part], sigma)
        fine = picture[part] - smooth
        if not finest:  # wider spots of color are blotches that nobody has there
            spots = picture[part] - mean_within(picture[part], bare[part], SPOTS * sigma)
            fine = fine.mean(2, keepdims=True) + spots - spots.mean(2, keepdims=True)
        fine = fine / (smooth.mean(2, keepdims=True) + 8) * bare[part][..., None]
        found.append(textured(fine, bare[part], max(4, round(radius)), (shape[0], shape[1])))
    pores = found[0]
    if len(found) > 1:
        pores = pores + (1 - within_jaw(here, picture.shape[:2]))[..., None] * (found[1] - pores)
    return np.asarray(pores, np.float32)


def _replaced(here: AroundBeard, picture: Float32, bare: Float32, unit: float) -> tuple[Float32, Float32, Float32]:
    """How much is replaced (h, w), how much of what replaces it is skin (h, w), and that (h, w, 3).

    Args:
        here: what is seen.
        picture: the part of the photo, at any size.
        bare: smooth skin, at the size of ``here``.
        unit: pixels of the picture between the outer corners of the eyes.
    """
    whole = picture.clip(0, 255).astype(np.uint8)
    solid = np.clip(1 - here.shares["background"] - here.shares["clothes"], 0, 1)
    alpha = _matte(whole, solid, 0.06 * unit)
    wide, narrow = (larger(one, picture.shape).clip(0, 1) for one in _weights(here, bare))
    kept = _kept(here, picture, bare, unit)
    gap = disc(max(1, round(0.03 * unit)))
    weight = cv2.morphologyEx(np.maximum(narrow, wide * alpha), cv2.MORPH_CLOSE, gap) * (1 - kept)
    below = here.below
    skin = larger(below["skin"] + below["hair"] + below["ears"], picture.shape)
    skin = np.clip((blurred(skin, 0.02 * unit) - 0.5) / 0.1 + 0.5, 0, 1)
    skin = np.maximum(skin, within_jaw(here, picture.shape[:2]))
    even = np.clip((blurred(alpha, 0.025 * unit) - 0.58) / 0.22 + 0.5, 0, 1)  # a beard's outline is ragged, a jaw's not
    near = np.clip(2 * blurred(narrow, 0.04 * unit), 0, 1)
    share = blurred((alpha + near * (even - alpha)) * skin, 0.006 * unit)
    behind = behind_beard(here, picture, (share < 0.99) & (weight > 0.01), unit)
    made = behind + share[..., None] * (larger(bare, picture.shape) - behind)
    return weight, share, with_lips(here, picture, np.asarray(made, np.float32), kept, unit)


def _matte(picture: UInt8, likely: Float32, reach: float) -> Float32:
    """The matte (h, w) of what is likely, found at a smaller size."""
    size = (round(0.6 * picture.shape[1]), round(0.6 * picture.shape[0]))
    small: UInt8 = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    return enlarged(picture, small, sharpened(small, likely, 0.6 * reach))


def _weights(here: AroundBeard, light: Float32) -> tuple[Float32, Float32]:
    """(h, w) each: how much of skin is replaced, far around a beard, and how much of anything else, close to it."""
    mine, bare = (lab_of(one / np.float32(255))[..., 0] for one in (here.picture, light))
    beside = blurred(here.shares["clothes"] + here.shares["background"] > 0.3, 1.5) > 0.15
    close = dilated(here.hairs, round(0.3 * UNIT)) & (here.beard > 0.08) & ~beside
    face = (inside(lower_face(here.points)[0], here.shape) | close) & dilated(here.oval, 1)
    dark = np.clip((bare - blurred(mine, 1.2) - DARKER[0]) / DARKER[1], 0, 1) * face * ~here.lips
    neck = dilated(here.hairs, round(NEAR * UNIT)) & (here.below["skin"] > 0.6) & ~face & ~here.oval
    neck &= (here.shares["clothes"] < 0.2) & (here.shares["background"] < 0.3)
    tufts = neck & (np.maximum(bare - TUFT, blurred(mine, 3.0)) - blurred(mine, 0.4) > TUFT)
    dark = np.maximum(dark, blurred(dilated(tufts, 1), 1.0) * neck)
    grown = (dilated(here.hairs, 1) | (dilated(here.hairs, 3) & here.oval)).astype(np.float32)
    stays = np.clip(1 - 2 * (here.below["hair"] + here.below["ears"] + here.shares["worn"]), 0, 1)
    grown = np.maximum(grown, dark)
    soft = np.where(here.oval, blurred(grown, 2.2), blurred(grown, 1.2))
    wide = np.clip(1.6 * soft - 0.15, 0, 1)
    narrow = np.clip(1.7 * blurred(dilated(here.hairs, 1), 0.8) - 0.2, 0, 1)
    wisps = np.clip(1.7 * blurred(dilated(here.hairs, 5), 0.8) - 0.2, 0, 1) * here.below["background"]
    spilled = blurred(dilated(here.hairs, 4) & (here.beard > SPILLED) & ~here.oval, 0.8) * here.below["clothes"]
    narrow = np.maximum(narrow, wisps + spilled)
    return np.asarray(wide * stays, np.float32), np.asarray(narrow * stays, np.float32)


def _kept(here: AroundBeard, picture: Float32, light: Float32, unit: float) -> Float32:
    """(H, W): lips and mouth as far as no hair hides them, and the nose."""
    points, lips, likely = here.points, here.lips, np.minimum(1.8 * here.shares["lips"], 1)
    mine, bare = (blurred(lab_of(one / np.float32(255))[..., 0], 0.7) for one in (here.picture, light))
    bright = np.clip((mine - bare + 14) / 8, 0, 1)
    beside = np.where(dilated(lips, 4), (1.6 * likely - 0.4) * bright, 0)
    mouth = np.where(lips, np.maximum(1.6 * likely - 0.2, 0.8 - 1.5 * here.beard), beside)
    mouth = mouth.clip(0, 1) * np.clip(1.8 - 2.5 * here.beard, 0, 1)
    mouth = (mouth * dilated(mouth > 0.5, 1)).astype(np.float32)
    found = larger(mouth, picture.shape)
    rows, columns = (np.flatnonzero((found > 0.01).any(axis)) for axis in (1, 0))
    if rows.size:
        by = round(0.12 * unit)
        part = tuple(slice(max(0, int(one[0]) - by), int(one[-1]) + by) for one in (rows, columns))
        sharp = sharpened(picture[part].clip(0, 255).astype(np.uint8), found[part], 0.035 * unit)
        found[part] = np.clip((blurred(sharp, max(0.5, 0.006 * unit)) - 0.5) / 0.7 + 0.5, 0, 1)
    nose = blurred(inside(here.at(picture.shape, (98, 97, 2, 326, 327, 278, 4, 48)), picture.shape), 0.02 * unit)
    under = np.clip((here.rows - points[[98, 327], 1].mean() + 3) / 4, 0, 1)
    pale = np.clip((mine - bare + 9) / 8, 0, 1)
    clear = (1 - under * (1 - pale)) * np.clip(1.5 - 2.5 * here.beard, 0, 1)
    nose = nose * larger(blurred(clear.astype(np.float32), 0.8), picture.shape).clip(0, 1)
    return np.asarray(1 - (1 - found) * (1 - nose), np.float32)
