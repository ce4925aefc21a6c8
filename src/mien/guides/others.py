"""What is hidden of a face, after several others: the middle of how they look there, and the detail of the likeliest.

One other face brings what is peculiar to it, its gloss, its make-up, its light; the middle of some has none of it.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255] over a box of the photo; weights (h, w) float32 in [0, 1].
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.align import mesh
from mien.compose.blend import blend, membrane, ring
from mien.compose.grain import bands, with_grain_of
from mien.compose.morphology import shrunk
from mien.errors import LayerError
from mien.guides.borrow import field as field_to
from mien.guides.borrow import free, mirrored, turned, unit_of
from mien.guides.guide import Box, Guide, box_of, changed
from mien.guides.laid import coarse_beside, filled, looked_up, soft
from mien.photos.color import to_srgb
from mien.types import Bool, Face, Float32, Float64, Photo, UInt8

LEAST = 3
"""Faces that must show what is hidden; the middle of fewer is none."""

SEEN = 0.97
"""Share of what is hidden that another face must show."""

LIMIT = 90.0
"""Levels by which another face may be lighter or darker at the border."""

COARSE, IN_EYES = 0.02, 0.25
"""Standard deviations, eye distances, of what faces agree on: skin is all faces', lids and irises are one's."""

FINER = (0.3, 1.5)
"""How much another skin's detail may be weakened and strengthened."""

HELD = 0.3
"""Share of the skin's light that black pupils and lashes get, too: haze and soft lenses lift them."""

BENT, FARTHEST, SIDE = 0.04, 0.08, 200.0
"""Eye distances within which lines of several faces are brought together alike, and by how much at most; pixels of an
eye distance at which they are compared."""

LINES = 0.01
"""As :data:`COARSE`, of faces whose lines have been brought together."""

AROUND = 0.5
"""Eye distances around what is hidden in which skins are compared."""

STRONG = {"mouth": (1.0, 0.0, 1.0), "nose": (1.15, 0.6, 1.6), "eyes": (1.2, 1.0, 2.0)}
"""How strong detail is over the median of the other faces', by feature, and by how much that of the nearest one is
changed for it at least and at most: what is nearest to a middle is softer than most."""

LASHES = 0.015
"""Eye distances, standard deviation below which the detail of eyes is strengthened."""

FEATURES = {
    "eyes": (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR),
    "mouth": (mesh.OUTER_LIPS,),
    "nose": ((168, 48, 64, 98, 2, 327, 294, 278),),
}
"""Outlines of what surroundings cannot fill."""

UNBENT: Sequence[tuple[str, ...]] = ((), ("eyes",))
"""Masked features that need no lines brought together."""

COVERED = 0.25
"""Share of a feature from which on it counts as masked."""

WHOLE, BESIDE = 0.6, 0.5
"""Share of the face from which on a mask leaves too little to go by, and of a mask that may lie beside the face."""

Other = tuple[Photo, Face]


