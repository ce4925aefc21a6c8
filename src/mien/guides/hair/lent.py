"""A head that lends its hair: the hair's pure colors, nothing worn over it, and ears outlined as they are seen.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mien.compose.blend import membrane
from mien.compose.border import local_colors, wide_blur
from mien.compose.matte import colors, sharpened
from mien.compose.morphology import disc
from mien.guides.scene import Scene, polygon
from mien.types import Bool, Float32, Float64, UInt8

THIN = (0.5, 0.95)
"""Values of a matte up to which hair has no lightness of its kind, and from which it is as it was seen."""

MIXED = (0.85, 0.98)
"""The same for its hue, which skin and backdrop change sooner."""

WORN = 0.3
"""From which share on something worn is taken off the other head."""


DEEP = 0.25
"""Units from the backdrop up to which it may be seen through curls."""

TOLD = 10.0
"""Distance, CIELAB, between hair and what lies beyond it from which its outline is told."""

SKULL = (1.52, 1.52, 1.50, 1.42, 1.33, 1.22, 1.11, 1.03, 0.93, 0.87, 0.82, 0.80)
"""Units from between the temples to the outline of short hair, each 10 degrees from the crown on."""

SCRAP = 0.06
"""Square units up to which a piece of hair beside an ear that hangs on nothing is left out."""

ROOM, MERGED = 1.1, 0.2
"""Hair beyond what is told, over short hair; share of directions without outline from which none is trusted."""

APART = 70.0
"""Levels between hair and clothes up to which they are alike."""

RAYS, FARTHEST = 144, 3.0
"""Directions in which an outline is looked for, and how far, units."""

ARM = 14.0
"""Levels by which an arm of glasses is darker or lighter than what lies on both sides."""


def pure(there: Scene, matte: Float32) -> Float32:
    """(h, w, 3) the hair's colors, without what shines through it: what is thin stays near what is solid there."""
    front, _ = colors(there.picture / np.float32(255), matte, max(4, round(0.2 * there.unit)))
    lab = cv2.cvtColor(front, cv2.COLOR_RGB2LAB)
    solid = matte**6
    thin = [1 - np.clip((matte - low) / (high - low), 0, 1) for low, high in (THIN, MIXED)]
    mean, _ = local_colors(lab, solid, 0.12 * there.unit)
    gray = np.repeat(lab[..., :1], 3, 2) / np.sqrt(np.float32(3))
    spread = [local_colors(one, solid, 0.3 * there.unit)[1] for one in (lab * (0, 1, 1), gray)]
    known = wide_blur(solid, 0.12 * there.unit) > 0.01
    away = lab - mean
    far = np.sqrt((away[..., 1:] ** 2).sum(2))
    factor = np.minimum(1, (1.2 * spread[0] + 1.5) / np.maximum(far, 1e-3))
    light = np.clip(away[..., 0], -2.5 * spread[1] - 4, 0.6 * spread[1] + 1)
    near = np.dstack([light, away[..., 1:] * factor[..., None]])
    kept = near + (away - near) * (1 - np.dstack([thin[0], thin[1], thin[1]]))
    lab = np.where(known[..., None], mean + kept, lab).astype(np.float32)
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255, 0, 255), np.float32)


def clear(there: Scene) -> Float32:
    """(h, w) the hair's matte without the backdrop between curls, where that is seen by its color."""
    unit = there.unit
    hair, rest = (there.hair > 0.97).astype(np.float32), (there.shares["background"] > 0.9) * (there.hair < 0.03)
    (front, spread) = local_colors(there.picture, hair, 0.14 * unit)
    back, _ = local_colors(there.picture, rest.astype(np.float32), 0.25 * unit)
    toward = back - front
    length = np.sqrt((toward**2).sum(2)) + 1
    placed = ((there.picture - front) * toward).sum(2) / length**2
    near = np.clip(
        1.5 - cv2.distanceTransform(1 - rest.astype(np.uint8), cv2.DIST_L2, 5) / np.float32(DEEP * unit), 0, 1
    )
    trust = near * np.clip((length - 1.5 * spread - 30) / 40, 0, 1)
    return np.asarray(np.minimum(there.hair, 1 - trust * np.clip((placed - 0.5) / 0.3, 0, 1)), np.float32)


