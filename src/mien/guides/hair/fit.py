"""Another person's hair bent to a head: its place, its pure colors, this photo's light, no slits at the cheeks.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.border import local_colors, wide_blur
from mien.errors import LayerError
from mien.guides.hair.ears import AWAY, pairs
from mien.guides.hair.ends import stranded, unspilled
from mien.guides.hair.lent import clear, ends, outlined, pure, unclothed, unworn, within
from mien.guides.hair.line import FOREHEAD, Marks, line_marks
from mien.guides.scene import Scene, half
from mien.guides.spline import Spline
from mien.types import Bool, Float32, Float64

GROWTHS = (1.0, 1.06, 1.12, 1.18)
"""By how much hair may be widened so that it covers the old hair."""

LONGER = 0.8
"""Units by which hair that its photo cuts off below is continued before it ends, mirrored at the cut."""

HAZE, HAIRS, ON_SKIN = (0.2, 0.85), (0.0, 1.0), (0.04, 0.95)
"""Values of a matte that are 0 and 1: less than a strand is the other backdrop's haze, but not where single hairs are
told, and at a hairline it is hair."""

SOFT = 0.01
"""Units by which the line where hair ends before a backdrop is softer than its matte."""

HOLE = 0.012
"""Square units up to which what hair and skin enclose is no backdrop."""

CUT = 0.4
"""Units of head along the other photo's upper edge from which it is cut off."""

SKULL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 234, 127, 162, 21, 54, 103, 67, 109, 33, 133, 362, 263, 168)
"""Points of the outline down to the cheekbones, and of the eyes: a mouth that is open makes no head larger."""

SIDES = (21, 162, 127, 234, 251, 389, 356, 454)
"""Points of the outline beside which hair is as thick as the other's."""

THICK = (0.12, 0.3)
"""Units from these at which it is."""

