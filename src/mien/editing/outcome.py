"""The honest outcome: every edit measures itself, on the face's box alone, and says in words what is bad.

Limits were chosen on natural photos and on blurred regions of them, see docs/log.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from math import log
from typing import Any

import cv2
import numpy as np

from mien.align.crop import crop_face, quad_to_matrix
from mien.compose.difference import delta_e, fine_power, lab, near, slope
from mien.compose.grain import CALM
from mien.conditions.labels import CLASSES
from mien.editing.crop_frame import CropFrame
from mien.errors import OutcomeError
from mien.guides.guide import Box
from mien.photos.color import to_srgb
from mien.threads import side_by_side
from mien.types import AlignedFace, Bool, Float32, Float64, Photo, UInt8

SIDE = 192
"""Of the crops whose colors are compared, pixels."""

COARSEST = 4.0
"""Photo pixels per painted pixel from which an edit looks soft."""

SOFTEST, SHARPEST = 0.7, 1.45
"""Sharpness inside over that of the ring: unedited regions lie within, a blur of 0.8 pixels has 0.69 in the median."""

LEAST_NOISE, MOST_NOISE = 0.55, 1.7
"""Noise inside over that of the ring: of 68 edits of the sheets it lies within 0.67 and 1.46."""

SEAM = 10.0
"""ΔE2000 by which the step at a mask's border may grow: dyed lips and hair, whose outlines are meant, reach 8."""

UNREACHED = 0.05
"""Share of a mask beyond the crop."""

VISIBLE = 2.3
"""ΔE2000 from which a pixel counts as changed."""

RING = 0.06
"""Width of the ring around an area, in sides of the face's square."""

ELSEWHERE = 0.9
"""Share of what changed outside of the face's square from which that is told."""

NOWHERE = "sharpness, noise and seam are not measured: what changed lies outside of the face's square"
HARDLY = "{} measured on {:.1%} of what changed: the rest lies outside of the face's square"

_AROUND = 10
"""Pixels beyond which nothing counts at a border: the blurs there have a standard deviation of 2."""

_TILE, _TILES = 256, 9
"""Side and number of the places at which detail is measured in large photos."""


