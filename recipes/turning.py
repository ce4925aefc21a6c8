"""Portraits turned to poses that the set lacks: profiles, faces seen from above and from below.

The 468 points of the face have depth. Rings around them stand for the head, neck and backdrop, which turn less and
less; triangles between all of these are drawn at their new places, the far ones first, with the picture's pixels.
Points, person mask and labels are carried along. The idea is that of face profiling (Zhu et al. 2016, 300W-LP).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.spatial import Delaunay

from mien.align import mesh
from mien.align.crop import ffhq_quad, inverse, quad_to_matrix
from mien.types import Float32, Float64, UInt8
from recipes.distort import Rng
from recipes.portraits import Portraits

RINGS = ((1.15, 0.10, 1.0), (1.45, 0.35, 0.9), (1.9, 0.6, 0.45), (3.0, 1.5, 0.0), (7.0, 1.5, 0.0))
"""Radius over that of the face outline, depth behind it in face widths, and share of the turn."""

BELOW = (0.85, 0.6, 0.2, 0.0, 0.0)
"""The share of the turn below the chin, where neck and shoulders are."""

FRAME = 256


@dataclass(frozen=True, eq=False)
class Turned:
    """Where each pixel of the new picture comes from.

    Attributes:
        across, down: (256, 256) float32 places in the old picture, counted from pixel centers.
        points: (478, 3) landmarks in the new picture.
    """

    across: Float32
    down: Float32
    points: Float32

    def image(self, image: UInt8) -> UInt8:
        """The picture, (256, 256, 3) or a map of probabilities, turned."""
        turned: UInt8 = cv2.remap(image, self.across, self.down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        return turned

    def labels(self, labels: UInt8) -> UInt8:
        """Labels (256, 256), turned."""
        turned: UInt8 = cv2.remap(labels, self.across, self.down, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
        return turned


def rotation(yaw: float, pitch: float) -> Float64:
    """(3, 3): first about the vertical axis, then about the horizontal one; radians."""
    c, s = np.cos(yaw), np.sin(yaw)
    about_y = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    c, s = np.cos(pitch), np.sin(pitch)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]]) @ about_y


def with_rings(points: Float32) -> tuple[Float64, Float64]:
    """Vertices (V, 3): 468 points and the rings; and the share of the turn of each (V,)."""
    face = points[:468].astype(np.float64)
    outline = face[list(mesh.OUTLINE)]
    width = np.ptp(outline[:, 0])
    middle = outline.mean(0)
    arm = outline - middle
    low = np.clip(arm[:, 1] / (np.abs(arm[:, 1]).max() + 1e-6), 0, 1) ** 2
    vertices, share = [face], [np.ones(len(face))]
    for (radius, depth, turn), below in zip(RINGS, BELOW, strict=True):
        ring = middle + arm * radius
        ring[:, 2] = outline[:, 2] * (1 - min(1.0, radius - 1)) + outline[:, 2].max() * min(1.0, radius - 1)
        ring[:, 2] += depth * width
        vertices.append(ring)
        share.append(turn * (1 - low) + below * low)
    return np.concatenate(vertices), np.concatenate(share)


class Turner:
    """Turns portraits; the triangles are those of the mean face."""

    def __init__(self, landmarks: Float32) -> None:
        vertices, _ = with_rings(landmarks.mean(0))
        self.triangles = Delaunay(vertices[:, :2]).simplices

    def turn(self, points: Float32, yaw: float, pitch: float) -> Turned:
        """One face by these angles (radians), in the FFHQ square of where it then looks."""
        old, share = with_rings(points)
        width = np.ptp(points[list(mesh.OUTLINE), 0])
        pivot = old[list(mesh.OUTLINE)].mean(0) + (0, 0, 0.3 * width)
        turn = rotation(yaw, pitch)
        new = old + share[:, None] * ((old - pivot) @ turn.T + pivot - old)
        marks = (points - pivot) @ turn.T + pivot
        matrix = inverse(quad_to_matrix(ffhq_quad(marks), FRAME))
        flat = new[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        scale = np.sqrt(abs(np.linalg.det(matrix[:, :2])))
        placed = np.concatenate([marks[:, :2] @ matrix[:, :2].T + matrix[:, 2], marks[:, 2:] * scale], 1)
        across, down = self._places(old[:, :2], flat, new[:, 2])
        return Turned(across, down, placed.astype(np.float32))

    def _places(self, old: Float64, new: Float64, depth: Float64) -> tuple[Float32, Float32]:
        """Draws the triangles, far ones first, and asks for each pixel where it was."""
        order = np.argsort(-depth[self.triangles].mean(1))
        index = np.zeros((FRAME, FRAME), np.int32)
        corners = np.clip(np.round((new - 0.5) * 16), -(2**20), 2**20).astype(np.int32)
        for number in order:
            cv2.fillConvexPoly(index, corners[self.triangles[number]], int(number), cv2.LINE_8, 4)
        a, b, c = (new[self.triangles[:, k]] for k in range(3))
        sides = np.stack([b - a, c - a], 2)
        determinant = sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0]
        determinant = np.where(np.abs(determinant) < 1e-6, 1e-6, determinant)
        turned = np.stack([sides[:, 1, 1], -sides[:, 0, 1], -sides[:, 1, 0], sides[:, 0, 0]], 1) / determinant[:, None]
        back = turned.reshape(-1, 2, 2)
        first, second, third = (old[self.triangles[:, k]] for k in range(3))
        linear = np.stack([second - first, third - first], 2) @ back
        offset = first - np.einsum("tij,tj->ti", linear, a)
        y, x = np.mgrid[:FRAME, :FRAME] + 0.5
        m, o = linear[index], offset[index]
        across = m[..., 0, 0] * x + m[..., 0, 1] * y + o[..., 0] - 0.5
        down = m[..., 1, 0] * x + m[..., 1, 1] * y + o[..., 1] - 0.5
        return across.astype(np.float32), down.astype(np.float32)


def angles(yaw: float, rng: Rng) -> tuple[float, float]:
    """How far to turn a face that already looks ``yaw`` (radians) aside: further away, up, down, or both."""
    kind = rng.random()
    aside = float(rng.uniform(20, 55)) if kind < 0.65 else float(rng.normal(0, 10))
    sign = np.sign(yaw) if abs(yaw) > 0.15 else rng.choice([-1, 1])
    aside = min(aside, 70 - abs(float(np.degrees(yaw))))
    up = float(rng.uniform(15, 38) * rng.choice([-1, 1])) if kind > 0.5 else float(rng.normal(0, 6))
    return float(np.radians(sign * aside)), float(np.radians(up))


def turned_portraits(
    portraits: Portraits, count: int, seed: int = 0, labels: UInt8 | None = None
) -> tuple[Portraits, np.ndarray, UInt8]:
    """``count`` more portraits, turned; (count,) of which each was made; and their labels (count, 256, 256)."""
    rng, turner = np.random.default_rng(seed), Turner(portraits.landmarks)
    numbers = rng.integers(len(portraits), size=count)
    images, person = np.empty((count, FRAME, FRAME, 3), np.uint8), np.empty((count, FRAME, FRAME), np.uint8)
    moved, points = np.empty_like(person), np.empty((count, *portraits.landmarks.shape[1:]), np.float32)
    for k, number in enumerate(numbers):
        face = portraits.landmarks[number]
        left, right = face[234], face[454]
        yaw = float(np.arctan2(right[2] - left[2], right[0] - left[0]))
        turned = turner.turn(face, *angles(-yaw, rng))
        images[k], person[k] = turned.image(portraits.images[number]), turned.image(portraits.person[number])
        points[k] = turned.points
        if labels is not None:
            moved[k] = turned.labels(labels[number])
    return Portraits(images, person, points), numbers, moved


def with_turned(
    portraits: Portraits, weights: Float32, count: int, share: float = 0.33, seed: int = 0
) -> tuple[Portraits, Float32]:
    """The portraits and ``count`` turned ones, which come up in ``share`` of the draws; and all weights."""
    more, numbers, _ = turned_portraits(portraits, count, seed)
    later = weights[numbers]
    later *= share / (1 - share) * weights.sum() / later.sum()
    both = Portraits(
        np.concatenate([portraits.images, more.images]),
        np.concatenate([portraits.person, more.person]),
        np.concatenate([portraits.landmarks, more.landmarks]),
    )
    return both, np.concatenate([weights, later])