def unclothed(there: Scene, matte: Float32) -> Float32:
    """(h, w) a matte without shoulders of the hair's color, which only the parser tells from it."""
    unit = there.unit
    hair, clothes = ((one > 0.9).astype(np.float32) for one in (there.shares["hair"], there.shares["clothes"]))
    if min(float(hair.sum()), float(clothes.sum())) < 50:
        return matte
    (front, _), (back, _) = (local_colors(there.picture, one, 0.2 * unit) for one in (hair, clothes))
    alike = np.clip((APART - np.sqrt(((front - back) ** 2).sum(2))) / (0.4 * APART), 0, 1)
    return np.asarray(matte * (1 - alike * np.clip((there.shares["clothes"] - 0.12) / 0.3, 0, 1)), np.float32)


def within(there: Scene, matte: Float32) -> Float32:
    """(h, w) the hair's matte without what may be anything of its color, or is cut off by the photo's upper edge.

    In directions in which hair does not differ from what lies beyond it, it ends as in the directions beside them, and
    no farther away than short hair does.
    """
    unit, line = there.unit, there.points[[127, 356], :2]
    middle = line.mean(0)
    tilt = np.arctan2(*(line[1] - line[0])[::-1])
    reach, told, cut = _outline(there, matte, middle)
    steps = 2 * np.pi / RAYS
    turned = np.arange(RAYS) * steps - tilt
    fall = np.abs(np.angle(np.exp(1j * (turned + np.pi / 2))))
    usual = ROOM * np.interp(np.degrees(fall), 10 * np.arange(len(SKULL)), SKULL)
    asked = (fall < np.radians(130)) & (reach > 0)
    lost = asked & ~told & ((fall < np.radians(60)) | ~cut)
    if not lost.any():
        return matte
    merged = float(lost.sum()) > MERGED * float(asked.sum())
    sure = np.flatnonzero(asked & told) if not merged else np.zeros(0, np.int64)
    around = np.interp(np.arange(RAYS), sure, reach[sure], period=RAYS) if sure.size else usual
    room = np.where(lost | merged, np.minimum(usual, around), FARTHEST)
    room[fall >= np.radians(130)] = FARTHEST
    ways = np.arange(RAYS * 8) / 8
    room = np.interp(ways, np.arange(RAYS), room, period=RAYS)
    room = np.minimum(room, cv2.blur(room[None].astype(np.float32), (41, 1), borderType=cv2.BORDER_REFLECT)[0])
    rng = np.random.default_rng(0)
    room += cv2.blur(0.05 * rng.standard_normal((1, len(ways))), (15, 1))[0]
    ys, xs = np.mgrid[: there.shape[0], : there.shape[1]].astype(np.float32) - middle[::-1, None, None].astype(
        np.float32
    )
    way = np.arctan2(ys, xs) / steps
    allowed = np.interp(way, ways, room, period=RAYS).astype(np.float32)
    left = matte * np.clip((allowed - np.hypot(xs, ys) / unit) / 0.08 + 0.5, 0, 1)
    return _whole(left, there)


