"""Precision and recall (Kynkäänniemi et al., 2019), density and coverage (Naeem et al., 2020).

A set's manifold is the union of balls around its features, each as large as the distance to its k-th nearest other.

    precision  share of the pictures that lie in some ball of the reference
    recall     share of the reference that lies in some ball of the pictures
    density    balls of the reference around a picture, over k, on average; may exceed 1
    coverage   share of the reference's balls that hold a picture

Letters: N pictures, M of the reference, D features.
"""

from __future__ import annotations

import numpy as np

from mien.errors import DataError
from mien.evaluation.distances import blocks_of_squared_distances, kth_nearest
from mien.evaluation.estimate import Estimate, mean
from mien.types import Float32


def manifold_scores(features: Float32, reference: Float32, k: int = 5) -> dict[str, Estimate]:
    """Precision, recall, density and coverage, by name, with Euclidean balls, borders included.

    The intervals take both manifolds as fixed.

    Args:
        features: (N, D).
        reference: (M, D).
        k: which nearest neighbor bounds a ball; the papers take 3 (precision, recall) and 5 (density, coverage).

    Raises:
        DataError: either set has no more pictures than k.
    """
    if min(len(features), len(reference)) <= k:
        fewest = min(len(features), len(reference))
        raise DataError(f"{fewest} pictures are too few for {k} neighbours; give more pictures or a smaller k.")
    radii, ref_radii = kth_nearest(features, k), kth_nearest(reference, k)
    around = np.empty(len(features))
    recalled = np.zeros(len(reference), bool)
    covered = np.zeros(len(reference), bool)
    for rows, squared in blocks_of_squared_distances(features, reference):
        inside = squared <= ref_radii
        around[rows] = inside.sum(1)
        covered |= inside.any(0)
        recalled |= (squared <= radii[rows, None]).any(0)
    found = {"precision": around > 0, "recall": recalled, "density": around / k, "coverage": covered}
    return {name: mean(values.astype(np.float64)) for name, values in found.items()}