def from_others(
    photo: Photo,
    face: Face,
    hidden: Bool,
    others: Sequence[Other],
    blocked: Bool | None = None,
    *,
    covered: bool = True,
) -> Guide:
    """The hidden part of a face as others have it, in the light of what surrounds it.

    Args:
        photo: any.
        face: found in it; its points are where they are supposed to be below what hides them.
        hidden: (H, W) True where it shall be made.
        others: photos of other people and their faces, those that fit best first.
        blocked: (H, W) hair, glasses and the like, whose colors tell nothing of skin.
        covered: whether something lies before the face there; else the photo shows it, and the border is soft.

    What of it lies beyond the face's outline is left.

    Raises:
        LayerError: fewer than :data:`LEAST` of them show what is hidden.
    """
    unit, box = unit_of(face), box_of(hidden, round(0.6 * unit_of(face)))
    here = hidden[box[1] : box[3], box[0] : box[2]]
    lower = to_srgb(photo, box).astype(np.float32)
    points = face.landmarks[:, :2].astype(np.float64)
    beside = cv2.dilate(here.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    inside = filled(points[list(mesh.OUTLINE)], box)
    skin = shrunk(inside, 0.03 * unit) & beside
    known = skin * free(blocked, box, unit)
    apertures = _eyes(points, box, unit)
    found: list[Float32] = []
    for other, other_face in others:
        for pair in _both_ways(face, other, other_face):
            taken, visible = looked_up(pair[0], None, field_to(face, pair[1], points, box), box)
            if (visible[here & inside] > 0.5).mean() >= SEEN:
                found.append(_in_its_light(lower, taken, here, known * (visible > 0.5), apertures, unit))
    if len(found) < LEAST:
        raise LayerError("Too few faces show what is masked, turned like this one; paint it instead: --mode look.")
    masked = features(points, hidden)
    found = _brought_together(found, apertures, unit) if masked not in UNBENT else found
    upper = _middle(found, here, apertures, unit, masked)
    upper = with_grain_of(np.where(here[..., None], upper, lower), upper, here)
    upper = upper if covered else blend(lower, upper, soft(here, 0.5 * unit))
    shown = here & inside
    mixed = lower + shown[..., None] * (np.clip(upper, 0, 255) - lower)
    return Guide(box, changed(photo, box, lower, mixed), shown.astype(np.float32))


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


def _in_its_light(
    lower: Float32, taken: Float32, here: Bool, known: Float32, apertures: Float32, unit: float
) -> Float32:
    """Another face's pixels in this one's colors and as rough as its skin; whites and irises get its light rather."""
    sigma = max(1.0, 0.02 * unit)
    coarse = [coarse_beside(lower, here, sigma), cv2.GaussianBlur(taken, (0, 0), sigma)]
    compared = ring(here, AROUND * unit) * known
    power = [_power(one, compared) for one in (lower, taken)]
    gain = float(np.clip(power[0] / max(power[1], 1e-3), *FINER))
    fine = (gain + apertures * (1 - gain))[..., None] * (taken - coarse[1])
    offset = membrane(coarse[0] - coarse_beside(taken, here, sigma), ring(here, 0.12 * unit) * known, LIMIT)
    skin = float(np.average(coarse[1].mean(2), weights=compared + 1e-6))
    share = HELD + (1 - HELD) * np.clip(coarse[1].mean(2) / max(skin, 1.0), 0, 1)
    light = (0.5 * offset + 0.5 * offset.mean(2, keepdims=True)) * share[..., None]
    inside = np.clip(3 * apertures - 2, 0, 1)[..., None]
    return np.asarray(coarse[1] + fine + offset * (1 - inside) + light * inside, np.float32)


def _power(picture: Float32, weight: Float32) -> float:
    """Mean strength of fine detail."""
    total = max(float(weight.sum()), 1e-6)
    return float(np.mean([np.sqrt((band.mean(2) ** 2 * weight).sum() / total) for band in bands(picture)]))


def _brought_together(pictures: Sequence[Float32], apertures: Float32, unit: float) -> list[Float32]:
    """The pictures (h, w, 3), the lines of each where those of their middle lie: landmarks are good to 0.02 units only.

    Between the lids, where ``apertures`` (h, w) is 1, they stay as they are.
    """
    height, width = apertures.shape
    scale = min(1.0, SIDE / unit)
    size = (max(1, round(scale * width)), max(1, round(scale * height)))
    if min(size) < 32:
        return list(pictures)
    goal, moved = _gray(np.median(np.stack(pictures), 0), size), (1 - apertures)[..., None]
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    xs, ys = np.arange(width, dtype=np.float32)[None], np.arange(height, dtype=np.float32)[:, None]
    found: list[Float32] = []
    for picture in pictures:
        way: Float32 = np.asarray(flow.calc(goal, _gray(picture, size), None), np.float32)
        length = np.hypot(way[..., 0], way[..., 1])[..., None]
        way = way * np.minimum(1, FARTHEST * scale * unit / np.maximum(length, np.float32(1e-3)))
        way = cv2.GaussianBlur(way, (0, 0), max(1.0, BENT * scale * unit)).astype(np.float32)
        way = cv2.resize(way, (width, height), interpolation=cv2.INTER_LINEAR) * moved / np.float32(scale)
        bent = cv2.remap(picture, xs + way[..., 0], ys + way[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        found.append(np.asarray(bent, np.float32))
    return found


def _gray(picture: Float32, size: tuple[int, int]) -> UInt8:
    small = cv2.resize(np.clip(picture, 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)


def _middle(
    pictures: Sequence[Float32], here: Bool, apertures: Float32, unit: float, masked: tuple[str, ...]
) -> Float32:
    """What most agree on, and the detail of the one that is nearest to it, as strong as usual among them.

    Args:
        pictures: (h, w, 3) each.
        here: (h, w) where it shows.
        apertures: (h, w), 1 between the lids.
        unit: eye distance.
        masked: of :data:`FEATURES`.
    """
    inside, common = apertures[..., None], COARSE if masked in UNBENT else LINES

    def smooth(picture: Float32) -> Float32:
        skin, eyes = (cv2.GaussianBlur(picture, (0, 0), max(0.8, s * unit)) for s in (common, IN_EYES))
        return np.asarray(skin + inside * (eyes - skin), np.float32)

    blurred = [smooth(one) for one in pictures]
    middle = np.median(np.stack(blurred), 0).astype(np.float32)
    sharp = np.stack([cv2.GaussianBlur(one, (0, 0), max(0.8, COARSE * unit))[here] for one in pictures])
    nearest = int(np.argmin(np.abs(sharp - np.median(sharp, 0)).mean((1, 2))))
    details = [one - coarse for one, coarse in zip(pictures, blurred, strict=True)]
    fine = details[nearest]
    if masked not in UNBENT:
        skin = here & (apertures == 0)
        factor = _factor(details, nearest, skin, "mouth" if "mouth" in masked else "nose")
        fine = inside * fine + (1 - inside) * factor * _usual(details, nearest, skin)
    if "eyes" in masked:
        finest = [one - cv2.GaussianBlur(one, (0, 0), max(0.8, LASHES * unit)) for one in details]
        factor = _factor(finest, nearest, here & (apertures > 0), "eyes")
        fine = fine + inside * (factor - 1) * finest[nearest]
    return np.asarray(middle + fine, np.float32)


def _usual(details: Sequence[Float32], nearest: int, area: Bool) -> Float32:
    """The detail (h, w, 3) of one face without what no other has there: gloss, moles, jewels."""
    if not area.any():
        return details[nearest]
    more = np.float32(np.median([_strength(one, area) for one in details]))
    others = np.stack([one for n, one in enumerate(details) if n != nearest])
    return np.asarray(np.clip(details[nearest], others.min(0) - more, others.max(0) + more), np.float32)


def _factor(details: Sequence[Float32], nearest: int, area: Bool, feature: str) -> np.float32:
    """By how much one face's detail is multiplied in an area to be as strong as :data:`STRONG` says."""
    if not area.any():
        return np.float32(1)
    powers, (share, least, most) = [_strength(one, area) for one in details], STRONG[feature]
    return np.float32(np.clip(share * float(np.median(powers)) / max(powers[nearest], 1e-3), least, most))


def _strength(fine: Float32, area: Bool) -> float:
    """Root of the mean square of detail (h, w, 3) in an area."""
    return float(np.sqrt(np.square(fine.mean(2)[area]).mean()))


def _eyes(points: Float64, box: Box, unit: float) -> Float32:
    """(h, w): 1 between the lids, fading beside them."""
    area = np.zeros((box[3] - box[1], box[2] - box[0]), np.bool_)
    for contour in (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR):
        area |= filled(points[list(contour)], box)
    away = cv2.distanceTransform((~area).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(np.clip(1 - away / (0.12 * unit), 0, 1), np.float32)
