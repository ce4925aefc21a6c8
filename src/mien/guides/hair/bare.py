"""What lies under hair: skin, neck, clothes and backdrop where hair was and none will be.

Skin is the other's, which shows a forehead, ears and a neck there, in this face's colors; backdrop and clothes are
this photo's, mirrored at the border of the hair.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.blend import membrane
from mien.compose.border import local_colors, wide_blur
from mien.compose.morphology import disc
from mien.guides.continued import mirrored, nearest
from mien.guides.hair.backdrop import behind_hair
from mien.guides.hair.ears import coming, going
from mien.guides.scene import Scene, polygon
from mien.types import Bool, Float32

SPREAD = 0.03
"""Units by which the old hair's matte is widened: strands that it misses."""

WISPS = 0.1
"""Units around the old hair in which the backdrop is made anew: single hairs are seen there."""

FARTHER = 1.0
"""Width, units, in which single hairs are looked for, before backdrops without lines of their own."""

FINEST = 14.0
"""Levels by which a single hair is darker or lighter than the backdrop."""

GAP = 0.015
"""Square units up to which backdrop that new hair and a face enclose is skin."""

CLOSED = 0.15
"""Half the width, units, of what is made anew with the old hair between its ends: skin in their shade."""

NECK = 0.05
"""Square units of a neck that tell its colors."""

HIGH, TOP = 0.17, (10, 109, 338, 67, 297, 103, 332)
"""How far above the face's highest points a forehead reaches, in lengths of the face; and these points."""

BESIDE = 0.12
"""Units around an ear that stays in which nothing of an ear vanishes."""

FEATURES = (33, 133, 168, 362, 263, 291, 17, 61)
"""Outline of eyes and mouth, which stay."""

BROWS = ((70, 63, 105, 66, 107, 133, 33), (300, 293, 334, 296, 336, 362, 263))
"""Outlines of a brow and what is below it, which stay, too."""


def face_of(here: Scene) -> Float32:
    """(h, w): 1 on the face and a forehead as high as any."""
    up = HIGH * (here.points[10, :2] - here.points[152, :2])
    face = np.concatenate([here.points[list(mesh.OUTLINE), :2], here.points[list(TOP), :2] + up])
    hull = cv2.convexHull(face.astype(np.float32))[:, 0].astype(np.float64)
    return polygon(hull, here.shape, SPREAD * here.unit)


def held(here: Scene) -> Bool:
    """(h, w): where no old hair is."""
    return np.asarray(cv2.dilate((here.loose > 0.06).astype(np.uint8), disc(SPREAD * here.unit)) == 0, np.bool_)


def bare(
    here: Scene, there: Mapping[str, Float32], picture: Float32, skin: Float32, alpha: Float32, stays: Float32
) -> tuple[Float32, Float32]:
    """The picture without the old hair where new hair will not hide it, and without ears that it would hide.

    Args:
        here: the scene.
        there: the other's classes at the same places: where it shows its forehead, a forehead is made.
        picture: (h, w, 3) the other's picture, at the same places.
        skin: (h, w, 3) the same with its skin in this face's colors.
        alpha: (h, w) what the new hair and its skin hide.
        stays: (h, w) ears and what is worn, which are kept.

    Returns:
        What lies there (h, w, 3) and (h, w) how much of it shows, 0 where the photo stays as it is.
    """
    kernel = disc(SPREAD * here.unit)
    seen = held(here)
    ears = going(here, there, alpha)
    ears = ears * (cv2.dilate((stays > 0.5).astype(np.uint8), disc(BESIDE * here.unit)) == 0)
    seen &= ears < 0.1
    weights = _closed(here, _kinds(here, there, seen), alpha)
    gone = _gone(here, weights["face"], weights["background"], kernel)
    gone = np.maximum(np.maximum(gone, ears), coming(there, gone, stays))
    gone = gone * np.clip((1 - alpha) * 20, 0, 1) * (1 - stays)
    if float(gone.sum()) < 4:
        return here.picture, np.zeros_like(alpha)
    result = weights["face"][..., None] * skin
    if float((weights["neck"] * gone).max()) > 0.02:
        result += weights["neck"][..., None] * _as_neck(here, _skin(here, there, picture, seen, "neck"), seen)
    for name in ("background", "clothes"):
        if float((weights[name] * gone).max()) > 0.02:
            known = cv2.dilate((~seen).astype(np.uint8), kernel, iterations=3) == 0
            known &= (here.shares[name] > 0.75) & ~wisps(here)
            made = behind_hair(here, known, (weights[name] > 0.01) & (gone > 0)) if name == "background" else None
            result += weights[name][..., None] * (mirrored(here, known) if made is None else made)
    return np.asarray(result, np.float32), np.asarray(gone, np.float32)