def _outline(there: Scene, matte: Float32, middle: Float64) -> tuple[Float64, Bool, Bool]:
    """By direction, clockwise from the right: how far hair reaches, units; whether its outline is told; or is cut."""
    long = round(40 * FARTHEST)

    def rays(plane: Float32) -> Float32:
        flags = cv2.INTER_LINEAR | cv2.WARP_FILL_OUTLIERS
        point = (float(middle[0]), float(middle[1]))
        return np.asarray(cv2.warpPolar(plane, (long, RAYS), point, FARTHEST * there.unit, flags), np.float32)

    lab = rays(cv2.cvtColor(there.picture / np.float32(255), cv2.COLOR_RGB2LAB))
    seen = rays(np.ones(there.shape, np.float32)) > 0.5
    hairy = cv2.morphologyEx((rays(matte) > 0.5).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))
    first = hairy.argmax(1)
    ended = (hairy == 0) & (np.arange(long) >= first[:, None])
    end = np.where(ended.any(1), ended.argmax(1), long)
    reach, told = np.where(hairy.any(1), end / 40, 0.0), np.ones(RAYS, np.bool_)
    cut = np.zeros(RAYS, np.bool_)
    for n in np.flatnonzero(reach > 0):
        edge = int(seen[n].sum())
        inner = lab[n, max(int(first[n]), end[n] - 12) : max(int(first[n]) + 1, end[n] - 3)]
        outer = lab[n, end[n] + 3 : min(end[n] + 14, edge)]
        cut[n] = len(outer) <= 3
        told[n] = not cut[n] and float(np.linalg.norm(inner.mean(0) - outer.mean(0))) >= TOLD
    return reach, told, cut


def attached(alpha: Float32, here: Scene, stays: Float32) -> Float32:
    """New hair (h, w) without scraps beyond ears that stay (h, w), where hair ends at the ear."""
    left = alpha.copy()
    middle = float(here.points[4, 0])
    xs = np.arange(here.shape[1])
    for way in (-1.0, 1.0):
        side = (stays > 0.5) & (here.shares["ears"] > 0.35) & (way * (xs - middle) > 0)
        rows = np.flatnonzero(side.any(1))
        if len(rows) < 0.15 * here.unit:
            continue
        top, low = int(rows[0]), int(rows[-1])
        outer = float((way * np.nonzero(side)[1]).max()) - 0.05 * here.unit
        beyond = way * xs > outer
        below = alpha[low : low + round(0.25 * here.unit)][:, beyond]
        if float(below.sum()) > SCRAP * here.unit**2:
            continue
        ys = np.arange(here.shape[0])[:, None]
        fade = np.clip((ys - top) / (0.2 * here.unit), 0, 1) * beyond
        left *= (1 - fade).astype(np.float32)
    return left


def _whole(matte: Float32, there: Scene) -> Float32:
    """A matte without pieces that hang on nothing and reach the upper edge of the picture, or are large."""
    count, index, stats, _ = cv2.connectedComponentsWithStats((matte > 0.3).astype(np.uint8))
    if count < 3:
        return matte
    main = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    odd = [
        n
        for n in range(1, count)
        if n != main and (stats[n, cv2.CC_STAT_TOP] < 4 or stats[n, cv2.CC_STAT_AREA] > 0.01 * there.unit**2)
    ]
    away = cv2.dilate(np.isin(index, odd).astype(np.uint8), disc(0.05 * there.unit)).astype(np.float32)
    away[index == main] = 0
    return np.asarray(matte * (1 - cv2.GaussianBlur(away, (0, 0), 1.0)), np.float32)


def unworn(there: Scene) -> Float32:
    """(h, w, 3): the other's picture with skin and hair where arms of glasses and earrings are."""
    worn = (there.shares["worn"] > WORN).astype(np.uint8)
    if not worn.any():
        return there.picture
    worn = cv2.dilate(worn, disc(0.03 * there.unit)) | _arms(there)
    spread = membrane(there.picture, np.float32(1) - worn, 255.0)
    weight = cv2.GaussianBlur(worn.astype(np.float32), (0, 0), 1.0)[..., None]
    return np.asarray(there.picture + weight * (spread - there.picture), np.float32)


