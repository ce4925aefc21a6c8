"""What is hidden of a face, after several others: the middle of how they look there, and the detail of the likeliest.

One other face brings what is peculiar to it, its gloss, its make-up, its light; the middle of some has none of it.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] over a box of the photo; weights (h, w) float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mien.align import mesh
from mien.compose.blend import blend, ring
from mien.compose.blurring import gaussian
from mien.compose.grain import levels, missing, noise
from mien.compose.morphology import grown, shrunk
from mien.errors import LayerError
from mien.guides.borrow import free, mirrored, turned, unit_of
from mien.guides.guide import Box, Guide, box_of
from mien.guides.hidden.agreed import UNBENT, Agreement, bent, brought_together
from mien.guides.hidden.face_border import of_face, seen_face
from mien.guides.hidden.seamless import away_from_features, calmed, doubts_of, extended, in_light_of, kinds_of
from mien.guides.hidden.surrounded import AROUND, Surrounded
from mien.guides.laid import filled, soft
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Photo

LEAST = 3
"""Faces that must show what is hidden; the middle of fewer is none."""

SEEN = 0.97
"""Share of what is hidden that another face must show."""

AGREED = 200.0
"""Pixels of an eye distance at which what faces agree on is found; the detail of one is put onto it at full size."""

FEATURES = {
    "eyes": (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR),
    "mouth": (mesh.OUTER_LIPS,),
    "nose": ((168, 48, 64, 98, 2, 327, 294, 278),),
}
"""Outlines of what surroundings cannot fill."""

COVERED = 0.25
"""Share of a feature from which on it counts as masked."""

BLURRED = 0.25
"""Eye distances around what is hidden in which what faces agree on is found; beyond it blends see one of them."""

NEAR = 0.15
"""Eye distances around hidden skin in which its detail and grain are measured: farther away lie eyes and lips."""

GRAIN = np.float32(0.6)
"""How much of the grain that is missing is added to hidden skin."""

CLOSE = 0.012
"""Eye distances beside hair and glasses in which skin has their shadows."""

FINE, LESS = 0.02, np.float32(0.6)
"""Eye distances below which other faces' detail of skin is weakened, and how much: pores and grain are this photo's."""

OUTLINE = 0.05
"""Eye distances from a face's outline up to which other photos show what lies beside their faces."""

WHOLE, BESIDE = 0.6, 0.5
"""Share of the face from which on a mask leaves too little to go by, and of a mask that may lie beside the face."""

Other = tuple[Photo, Face]


def from_others(
    photo: Photo,
    face: Face,
    hidden: Bool,
    others: Sequence[Other],
    blocked: Bool | None = None,
    on_face: Bool | None = None,
    *,
    masked: tuple[str, ...] | None = None,
    covered: bool = True,
) -> Guide:
    """The hidden part of a face as others have it, in the light of what surrounds it.

    Args:
        photo: any.
        face: found in it; its points are where they are supposed to be below what hides them.
        hidden: (H, W) True where it shall be made.
        others: photos of other people and their faces, those that fit best first.
        blocked: (H, W) hair, glasses and the like, whose colors tell nothing of skin.
        on_face: (H, W) what is seen to be of the face; beside it nothing tells of skin.
        masked: of :data:`FEATURES`, those of which something is hidden; by default :func:`features`.
        covered: whether something lies before the face there; else the photo shows it, and the border is soft.

    What of it lies beyond the face's border is left. Close to that border others show nothing of the face: what is made
    is spread over it, or it is left, too, where nothing covers it.

    Raises:
        LayerError: fewer than :data:`LEAST` of them show what is hidden.
    """
    unit, box = unit_of(face), box_of(hidden, round(0.6 * unit_of(face)))
    here = hidden[box[1] : box[3], box[0] : box[2]]
    lower = to_srgb(photo, box).astype(np.float32)
    moved = replace(face, landmarks=(face.landmarks - (*box[:2], 0)).astype(np.float32))
    depth, _ = seen_face(face, on_face, hidden, box)
    clear = _clear(blocked, box, unit) * (here | (depth > 0.03 * unit))
    masked = features(face.landmarks[:, :2].astype(np.float64), hidden) if masked is None else masked
    full = Surrounded(lower, here, clear, moved, unit, AROUND if masked else NEAR)
    upper = _agreed(full, [pair for one in others for pair in _both_ways(face, *one)], masked)
    upper = upper if "mouth" in masked else full.no_brighter(upper)  # teeth are lighter than skin
    valid = shrunk(full.inside, OUTLINE * unit)
    if covered:
        upper = _joined(full, upper, valid, masked)
    near = ring(here, NEAR * unit) * full.known > 0
    if not masked and near.any():
        upper = upper + GRAIN * noise(here.shape, missing(levels(lower, near), levels(upper, here)))
    if not covered:
        upper = blend(lower, upper, soft(here, 0.5 * unit))
    doubts = () if masked else doubts_of(lower, here, full.known > 0, unit)
    return of_face(photo, box, lower, upper, here & (valid | covered), depth, valid, unit, doubts)


