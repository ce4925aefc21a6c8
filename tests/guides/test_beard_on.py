"""Beards put on drawn heads: flat colors, one per class, which a parser of colors finds again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from mien.errors import LayerError
from mien.guides.beards.on import beard_on, hair_color
from mien.types import Face, Photo
from tests.guides.heads import COLORS, OTHER, ColorParser, head

PARSER: Any = ColorParser()
BEARD = [234, 132, 172, 150, 152, 379, 397, 361, 454, 2]


def bearded(face: Face, colors: dict[str, tuple[int, int, int]]) -> Photo:
    photo = head(face, colors, down=0.3)
    pixels = photo.pixels.copy()
    cv2.fillPoly(pixels, [face.landmarks[BEARD, :2].astype(np.int32)], colors["hair"])
    return photo.with_pixels(pixels)


def test_a_beard_comes_without_lips_and_leaves_the_upper_face(face: Face) -> None:
    photo, points = head(face, COLORS, down=0.5), face.landmarks[:, :2]
    result, area = beard_on(photo, face, bearded(face, OTHER), face, PARSER).over(photo)
    (x, y), (a, b) = points[13].astype(int), points[199].astype(int)
    assert np.abs(result.pixels[b, a].astype(int) - OTHER["hair"]).max() < 45, "this hair is dyed: no beard is"
    assert (result.pixels[y, x] == photo.pixels[y, x]).all()
    assert (result.pixels[~area] == photo.pixels[~area]).all() and not area[: int(points[159, 1])].any()


def test_a_beard_takes_the_color_of_this_heads_hair(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, points = head(face, COLORS, down=0.5), face.landmarks[:, :2]
    monkeypatch.setattr("mien.guides.beards.on.VIVID", 99.0)
    color = hair_color(photo, face, PARSER)
    assert color is not None and color[1] > 30, "red"
    result = beard_on(photo, face, bearded(face, OTHER), face, PARSER).over(photo)[0]
    x, y = points[199].astype(int)
    red, green, _ = result.pixels[y, x].astype(int)
    assert red > green + 40, "green before"


def test_what_would_not_be_believed_is_refused_with_what_to_do(face: Face) -> None:
    photo, other = head(face, COLORS, down=0.5), bearded(face, OTHER)
    with pytest.raises(LayerError, match="no beard, or next to none"):
        beard_on(photo, face, head(face, OTHER, down=0.5), face, PARSER)
    with pytest.raises(LayerError, match="degrees apart"):
        beard_on(photo, replace(face, pose=replace(face.pose, yaw=face.pose.yaw + 40)), other, face, PARSER)
    half = other.with_pixels(cv2.resize(other.pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    small = replace(face, landmarks=face.landmarks / 2, quad=face.quad / 2)
    with pytest.raises(LayerError, match=r"would be a blur.*at least"):
        beard_on(photo, face, half, small, PARSER)
    with pytest.raises(LayerError, match="cut off by its photo"):
        beard_on(photo, face, other.with_pixels(other.pixels[: int(face.landmarks[17, 1])]), face, PARSER)
    grown = bearded(face, COLORS)
    goatee = head(face, OTHER, down=0.5)
    pixels = goatee.pixels.copy()
    cv2.fillPoly(pixels, [face.landmarks[[204, 150, 152, 379, 424, 18], :2].astype(np.int32)], OTHER["hair"])
    with pytest.raises(LayerError, match=r"has a beard already.*lower-face"):
        beard_on(grown, face, goatee.with_pixels(pixels), face, PARSER)
    shade = np.where(np.arange(512) < face.landmarks[4, 0], 1.0, 0.3)[None, :, None]
    dark = other.with_pixels((other.pixels * shade).astype(np.uint8))
    with pytest.raises(LayerError, match="another side"):
        beard_on(photo, face, dark, face, PARSER)
