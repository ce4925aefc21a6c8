"""Glasses from edges: a bridge across the nose, and two mirrored superellipses fitted to the gradient around the eyes.

No color decides here: frames come in all of them. Skin has hardly any edge across the root of the nose and between lid
and cheek, so a line there is a bridge, and a closed curve along which the gradient stands upright is a rim.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

import cv2
import numpy as np

from mien.align import mesh
from mien.types import Bool, Float32, UInt8
from recipes.parser_regions import polygon

SAMPLES = 48
"""Points on each rim."""


@dataclass(frozen=True, eq=False)
class Glasses:
    """The best fit.

    Attributes:
        bridge: gradient of the strongest line across the nose between the eyes, levels per pixel.
        rims: how much of the rims lies on an edge, 0 to 1.
        mask: (H, W) lenses, rims and bridge.
        places: (2, SAMPLES, 2) points on the left and the right rim.
    """

    bridge: float
    rims: float
    mask: Bool
    places: np.ndarray

    @property
    def present(self) -> bool | None:
        """None where it cannot be told. The limits were found by looking at pictures in the order of the figures."""
        if self.bridge >= 15 or (self.bridge >= 10.5 and self.rims >= 0.6):
            return True
        return False if self.bridge < 6 else None


@cache
def templates() -> tuple[np.ndarray, np.ndarray]:
    """Rims (T, 2, SAMPLES, 2) and their unit normals, in units of the distance between the outer corners of the eyes,
    origin midway between them, x along them."""
    angle = np.linspace(0, 2 * np.pi, SAMPLES, endpoint=False)
    cos, sin = np.cos(angle), np.sin(angle)
    rims, normals = [], []
    grid = product(
        (0.29, 0.33, 0.37), (0.0, 0.05, 0.10), (0.20, 0.24, 0.28, 0.32), (0.14, 0.18, 0.22, 0.26), (1.0, 0.6)
    )
    for cx, cy, a, b, power in grid:
        if cx - a < 0.02:
            continue
        x, y = a * np.sign(cos) * np.abs(cos) ** power, b * np.sign(sin) * np.abs(sin) ** power
        along = np.stack([np.roll(x, -1) - np.roll(x, 1), np.roll(y, -1) - np.roll(y, 1)], 1)
        normal = np.stack([along[:, 1], -along[:, 0]], 1) / (np.linalg.norm(along, axis=1, keepdims=True) + 1e-6)
        right, n_right = np.stack([x + cx, y + cy], 1), normal
        rims.append(np.stack([right * (-1, 1), right]))
        normals.append(np.stack([n_right * (-1, 1), n_right]))
    return np.array(rims), np.array(normals)


def fit_glasses(image: UInt8, points: Float32) -> Glasses:
    """Tries every template; (H, W, 3) uint8 RGB and the (478, 3) points -> the best one."""
    gray = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 0.8).astype(np.float32)
    gx, gy = cv2.Sobel(gray, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(gray, cv2.CV_32F, 0, 1, scale=0.125)
    left, right = points[33, :2], points[263, :2]
    axis = right - left
    turn = np.array([[axis[0], -axis[1]], [axis[1], axis[0]]], np.float32)
    bridge = _bridge(gy, points, turn)
    for eye in (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR):  # lids and lashes are edges too
        lids = cv2.dilate(polygon(points, eye, len(image)).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
        gx[lids] = gy[lids] = 0
    rims, normals = templates()
    places = rims @ turn.T + (left + right) / 2
    normals = normals @ (turn / np.linalg.norm(axis)).T
    # A rim is a thin line: its two flanks are the edges, so the best of three radii counts.
    hits = np.max([_edge(gx, gy, places + normals * step, normals) for step in (-1.2, 0.0, 1.2)], axis=0)
    lower = rims[0, 0, :, 1] >= rims[0, 0, :, 1].mean() + 0.3 * np.ptp(rims[0, 0, :, 1]) / 2
    fraction = hits.mean((1, 2)) * 0.5 + hits[:, :, lower].mean((1, 2)) * 0.5
    best = int(np.argmax(fraction))
    return Glasses(bridge, float(fraction[best]), _fill(places[best], image.shape[0]), places[best])


def temples(image: UInt8, points: Float32, glasses: Glasses) -> Bool:
    """The arms between rims and ears, where a dark or bright line can be seen; (H, W) bool."""
    gray = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 1.0).astype(np.float32)
    canvas = np.zeros(gray.shape, np.uint8)
    unit = float(np.linalg.norm(points[263, :2] - points[33, :2]))
    for rim, ear, outwards in ((glasses.places[0], 127, -1), (glasses.places[1], 356, 1)):
        start = rim[(rim[:, 0] * outwards).argmax()]
        end = points[ear, :2] + np.array([outwards * 0.04 * unit, 0])
        if (end[0] - start[0]) * outwards < 0.05 * unit:
            continue
        share = np.linspace(0.1, 0.95, 24)[:, None]
        best, line = 6.0, None
        for a in np.arange(-0.22, 0.1, 0.02) * unit:
            for b in np.arange(-0.18, 0.14, 0.02) * unit:
                places = (start + (0, a)) * (1 - share) + (end + (0, b)) * share
                middle, above, below = (_sample(gray, places + (0, d)) for d in (0.0, -0.035 * unit, 0.035 * unit))
                contrast = np.quantile(np.minimum(above, below) - middle, 0.25)
                if contrast > best:
                    best, line = float(contrast), places
        if line is not None:
            corners = np.round((line - 0.5) * 16).astype(np.int32)
            cv2.polylines(canvas, [corners], False, 1, max(2, round(0.04 * unit)), cv2.LINE_8, 4)
    return canvas > 0


def _sample(gray: Float32, places: np.ndarray) -> np.ndarray:
    x = np.clip(places[:, 0] - 0.5, 0, gray.shape[1] - 1).round().astype(np.int32)
    y = np.clip(places[:, 1] - 0.5, 0, gray.shape[0] - 1).round().astype(np.int32)
    return gray[y, x]


def _bridge(gy: Float32, points: Float32, turn: np.ndarray) -> float:
    """The strongest row across the root of the nose, by its third weakest of nine places."""
    across, down = np.linspace(-0.07, 0.07, 9), np.linspace(-0.2, 0.12, 33)
    places = np.stack(np.meshgrid(across, down), -1) @ turn.T + points[[168, 6], :2].mean(0)
    x, y = np.clip(places - 0.5, 0, len(gy) - 1).round().astype(np.int32).transpose(2, 0, 1)
    return float(np.sort(np.abs(gy[y, x]), 1)[:, 2].max())


def _edge(gx: Float32, gy: Float32, places: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Gradient along the normal at each place, as a smooth step from 0 (2 levels a pixel) to 1 (10)."""
    x = np.clip(places[..., 0] - 0.5, 0, gx.shape[1] - 1).round().astype(np.int32)
    y = np.clip(places[..., 1] - 0.5, 0, gx.shape[0] - 1).round().astype(np.int32)
    strength = np.abs(gx[y, x] * normals[..., 0] + gy[y, x] * normals[..., 1])
    return np.clip((strength - 2) / 8, 0, 1)


def _fill(rims: np.ndarray, size: int) -> Bool:
    canvas = np.zeros((size, size), np.uint8)
    corners = [np.round((rim - 0.5) * 16).astype(np.int32) for rim in rims]
    for corner in corners:
        cv2.fillPoly(canvas, [corner], 1, cv2.LINE_8, 4)
        cv2.polylines(canvas, [corner], True, 1, 2, cv2.LINE_8, 4)
    inner = [rims[0][rims[0][:, 0].argmax()], rims[1][rims[1][:, 0].argmin()]]
    lift = np.array([0, -0.25 * np.ptp(rims[0][:, 1])])
    cv2.polylines(canvas, [np.round((np.array(inner) + lift - 0.5) * 16).astype(np.int32)], False, 1, 2, cv2.LINE_8, 4)
    return canvas > 0
