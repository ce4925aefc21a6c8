"""Longer hair of this head's own strands: locks that hang from the old hair along a smooth flow.

    result = under · (1 - shade) + A (F - under)      A, F of locks laid over one another, the darkest behind

The head stays as it is above its ends: nothing of the old hair vanishes. Each lock takes a strip of a wide piece of
this hair (:mod:`mien.guides.hair.straightened`), thins out at its end, and is darker at its sides; together they have
the light and dark of this hair.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mien.compose.border import wide_blur
from mien.compose.morphology import disc
from mien.guides.hair.combed import combed
from mien.guides.hair.crown import signed
from mien.guides.hair.fit import Fitted, bent, places_of
from mien.guides.hair.hung_locks import Canvas, hang
from mien.guides.hair.lent import pure
from mien.guides.hair.lock_flow import Flow, ends_of
from mien.guides.hair.lock_light import lit
from mien.guides.hair.straightened import light_of, straightened
from mien.guides.scene import Scene, glasses_of
from mien.types import Bool, Float32

SPAN, LONGEST = 2.2, 2.6
"""Width of the piece that strands are taken of, and its greatest length, units."""

ROOTS = 0.15
"""Units above the roots in which strands come to lie on what is no old hair."""

DEEP = 0.03
"""Units from the border of hair from which its light tells how much strands differ."""

OVER = 0.07
"""Units beyond wished hair over which strands lie on a face."""

WORN = (0.03, 0.8)
"""Units over which it is told whether what is worn at an ear, or an ear, lies among hair; and from how much on."""

SHORT = 0.25
"""Units below the eyes above which hair is short whose sides end, on the mean, there."""

THIN = 0.4
"""Pixels of hair that are half seen, over those that are seen for sure, from which it is thin."""

SHADE, DROP, SOFT = 0.4, 0.05, 0.06
"""How dark the shade on skin and clothes is, how far it falls, and its blur, units."""


def ends_above(here: Scene, front: Float32) -> bool:
    """Whether old hair ends so far up that long hair does not go on from it.

    Args:
        here: any scene.
        front: (h, w) as below.
    """
    own, eyes = (here.hair > 0.5) & (front < 0.5), float(here.points[[33, 263], 1].mean())
    return float(np.mean([ends_of(here, own, way) for way in (-1, 1)])) < eyes + SHORT * here.unit


def is_thin(here: Scene) -> bool:
    """Whether much of a head's hair lets what is behind it shine through."""
    half = (here.hair > 0.12) & (here.hair < 0.88)
    return float(half.sum()) > THIN * float((here.hair > 0.88).sum())


def long_locks(here: Scene, wished: Bool, front: Float32, seed: int = 0) -> tuple[Fitted, Float32]:
    """Longer hair of this head's strands, and its shade (h, w).

    Args:
        here: any scene.
        wished: (h, w) where hair is to be, the old included.
        front: (h, w) 1 on a beard, and before a face's features.
        seed: other locks.

    Raises:
        LayerError: a side has no hair to go on from, too little of the hair runs in one direction, or its strands are
            not seen.
    """
    own = (here.hair > 0.5) & (front < 0.5)
    flows = [Flow.of(here, own, wished & (front < 0.5), way) for way in (-1, 1)]
    sure = cv2.erode((here.hair > 0.9).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    near, rng = sure & (front < 0.5), np.random.default_rng(seed)
    lowest = min(max(float(one.line.max()) for one in flows), here.shape[0] + 0.3 * here.unit)
    length = min((lowest - min(one.root for one in flows)) / here.unit + 0.3, LONGEST)
    piece = straightened(here, near, pure(here, here.hair), length, SPAN)
    inner = cv2.erode(near.astype(np.uint8), disc(DEEP * here.unit)) > 0
    inner = inner if int(inner.sum()) > 500 else near
    light = light_of(here.picture)
    canvas = Canvas(here.shape)
    piece = combed(piece, light, inner, here.unit, rng)
    for flow in flows:
        hang(here, canvas, flow, piece, wished, rng)
    colors = lit(here, flows, near, inner, (canvas.alpha, canvas.light, canvas.hue))
    alpha = _shown(here, canvas.alpha * _among(here, flows), wished, front)
    picture = bent(here.picture, canvas.places - places_of(np.zeros_like(canvas.places)))
    return Fitted(alpha, colors, picture, picture, here.shares, canvas.places), _shade(here, alpha)


def _among(here: Scene, flows: Sequence[Flow]) -> Float32:
    """(h, w): above the roots strands lie on old hair alone."""
    right = np.arange(here.shape[1])[None] >= flows[0].middle
    root = np.where(right, flows[1].root, flows[0].root)
    below = np.clip((np.arange(here.shape[0])[:, None] - root) / (ROOTS * here.unit) + 1, 0, 1)
    solid = cv2.erode(here.hair, disc(DEEP * here.unit)) * (1 - np.clip(2 * here.shares["ears"], 0, 1))
    return np.asarray(below + (1 - below) * solid, np.float32)


def _shown(here: Scene, alpha: Float32, wished: Bool, front: Float32) -> Float32:
    """(h, w): locks without what would lie before the face, and over ears and earrings among them."""
    unit = here.unit
    beside = np.clip(signed(wished | (here.hair > 0.5)) / np.float32(OVER * unit) + 1, 0, 1)
    face = np.clip(2 * here.shares["face"] * (1 - here.hair), 0, 1)
    face *= np.arange(here.shape[0])[:, None] < here.points[152, 1]
    small = here.shares["worn"] * (1 - glasses_of(here)) + here.shares["ears"]
    among = np.clip(2 * cv2.GaussianBlur(alpha, (0, 0), WORN[0] * unit) - WORN[1], 0, 1)
    alpha = np.maximum(alpha, among * np.clip(2 * small, 0, 1))
    alpha = alpha * (1 - face * (1 - beside)) * (1 - glasses_of(here)) * (1 - front)
    return np.asarray(alpha, np.float32)


def _shade(here: Scene, alpha: Float32) -> Float32:
    """(h, w) in [0, 1]: what locks (h, w) take of the light on skin and clothes."""
    down = np.array([[1, 0, 0], [0, 1, DROP * here.unit]], np.float32)
    fallen = wide_blur(cv2.warpAffine(alpha, down, here.shape[::-1], borderMode=cv2.BORDER_REPLICATE), SOFT * here.unit)
    on = here.shares["face"] + here.shares["neck"] + here.shares["clothes"] + here.shares["ears"]
    return np.asarray(SHADE * fallen * np.clip(on - here.hair, 0, 1), np.float32)
