"""Which pixels of a bearded face are beard: colors learned from cheeks and from what differs below the nose.

A beard is labeled as hair. ``recipes/parser_notes.py`` tells whether a face has one; this module says where.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align import mesh
from mien.types import Bool, Float32
from recipes.parser_colors import closed, components, guided_filter, log_density, opened
from recipes.parser_regions import FaceFrame, polygon


def beard_places(points: Float32, size: int) -> Bool:
    """(size, size) where a beard may grow: below the nose, up to the temples at the sides, down to below the chin."""
    f = FaceFrame.of(points)
    y, x = np.mgrid[:size, :size].astype(np.float32) + 0.5
    oval = polygon(points, mesh.OUTLINE, size).astype(np.uint8)
    wide = cv2.dilate(oval, np.ones((5, 5), np.uint8)) > 0
    below = (y > f.mouth) & (y < f.chin + 0.55 * f.height) & (np.abs(x - f.middle) < 0.48 * f.width)
    aside = np.abs(x - (f.left + f.right) / 2) / (f.width / 2)
    lowest = f.nose + 1 - np.clip((aside - 0.62) / 0.3, 0, 1) * (f.nose - f.eyes - 0.1 * f.height)
    lips = polygon(points, mesh.OUTER_LIPS, size)
    nose = cv2.dilate(polygon(points, (98, 97, 2, 326, 327, 168), size).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return (wide | below) & (y > lowest) & ~lips & ~nose


def beard_mask(lab: Float32, cells: np.ndarray, points: Float32, person: Bool, bare: Bool) -> Bool:
    """Beard and moustache of a face that has either.

    Args:
        lab: (S, S, 3) CIELAB in [0, 1].
        cells: (S, S) histogram index of each color.
        points: (478, 3) landmarks, pixels.
        person: (S, S) foreground.
        bare: (S, S) nothing but skin or beard.
    """
    size = len(lab)
    f = FaceFrame.of(points)
    y, x = np.mgrid[:size, :size].astype(np.float32) + 0.5
    places = beard_places(points, size) & person
    cheeks = bare & (y > f.eyes + 0.1 * f.height) & (y < f.nose) & (np.abs(x - f.middle) < 0.42 * f.width)
    if cheeks.sum() < 60 or places.sum() < 100:
        return np.zeros((size, size), np.bool_)
    inside = polygon(points, mesh.OUTLINE, size) & places
    light = lab[..., 0]
    unlike = _unlike(lab, cheeks)
    seeds = inside & (unlike > max(1.8, float(np.quantile(unlike[inside], 0.8))))
    if seeds.sum() < 40:
        return np.zeros((size, size), np.bool_)
    prior = 0.1 - 1.5 * np.clip((y - f.chin) / f.height - 0.15, 0, 1)
    score = np.zeros_like(light)
    for _ in range(3):
        ratio = log_density(cells, seeds * 1.0, floor=0.03, spread=1.5)
        ratio = ratio - log_density(cells, cheeks * 1.0, floor=0.02, spread=1.8)
        score = guided_filter(lab, np.clip(ratio, -3, 3), 3, 1e-3) + prior
        seeds = inside & (score > 1.0)
        if seeds.sum() < 40:
            return np.zeros((size, size), np.bool_)
    found = closed(places & (score > 0.3), 2) & places
    found = components(opened(found, 1), 60)
    _, index = cv2.connectedComponents(found.astype(np.uint8))
    return found & np.isin(index, np.setdiff1d(index[found & inside], 0))


def _unlike(lab: Float32, cheeks: Bool) -> Float32:
    """(S, S) distance from the cheeks' color in their spread; darker counts, and so does gray; brighter does not."""
    mean, spread = lab[cheeks].mean(0), lab[cheeks].std(0) + np.array([0.05, 0.012, 0.012], np.float32)
    away = (lab - mean) / spread
    result: Float32 = np.maximum(-away[..., 0], 0) + np.abs(np.minimum(away[..., 1:], 0)).sum(2)
    return cv2.GaussianBlur(result, (0, 0), 1.5)