def _gone(here: Scene, skin: Float32, backdrop: Float32, kernel: np.ndarray) -> Float32:
    """(h, w) how much of each pixel is made anew: hair, and on skin a soft rim around it."""
    unit = here.unit
    wide = cv2.GaussianBlur(cv2.dilate(here.loose, kernel), (0, 0), max(0.7, 0.012 * unit))
    gone = np.clip(1.6 * np.maximum(wide, here.loose) - 0.1, 0, 1)
    solid = cv2.dilate((here.loose > 0.3).astype(np.uint8), kernel)
    solid = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, disc(CLOSED * unit)).astype(np.float32)
    rim = np.clip(2.5 * cv2.GaussianBlur(solid, (0, 0), 0.03 * unit), 0, 1)
    inner = np.maximum.reduce([polygon(here.points[list(one)], here.shape, 0.012 * unit) for one in (FEATURES, *BROWS)])
    thin = wisps(here).astype(np.float32)
    thin = np.clip(1.8 * wide_blur(thin, 0.05 * unit) - 0.4, 0, 1) * backdrop
    gone = (
        np.maximum(np.maximum(gone, rim * skin), thin * (1 - here.shares["clothes"])) * (1 - inner) + here.hair * inner
    )
    return np.asarray(np.where(gone < 0.02, 0, gone), np.float32)


def wisps(here: Scene) -> Bool:
    """Around the old hair, and farther away thin lines before a calm backdrop."""
    side = 2 * max(1, round(WISPS * here.unit)) + 1
    close = cv2.dilate((here.loose > 0.15).astype(np.uint8), np.ones((side, side), np.uint8)) > 0
    side = 2 * max(1, round(FARTHER * here.unit)) + 1
    far = cv2.dilate((here.loose > 0.5).astype(np.uint8), np.ones((side, side), np.uint8)) > 0
    plain = ~close & (here.shares["background"] > 0.75)
    gray = cv2.cvtColor(here.picture, cv2.COLOR_RGB2GRAY)
    kernel = disc(0.03 * here.unit)
    lines = np.maximum(*(cv2.morphologyEx(gray, kind, kernel) for kind in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT)))
    if int(plain.sum()) < 100:
        return np.asarray(close, np.bool_)
    usual = float(np.quantile(lines[plain], 0.97))
    if usual > FINEST:  # a backdrop with lines of its own stays wherever no more are seen
        fine = cv2.dilate((lines > usual).astype(np.uint8), kernel) > 0
        return np.asarray(close & (fine | (here.loose > 0.06)), np.bool_)
    strands = (lines > FINEST) & far & (here.shares["background"] > 0.5)
    speck = max(1, round(0.02 * here.unit))
    more = cv2.dilate(strands.astype(np.uint8), np.ones((2 * speck + 1,) * 2, np.uint8)) > 0
    _, pieces = cv2.connectedComponents((close | more).astype(np.uint8))
    grown = np.isin(pieces, np.unique(pieces[close])) & (pieces > 0)  # out of the hair; no dirt on a wall
    return np.asarray(grown, np.bool_)


