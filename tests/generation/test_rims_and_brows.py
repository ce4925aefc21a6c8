"""Rims of light hair before walls, and brows that move as a whole; no networks."""

from __future__ import annotations

import numpy as np

from mien.align import mesh
from mien.conditions.labels import INDEX
from mien.generation.raised_brows import BELOW, with_brows
from mien.generation.rims import unrimmed
from mien.guides.still import Labelled

SIDE = 200


def head(hair: int, rim: int, behind: int) -> tuple[np.ndarray, ...]:
    """A disc of hair with a rim of another gray, all of it taken for the person."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    away = np.hypot(rows - SIDE / 2, columns - SIDE / 2)
    alpha = (away < 80).astype(np.float32)
    front = np.where(away < 74, hair, rim)[..., None].repeat(3, 2).astype(np.float32)
    return alpha[..., None], front, np.full((SIDE, SIDE, 3), behind, np.float32), alpha, (away >= 74) & (away < 80)


def test_a_dark_rim_of_light_hair_goes_and_strands_stay() -> None:
    alpha, front, behind, hair, rim = head(190, 40, 20)
    front[60:64, 90:110] = 150  # a shade within the hair
    shares, colors = unrimmed(alpha, front, behind, hair, SIDE)
    assert shares[rim].mean() < 0.3 and colors[rim].mean() > 120
    inner = alpha[..., 0] * (1 - rim) > 0
    assert shares[inner].min() > 0.95 and abs(colors[62, 100].mean() - 150) < 25


def test_dark_hair_and_bright_backdrops_stay_as_they_are() -> None:
    for grays in ((40, 30, 20), (60, 150, 230)):
        alpha, front, behind, hair, _ = head(*grays)
        shares, colors = unrimmed(alpha, front, behind, hair, SIDE)
        assert np.array_equal(shares, alpha) and np.allclose(colors[80:120, 80:120], front[80:120, 80:120], atol=1)


def test_the_lower_end_of_a_brow_goes_with_its_landmarks() -> None:
    labels = np.full((128, 128), INDEX["skin"], np.uint8)
    points, shift = np.zeros((478, 2)), np.zeros((478, 2))
    points[:, 1] = 120
    for name, upper, below, left in (("left_brow", *mesh_of(0), 20), ("right_brow", *mesh_of(1), 80)):
        labels[40:56, left : left + 30] = INDEX[name]  # lower than the landmarks by half of it
        points[list(upper)] = np.stack([np.linspace(left, left + 30, 5), np.full(5, 38.0)], 1)
        points[list(below)] = points[list(upper)] + (0, 8)
        shift[[*upper, *below]] = (0.0, -5.0)
    points[9] = (35, 54)  # a landmark on the lower end
    places, pulls = with_brows(points, shift, Labelled(labels, np.eye(2, 3)), 90.0)
    assert len(places) > 490 and pulls[9, 1] == -5 and pulls[0, 1] == 0
    lower = places[478:]
    assert (lower[:, 1] > 47).all() and lower[:, 1].max() > 54 and (pulls[478:, 1] == -5).all()


def mesh_of(side: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return (mesh.LEFT_BROW, mesh.RIGHT_BROW)[side], BELOW[side]
