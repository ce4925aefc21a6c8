"""What of a frame hides the face, and what is only shaded by it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.guides.bank import Bank
from mien.guides.glasses.frames import without_gaps
from mien.guides.glasses.lines import MARGIN, SIDE, UNIT, Lines
from mien.guides.glasses.opaque import Seen, opaque
from mien.types import Bool, Float32, Float64


@pytest.fixture(scope="module")
def bare() -> tuple[Float32, Float64]:
    """A face without glasses in the plane, with its landmarks."""
    one = next(one for one in Bank.bundled().entries if one.path.stem == "3052")
    scale = (SIDE - 2 * MARGIN) / float(np.linalg.norm(one.face.quad[3] - one.face.quad[0]))
    matrix = np.array([[scale, 0, 0], [0, scale, 0]])
    matrix[:, 2] = MARGIN - scale * one.face.quad[0]
    pixels = one.photo().pixels.astype(np.float32)
    picture = cv2.warpAffine(pixels, matrix, (SIDE, SIDE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    points = one.face.landmarks[:, :2].astype(np.float64) @ matrix[:, :2].T + matrix[:, 2]
    return np.clip(picture, 0, 255).astype(np.float32), points


def rims(points: Float64, width: int) -> tuple[Bool, Bool]:
    """Two round rims, and a wide band around them."""
    lines, wide = np.zeros((SIDE, SIDE), np.uint8), np.zeros((SIDE, SIDE), np.uint8)
    for eye in ([33, 133], [362, 263]):
        middle = np.round(points[eye].mean(0) + (0, 2 * UNIT)).astype(int).tolist()
        cv2.ellipse(lines, middle, (round(10 * UNIT), round(8 * UNIT)), 0, 0, 360, 1, width)
        cv2.ellipse(wide, middle, (round(10 * UNIT), round(8 * UNIT)), 0, 0, 360, 1, round(7 * UNIT))
    return lines > 0, wide > 0


@pytest.mark.parametrize(("color", "width"), [((35, 30, 30), 7), ((250, 245, 240), 3)], ids=["dark", "bright"])
def test_rims_are_found_and_the_skin_beside_them_stays(
    bare: tuple[Float32, Float64], color: tuple[int, ...], width: int
) -> None:
    picture, points = bare
    lines, wide = rims(points, width)
    shaded = np.where(wide[..., None], picture - 8, picture)
    worn = np.where(lines[..., None], np.float32(color), shaded).astype(np.float32)
    ys = np.arange(SIDE)[:, None] + np.zeros((SIDE, SIDE), int)
    low, nothing = ys > points[[33, 263], 1].mean() + 3 * UNIT, np.zeros((SIDE, SIDE), np.float32)
    ones, lenses = np.ones_like(nothing), cv2.morphologyEx(wide.astype(np.float32), cv2.MORPH_CLOSE, np.ones((61, 61)))
    likely = np.clip(4 * cv2.GaussianBlur(lines.astype(np.float32), (0, 0), 4.0), 0, 1)
    seen = Seen(wide, likely, low, lenses, nothing, picture, ones)
    found = opaque(worn, Lines.of(worn), seen, points)
    plain = wide & ~(cv2.dilate(lines.astype(np.uint8), np.ones((13, 13))) > 0)
    assert found[lines].mean() > 0.9 and found[plain].mean() < 0.4


def test_lines_of_some_rows_are_those_of_all() -> None:
    picture = np.random.default_rng(0).uniform(0, 255, (SIDE, SIDE, 3)).astype(np.float32)
    some, every = Lines.of(picture, 200, 401), Lines.of(picture)
    np.testing.assert_allclose(some.hats[:4, 240:360], every.hats[:4, 240:360], atol=1e-3)
    np.testing.assert_allclose(some.ridges[240:360], every.ridges[240:360], atol=0.5)
    assert not some.hats[:, :200].any() and some.widest.shape == every.widest.shape


def test_gaps_of_a_frame_are_filled_and_lenses_are_not() -> None:
    area = np.zeros((SIDE, SIDE), np.bool_)
    area[100:200, 100:300] = True
    area[120:180, 150:250] = area[105:110, 105:110] = False
    found = without_gaps(area, 1.0, 6.0)
    assert found[105:110, 105:110].all() and not found[130:170, 160:240].any()
