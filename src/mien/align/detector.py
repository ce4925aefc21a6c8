"""Where the faces are: the detector network over an image pyramid, decoded to oriented squares.

Convention:
    Squares are (center x, center y, side, roll): continuous photo pixels and radians, roll positive when the head leans
    clockwise. The square is an estimate of the FFHQ crop; the landmarks make it exact.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.engine.base import Network
from mien.models.perception.config import STRIDE, DetectorConfig
from mien.pixels import to_planes
from mien.types import Float32, Float64, UInt8

SQUARE_PER_FACE = 1.8
"""Side of the FFHQ square over the longer side of the box around the landmarks, on average."""

EDGE = 16
"""Pixels by which every level's border is repeated outwards, so that faces cut by the photo's edge are seen whole."""


def pyramid(image: UInt8, min_side: float, config_range: tuple[float, float]) -> list[tuple[float, UInt8]]:
    """(scale, level) pairs, each level half the size of the one before.

    The first level shows a square of ``min_side`` photo pixels at 1.2 times the smallest side that the network knows;
    the last one shows a face that fills the photo.
    """
    scale = min(1.0, 1.2 * config_range[0] / min_side)
    levels: list[tuple[float, UInt8]] = []
    height, width = image.shape[:2]
    level = image
    while True:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        if size != (level.shape[1], level.shape[0]):
            level = cv2.resize(level, size, interpolation=cv2.INTER_AREA)
        levels.append((scale, level))
        if max(size) <= config_range[1]:
            return levels
        scale /= 2


SMALLEST, LARGEST = 0.7, 1.4
"""Sides over those that the network is trained to find within which what it finds at a level is believed."""


def detect(
    network: Network[DetectorConfig],
    image: UInt8,
    *,
    min_size: float = 48.0,
    threshold: float = 0.3,
    enough: float | None = None,
) -> Float64:
    """Candidate squares, best first: (K, 5) float64 of center x, center y, side, roll, score.

    Args:
        network: the detector.
        image: (H, W, 3) uint8 sRGB.
        min_size: smallest face to look for, the longer side of its box in photo pixels; time grows with 1 / min_size^2.
        threshold: lowest score that is kept, in [0, 1].
        enough: score of a square from which on no smaller ones are looked for: levels in which it could not be seen are
            left out. None looks for all.
    """
    found: list[Float64] = []
    for scale, level in reversed(pyramid(image, min_size * SQUARE_PER_FACE, network.config.range)):
        sure = [] if enough is None else [one[2] for squares in found for one in squares if one[4] >= enough]
        if sure and max(sure) * scale > LARGEST * network.config.range[1]:
            break
        found.insert(0, decode(network, level, scale, threshold))
    return suppress(np.concatenate(found))


def decode(network: Network[DetectorConfig], level: UInt8, scale: float, threshold: float) -> Float64:
    """Squares in photo coordinates from one level, (K, 5): the local maxima of the score."""
    height, width = level.shape[:2]
    below, right = -height % STRIDE + EDGE, -width % STRIDE + EDGE
    padded = cv2.copyMakeBorder(level, EDGE, below, EDGE, right, cv2.BORDER_REPLICATE)
    maps = network(to_planes(padded))[0][0]
    score = sigmoid(maps[0])
    peak = cv2.dilate(score, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero((score == peak) & (score > threshold))
    values, scores = maps[1:, rows, columns].astype(np.float64), score[rows, columns].astype(np.float64)
    side = network.config.side
    x = (columns + 0.5) * STRIDE - EDGE + values[0] * side
    y = (rows + 0.5) * STRIDE - EDGE + values[1] * side
    low, high = network.config.range
    sides = side * np.exp(np.clip(values[2], -3, 3))
    # Beyond its octave the network guesses: what it thinks much too large or small belongs to another level.
    known = (sides > SMALLEST * low) & (sides < LARGEST * high)
    squares = np.stack([x / scale, y / scale, sides / scale, np.arctan2(values[4], values[3]), scores], 1)
    kept: Float64 = squares[known]
    return kept


def sigmoid(logits: Float32) -> Float32:
    """1 / (1 + exp(-x)), which does not overflow."""
    shares: Float32 = 0.5 * (1 + np.tanh(0.5 * logits))
    return shares


def suppress(squares: Float64, distance: float = 0.3) -> Float64:
    """Keeps the best of every group of squares whose centers lie closer than ``distance`` of the larger side."""
    squares = squares[np.argsort(-squares[:, 4], kind="stable")]
    kept: list[Float64] = []
    for square in squares:
        if all(np.hypot(*(square[:2] - other[:2])) > distance * max(square[2], other[2]) for other in kept):
            kept.append(square)
    return np.array(kept, np.float64).reshape(-1, 5)
