"""A beard of another person on a shaven face: its hairs with the skin between them, bent to this jaw, in this light.

Convention:
    That of :mod:`mien.guides.beards.around_beard`; what is laid over the photo has the photo's own size.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.compose.grain import with_grain_of
from mien.compose.matte import sharpened
from mien.compose.morphology import disc
from mien.compose.sharpness import as_sharp
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.beards.around_beard import AroundBeard
from mien.guides.beards.beardless import places
from mien.guides.beards.edge import UNIT, blurred, dilated, inside, larger, mean_within
from mien.guides.borrow import mirrored, unit_of
from mien.guides.dyes.coloring import lab_of, rgb_of
from mien.guides.guide import Guide
from mien.guides.hair.refused import ASIDE, nearer_mirrored, side_light
from mien.guides.laid import as_guide
from mien.guides.looks import probabilities
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Photo

FARTHEST = 17.0
"""Degrees of yaw between two heads up to which beards are borrowed."""

LEAST = 0.15
"""Square eye distances of hair on a face from which it is a beard that can be lent."""

COARSER = 0.55
"""How many pixels of the other photo a pixel of this one gets at least: a coarser beard is a blur."""

CUT = 0.04
"""Eye distances along the photo's border on which a beard is cut off, from which it is not borrowed."""

SHOWS = 0.12
"""Square eye distances of this face's own beard that may show beside the other's."""

MOST = 0.9
"""By how much light may differ between two faces, as a logarithm."""

COLORS, VIVID = 300, 32.0
"""Pixels on a side in which this head's hair is looked at, and the chroma from which it is dyed: no beard is pink."""

HUES, STRAY = 0.35, 5.0
"""Share of what its hues differ that a beard keeps, and how much at most."""

SMOOTH = 0.012
"""How far hues run, eye distances: no skin glows between gray hairs."""

SLIVER, SLIVERS = 0.035, 0.4
"""Half the width of lines beside a cheek that are no beard, and how far below the mouth they are looked for."""

DENSE = 0.45
"""Share of the skin's L* down to which a place is not all hair: stubble lets skin through."""

LIGHTER, DARKENED, LIGHTENED = 0.85, 10.0, 24.0
"""Share of the difference to this head's hair by which a beard is lightened or darkened, and L* by how much at most."""

NOSE = (98, 97, 2, 326, 327, 4, 48, 278)
"""Landmarks around the tip of a nose and its wings."""


def beard_on(photo: Photo, face: Face, other: Photo, other_face: Face, parser: FaceParser) -> Guide:
    """The other's beard on this face.

    Args:
        photo, face: where it goes.
        other, other_face: where it comes from.
        parser: finds hair, skin, clothes and backdrop in both.

    Raises:
        LayerError: there is no beard, its photo cuts it off or shows it too small, the heads look too far apart or are
            lit from other sides, or a beard is seen on this face that would show beside the new one.
    """
    notes: tuple[str, ...] = ()
    if nearer_mirrored(photo, face, other, other_face):
        other, other_face, _ = mirrored(other, other_face, None)
        notes += ("the other head is mirrored, so that it looks the same way, or is lit from the same side",)
    _check_pair(photo, face, other, other_face)
    here, there = (AroundBeard.of(one, its, parser) for one, its in ((photo, face), (other, other_face)))
    _check_lent(there, other)
    before = to_srgb(photo, here.box).astype(np.float32)
    made, weight = worn(here, before, there, other, other_face)
    color = hair_color(photo, face, parser)
    if color is not None:
        made = in_color(here, made, weight, color)
    own = blurred(here.hairs & here.oval & ~here.lips, 0.5) * (1 - cv2.resize(weight, here.shape[::-1]))
    if float(own.sum()) > SHOWS * UNIT**2:
        raise LayerError(
            "This face has a beard already, which would show beside the other's; "
            "take it off first (--part lower-face) or choose a photo of a fuller beard."
        )
    mixed = before + weight[..., None] * (made - before)
    return as_guide(photo, here.box, mixed, weight, unit_of(face), notes)