def _kinds(here: Scene, there: Mapping[str, Float32], held: Bool) -> dict[str, Float32]:
    """(h, w) of what lies under the hair, by group; they sum to 1.

    Skin and neck are where the other shows them, or this photo does; backdrop and clothes as this photo goes on.
    """
    unit = here.unit
    nape = there["neck"] * above_the_neck(here)
    skin, neck, rest = there["face"] + there["ears"] + nape, there["neck"] - nape, there["background"]
    total = wide_blur(np.dstack([skin, neck, skin + neck + rest + there["clothes"] + 1e-3]), 0.025 * unit)
    skin = _step(total[..., 0] / total[..., 2]) * np.clip(2.5 - 3 * there["hair"], 0, 1)  # no skin between curls
    skin = np.maximum(skin, face_of(here) * np.clip(2 - 4 * here.shares["background"], 0, 1))
    neck = wide_blur(_step(total[..., 1] / total[..., 2]), 0.06 * unit)
    neck = wide_blur(_step(neck), 0.015 * unit)
    shares = wide_blur(np.dstack([here.shares[name] * held for name in ("neck", "face")]), 0.02 * unit)
    neck = np.maximum(neck, _step(shares[..., 0])) * (1 - skin)
    backdrop = _backdrop(here, there, held)
    rest = 1 - skin - neck
    return {"face": skin, "neck": neck, "background": rest * backdrop, "clothes": rest * (1 - backdrop)}