def _arms(there: Scene) -> UInt8:
    """(h, w): 1 on thin lines from the eyes to the ears of a head with glasses: arms that the parser does not see."""
    unit, found = there.unit, np.zeros(there.shape, np.uint8)
    eyes = polygon(there.points[[70, 105, 107, 336, 334, 300, 280, 50]], there.shape, 1.0) > 0.5
    if float(there.shares["worn"][eyes].sum()) < 0.02 * unit**2:
        return found
    for eye, edge in ((33, 127), (263, 356)):
        ahead, behind = there.points[eye, :2], there.points[edge, :2]
        along = (behind - ahead) / max(float(np.linalg.norm(behind - ahead)), 1.0)
        ends = [ahead + 0.08 * unit * along, behind + 0.1 * unit * along]
        x, y = (tuple(np.round(end).astype(int).tolist()) for end in ends)
        cv2.line(found, x, y, 1, max(2, round(0.3 * unit)))
    gray = cv2.cvtColor(there.picture, cv2.COLOR_RGB2GRAY)
    lines = np.maximum(
        *(cv2.morphologyEx(gray, kind, disc(0.03 * unit)) for kind in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT))
    )
    along_rows = cv2.morphologyEx(
        (lines > ARM).astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, max(2, round(0.05 * unit))))
    )
    skin = (there.shares["face"] > 0.5) & (there.hair < 0.5)
    return np.asarray(cv2.dilate(along_rows, disc(0.02 * unit)) & found & skin, np.uint8)


def outlined(there: Scene) -> dict[str, Float32]:
    """The other's classes with ears as sharply outlined as the picture shows them, and nothing worn."""
    shares = {name: share.copy() for name, share in there.shares.items()}
    worn = cv2.dilate(shares["worn"], disc(0.03 * there.unit))
    shares["face"] = np.clip(shares["face"] + worn * (there.hair < 0.5), 0, 1).astype(np.float32)
    shares["worn"] = np.zeros_like(worn)
    ears = cv2.dilate((shares["ears"] > 0.3).astype(np.uint8), disc(0.15 * there.unit))
    count, _, stats, _ = cv2.connectedComponentsWithStats(ears)
    for number in range(1, count):
        x, y, w, h, _ = stats[number]
        if min(w, h) < 8:
            continue
        part = np.s_[y : y + h, x : x + w]
        head = np.clip(sum(shares[name][part] for name in ("hair", "face", "ears", "neck", "clothes")), 0, 1)
        picture = np.clip(np.rint(there.picture[part]), 0, 255).astype(np.uint8)
        found = sharpened(picture, np.asarray(head, np.float32), 0.05 * there.unit)
        found = np.clip((found - 0.25) / 0.6, 0, 1) * ears[part]
        shares["ears"][part] = np.where(ears[part] > 0, shares["ears"][part] * found, shares["ears"][part])
        backdrop = np.maximum(shares["background"][part], (1 - found) * (shares["ears"][part] + 0.5))
        shares["background"][part] = np.where(
            ears[part] > 0, np.clip(backdrop, 0, 1 - found), shares["background"][part]
        )
    return shares


def ends(picture: Float32, unit: float) -> Float32:
    """(h, w): hair that its photo cuts off below or at a side gets ends instead: strand by strand, not at a ruler."""
    height, width = picture.shape[:2]
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    fine = gray - cv2.GaussianBlur(gray, (0, 0), 0.05 * unit)
    lengths = np.zeros((height, width), np.float32)
    for across, share in ((0.015 * unit, 0.07), (0.06 * unit, 0.2)):
        along = cv2.GaussianBlur(fine, (0, 0), sigmaX=max(0.6, across), sigmaY=0.3 * unit)
        lengths += share * along / max(float(along.std()), 1e-3)
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    away: Any = np.minimum(height - 1 - ys, np.minimum(xs, width - 1 - xs) * 1.5) / np.float32(unit)
    return np.asarray(np.clip((away - 0.25 - np.clip(lengths, -0.25, 0.5)) / 0.45, 0, 1), np.float32)
