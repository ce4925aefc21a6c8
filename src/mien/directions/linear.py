"""Directions of W: linear boundaries between faces with and without an attribute, and principal components.

Legend: N faces, D numbers of a face's codes (C, or L·C for W+), K directions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mien.errors import ConfigError
from mien.types import Float64

SHARE = 0.3
"""Of the faces with the most, and with the least of an attribute, that a boundary is drawn between."""

TRACE = 0.05
"""Share of the most that any face has."""

FEWEST = 20
"""Faces on either side."""

RIDGES = np.logspace(-3, 5, 17)


@dataclass(frozen=True, eq=False)
class Boundary:
    """Attributes:
    normal: (D,) of length 1, towards more.
    deviation: of the faces along it.
    accuracy: share of faces on the right side, each left out in turn; both sides count the same.
    count: of faces.
    """

    normal: Float64
    deviation: float
    accuracy: float
    count: int


def labels_of(values: Float64, name: str) -> Float64:
    """(N,) +1 for the faces with the most of an attribute, -1 for those with the least, 0 for all others.

    Where many faces have none at all (glasses), all of these are -1, and those that have more than a trace are +1.

    Raises:
        ConfigError: too few faces differ.
    """
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, (SHARE, 1 - SHARE)) if len(known) else (0.0, 0.0)
    if high - low <= 1e-6 * max(1e-12, np.ptp(known) if len(known) else 0.0):
        high = low + TRACE * max(float(np.ptp(known)) if len(known) else 0.0, 1e-12)
    labels = np.where(values >= high, 1.0, np.where(values <= low, -1.0, 0.0))
    labels[~np.isfinite(values)] = 0.0
    if len(values) and not len(known):
        raise ConfigError(f"No face is seen in any of the {len(values)} pictures; is this a generator of faces?")
    fewest = int(min((labels > 0).sum(), (labels < 0).sum()))
    if fewest < FEWEST:
        raise ConfigError(
            f"Only {fewest} of {len(values)} faces differ in {name}, and {FEWEST} are needed; raise --faces, or choose "
            "an attribute in which they differ."
        )
    return labels


def boundary(codes: Float64, labels: Float64) -> Boundary:
    """The plane between two kinds of faces (InterFaceGAN: Shen et al., 2020).

    A least-squares support vector machine (Suykens & Vandewalle, 1999), that is, ridge regression on ±1; the ridge is
    the one with the least error on faces that are left out one at a time, which has a closed form.

    Args:
        codes: (N, D).
        labels: (N,) +1, -1, or 0 for faces that do not count.
    """
    kept, wanted = codes[labels != 0], labels[labels != 0]
    x, y = kept - kept.mean(0), wanted - wanted.mean()
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    target, best = u.T @ y, np.inf
    normal, left_out = vt[0], y
    for ridge in RIDGES * (s**2).mean():
        shrunk = s**2 / (s**2 + ridge)
        leverage = (u**2 * shrunk).sum(1)
        error = (y - u @ (shrunk * target)) / np.maximum(1 - leverage, 1e-6)
        if (total := float((error**2).sum())) < best:
            best, left_out, normal = total, y - error, vt.T @ (target * s / (s**2 + ridge))
    normal = normal / np.linalg.norm(normal)
    middle = (left_out[wanted > 0].mean() + left_out[wanted < 0].mean()) / 2
    accuracy = float(np.mean([(sign * (left_out[wanted == sign] - middle) > 0).mean() for sign in (1, -1)]))
    return Boundary(normal, float((codes @ normal).std()), accuracy, len(y))


def held(normal: Float64, others: Float64) -> Float64:
    """(D,) of length 1: a direction without what it has in common with others (K, D), which then stay as they are.

    Raises:
        ConfigError: nothing is left.
    """
    basis, _ = np.linalg.qr(others.T)
    rest = normal - basis @ (basis.T @ normal)
    length = float(np.linalg.norm(rest))
    if length < 0.1:
        raise ConfigError("Nothing of the direction is left without those that are held; hold fewer attributes.")
    return np.asarray(rest / length, np.float64)


def principal_components(codes: Float64, count: int) -> tuple[Float64, Float64]:
    """GANSpace (Härkönen et al., 2020): codes (N, D) -> (count, D) of length 1, deviations (count,), largest first."""
    centred = codes - codes.mean(0)
    values, vectors = np.linalg.eigh(centred.T @ centred / (len(codes) - 1))
    found = vectors.T[::-1][:count]
    signs = np.where(found[np.arange(len(found)), np.abs(found).argmax(1)] < 0, -1.0, 1.0)
    return found * signs[:, None], np.sqrt(np.maximum(values[::-1][:count], 0))