@dataclass(frozen=True)
class Outcome:
    """Figures of one edited face.

    Attributes:
        magnification: photo pixels per painted pixel; 1 where nothing was painted.
        sharpness: of the fine detail inside, over that of a ring around it; None where either is too small. Hair before
            a blurred wall is sharper than its ring in any photo: where the ratio divided by the photo's own ratio
            there is nearer to 1, it is that.
        noise: the same of the calm parts' noise.
        seam: ΔE2000 at the mask's border, minus that of the photo there; None where there is no border.
        unreached: share of the mask, or of the region, that could not be edited, an estimate where it goes on beyond
            what was looked at; None where it is not known.
        identity: how like the face is to what it was by a network of the user's, cosine, 1 is the same; None where none
            is given.
        changed: by the region of the face: "share" of its pixels that changed visibly, "delta_e" their mean ΔE2000.
        doubts: what the edit itself found that may not be believed, in words.
        outside: share of what may have changed that lies outside of the face's square, where nothing is measured.
        healed: boxes (x0, y0, x1, y1) of the places of scratches and dust; None where they were not looked for.
    """

    magnification: float
    sharpness: float | None = None
    noise: float | None = None
    seam: float | None = None
    unreached: float | None = 0.0
    identity: float | None = None
    changed: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    outside: float = 0.0
    healed: tuple[Box, ...] | None = None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What should be known and is not bad, in words."""
        words = [] if self.healed is None else [f"{len(self.healed)} place{'s' * (len(self.healed) != 1)} healed"]
        if self.outside >= ELSEWHERE:
            measured = [name for name in ("sharpness", "noise", "seam") if getattr(self, name) is not None]
            kind = NOWHERE if not measured else HARDLY.format(", ".join(measured), 1 - self.outside)
            words.append(kind)
        return tuple(words)

    @property
    def complaints(self) -> tuple[str, ...]:
        """What is bad, in words; empty where all is well."""
        words = []
        if self.magnification >= COARSEST:
            words.append(f"painted at 1/{self.magnification:.0f} of this photo's resolution: it will look soft")
        if self.sharpness is not None and self.sharpness < SOFTEST:
            words.append(f"softer than its surroundings: {self.sharpness:.2f} of their sharpness")
        if self.sharpness is not None and self.sharpness > SHARPEST:
            words.append(f"rougher than its surroundings: {self.sharpness:.2f} times their sharpness")
        if self.noise is not None and self.noise < LEAST_NOISE:
            words.append(f"less grain than its surroundings: {self.noise:.2f} of their noise")
        if self.noise is not None and self.noise > MOST_NOISE:
            words.append(f"grainier than its surroundings: {self.noise:.2f} times their noise")
        if self.seam is not None and self.seam > SEAM:
            words.append(f"a seam may show: colors differ by ΔE {self.seam:.0f} more than before at the mask's border")
        if self.unreached is not None and self.unreached > UNREACHED:
            words.append(f"{self.unreached:.0%} of what was asked for could not be reached")
        return (*words, *self.doubts)

    def check(self) -> None:
        """Raises OutcomeError where something is bad."""
        if self.complaints:
            raise OutcomeError(f"The result is not good enough: {'; '.join(self.complaints)}; nothing was written.")

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        figures = {name: value for name, value in asdict(self).items() if name not in ("doubts", "healed")}
        boxes = None if self.healed is None else [list(box) for box in self.healed]
        places = {} if boxes is None else {"healed": {"count": len(boxes), "boxes": boxes}}
        return {**figures, **places, "complaints": list(self.complaints)}


def measure(
    before: Photo,
    after: Photo,
    mask: Bool,
    quad: Float64,
    parse: Callable[[UInt8], UInt8] | None,
    *,
    magnification: float = 1.0,
    unreached: float | None = 0.0,
    identity: float | None = None,
    crop: Callable[[Photo, Float64, int], AlignedFace] = crop_face,
) -> Outcome:
    """Compares an edited face with what it was.

    Args:
        before, after: the photo.
        mask: (H, W), where it may have changed.
        quad: (4, 2) corners of the face's square.
        parse: gives the classes (D, D) of that square from its picture (D, D, 3); None reports on no regions.
        magnification, unreached, identity: see :class:`Outcome`.
        crop: cuts the square out of ``before``, or knows it already.
    """
    seen = crop(before, quad, SIDE).pixels

    def colors() -> tuple[Float32, Float32, Float32]:
        now = crop_face(after, quad, SIDE).pixels
        one, other, apart = lab(seen), lab(now), (seen != now).any(2)
        difference = np.zeros(seen.shape[:2], np.float32)
        difference[apart] = delta_e(one[apart], other[apart])
        return one, other, difference

    def figures() -> tuple[Bool, tuple[float | None, float | None]]:
        frame = CropFrame(quad_to_matrix(quad, SIDE), SIDE, (before.width, before.height))
        return cv2.resize(frame.share_of(mask), (SIDE, SIDE)) > 0.5, _detail(before, after, mask, quad)

    calls: list[Callable[[], Any]] = [colors, figures]
    calls += [] if parse is None else [lambda: parse(seen)]
    (one, other, difference), (area, (sharpness, noise)), *labels = side_by_side(*calls)
    seam = _seam(one, other, area)
    changed = _changed(difference, labels[0]) if labels else {}
    outcome = Outcome(magnification, sharpness, noise, seam, unreached, identity, changed)
    return replace(outcome, outside=_outside(mask, quad))


def places(area: Bool) -> tuple[Box, ...]:
    """Boxes of what hangs together of an area (H, W), from top to bottom."""
    stats = cv2.connectedComponentsWithStats(area.astype(np.uint8))[2][1:, :4].tolist()
    return tuple((x, y, x + w, y + h) for x, y, w, h in sorted(stats, key=lambda one: (one[1], one[0])))


def _outside(mask: Bool, quad: Float64) -> float:
    """See :class:`Outcome`."""
    x0, y0, x1, y1 = _square_of(mask, quad)
    total = np.count_nonzero(mask)
    return round(1 - np.count_nonzero(mask[y0:y1, x0:x1]) / total, 4) if total else 0.0


def _square_of(mask: Bool, quad: Float64) -> Box:
    """The box of the photo that the face's square lies in."""
    size = np.array(mask.shape[::-1])
    x0, y0 = np.clip(np.floor(quad.min(0)).astype(int), 0, size).tolist()
    x1, y1 = np.clip(np.ceil(quad.max(0)).astype(int), 0, size).tolist()
    return x0, y0, x1, y1