def _clear(blocked: Bool | None, box: Box, unit: float) -> Float32:
    """(h, w): 0 at hair, glasses and the like, and close to them, where their shadows lie."""
    clear = free(blocked, box, unit)
    return clear * ~grown(clear < 0.5, CLOSE * unit)


def _joined(full: Surrounded, upper: Float32, valid: Bool, masked: tuple[str, ...]) -> Float32:
    """What is made (h, w, 3) in the light beside it, as far as it is ``valid`` (h, w); with little detail of skin."""
    unit, here = full.unit, full.here
    if not masked:
        upper = upper - LESS * (upper - gaussian(upper, max(1.0, FINE * unit)))
    upper = extended(upper, valid, here, unit)
    upper = in_light_of(full.lower, upper, here, full.beside, kinds_of(full.points, full.box), unit)
    if masked:
        return upper
    return calmed(full.lower, upper, here, full.known > 0, away_from_features(full.points, full.box, unit), unit)


def _agreed(full: Surrounded, pairs: Sequence[Other], masked: tuple[str, ...]) -> Float32:
    """(h, w, 3): what faces agree on, found at a small size, with the detail of one at the full size."""
    small = full.at(AGREED)
    wanted = small.here & small.inside
    seen = [(pair, *found) for pair, found in zip(pairs, small.seen(pairs), strict=True)]
    seen = [one for one in seen if (one[2][wanted] > 0.5).mean() >= SEEN]
    if len(seen) < LEAST:
        raise LayerError("Too few faces show what is masked, turned like this one; paint it instead: --mode look.")
    near = small.near(BLURRED)
    found = [small.lit(taken, visible)[near] for _, taken, visible in seen]
    ways: list[Float32] = []
    here, apertures = small.here[near], small.apertures[near]
    if masked not in UNBENT:
        found, ways = brought_together(found, apertures, small.unit)
    agreed = Agreement.of(found, here, apertures, small.unit, masked).placed(*near, small.here.shape)
    nearest = full.lit(*full.seen([seen[agreed.nearest][0]])[0])
    if ways:
        way = np.zeros((*small.here.shape, 2), np.float32)
        way[near] = ways[agreed.nearest]
        nearest = bent(nearest, way)
    upper, near = nearest.copy(), full.near(BLURRED - 0.02)
    upper[near] = agreed.shown(nearest, full.apertures, full.unit)[near]
    return upper


def features(points: NDArray[np.floating], hidden: Bool) -> tuple[str, ...]:
    """Which of :data:`FEATURES` a mask (H, W) covers; points (478, 2) in its pixels."""

    def share(outline: tuple[int, ...]) -> float:
        inside = _polygon(points, outline, hidden)
        return float(hidden[inside].mean()) if inside.any() else 0.0

    return tuple(name for name, outlines in FEATURES.items() if max(share(one) for one in outlines) >= COVERED)


def enough_left(points: NDArray[np.floating], hidden: Bool) -> bool:
    """Whether a mask (H, W) lies before a face and leaves enough of it to tell how it looks below."""
    face = _polygon(points, mesh.OUTLINE, hidden)
    within = int((hidden & face).sum())
    return bool(within <= WHOLE * face.sum() and within >= (1 - BESIDE) * hidden.sum())


def _polygon(points: NDArray[np.floating], outline: Sequence[int], like: Bool) -> Bool:
    return filled(points[list(outline)].astype(np.float64), (0, 0, like.shape[1], like.shape[0]))


def _both_ways(face: Face, other: Photo, other_face: Face) -> list[Other]:
    """Another face, and its mirror image where both look straight on."""
    try:
        one, one_face, _, _ = turned(face, other, other_face, None, "face")
    except LayerError:
        return []
    if max(abs(face.pose.yaw), abs(other_face.pose.yaw)) > 6:
        return [(one, one_face)]
    return [(one, one_face), mirrored(one, one_face, None)[:2]]
