"""Where a beard ends before a neck, a collar or a backdrop, told by colours.

The parser's beard spills over necks and collars below it. A pixel there is what most of those are that resemble it
most, in colour and place, among places of which the parser is sure (k nearest neighbours: Fix and Hodges, 1951).

Convention:
    Everything is (h, w) at one scale.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from mien.types import Bool, Float32

NEAREST, SAMPLES = 9, 300
"""How many neighbours decide, and how many samples of each kind are looked at."""

HUES, PLACES = 1.5, 25.0
"""What a* and b* count, L* being 1, and an eye distance."""


def alike(lab: Float32, kinds: Sequence[Bool], wanted: Bool, unit: float) -> Float32:
    """How likely pixels are of each of some kinds.

    Args:
        lab: (h, w, 3) CIE L*, a*, b*.
        kinds: K areas in which each is surely seen; at least one pixel of one.
        wanted: where it is asked.
        unit: an eye distance, pixels.

    Returns:
        (h, w, K) shares of the nearest samples, 0 where nothing is wanted.
    """
    found = np.zeros((*wanted.shape, len(kinds)), np.float32)
    if not wanted.any():
        return found
    rows, columns = np.indices(wanted.shape, np.float32) * np.float32(PLACES / unit)
    seen = np.dstack([lab * np.array([1, HUES, HUES], np.float32), rows, columns])
    rng = np.random.default_rng(0)
    samples = [points[rng.permutation(len(points))[:SAMPLES]] for points in (seen[one] for one in kinds)]
    kind = np.repeat(np.arange(len(kinds)), [len(one) for one in samples])
    known, asked = np.concatenate(samples), seen[wanted]
    apart = (known**2).sum(1)[None] - 2 * asked @ known.T
    near = kind[np.argpartition(apart, min(NEAREST, len(known) - 1), axis=1)[:, :NEAREST]]
    found[wanted] = np.stack([(near == n).mean(1) for n in range(len(kinds))], 1)
    return found


def connected(area: Bool, core: Bool, neck: int) -> Bool:
    """What of an area hangs together with its core over more than a neck of some pixels; (h, w)."""
    kernel = np.ones((neck, neck), np.uint8)
    opened = cv2.morphologyEx((area | core).astype(np.uint8), cv2.MORPH_OPEN, kernel) | core.astype(np.uint8)
    _, pieces = cv2.connectedComponents(opened)
    main = np.isin(pieces, np.unique(pieces[core])) & (pieces > 0)
    return np.asarray(area & (cv2.dilate(main.astype(np.uint8), kernel) > 0), np.bool_)
