"""Strong lenses: measured by the outline of the face behind them, and what they show brought back."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import pytest

from mien.align import mesh
from mien.guides.bank import Bank
from mien.guides.glasses.lens_moved import FADING, FULLY, Moved, as_outlined
from mien.guides.glasses.lens_power import BOUNDS, Outline, Power, lens_power
from mien.guides.glasses.lines import MARGIN, SIDE, UNIT
from mien.types import Bool, Float32, Float64

SKIN, BACKDROP, HAIR = (200, 160, 140), (60, 90, 190), (70, 60, 50)


class Scene(NamedTuple):
    picture: Float32
    frame: Bool
    lenses: Bool
    kinds: Float32
    points: Float64

    def power(self) -> Power | None:
        return lens_power(self.picture, self.frame, self.frame | self.lenses, self.lenses, self.kinds, self.points)


@pytest.fixture(scope="module")
def points() -> Float64:
    """Landmarks in the plane, with depth."""
    face = next(one for one in Bank.bundled().entries if one.path.stem == "3052").face
    scale = (SIDE - 2 * MARGIN) / float(np.linalg.norm(face.quad[3] - face.quad[0]))
    there = (face.landmarks[:, :2] - face.quad[0]) * scale + MARGIN
    return np.column_stack([there, face.landmarks[:, 2] * scale]).astype(np.float64)


def scene(points: Float64, shares: tuple[float, float], behind: tuple[int, int, int] = BACKDROP) -> Scene:
    """A flat face through wide lenses, each of which shows what is behind it at a share of its size."""
    face, rng = np.zeros((SIDE, SIDE), np.uint8), np.random.default_rng(0)
    cv2.fillPoly(face, [np.round(points[list(mesh.OUTLINE), :2]).astype(np.int32)], 1)
    picture = np.where(face[..., None] > 0, np.float32(SKIN), np.float32(behind)) + rng.normal(0, 2, (SIDE, SIDE, 3))
    picture = picture.astype(np.float32)
    seen, ys = picture.copy(), np.mgrid[:SIDE, :SIDE].astype(np.float32)
    lenses, frame = np.zeros((2, SIDE, SIDE), np.uint8)
    for iris, corner, share in zip((468, 473), (127, 356), shares, strict=True):
        middle = points[iris, :2]
        wide = abs(points[corner, 0] - middle[0]) + 2 * UNIT
        half = (round(0.5 * (wide + 8 * UNIT)), round(9 * UNIT))
        at = np.round(middle + (np.sign(points[corner, 0] - middle[0]) * (half[0] - 8 * UNIT), 0)).astype(int).tolist()
        lens = cv2.ellipse(np.zeros((SIDE, SIDE), np.uint8), at, half, 0, 0, 360, 1, -1)
        maps = [(ys[axis] - middle[1 - axis]) / share + middle[1 - axis] for axis in (1, 0)]
        shown = cv2.remap(picture, *(one.astype(np.float32) for one in maps), cv2.INTER_LINEAR)
        seen = np.where(lens[..., None] > 0, shown, seen)
        lenses |= lens
        cv2.ellipse(frame, at, half, 0, 0, 360, 1, round(UNIT))
    seen = np.where(frame[..., None] > 0, np.float32(25), seen).astype(np.float32)
    kinds = np.dstack([face, 0 * face, 0 * face, 1 - face]).astype(np.float32)
    return Scene(seen, frame > 0, (lenses > 0) & (frame == 0), kinds, points)


@pytest.mark.parametrize("share", [0.7, 0.78, 0.85])
def test_lenses_that_shrink_are_measured(points: Float64, share: float) -> None:
    found = scene(points, (share, share)).power()
    assert found is not None and len(found.outlines) == 2
    assert [one.seen for one in found.outlines] == pytest.approx([share, share], abs=0.03)
    assert max(share, BOUNDS[0]) < found.eyes < 1  # eyes are nearer to lenses than temples


@pytest.mark.parametrize(
    ("shares", "behind"),
    [((1.0, 1.0), BACKDROP), ((0.92, 0.92), BACKDROP), ((0.9, 0.6), BACKDROP), ((0.8, 0.8), SKIN), ((0.8, 0.8), HAIR)],
)
def test_nothing_is_moved_where_lenses_are_plain_or_nothing_tells(
    points: Float64, shares: tuple[float, float], behind: tuple[int, int, int]
) -> None:
    """Plain and weak ones, two that disagree, what looks as skin behind the face, and what looks as the frame."""
    assert scene(points, shares, behind if behind != HAIR else (30, 28, 28)).power() is None


def test_soft_shade_within_a_lens_is_no_outline(points: Float64) -> None:
    plain = scene(points, (1.0, 1.0), (40, 34, 30))
    away = np.abs(np.arange(SIDE) - points[168, 0]) / (points[356, 0] - points[127, 0])
    shade = np.clip((away - 0.3) / 0.12, 0, 1)[None, :, None] * plain.kinds[..., :1]
    darker = plain.picture + 0.75 * shade * (np.float32((40, 34, 30)) - plain.picture)
    assert (
        plain._replace(picture=np.where(plain.frame[..., None], plain.picture, darker).astype(np.float32)).power()
        is None
    )


def test_eyes_come_back_to_their_size_and_nothing_else_moves(points: Float64) -> None:
    matrix = np.array([[0.7, 0.1, 4], [-0.1, 0.7, 60]])
    lenses = scene(points, (1.0, 1.0)).lenses
    moved = Moved.of(Power(0.85, 2.0, ()), lenses, points, matrix)
    iris = points[468, :2]
    xs, ys = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    seen = np.hypot(xs - iris[0], ys - iris[1]) < 0.85 * 4 * UNIT
    true = np.hypot(xs - iris[0], ys - iris[1]) < 4 * UNIT
    made = moved.plane(seen)
    assert (made & true).sum() > 0.95 * (made | true).sum() and (seen & true).sum() < 0.8 * true.sum()
    far = cv2.distanceTransform((~lenses).astype(np.uint8), cv2.DIST_L2, 5) > (FULLY + FADING) * UNIT + 2
    assert not moved.by[far].any()
    photo = np.random.default_rng(0).uniform(0, 255, (500, 500, 3)).astype(np.float32)
    picture, where = moved.picture(photo, (0, 0, 500, 500))
    assert where.any() and not where.all() and (picture[~where] == photo[~where]).all()
    assert picture.min() >= -40 and picture.max() <= 295


def test_the_face_goes_on_to_its_outline_behind_glasses() -> None:
    rows = np.arange(-5, 5, 0.25)
    one = Outline(rows, np.full(len(rows), 12.0), 0.8, UNIT * np.array([[0, 1], [1, 0]]), np.array([300.0, 300.0]))
    kinds = np.full((SIDE, SIDE, 4), 0.25, np.float32)
    glass = np.zeros((SIDE, SIDE), np.bool_)
    glass[290:310, 280:380] = True
    made, hidden = as_outlined(kinds, glass, (one,))
    inside, beyond = round(300 + 11 * UNIT), round(300 + 13.5 * UNIT)
    assert (
        made[300, inside].argmax() == 0 and made[300, beyond, 0] < 0.01 and made[300, beyond].sum() == pytest.approx(1)
    )
    assert hidden[300, inside] and not hidden[300, 310] and (made[200] == kinds[200]).all()