def _seam(before: Float32, after: Float32, area: Bool) -> float | None:
    edge = area & (cv2.erode(area.astype(np.uint8), np.ones((3, 3)), borderValue=1) == 0)
    if not edge.any():
        return None
    x, y, w, h = cv2.boundingRect(edge.view(np.uint8))
    part = np.s_[max(0, y - _AROUND) : y + h + _AROUND, max(0, x - _AROUND) : x + w + _AROUND]
    before, after, area, edge = before[part], after[part], area[part], edge[part]
    outside = near(before, ~area, 2.0)[edge]
    steps = [delta_e(near(one, area, 2.0)[edge], outside) for one in (after, before)]
    return round(float(steps[0].mean() - steps[1].mean()), 2)


def _changed(difference: Float32, labels: UInt8) -> dict[str, dict[str, float]]:
    report = {}
    for number in np.unique(labels[difference > VISIBLE]).tolist():
        there = difference[labels == number]
        share = float((there > VISIBLE).mean())
        if number < len(CLASSES) and share >= 0.01:
            report[CLASSES[number]] = {"share": round(share, 3), "delta_e": round(float(there.mean()), 2)}
    return report


def _detail(before: Photo, after: Photo, mask: Bool, quad: Float64) -> tuple[float | None, float | None]:
    """Sharpness and noise, see :class:`Outcome`."""
    side = float(np.linalg.norm(quad[3] - quad[0]))
    reach = max(3, round(RING * side))
    x0, y0, x1, y1 = _square_of(mask, quad)
    rows, columns = (np.flatnonzero(mask[y0:y1, x0:x1].any(axis)) for axis in (1, 0))
    if not rows.size:
        return None, None
    y0, y1 = max(y0, y0 + int(rows[0]) - reach), min(y1, y0 + int(rows[-1]) + reach + 1)
    x0, x1 = max(x0, x0 + int(columns[0]) - reach), min(x1, x0 + int(columns[-1]) + reach + 1)
    area = mask[y0:y1, x0:x1]
    away = cv2.distanceTransform((~area).astype(np.uint8), cv2.DIST_L2, 3)
    ring, inside = (away > 1) & (away <= reach), cv2.erode(area.astype(np.uint8), np.ones((5, 5))) > 0
    parts: dict[tuple[int, bool], list[list[Float32]]] = {}
    for row, column in _places(ring | inside):
        x, y = column * _TILE, row * _TILE
        box = (x0 + x, y0 + y, min(x0 + x + _TILE, x1), min(y0 + y + _TILE, y1))
        tile = np.s_[y : y + _TILE, x : x + _TILE]
        for k, photo in enumerate((before, after)):
            powers = fine_power(to_srgb(photo, box))
            for within, chosen in ((True, inside[tile]), (False, ring[tile])):
                parts.setdefault((k, within), []).append([power[chosen] for power in powers])
    bands = {key: [np.concatenate(column) for column in zip(*found, strict=True)] for key, found in parts.items()}
    if min((len(band[0]) for band in bands.values()), default=0) < 64:
        return None, None
    sharp, rough = (
        {key: slope(*band) for key, band in bands.items()},
        {key: _noise(band[0]) for key, band in bands.items()},
    )
    return _against(sharp), _against(rough)


def _noise(power: Float32) -> float:
    return float(np.sqrt(np.quantile(power, 2 * CALM) + 0.05))


def _against(level: Mapping[tuple[int, bool], float]) -> float:
    """Inside over ring, after the edit; or that over the same before it, whichever is nearer to 1."""
    natural, found = (level[k, True] / level[k, False] for k in (0, 1))
    return round(found if abs(log(found)) < abs(log(found / natural)) else found / natural, 3)


def _places(wanted: Bool) -> list[tuple[int, int]]:
    """Rows and columns of tiles in which something is wanted, evenly chosen where there are many."""
    height, width = wanted.shape
    found = [
        (row, column)
        for row in range(-(-height // _TILE))
        for column in range(-(-width // _TILE))
        if wanted[row * _TILE : (row + 1) * _TILE, column * _TILE : (column + 1) * _TILE].any()
    ]
    return found[:: -(-len(found) // _TILES)] if found else []
