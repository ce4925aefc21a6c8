"""What several faces agree on: their light made one face's, their lines brought together, the middle of them.

Convention:
    Pictures are (h, w, 3) float32 sRGB in [0, 255]; weights (h, w) float32 in [0, 1]. What is agreed on is smooth, so
    that it can be found at a small size; the detail of one face is put onto it at the full one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.compose.blurring import gaussian
from mien.types import Bool, Float32, UInt8

COARSE, IN_EYES = 0.02, 0.25
"""Standard deviations, eye distances, of what faces agree on: skin is all faces', lids and irises are one's."""

BENT, FARTHEST, SIDE = 0.04, 0.08, 200.0
"""Eye distances within which lines of several faces are brought together alike, and by how much at most; pixels of an
eye distance at which they are compared."""

LINES = 0.01
"""As :data:`COARSE`, of faces whose lines have been brought together."""

ROWS = 8
"""Rows of pictures that are sorted at a time, so that those of all stay in a processor's cache."""

STRONG = {"mouth": (1.0, 0.0, 1.0), "nose": (1.15, 0.6, 1.6), "eyes": (1.2, 1.0, 2.0)}
"""How strong detail is over the median of the other faces', by feature, and by how much that of the nearest one is
changed for it at least and at most: what is nearest to a middle is softer than most."""

MOST = 2.0
"""Standard deviations of detail up to which that of skin alone is shown."""

LASHES = 0.015
"""Eye distances, standard deviation below which the detail of eyes is strengthened."""

UNBENT: Sequence[tuple[str, ...]] = ((), ("eyes",))
"""Masked features that need no lines brought together."""


def brought_together(
    pictures: Sequence[Float32], apertures: Float32, unit: float
) -> tuple[list[Float32], list[Float32]]:
    """The pictures (h, w, 3), the lines of each where those of their middle lie: landmarks are good to 0.02 units only.

    Between the lids, where ``apertures`` (h, w) is 1, they stay as they are.

    Returns:
        The pictures, and how each was bent, (h, w, 2) pixels; nothing where they are too small for it.
    """
    height, width = apertures.shape
    scale = min(1.0, SIDE / unit)
    size = (max(1, round(scale * width)), max(1, round(scale * height)))
    if min(size) < 32:
        return list(pictures), []
    goal, moved = _gray(median(pictures), size), (1 - apertures)[..., None]
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    ways: list[Float32] = []
    for picture in pictures:
        way: Float32 = np.asarray(flow.calc(goal, _gray(picture, size), None), np.float32)
        length = np.hypot(way[..., 0], way[..., 1])[..., None]
        way = way * np.minimum(1, FARTHEST * scale * unit / np.maximum(length, np.float32(1e-3)))
        way = gaussian(way, max(1.0, BENT * scale * unit))
        way = cv2.resize(way, (width, height), interpolation=cv2.INTER_LINEAR) * moved / np.float32(scale)
        ways.append(way.astype(np.float32))
    return [bent(*one) for one in zip(pictures, ways, strict=True)], ways


