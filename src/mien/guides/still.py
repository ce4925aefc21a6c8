"""What keeps its shape while a face moves: the scene behind the head, frames of glasses, teeth.

Convention:
    Displacements are (h, w, 2) pixels, from places of the result to those of the source, over a box of the photo.
    A unit is the distance of the outer corners of the eyes in pixels of the photo.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.align import mesh
from mien.align.crop import between_pixels
from mien.compose.morphology import disc
from mien.conditions.labels import CLASSES, INDEX
from mien.guides.guide import Box, box_of
from mien.types import Float32, Float64, UInt8

GRID = 128
"""Pixels per unit at which regions are looked at; large photos have more."""

BEHIND = 0.3
"""Units from the head over which the scene behind it still gives way."""

RIM, FADE = 0.07, 0.14
"""Units: how far within lenses a frame reaches, and over which distance what is around it follows."""


@dataclass(frozen=True, eq=False)
class Labelled:
    """Attributes:
    labels: (D, D) uint8 of a crop.
    matrix: (2, 3) from the crop to the photo.
    """

    labels: UInt8
    matrix: Float64

    def area(self, name: str) -> float:
        """How much of the photo is seen of a class, square pixels."""
        return float((self.labels == INDEX[name]).sum() * abs(np.linalg.det(self.matrix[:, :2])))

    def near(self, place: tuple[float, float], reach: float) -> set[str]:
        """The classes seen within some pixels of a place (x, y) of the photo; the outermost go on."""
        scale = float(np.sqrt(abs(np.linalg.det(self.matrix[:, :2]))))
        x, y = np.linalg.inv(self.matrix[:, :2]) @ (np.array(place) - self.matrix[:, 2])
        ys, xs = np.mgrid[: len(self.labels), : len(self.labels)] + 0.5
        x, y = np.clip((x, y), 0.5, len(self.labels) - 0.5)
        seen = np.unique(self.labels[np.hypot(xs - x, ys - y) <= max(1.0, reach / scale)])
        return {CLASSES[n] for n in seen.tolist() if n < len(CLASSES)}

    def within(self, box: Box, unit: float) -> tuple[UInt8, float]:
        """The labels over a box at a reduced size, and its pixels per pixel of the photo; the outermost go on."""
        x0, y0, x1, y1 = box
        scale = min(1.0, GRID / unit)
        size = (max(8, round((x1 - x0) * scale)), max(8, round((y1 - y0) * scale)))
        matrix = (self.matrix - np.array([[0, 0, x0], [0, 0, y0]])) * scale
        flags, border = cv2.INTER_NEAREST, cv2.BORDER_REPLICATE
        found = cv2.warpAffine(self.labels, between_pixels(matrix), size, flags=flags, borderMode=border)
        return np.asarray(found, np.uint8), scale

    def looked_up(self, offsets: Float32, box: Box) -> UInt8:
        """The labels (h, w) at the places of a field (h, w, 2) over a box of another photo."""
        height, width = offsets.shape[:2]
        xs = np.arange(width, dtype=np.float32)[None] + np.float32(box[0]) + offsets[..., 0]
        ys = np.arange(height, dtype=np.float32)[:, None] + np.float32(box[1]) + offsets[..., 1]
        back = cv2.invertAffineTransform(between_pixels(self.matrix)).astype(np.float32)
        across, down = (back[i, 0] * xs + back[i, 1] * ys + back[i, 2] for i in (0, 1))
        return np.asarray(cv2.remap(self.labels, across, down, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE))

    def mirrored(self, width: int) -> Labelled:
        """The same for a photo of that width of which left and right were exchanged."""
        return Labelled(self.labels, self.matrix * [[-1], [1]] + [[0, 0, width], [0, 0, 0]])


def behind(labelled: Labelled, box: Box, unit: float) -> Float32:
    """(h, w) in [0, 1]: 1 on a person, falling to 0 on what lies behind."""
    labels, scale = labelled.within(box, unit)
    backdrop = cv2.morphologyEx((labels == INDEX["background"]).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5)))
    away = cv2.distanceTransform(backdrop, cv2.DIST_L2, 5) / (BEHIND * unit * scale)
    t = np.clip(1 - away, 0, 1)
    weight = (t * t * (3 - 2 * t)).astype(np.float32)
    return np.asarray(
        cv2.resize(weight, (box[2] - box[0], box[3] - box[1]), interpolation=cv2.INTER_LINEAR), np.float32
    )


def kept(
    offsets: Float32, labelled: Labelled, box: Box, points: Float64, unit: float, most: Float32 | None = None
) -> Float32:
    """A displacement under which the frame of glasses moves as a whole, and so do teeth; ``most`` (h, w) limits it."""
    labels, scale = labelled.within(box, unit)
    pixels, offsets = unit * scale, offsets.copy()
    worn = cv2.morphologyEx((labels == INDEX["glasses"]).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5)))
    if worn.sum() > 0.02 * pixels**2:
        inner = cv2.erode(worn, disc(RIM * pixels))
        _rigid(offsets, cv2.dilate(worn, disc(0.02 * pixels)) & (1 - inner), FADE * pixels, most)
    mouth = (labels == INDEX["mouth"]).astype(np.uint8)
    if mouth.sum() > 0.01 * pixels**2:
        lips = (points[list(mesh.INNER_LIPS_CONTOUR)] - box[:2]) * scale
        inside = np.zeros_like(mouth)
        cv2.fillPoly(inside, [np.round(lips * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
        shrunk = cv2.erode(inside & mouth, disc(0.02 * pixels))
        if shrunk.any():
            _rigid(offsets, shrunk, 0.03 * pixels, most)
    return offsets


def _rigid(offsets: Float32, area: UInt8, fade: float, most: Float32 | None) -> None:
    """Makes a displacement a similarity within an area (on a grid over the same box), fading around it."""
    height, width = offsets.shape[:2]
    size = area.shape[::-1]
    small = cv2.resize(offsets, size, interpolation=cv2.INTER_AREA)
    step = np.array([width / size[0], height / size[1]])
    rows, columns = np.nonzero(area)
    places = (np.stack([columns, rows], 1) + 0.5) * step
    similar = _similarity(places, places + small[rows, columns])
    away = cv2.distanceTransform(1 - area, cv2.DIST_L2, 5) / max(fade, 1e-6)
    t = np.clip(1 - away, 0, 1)
    weight = cv2.resize((t * t * (3 - 2 * t)).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    x0, y0, x1, y1 = box_of(weight > 0)
    part = np.s_[y0:y1, x0:x1]
    weight = weight[part] if most is None else weight[part] * most[part]
    xs, ys = (np.arange(low, high, dtype=np.float32) + np.float32(0.5) for low, high in ((x0, x1), (y0, y1)))
    for i, own in ((0, xs[None]), (1, ys[:, None])):
        a, b, c = similar[i].astype(np.float32)
        plane = offsets[y0:y1, x0:x1, i]
        plane += weight * ((a * xs[None] + (b * ys[:, None] + c)) - own - plane)


def _similarity(source: Float64, target: Float64) -> Float64:
    """(2, 3): the least-squares similarity from points (N, 2) to points (N, 2)."""
    s, t = source.mean(0), target.mean(0)
    a, b = source - s, target - t
    power = max(float((a**2).sum()), 1e-9)
    c, d = float((a * b).sum()) / power, float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / power
    linear = np.array([[c, -d], [d, c]])
    return np.column_stack([linear, t - linear @ s])