FEATURES = (*mesh.LEFT_BROW, *mesh.RIGHT_BROW, 33, 133, 362, 263, 168, 4, 61, 291, 0, 17)
"""Points within the face that are brought together, too: a forehead that is shown anew ends at the same brows."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """The other's hair in this scene.

    Attributes:
        alpha: (h, w) the matte.
        front: (h, w, 3) the hair's colors.
        picture: (h, w, 3) all of the other's picture.
        real: (h, w, 3) the same without the hue of its backdrop, in the light that the hair has here.
        shares: (h, w) of the other's classes, by group; and "strained": where it is stretched too much to be shown.
        places: (h, w, 2) the places of the other scene that are seen, (x, y).
        told: (h, w) where single hairs are told; None is nowhere.
    """

    alpha: Float32
    front: Float32
    picture: Float32
    real: Float32
    shares: Mapping[str, Float32]
    places: Float32
    told: Float32 | None = None

    def halved(self, names: Sequence[str]) -> Fitted:
        """The matte and the picture at half their size, with these shares alone; the rest as it is."""
        shares = {name: half(self.shares[name]) for name in names}
        return replace(self, alpha=half(self.alpha), picture=half(self.picture), shares=shares)


def places_of(offsets: Float32) -> Float32:
    """(h, w, 2) places from offsets."""
    ys, xs = np.mgrid[: offsets.shape[0], : offsets.shape[1]].astype(np.float32)
    return np.asarray(offsets + np.dstack([xs, ys]), np.float32)


def fitted(here: Scene, there: Scene, *, whole: bool = False, cut: float = CUT) -> Fitted:
    """The other's hair bent to this face, widened where that covers more of the old hair.

    Args:
        here, there: the scenes.
        whole: whether the outline of the other's hair is known to be right.
        cut: units of head along the other photo's upper edge from which it is cut off.

    Raises:
        LayerError: the other photo cuts its head off at the top, where this one goes on.
    """
    there = replace(there, hair=clear(there) if whole else within(there, unclothed(there, clear(there))))
    matte, told = stranded(there, there.hair)
    seen = unworn(there)
    own = unspilled(there, seen, matte)
    there = replace(there, hair=matte)
    front = pure(replace(there, picture=own), matte)
    marks = pairs(here, there)
    lines = hairlines(here, there)
    best = min(
        GROWTHS, key=lambda growth: _uncovered(here, there, growth, marks, lines) + 0.6 * (growth - 1) * here.unit**2
    )
    offsets = field(here, there, best, 1.0, marks, lines)
    longer = round(LONGER * there.unit)
    front, picture, own = (
        cv2.copyMakeBorder(one, 0, longer, 0, 0, cv2.BORDER_REFLECT_101) for one in (front, seen, own)
    )
    alpha = np.concatenate([there.hair, there.hair[-2 : -longer - 2 : -1] * there.hair[-1:]])
    alpha = alpha * ends(np.asarray(picture, np.float32), there.unit)
    larger = there.unit / (here.unit * best)
    soft = 0.45 * np.sqrt(max(larger**2 - 1, 0.0))  # without it, finer detail turns into noise
    planes = [bent(cv2.GaussianBlur(p, (0, 0), soft) if soft > 0.3 else p, offsets) for p in (front, picture, own)]
    shares = {name: bent(share * 255, offsets) / np.float32(255) for name, share in outlined(there).items()}
    places = places_of(offsets)
    shares["strained"] = _strained(places)
    on_skin = np.clip(4 * wide_blur(shares["face"], 0.06 * here.unit), 0, 1)
    told = bent(told, offsets, 0)
    low, high = (
        haze + told * (hair - haze) + on_skin * (skin - haze - told * (hair - haze))
        for haze, hair, skin in zip(HAZE, HAIRS, ON_SKIN, strict=True)
    )
    new = np.clip((bent(alpha, offsets, 0) - low) / (high - low), 0, 1).astype(np.float32)
    head = np.maximum(new, shares["face"])[(places[..., 1] >= 0) & (places[..., 1] < 2 * there.unit / here.unit)]
    if float(head.sum()) > 2 * cut * here.unit:
        raise LayerError("The other photo cuts its head off at the top; choose one that shows all of it.")
    return Fitted(new, planes[0], planes[1], planes[2], shares, places, told)


def _strained(places: Float32) -> Float32:
    """(h, w): 1 where areas are enlarged or reduced by more than twice as much as usual."""
    (down_x, across_x), (down_y, across_y) = (np.gradient(places[..., n]) for n in (0, 1))
    area = np.maximum(across_x * down_y - across_y * down_x, 1e-3)
    away = np.abs(np.log(area / np.median(area)))
    away = cv2.blur(away.astype(np.float32), (9, 9))  # the field is drawn between nodes
    return np.asarray(np.clip((away - 0.9) / 0.4, 0, 1), np.float32)


def hairlines(here: Scene, there: Scene) -> Marks:
    """The other's hairline and outline brought nearer to this head's than a similarity of their faces brings them."""
    turn, middle, centre = skulls(here, there)
    return line_marks(here, there, turn, centre, middle)


def field(
    here: Scene,
    there: Scene,
    growth: float,
    shrink: float,
    marks: tuple[Float64, Float64] | None = None,
    lines: Marks | None = None,
) -> Float32:
    """(h, w, 2) from places of this scene, reduced by ``shrink``, to places of the other's.

    A similarity of the face ovals, on which the ovals' difference is laid; far from the face the similarity alone,
    narrowed by the growth. Marks (N, 2 each) are brought together, too.
    """
    oval = list(mesh.OUTLINE)
    chosen = [n for n in oval if lines is None or not lines.met or n not in FOREHEAD] + list(FEATURES)
    turn, middle, centre = skulls(here, there)
    mine, theirs = here.points[chosen, :2], there.points[chosen, :2]
    sides = _beside(here, there, turn, None if marks is None else marks[0])
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    radius = (2.2 if lines is None else 3.2) * here.unit  # beyond the hair that lines tell of
    around = middle + radius * np.stack([np.cos(angles), np.sin(angles)], 1)
    beside, goal = marks or (np.zeros((0, 2)), np.zeros((0, 2)))
    usual = centre + (beside - middle) @ turn.T
    limit = AWAY * there.unit / np.maximum(np.linalg.norm(goal - usual, axis=1, keepdims=True), 1e-6)
    goal = usual + (goal - usual) * np.minimum(1, limit)
    if lines is not None:
        beside, goal = np.concatenate([beside, lines.places]), np.concatenate([goal, lines.goals])
    places = np.concatenate([mine, sides[0], beside, around])
    goals = np.concatenate([theirs, sides[1], goal, centre + (around - middle) @ turn.T / growth])
    spline = Spline.fit(places * shrink, goals - places * shrink, smoothing=2e-3)
    height, width = (max(2, round(n * shrink)) for n in here.shape)
    return spline.field((0, 0, width, height))


def skulls(here: Scene, there: Scene) -> tuple[Float64, Float64, Float64]:
    """The similarity between what two skulls show of themselves; as :func:`similarity` gives it."""
    return similarity(here.points[list(SKULL), :2], there.points[list(SKULL), :2])


def _beside(here: Scene, there: Scene, turn: Float64, ears: Float64 | None) -> tuple[Float64, Float64]:
    """(N, 2) places beside the face, and the same beside the other's, as far away: a spline would go on bending.

    None are on a side on which all of an ear (N, 2) is known, which tells more.
    """
    across = here.points[list(SIDES[4:]), :2].mean(0) - here.points[list(SIDES[:4]), :2].mean(0)
    way, middle = across / max(float(np.linalg.norm(across)), 1e-6), here.points[4, :2]
    places, goals = [np.zeros((0, 2))], [np.zeros((0, 2))]
    for side, out in ((SIDES[:4], -way), (SIDES[4:], way)):
        if ears is None or int((((ears - middle) @ out) > 0).sum()) < 3:
            by = np.array(THICK)[:, None, None] * here.unit * out
            places.append((here.points[list(side), :2] + by).reshape(-1, 2))
            goals.append((there.points[list(side), :2] + by @ turn.T).reshape(-1, 2))
    return np.concatenate(places), np.concatenate(goals)


def similarity(mine: Float64, theirs: Float64) -> tuple[Float64, Float64, Float64]:
    """Rotation and scale (2, 2), and the centers, that take one set of points to the other."""
    a, b = mine.mean(0), theirs.mean(0)
    p, q = mine - a, theirs - b
    u, d, vt = np.linalg.svd(q.T @ p)
    scale = d.sum() / (p**2).sum()
    return np.asarray(scale * u @ vt), a, b


def _uncovered(here: Scene, there: Scene, growth: float, marks: tuple[Float64, Float64], lines: Marks) -> float:
    """Old hair, pixels, that new hair does not cover, above the jaw, where backdrop would have to be made."""
    shrink = 0.25
    alpha = bent(there.hair, field(here, there, growth, shrink, marks, lines), 0)
    old = cv2.resize(here.hair, alpha.shape[::-1], interpolation=cv2.INTER_AREA)
    return float((old * (1 - alpha)).sum()) / shrink**2


def bent(picture: Float32, offsets: Float32, border: float | None = None) -> Float32:
    """A picture of the other scene seen in this one; what lies outside of it is repeated, or is 0."""
    height, width = offsets.shape[:2]
    xs = np.arange(width, dtype=np.float32)[None] + offsets[..., 0]
    ys = np.arange(height, dtype=np.float32)[:, None] + offsets[..., 1]
    if border is None:
        found = cv2.remap(picture, xs, ys, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(np.clip(found, 0, 255), np.float32)
    return np.asarray(cv2.remap(picture, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), np.float32)


def outside(here: Scene, alpha: Float32) -> Float32:
    """(h, w): hair within 0.3 units on the side away from the face, at the same height."""
    kernel = np.ones((1, max(2, round(0.3 * here.unit))), np.uint8)
    left, right = (cv2.dilate(alpha, kernel, anchor=(at, 0)) for at in (kernel.shape[1] - 1, 0))
    middle = round(float(here.points[list(mesh.OUTLINE), 0].mean()))
    return np.asarray(np.concatenate([left[:, :middle], right[:, middle:]], 1), np.float32)


def closed(here: Scene, fit: Fitted) -> Fitted:
    """Without slits: where the other shows cheek beside its hair and this photo shows backdrop, hair reaches in."""
    near = wide_blur(fit.alpha, 0.14 * here.unit)
    there_skin = fit.shares["face"] + fit.shares["ears"] + 0.7 * fit.shares["neck"]
    beside = wide_blur(np.dstack([fit.alpha, here.shares["face"] + here.shares["ears"]]), 0.08 * here.unit)
    between = np.clip(beside * 5 - 0.3, 0, 1).prod(2)
    shown = np.maximum(np.clip(near * 5 - 0.2, 0, 1) * np.clip(there_skin * 2 - 0.2, 0, 1), between)
    slit = shown * np.clip(1.5 * here.shares["background"] - 0.2, 0, 1) * outside(here, fit.alpha)
    ys = np.arange(here.shape[0], dtype=np.float32)[:, None]
    level = np.float32(here.points[[33, 263], 1].mean())
    slit = slit * np.clip((ys - level) / (0.2 * here.unit) + 1, 0, 1)
    slit = cv2.GaussianBlur(slit, (0, 0), 0.015 * here.unit) * (1 - fit.alpha)
    weight = wide_blur(fit.alpha, 0.06 * here.unit)[..., None]
    spread = wide_blur(fit.front * fit.alpha[..., None], 0.06 * here.unit) / np.maximum(weight, 1e-3)
    slit = np.maximum(slit, _holes(fit.alpha, there_skin + here.shares["face"], here.unit) - fit.alpha)
    total = np.clip(fit.alpha + slit, 0, 1)
    share = (slit / np.maximum(total, 1e-3))[..., None]
    front = fit.front * (1 - share) + 0.8 * spread * share
    return replace(fit, alpha=total, front=np.asarray(front, np.float32))


def ended(here: Scene, fit: Fitted) -> Fitted:
    """Before a backdrop hair ends as its matte says, without what hangs on nothing, and as dark as it is inside."""
    unit = here.unit
    skin = np.maximum(fit.shares["face"] + fit.shares["ears"], here.shares["face"] + here.shares["ears"])
    beside = 1 - np.clip(6 * wide_blur(np.asarray(skin, np.float32), 0.04 * unit), 0, 1)
    soft = cv2.GaussianBlur(fit.alpha, (0, 0), max(0.6, SOFT * unit))
    if fit.told is not None:
        soft = soft + fit.told * (fit.alpha - soft)
    soft = soft * _attached(fit.alpha)
    alpha = fit.alpha + beside * (soft - fit.alpha)
    solid = (fit.alpha > 0.97).astype(np.float32)
    inner, _ = local_colors(fit.front, solid, 0.08 * unit)
    share = np.clip((0.97 - fit.alpha) / 0.3, 0, 1) * np.clip(20 * wide_blur(solid, 0.16 * unit), 0, 1)
    front = fit.front + share[..., None] * (np.minimum(fit.front, inner) - fit.front)
    return replace(fit, alpha=alpha.astype(np.float32), front=front.astype(np.float32))


def _attached(alpha: Float32) -> Bool:
    """(h, w): 1 on the largest piece of a matte, and where nothing is: what is left out hangs in the air."""
    _, index, stats, _ = cv2.connectedComponentsWithStats((alpha > 0.15).astype(np.uint8))
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()) if len(stats) > 1 else 0
    return np.asarray((index == largest) | (index == 0), np.bool_)


def _holes(alpha: Float32, skin: Float32, unit: float) -> Float32:
    """(h, w): 1 where hair and skin enclose a small piece of the other's backdrop."""
    holes = ((alpha < 0.7) & (skin < 0.5)).astype(np.uint8)
    _, index, stats, _ = cv2.connectedComponentsWithStats(holes, connectivity=4)
    small = (stats[:, cv2.CC_STAT_AREA] < HOLE * unit**2) & (np.arange(len(stats)) > 0)
    grown = cv2.dilate(small[index].astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(grown, (0, 0), 1.0) * (skin < 0.5), np.float32)