def worn(
    here: AroundBeard, before: Float32, there: AroundBeard, other: Photo, other_face: Face
) -> tuple[Float32, Float32]:
    """The other's pixels (h, w, 3) on this face and in its light, and how much they count (h, w).

    Args:
        here: what is seen around this chin.
        before: the same part of the photo, (h, w, 3) sRGB in [0, 255].
        there, other, other_face: whose beard it is.
    """
    shape = before.shape[:2]
    scale = shape[0] / here.shape[0]
    by = UNIT * scale / unit_of(other_face)
    at = places(here.points, other_face.landmarks[:, :2].astype(np.float64) * by / scale, here.shape)
    at = larger(at * np.float32(scale / by), shape, cv2.INTER_LINEAR)
    smooth = max(0.3, 0.45 * np.sqrt(max(0.0, 1 / by**2 - 1)))
    at = at - np.array(there.box[:2], np.float32)
    picture = blurred(to_srgb(other, there.box).astype(np.float32), smooth)
    taken = cv2.remap(picture, at, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE).clip(0, 255)
    matte = blurred(matte_of(there, to_srgb(other, there.box)), smooth)
    weight = cv2.remap(matte, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    stays = here.lips | inside(here.points[list(NOSE)], here.shape)
    free = blurred(stays, 0.012 * UNIT)
    weight = np.asarray(weight.clip(0, 1) * (1 - (1.1 * larger(free, shape)).clip(0, 1)), np.float32)
    weight = _without_slivers(here, weight)
    made = lit(here, before, np.asarray(taken, np.float32), weight)
    skin = larger(here.facial, shape, cv2.INTER_LINEAR) > 0.9
    made = as_sharp(before, made, skin & (weight < 0.05))
    return np.asarray(with_grain_of(before, made, weight > 0.5), np.float32), weight


def _without_slivers(here: AroundBeard, weight: Float32) -> Float32:
    """A beard (h, w) without thin lines beside the cheeks, where it ends at the outline of the other's turned face."""
    scale = weight.shape[0] / here.shape[0]
    mouth = here.points[[61, 291], 1].max() * scale
    by = max(1, round(SLIVER * UNIT * scale))
    wide = cv2.GaussianBlur(cv2.morphologyEx(weight, cv2.MORPH_OPEN, disc(by)), (0, 0), max(0.5, 0.5 * by))
    rows = np.arange(len(weight), dtype=np.float32)[:, None]
    above = np.clip((mouth + SLIVERS * UNIT * scale - rows) / (SLIVERS * UNIT * scale), 0, 1)
    return np.asarray(weight - above * np.maximum(weight - wide, 0), np.float32)


def hair_color(photo: Photo, face: Face, parser: FaceParser) -> Float32 | None:
    """(3,) CIE L*, a*, b* of this head's hair; of its brows where it is bald or dyed vividly; None where none is seen.

    A beard is that of one's own hair.
    """
    found, (x0, y0, x1, y1) = probabilities(photo, face, ("hair", "brows"), parser, largest=COLORS, scales=(1.5, 1.0))
    size = found[0].shape[::-1]
    lab = lab_of(cv2.resize(to_srgb(photo, (x0, y0, x1, y1)), size, interpolation=cv2.INTER_AREA) / np.float32(255))
    unit = unit_of(face) * size[0] / (x1 - x0)
    for share, least in zip(found, (0.15, 0.02), strict=True):
        sure = share > 0.8
        color = np.median(lab[sure], 0) if sure.sum() > least * unit**2 else None
        if color is not None and np.hypot(*color[1:]) < VIVID:
            return np.asarray(color, np.float32)
    return None


def in_color(here: AroundBeard, made: Float32, weight: Float32, color: Float32) -> Float32:
    """A beard (h, w, 3) in the color (3,) of this head's hair, CIE L*, a*, b*; what is between has that of its skin."""
    rows, columns = (np.flatnonzero((weight > 0).any(axis)) for axis in (1, 0))
    if not rows.size:
        return made
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    lab = lab_of(np.asarray(made[part].clip(0, 255) / np.float32(255), np.float32))
    own = lab_of(here.picture / np.float32(255))
    known = here.bare.astype(np.float32)
    skin = larger(membrane(mean_within(own, here.bare, 2.0), known, 100.0) if known.any() else own, made.shape)[part]
    core = weight[part] > 0.8
    dark = float(np.quantile(lab[..., 0][core], 0.3)) if core.any() else float(color[0])
    full = np.minimum(dark, DENSE * skin[..., :1])
    bare = np.clip((lab[..., :1] - full) / np.maximum(skin[..., :1] - full, 8.0), 0, 1)
    light = np.clip((lab[..., :1] + 16) / (color[0] + 16), 0.2, 1.1)  # what is darker is less colorful
    wanted = light * color[1:] + bare * (skin[..., 1:] - light * color[1:])
    wanted = blurred(np.asarray(wanted, np.float32), SMOOTH * UNIT * made.shape[0] / here.shape[0])
    result = lab.copy()
    result[..., 1:] = wanted + np.clip(HUES * (lab[..., 1:] - wanted), -STRAY, STRAY)
    result[..., 0] += (1 - bare[..., 0]) * np.clip(LIGHTER * (color[0] - dark), -DARKENED, LIGHTENED)
    after = made.copy()
    after[part] = 255 * rgb_of(np.asarray(result, np.float32))
    return after


def matte_of(there: AroundBeard, picture: np.ndarray) -> Float32:
    """(h, w) in [0, 1]: a beard in its part of a photo (h, w, 3), the skin between its hairs included."""
    size = picture.shape[:2]
    unit = UNIT * size[0] / there.shape[0]

    def large(one: Bool | Float32) -> Float32:
        return larger(one, size).clip(0, 1)

    sharp = sharpened(picture, large(there.hairs), 0.07 * unit) * large(blurred(dilated(there.hairs, 4), 1.0))
    shares = there.shares
    beside = blurred(shares["background"] + shares["clothes"] + shares["ears"] > 0.3, 1.0) > 0.1
    within = blurred(dilated(there.hairs, 2) & there.oval & ~(beside & ~there.hairs), 1.6)
    within = large(within) * large(there.oval)
    sharp *= large(blurred(~(dilated(beside, 1) & (there.rows < there.points[2, 1])), 1.0))  # sideburns stay
    return np.asarray(np.maximum(sharp, within), np.float32)


def lit(here: AroundBeard, before: Float32, taken: Float32, weight: Float32) -> Float32:
    """Another man's pixels (h, w, 3) in the light and colors of this man's skin; hair gets the light alone."""
    size = here.shape[::-1]
    mine, theirs = (np.log(cv2.resize(one, size, interpolation=cv2.INTER_AREA) + 8) for one in (before, taken))
    free = here.facial & (cv2.resize(weight, size, interpolation=cv2.INTER_AREA) < 0.05)
    if free.sum() < 30:
        free = here.facial
    apart = np.clip(mine - theirs, -MOST, MOST).astype(np.float32)
    apart = blurred(membrane(mean_within(apart, free, 2.5), free.astype(np.float32), MOST), 2.5)
    gain = larger(apart, taken.shape)
    skin = np.exp(float(np.median(theirs[free].mean(1))))
    share = np.clip(2 * (taken.mean(2) + 8) / skin - 0.6, 0, 1)[..., None]
    light = gain.mean(2, keepdims=True)
    return np.asarray((taken + 8) * np.exp(light + share * (gain - light)) - 8, np.float32)


def _check_pair(photo: Photo, face: Face, other: Photo, other_face: Face) -> None:
    """Refuses heads that look too far apart, are lit from other sides, or of which the other is too small."""
    apart = abs(other_face.pose.yaw - face.pose.yaw)
    if apart > FARTHEST:
        raise LayerError(
            f"The two heads look {apart:.0f} degrees apart; beards go well up to {FARTHEST:.0f}. "
            "Choose a photo in which the head is turned as far."
        )
    if abs(side_light(photo, face) - side_light(other, other_face)) > ASIDE:
        raise LayerError("The other head is lit from another side; its beard would show that. Choose another photo.")
    mine, theirs = unit_of(face), unit_of(other_face)
    if theirs < COARSER * mine:
        raise LayerError(
            f"The other's eyes lie {theirs:.0f} pixels apart, this face's {mine:.0f}: its beard would be a blur. "
            f"Choose a photo in which they lie at least {COARSER * mine:.0f} apart."
        )


def _check_lent(there: AroundBeard, other: Photo) -> None:
    """Refuses faces without a beard, and beards that their photo cuts off."""
    if float((there.hairs & there.oval & ~there.lips).sum()) < LEAST * UNIT**2:
        raise LayerError("The other face has no beard, or next to none; choose another photo.")
    x0, _, x1, y1 = there.box
    edges = (
        (y1 == other.height, there.hairs[-1]),
        (x0 == 0, there.hairs[:, 0]),
        (x1 == other.width, there.hairs[:, -1]),
    )
    if sum(int(line.sum()) for cut, line in edges if cut) > CUT * UNIT:
        raise LayerError("The other's beard is cut off by its photo; choose one that shows all of it.")
