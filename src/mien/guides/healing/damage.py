"""Scratches and dust on scans of prints, found by what they are: thin or small, sharp, sparse, unlike what is around.

Specks stand out of a median of their surroundings; scratches are long straight lines, found by the mean along lines of
many directions. Both are compared with how rough the picture is there, so that grain, leaves and cloth are no damage;
prints are looked at without their dots (:mod:`mien.guides.healing.printed`), and in color photos damage is only what
is pale as paper or black (:mod:`mien.guides.healing.sure_damage`). What a face may have itself is left: lights in eyes,
teeth, hairs, jewelry, moles.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255]; areas (h, w) bool.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.errors import LayerError
from mien.guides.healing.printed import FAINTEST, Print
from mien.guides.healing.scratches import FAINT, Part, parts_of, roughness, scratches
from mien.guides.healing.sure_damage import sure
from mien.photos.color import to_srgb
from mien.types import Bool, Float32, Photo

LARGEST, LINES_AT = 1600, 1000
"""Longer side, pixels, from which a photo is looked at at a reduced size, for specks and for scratches."""

SPECK = 0.006
"""Radius of a speck at most, against the shorter side."""

STANDS, ROUGH = (20.0, 8.0, 80.0), (6.0, 2.5)
"""Levels by which a speck differs from its surroundings at its middle, at its border, and in hair and cloth; and
multiples of roughness."""

SHARP = 0.22
"""Steepest step per pixel of a speck's border, against how much it stands out: highlights on skin are softer."""

ALONE = 0.35
"""How high what is around a speck may be, against it."""

CROWD, AMONG = 12.0, 0.05
"""Width, radii of specks, in which no more than a share may be specks: more are a pattern."""

COLORED = 10.0
"""How much more color than its surroundings dust may have, a* and b*."""

NONE = "No scratches or dust are seen in this photo; give --mask, a picture that is white on what is to vanish."


def find_damage(photo: Photo, features: Bool, woven: Bool, skin: Bool) -> Bool:
    """(H, W): scratches and dust.

    Args:
        photo: any.
        features: (H, W) where small bright and dark things are what they should be: eyes, teeth, glasses, jewelry.
        woven: (H, W) hair and cloth, which have lines and bright points of their own.
        skin: (H, W) of faces, where dark spots may be moles, and dark lines wrinkles.

    Raises:
        LayerError: none are seen.
    """
    shrink = min(1.0, LARGEST / max(photo.width, photo.height))
    size = (max(1, round(photo.width * shrink)), max(1, round(photo.height * shrink)))
    whole = to_srgb(photo, (0, 0, photo.width, photo.height))
    picture = cv2.resize(whole, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    del whole
    areas = (
        cv2.resize(one.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0 for one in (features, woven, skin)
    )
    kept, threads, face = areas
    seen = Print.of(picture)
    specks, lines = _specks(seen, kept, threads, face), _reduced_scratches(seen, kept | threads, face)
    found = specks | lines if seen.pitch else sure(picture, specks, lines)
    if not found.any():
        raise LayerError(NONE)
    grown = cv2.dilate(found.astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.resize(grown, (photo.width, photo.height), interpolation=cv2.INTER_NEAREST) > 0)


def _specks(seen: Print, kept: Bool, woven: Bool, skin: Bool) -> Bool:
    light, least = seen.light, seen.least()
    radius = max(2, round(SPECK * min(light.shape)))
    off = light - cv2.medianBlur(np.clip(light, 0, 255).astype(np.uint8), min(4 * radius + 1, 255)).astype(np.float32)
    rough = roughness(off, radius)
    steep = np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)) / 8
    lab = cv2.cvtColor(seen.picture / np.float32(255), cv2.COLOR_RGB2LAB)
    found = np.zeros(light.shape, np.bool_)
    for sign in (1, -1):
        seed, border = (sign * off > np.maximum(a, b * rough) for a, b in zip(STANDS[:2], ROUGH, strict=True))
        seed = seed if least is None else seed & (np.abs(off) > least)
        parts = [one for one in parts_of(border, seed) if one.length < 8 * radius]
        crowd = np.zeros(light.shape, np.float32)
        for one in parts:
            crowd[one.box[1] : one.box[3], one.box[0] : one.box[2]][one.area] = 1
        side = round(CROWD * radius) | 1
        crowd = cv2.blur(crowd, (side, side)) * side**2
        for one in parts:
            x0, y0, x1, y1 = one.box
            there = np.s_[y0:y1, x0:x1]
            if kept[there][one.area].mean() > 0.2 or (sign < 0 and skin[there][one.area].mean() > 0.2):
                continue
            if woven[there][one.area].mean() > 0.2 and np.abs(off[there][one.area]).max() < STANDS[2]:
                continue
            if one.size > np.pi * (radius + 1) ** 2 * 1.5 or one.size < 3:
                continue
            if float(crowd[there][one.area].mean()) - one.size > AMONG * side**2:
                continue
            if _dusty(light, off, steep, lab, one):
                found[there] |= one.area
    return found


def _dusty(light: Float32, off: Float32, steep: Float32, lab: Float32, one: Part) -> bool:
    """Whether a speck has sharp borders, and no more color than what is around."""
    x0, y0, x1, y1 = one.box
    wide = np.s_[max(0, y0 - 4) : y1 + 4, max(0, x0 - 4) : x1 + 4]
    area = np.zeros(off.shape, np.bool_)[wide]
    area[y0 - wide[0].start : y1 - wide[0].start, x0 - wide[1].start : x1 - wide[1].start] = one.area
    near = cv2.dilate(area.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    ring = (cv2.dilate(area.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0) & ~near
    if not ring.any():
        return False
    strongest = np.abs(off[wide][area]).argmax()
    height, peak = float(off[wide][area][strongest]), float(light[wide][area][strongest])
    if float(np.quantile((light[wide][ring] - peak) * np.sign(height), 0.92)) > (ALONE - 1) * abs(height):
        return False  # a corner of something larger
    height = abs(height)
    if float(np.quantile(steep[wide][near], 0.7)) < SHARP * height:
        return False
    inside, around = (np.median(lab[wide][part][:, 1:], axis=0) for part in (area, ring))
    return float(np.hypot(*inside)) < float(np.hypot(*around)) + COLORED


def _reduced_scratches(seen: Print, kept: Bool, skin: Bool) -> Bool:
    """Scratches, looked for at a reduced size in large pictures: means along long lines are slow."""
    light, faint = seen.joined(), FAINTEST if seen.pitch else FAINT
    shrink = min(1.0, LINES_AT / max(light.shape))
    if shrink == 1:
        return scratches(light, kept, skin, faint) & ~seen.border()
    size = (round(light.shape[1] * shrink), round(light.shape[0] * shrink))
    small = np.asarray(cv2.resize(light, size, interpolation=cv2.INTER_AREA), np.float32)
    inside, face = (cv2.resize(one.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0 for one in (kept, skin))
    found = scratches(small, inside, face, faint)
    large = cv2.resize(found.astype(np.float32), light.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(large > 0.4, np.bool_) & ~seen.border()
