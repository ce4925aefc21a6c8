"""Hair to its ends as a matte over the whole photo, single strands included; without beards and other people's hair.

Convention:
    Maps are (h, w) float32 in [0, 1] over the part that is looked at. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.border import both_colors
from mien.compose.matte import enlarged
from mien.compose.morphology import disc, grown
from mien.conditions.areas import Seen, beard
from mien.conditions.hair_matting import HairMatting
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.guides.dyes.among_cloth import without_cloth
from mien.guides.dyes.among_hair import without_others
from mien.guides.dyes.sideburns import with_sideburns
from mien.guides.guide import Box
from mien.guides.hair.alike import by_neighbors, faded
from mien.guides.hair.bare_ears import bare_ears
from mien.guides.hair.pieces import above_beard, of_this_head
from mien.guides.hair.shaded_skin import LUMA, dark_hair, without_shade
from mien.guides.hair.stray_hairs import with_strays
from mien.guides.looks import close_to, reaching
from mien.interrupt import checkpoint
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo, UInt8

OTHERS = "cloth+glasses+brows+eyes+hat"
"""What may look like hair, and is none."""

GOES_ON = 5.0
"""Units from hair within which it may go on where it is hardly likely."""

VEIL = 0.5
"""How much of a matte stays where the parser sees no skin, though the hue is nearly that of skin."""

WORN = "earrings+necklace"
"""What may lie in hair."""

TOP, FOREHEAD = (10, 109, 338, 67, 297, 103, 332), 0.17
"""Highest landmarks, and how far above them a forehead may reach, in lengths of the face: hairlines lie there."""

SHADE = 0.04
"""Of the way from skin to hair that is shade rather than hair."""

UNEVEN = 0.9
"""How much less unevenness of skin beside dark hair counts."""

ENCLOSED, FAINT = 0.25, 0.03
"""Of the way from skin to hair up to which what lies between locks is skin, though no other skin touches it; and what
the parser must give for skin there, so that a highlight is none."""

SOME_SKIN = 0.1
"""What the parser must give for skin in a gap that no other skin touches, for shade to be taken off there."""

BESIDE = 7.0
"""Units from skin within which it may be seen through hair."""

SURELY = 0.8
"""What the parser must give for a thin line of hair between skin and backdrop to be no outline of a bald head."""

LARGEST = 900
"""Longer side at which what is likely is worked on."""

MUCH = 0.02
"""Squares of the crop that a beard covers from which on something is left beside it."""

ROOM = 0.15
"""Sides of the crop around hair that are looked at for strands, and for what lies behind."""

NO_PICTURE = np.zeros((1, 1, 3), np.uint8)


def hair_matte(photo: Photo, face: Face, parser: FaceParser) -> tuple[Float32, Box]:
    """The matte of a head's hair, and the part of the photo that it covers; there is none beyond it.

    Args:
        photo: any.
        face: found in it.
        parser: says what is likely where.
    """
    seen, box = reaching(photo, face, ("hair", "skin", OTHERS, WORN, "neck", "ears"), parser, 3, LARGEST)
    scale = seen[0].shape[1] / (box[2] - box[0])
    side = float(np.linalg.norm(face.quad[3] - face.quad[0]))
    seen, box = close_to(seen, box, ROOM * side)
    likely, skin, others, worn, neck, ears = seen
    points = (face.landmarks.astype(np.float64) - (*box[:2], 0)) * scale
    picture = to_srgb(photo, box)
    checkpoint()
    likely = by_neighbors(picture, likely, skin, others, neck, ears, 0.01 * side * scale)
    matte, small = HairMatting.bundled()(picture, likely, skin, others, side)
    size, finer = matte.shape[::-1], matte.shape[1] / (box[2] - box[0])

    def large(one: Float32) -> Float32:
        return np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_LINEAR), np.float32)

    inside = np.zeros(likely.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.round((face.quad - box[:2]) * scale).astype(np.int32), 1)
    beards, much = beside_beard(likely, points, 0.01 * side * scale)
    kept = (1 - beards) * (1 - np.clip(2.5 * worn - 0.5, 0, 1))
    unit = 0.01 * side * matte.shape[1] / (box[2] - box[0])
    places, face_alone = points / scale * finer, large(skin)
    matte = matte * large(kept)
    ear = bare_ears(small, matte, face_alone, large(ears), places, unit)
    near, bare = _forehead(places, matte.shape, unit), large(skin + ears)
    matte = told_by_color(small, matte, bare, np.maximum(near, _beside(bare, unit)), unit)
    gone = matte - without_shade(small, matte, face_alone, near, unit)
    matte = matte - _going_on(gone, (face_alone > 0.5) | ((gone > 0.15) & (face_alone > SOME_SKIN)))
    none = np.clip(2 * (skin + others + neck), 0, 1) + np.clip(2 * ears - 0.8, 0, 1)
    matte = continued(small, matte, face_alone, large(likely * kept * np.maximum(1 - none, 0)), unit)
    matte = without_others(small, matte, large(likely), unit)
    matte = without_cloth(small, matte, large(others), places, unit)
    barred = np.maximum(np.maximum(large(1 - kept), ear), large(np.clip(others, 0, 1)))
    matte = with_sideburns(small, matte * (1 - ear), large(likely + skin), face_alone, barred, places, unit)
    if much > MUCH:
        matte = above_beard(matte, places, unit)
    behind = large(likely + skin + others) < 0.5
    sure = large(likely * kept) > SURELY
    matte = of_this_head(matte, face_alone, behind, cv2.resize(inside, size) > 0, near > 0.5, sure, unit)
    barred = np.maximum(np.maximum(near, ear), large(skin + others + neck + ears))
    matte = with_strays(small, faded(small, matte, large(likely), barred, unit), barred, unit)
    return np.asarray(matte if small is picture else enlarged(picture, small, matte), np.float32), box


def told_by_color(picture: UInt8, matte: Float32, skin: Float32, near: Float32, unit: float) -> Float32:
    """A matte (h, w) that is no larger than a pixel's color allows between those of hair and of what lies behind.

    Skin between strands is taken out wherever it is; at the rim before a backdrop, what is hazy goes. Where colors
    are alike, soft borders there become firmer: a wide one would glow in another color.

    Args:
        picture: (h, w, 3).
        matte: of its hair.
        skin: what the parser takes for skin.
        near: 1 where skin may be seen through hair.
        unit: in pixels of the picture.
    """
    seen = picture.astype(np.float32)
    hair, bare, behind = (matte > 0.95) & (skin < 0.1), (skin > 0.9) & (matte < 0.03), (matte < 0.03) & (skin < 0.5)
    if not hair.any() or not bare.any():
        return matte
    away = hair & (near < 0.5)
    light, dark = (seen[area].mean(0) for area in (bare, away if away.any() else hair))
    hair &= (seen - light) @ (dark - light) > 0.6 * ((dark - light) ** 2).sum()  # what was taken for hair is none
    (front, _), (back, spread), (face, uneven) = both_colors(seen, (hair, behind, bare), 8 * unit)
    back, spread = back + near[..., None] * (face - back), spread + near * (uneven - spread)
    way = front - back
    toward = seen - back
    apart, along, length = (np.einsum("ijk,ijk->ij", *pair) for pair in ((way, way), (toward, way), (toward, toward)))
    placed = along / (apart + 1)
    beside = np.sqrt(np.maximum(length / (apart + 1) - placed**2, 0))
    mixed = np.clip(2 - 12 * cv2.GaussianBlur(beside, (0, 0), max(0.6, 0.25 * unit)), 0, 1)  # what shines is no mixture
    dark = dark_hair(front)  # highlights of fair hair have the skin's light
    shade = (1.5 - UNEVEN * near * dark) * spread  # light from one side makes skin uneven, and no less unlike dark hair
    sure = np.clip((np.sqrt(apart) - shade - 40) / 40, 0, 1)
    rim = np.clip((0.98 - cv2.GaussianBlur(matte, (0, 0), 1.2 * unit)) / 0.15, 0, 1)
    least = SHADE * near * (1 + 1.5 * dark)  # what is a little darker than skin is its shadow, or down
    whole = 0.87 + 0.07 * near * dark  # dark hair before skin has few highlights
    capped = np.minimum(matte, np.clip((placed - least) / (whole - least) + 0.03 * (1 - near * dark), 0, 1))
    firm = np.clip((matte - 0.2) / 0.6, 0, 1)
    sure = sure * (1 - near * (1 - dark))
    told = matte + sure * mixed * np.maximum(near, rim) * (capped - matte)
    like = near * dark * (placed < ENCLOSED) * (mixed > 0.5) * sure * (skin > FAINT)
    told = matte - _going_on(
        matte - np.minimum(told, _by_hue(seen, told, hair, bare, near * (1 - dark), skin, unit)),
        np.maximum(skin, like) > 0.5,
    )
    through = dark * sure * mixed * (1 - near) * np.maximum(told - capped, 0)
    told = told - _going_on(through, behind)
    return np.asarray(told + (1 - sure) * (1 - near) * (firm - told), np.float32)


def continued(picture: UInt8, matte: Float32, skin: Float32, likely: Float32, unit: float) -> Float32:
    """A matte (h, w) that goes on where hair is hardly likely (h, w), but has the colors of hair nearby.

    Napes, ends and sides that lie apart, or in shadow, are seen less surely than they are told from what lies behind.
    """
    seen = picture.astype(np.float32)
    hair, behind = matte > 0.95, (matte < 0.03) & (likely < 0.03)
    if not hair.any() or not behind.any():
        return matte
    (front, spread), (back, uneven) = both_colors(seen, (hair, behind), 8 * unit)
    way = front - back
    toward, beside = seen - back, seen - front
    pairs = ((way, way), (toward, way), (beside, beside))
    squared, along, away = (np.einsum("ijk,ijk->ij", *pair) for pair in pairs)
    apart, off = np.sqrt(squared), np.sqrt(away)
    placed = along / (squared + 1)
    alike = np.clip(2.5 - off / (spread + 8), 0, 1) * np.clip((placed - 0.6) / 0.25, 0, 1)
    told = np.clip((apart - 1.2 * uneven - 25) / 25, 0, 1)
    near = cv2.GaussianBlur(grown(matte > 0.5, GOES_ON * unit).astype(np.float32), (0, 0), unit)
    more = alike * told * near * np.clip((likely - 0.08) / 0.1, 0, 1) * (1 - np.clip(4 * skin, 0, 1))
    more = np.minimum(more, cv2.GaussianBlur(more, (0, 0), 0.5 * unit) * 1.6)  # no specks
    return np.asarray(np.maximum(matte, more), np.float32)


def _going_on(gone: Float32, start: Bool) -> Float32:
    """What is taken from a matte, (h, w), where it goes on from skin or backdrop: within hair alone are highlights."""
    count, index = cv2.connectedComponents(((gone > 0.15) | start).astype(np.uint8))
    reached = np.zeros(count, np.uint8)
    reached[index[start]] = 1
    reached[0] = 0
    weight = cv2.dilate(reached[index], np.ones((7, 7), np.uint8)).astype(np.float32)
    return np.asarray(gone * cv2.GaussianBlur(weight, (0, 0), 1.5), np.float32)


def _by_hue(
    seen: Float32, matte: Float32, hair: Bool, bare: Bool, share: Float32, skin: Float32, unit: float
) -> Float32:
    """The most that a matte (h, w) may be where hair is as light as skin, but less red: gray hair, ash blond."""
    red = cv2.GaussianBlur((seen[..., 0] - seen[..., 2]) / (seen @ LUMA + 20), (0, 0), max(0.6, 0.3 * unit))
    away = hair & (share < 0.05)
    inner, face = red[away if away.any() else hair], red[bare]
    apart = float(face.mean() - inner.mean())
    sure = share * float(np.clip((apart - inner.std() - face.std()) / 0.1, 0, 1))
    placed = (face.mean() - red) / max(apart, 1e-3)
    least = VEIL * matte * np.clip(1 - 6 * skin, 0, 1)  # thin fair hair over skin has the hue of both
    capped = np.minimum(matte, np.maximum(np.clip((placed - 0.1) / 0.55, 0, 1), least))
    return np.asarray(matte + sure * (capped - matte), np.float32)


def _beside(skin: Float32, unit: float) -> Float32:
    """1 beside skin (h, w), where hair is thin, and 0 from ``BESIDE`` units on."""
    away = cv2.distanceTransform((skin < 0.5).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3)
    return np.asarray(np.clip(2 - 2 * away / (BESIDE * unit), 0, 1), np.float32)


def _forehead(points: Float64, shape: tuple[int, ...], unit: float) -> Float32:
    """1 within the face and a forehead as high as any, (h, w), with a soft border."""
    up = FOREHEAD * (points[10, :2] - points[152, :2])
    outline = np.round(np.concatenate([points[:, :2], points[list(TOP), :2] + up])).astype(np.int32)
    area = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(area, cv2.convexHull(outline), 1)
    return np.asarray(cv2.GaussianBlur(area.astype(np.float32), (0, 0), 1.5 * unit), np.float32)


def grown_beard(likely: Float32, points: Float64, unit: float) -> Float32:
    """1 where what is likely hair (h, w) is a beard; landmarks (478, 3) and the unit are in its pixels."""
    labels = np.where(likely > 0.5, INDEX["hair"], INDEX["skin"]).astype(np.uint8)
    grown = cv2.GaussianBlur(beard(Seen(labels, points, NO_PICTURE)).astype(np.float32), (0, 0), unit)
    return np.asarray(np.clip(3 * grown, 0, 1), np.float32)


def beside_beard(likely: Float32, points: Float64, unit: float) -> tuple[Float32, float]:
    """The same, and a little around it where there is much of it: what is left beside a beard is no hair.

    Second comes how much of it there is, squares of the crop.
    """
    grown = grown_beard(likely, points, unit)
    share = float((grown * likely > 0.5).sum()) / (100 * unit) ** 2
    if share > MUCH:
        grown = np.maximum(grown, cv2.GaussianBlur(cv2.dilate(grown, disc(3 * unit)), (0, 0), unit))
    return np.asarray(grown, np.float32), share