def _closed(here: Scene, weights: dict[str, Float32], alpha: Float32) -> dict[str, Float32]:
    """The same with skin for backdrop in small gaps between new hair (h, w) and the face."""
    backdrop, unit = weights["background"], here.unit
    gaps = (1 - alpha) * np.maximum(backdrop, here.shares["background"]) > 0.25
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(gaps.astype(np.uint8))
    face = (np.maximum(here.shares["face"], weights["face"]) > 0.6) & (alpha < 0.5) & ~gaps
    beside = cv2.dilate(face.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    small = stats[:, cv2.CC_STAT_AREA] < GAP * unit**2
    small[0] = False
    taken = np.isin(pieces, np.unique(pieces[beside])) & small[pieces]
    if not taken.any():
        return weights
    share = cv2.GaussianBlur(cv2.dilate(taken.astype(np.float32), disc(0.02 * unit)), (0, 0), max(0.6, 0.01 * unit))
    more = (share * backdrop).astype(np.float32)
    return {**weights, "background": backdrop - more, "face": weights["face"] + more}


def above_the_neck(here: Scene) -> Float32:
    """(h, w): 1 above the lobes of the ears, where what the other shows of a neck is a nape beside its ear."""
    ys = np.arange(here.shape[0], dtype=np.float32)[:, None]
    level = float(here.points[[132, 361], 1].mean())
    return np.broadcast_to(np.clip((level - ys) / (0.1 * here.unit) + 0.5, 0, 1), here.shape).astype(np.float32)


def _backdrop(here: Scene, there: Mapping[str, Float32], held: Bool) -> Float32:
    """(h, w): 1 for backdrop, 0 for clothes: near what is seen as that is, farther away with the other's shoulders."""
    unit = here.unit
    lower = np.where(here.shares["background"] > here.shares["clothes"], np.float32(1), np.float32(0))
    sure = held & (here.shares["background"] + here.shares["clothes"] > 0.7)
    reach = max(1, round(0.04 * unit))
    sure = cv2.erode(sure.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    other = (there["background"] + 1e-3) / (there["background"] + there["clothes"] + 2e-3)
    if sure.any():
        columns, rows = nearest(sure)
        ys, xs = np.mgrid[: here.shape[0], : here.shape[1]]
        close = np.exp(-(((columns - xs) ** 2 + (rows - ys) ** 2) / np.float32((0.4 * unit) ** 2)))
        other = close * lower[rows, columns] + (1 - close) * (0.25 * lower[rows, columns] + 0.75 * other)
    sharp = (wide_blur(other.astype(np.float32), 0.04 * unit) > 0.5).astype(np.float32)
    return wide_blur(sharp, 0.012 * unit)


def _step(share: Float32) -> Float32:
    return np.asarray(np.clip(4 * share - 1.5, 0, 1), np.float32)


def _skin(here: Scene, there: Mapping[str, Float32], picture: Float32, held: Bool, name: str) -> Float32:
    """The other's skin in the colors and the light of this face."""
    unit = here.unit
    mine, theirs = here.shares["face"] + here.shares[name], there["face"] + there[name] + there["ears"]
    known = held & (mine > 0.75) & (theirs > 0.75)
    if int(known.sum()) < 30:
        return here.picture
    light = here.picture.mean(2)
    low, high = np.quantile(light[known], (0.4, 0.97))
    shaded = wide_blur(np.maximum(_features(here), here.loose), 0.04 * unit) > 0.05
    typical = known & (light >= low) & (light <= high) & ~shaded
    known = typical if int(typical.sum()) >= 30 else known
    area = known.astype(np.float32)
    means = [_lab(local_colors(one, area, 0.05 * unit)[0]) for one in (here.picture, picture)]
    ratio = (means[0][..., :1] + 16) / (means[1][..., :1] + 16)
    spread = membrane(np.dstack([100 * np.log(ratio), means[0][..., 1:]]), area, 200.0)
    spread = wide_blur(spread, 0.1 * unit)
    foreign = np.maximum(there["worn"], there["hair"] + there["background"])
    foreign = np.maximum(foreign, there["strained"])
    skin = _lab(_calm(picture, theirs, np.maximum(foreign, 0.7 * _features(here)), unit))
    soft = wide_blur(skin, 0.1 * unit)
    made = np.dstack([(skin[..., :1] + 16) * np.exp(spread[..., :1] / 100) - 16, spread[..., 1:]])
    low, high = np.quantile(_lab(here.picture)[..., 0][known], (0.02, 0.95))
    bright = np.maximum(made[..., 0] - high, 0)
    made[..., 0] = np.maximum(made[..., 0] - 0.75 * bright, low - 8)
    made[..., 1:] += 0.7 * (skin[..., 1:] - soft[..., 1:])
    return np.asarray(np.clip(cv2.cvtColor(made.astype(np.float32), cv2.COLOR_LAB2RGB) * 255, 0, 255), np.float32)


def _as_neck(here: Scene, made: Float32, held: Bool) -> Float32:
    """Skin (h, w, 3) in the colors of what is seen of this neck, where enough is."""
    known = (held & (here.shares["neck"] > 0.8)).astype(np.float32)
    if float(known.sum()) < NECK * here.unit**2:
        return made
    calm = wide_blur(membrane(here.picture, known, 255.0), 0.05 * here.unit)
    return np.asarray(np.clip(calm + made - wide_blur(made, 0.12 * here.unit), 0, 255), np.float32)


def _features(here: Scene) -> Float32:
    """(h, w): 1 on brows, eyes, lips and glasses."""
    outlines = (
        (70, 63, 105, 66, 107, 133, 145, 33),
        (300, 293, 334, 296, 336, 362, 374, 263),
        mesh.OUTER_LIPS,
    )
    soft = 0.02 * here.unit
    found = [polygon(here.points[list(one)], here.shape, soft) for one in outlines]
    return np.asarray(np.maximum.reduce([*found, here.shares["worn"]]), np.float32)


def _calm(picture: Float32, skin: Float32, worn: Float32, unit: float) -> Float32:
    """Without beard, earrings, glasses, collars: nothing much lighter or darker than the skin around it."""
    sure = np.clip(skin * 4 - 3, 0, 1) * (worn < 0.1)
    mean = wide_blur(membrane(picture, cv2.erode(sure, np.ones((3, 3), np.uint8)), 255.0), 0.06 * unit)
    near = np.clip(picture, 0.7 * mean - 6, 1.2 * mean + 6)
    away = np.clip(3 * wide_blur(worn, 0.02 * unit), 0, 1)[..., None]
    near = near + away * (mean - near)
    return np.asarray(near, np.float32)


def _lab(picture: Float32) -> Float32:
    return np.asarray(cv2.cvtColor(picture / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)