def bent(picture: Float32, way: Float32) -> Float32:
    """A picture (h, w, 3) along a way of the same proportions, (h', w', 2) in pixels of its own size."""
    height, width = picture.shape[:2]
    if way.shape[:2] != picture.shape[:2]:
        way = cv2.resize(way, (width, height), interpolation=cv2.INTER_LINEAR) * np.float32(width / way.shape[1])
    xs, ys = np.arange(width, dtype=np.float32)[None], np.arange(height, dtype=np.float32)[:, None]
    found = cv2.remap(picture, xs + way[..., 0], ys + way[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


def _gray(picture: Float32, size: tuple[int, int]) -> UInt8:
    small = cv2.resize(np.clip(picture, 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)


def median(pictures: Sequence[Float32]) -> Float32:
    """The median of each sample of pictures of one shape: np.median's, sorted side by side, ten times as fast."""
    found = np.empty_like(pictures[0])
    for row in range(0, len(found), ROWS):
        found[row : row + ROWS] = _median([one[row : row + ROWS] for one in pictures])
    return found


def _median(parts: list[Float32]) -> Float32:
    n = len(parts)
    for turn in range(n):
        for i in range(turn % 2, n - 1, 2):
            low, high = parts[i], parts[i + 1]
            parts[i], parts[i + 1] = np.minimum(low, high), np.maximum(low, high)
    return parts[n // 2] if n % 2 else np.float32(0.5) * (parts[n // 2 - 1] + parts[n // 2])


@dataclass(frozen=True, eq=False)
class Agreement:
    """What most of several faces show, and whose detail is put onto it, how strong.

    Attributes:
        middle: (h, w, 3), smooth.
        nearest: which of them is nearest to it.
        masked: of ``FEATURES``.
        limits: least and most detail (h, w, 3) that the others have; None where the nearest one's stays as it is.
        skin, eyes: by how much its detail is multiplied there.
    """

    middle: Float32
    nearest: int
    masked: tuple[str, ...]
    limits: tuple[Float32, Float32] | None = None
    skin: float = 1.0
    eyes: float = 1.0

    @classmethod
    def of(
        cls, pictures: Sequence[Float32], here: Bool, apertures: Float32, unit: float, masked: tuple[str, ...]
    ) -> Agreement:
        """What they agree on, and the detail of the one that is nearest to it, as strong as usual among them.

        Args:
            pictures: (h, w, 3) each.
            here: (h, w) where it shows.
            apertures: (h, w), 1 between the lids.
            unit: eye distance.
            masked: of ``FEATURES``.
        """
        smooth = [_smooth(one, apertures, unit, masked) for one in pictures]
        sharp = [
            (skin if masked in UNBENT else _blurred(one, COARSE * unit))[here]
            for one, (skin, _) in zip(pictures, smooth, strict=True)
        ]
        usual = median(sharp)
        nearest = int(np.argmin([np.abs(one - usual).mean() for one in sharp]))
        details = [one - both for one, (_, both) in zip(pictures, smooth, strict=True)]
        limits, skin, eyes = None, 1.0, 1.0
        if not masked and here.any():  # lines of skin are one's own
            most = np.full_like(details[0], MOST * float(np.median([_strength(one, here) for one in details])))
            limits = -most, most
        area = here & (apertures == 0)
        if masked not in UNBENT and area.any():
            skin = _factor(details, nearest, area, "mouth" if "mouth" in masked else "nose")
            limits = _limits(details, nearest, area)
        if "eyes" in masked:
            finest = [one - _blurred(one, LASHES * unit) for one in details]
            eyes = _factor(finest, nearest, here & (apertures > 0), "eyes")
        return cls(median([both for _, both in smooth]), nearest, masked, limits, skin, eyes)

    def placed(self, rows: slice, columns: slice, shape: tuple[int, ...]) -> Agreement:
        """The same of pictures of a shape (h, w), of which it was found in some rows and columns; 0 beside them."""

        def at(part: Float32) -> Float32:
            whole = np.zeros((*shape, 3), np.float32)
            whole[rows, columns] = part
            return whole

        limits = None if self.limits is None else (at(self.limits[0]), at(self.limits[1]))
        return replace(self, middle=at(self.middle), limits=limits)

    def shown(self, picture: Float32, apertures: Float32, unit: float) -> Float32:
        """The middle with the detail of the nearest face.

        Args:
            picture: (H, W, 3) of the nearest one, at the same size as the others, or a larger one.
            apertures: (H, W), 1 between the lids.
            unit: eye distance at that size.
        """
        detail = picture - _smooth(picture, apertures, unit, self.masked)[1]
        inside, fine = apertures[..., None], detail
        if self.limits is not None:
            low, high = (_like(one, picture) for one in self.limits)
            fine = inside * detail + (1 - inside) * np.float32(self.skin) * np.clip(detail, low, high)
        if self.eyes != 1:
            finest = detail - _blurred(detail, LASHES * unit)
            fine = fine + inside * np.float32(self.eyes - 1) * finest
        return np.asarray(_like(self.middle, picture) + fine, np.float32)


def _smooth(picture: Float32, apertures: Float32, unit: float, masked: tuple[str, ...]) -> tuple[Float32, Float32]:
    """A picture (h, w, 3) as smooth as faces agree on its skin, and the same with what they agree on of eyes."""
    skin = _blurred(picture, (COARSE if masked in UNBENT else LINES) * unit)
    if not apertures.any():
        return skin, skin
    return skin, np.asarray(skin + apertures[..., None] * (_blurred(picture, IN_EYES * unit) - skin), np.float32)


def _blurred(picture: Float32, sigma: float) -> Float32:
    return gaussian(picture, max(0.8, sigma))


def _like(small: Float32, picture: Float32) -> Float32:
    if small.shape == picture.shape:
        return small
    return np.asarray(cv2.resize(small, picture.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _limits(details: Sequence[Float32], nearest: int, area: Bool) -> tuple[Float32, Float32]:
    """Between what (h, w, 3) the others' detail lies: what no other has there is gloss, moles, jewels."""
    more = np.float32(np.median([_strength(one, area) for one in details]))
    others = [one for n, one in enumerate(details) if n != nearest]
    return np.minimum.reduce(others) - more, np.maximum.reduce(others) + more


def _factor(details: Sequence[Float32], nearest: int, area: Bool, feature: str) -> float:
    """By how much one face's detail is multiplied in an area to be as strong as :data:`STRONG` says."""
    if not area.any():
        return 1.0
    powers, (share, least, most) = [_strength(one, area) for one in details], STRONG[feature]
    return float(np.clip(share * float(np.median(powers)) / max(powers[nearest], 1e-3), least, most))


def _strength(fine: Float32, area: Bool) -> float:
    """Root of the mean square of detail (h, w, 3) in an area."""
    return float(np.sqrt(np.square(fine[area].mean(1)).mean()))
