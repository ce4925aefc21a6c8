"""Lines that a face's features follow, and lines that ask for more than that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from mien.align import mesh
from mien.align.crop import crop_face, quad_to_matrix
from mien.align.paste import mask_to_photo
from mien.conditions.labels import INDEX
from mien.editing.context import EditContext
from mien.editing.lined import by_lines
from mien.editing.mapped import FRINGE, LONGER, SHORTER
from mien.editing.request import Request
from mien.editing.target import find_target
from mien.editor import Editor
from mien.guides.drawn import followed
from mien.guides.mouths.shut import shut_points
from mien.guides.mouths.smile import smiling
from mien.guides.shapes import Shapes
from mien.guides.tint import teeth_among
from mien.types import Bool, Float64, Photo

LIPS = (mesh.OUTER_LIPS, mesh.INNER_LIPS_CONTOUR)


def drawn(points: Float64, contours: tuple[tuple[int, ...], ...], closed: bool, shape: tuple[int, int]) -> Bool:
    lines = np.zeros(shape, np.uint8)
    for contour in contours:
        cv2.polylines(lines, [np.round(16 * points[list(contour)]).astype(np.int32)], closed, 1, 1, cv2.LINE_8, 4)
    return lines > 0


def face(**strengths: float) -> Float64:
    """(478, 3) points of the mean face, moved, in a picture of 256 px."""
    shapes = Shapes.bundled()
    return 90 * (shapes.mean + shapes.displacement(strengths)) + (128, 100, 0)


@pytest.mark.parametrize(
    ("strengths", "contours", "closed"),
    [
        ({"smile": -1.0, "mouth-width": 1.5}, LIPS, True),
        ({"lip-fullness": 2.0}, LIPS, True),
        ({"brow-height": 2.0}, (mesh.LEFT_BROW, mesh.RIGHT_BROW), False),
        ({"eye-openness": -1.5}, (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR), True),
        ({"jaw-width": -2.0}, (mesh.OUTLINE[5:31],), False),
    ],
)
def test_a_face_goes_where_its_features_are_drawn(
    strengths: Mapping[str, float], contours: tuple[tuple[int, ...], ...], closed: bool
) -> None:
    lines = drawn(face(**strengths)[:, :2], contours, closed, (256, 256))
    found = followed(face(), np.argwhere(lines)[:, ::-1] + 0.5, np.ones((256, 256), np.bool_))
    assert found is not None
    for name, strength in strengths.items():
        assert found.strengths[name] == pytest.approx(strength, abs=0.45 * abs(strength))
    assert all(abs(value) < 0.5 for name, value in found.strengths.items() if name not in strengths)


def test_features_that_may_not_change_and_other_drawings_are_not_followed() -> None:
    lines = np.argwhere(drawn(face(smile=-1.0)[:, :2], LIPS, True, (256, 256)))[:, ::-1] + 0.5
    assert followed(face(), lines, np.zeros((256, 256), np.bool_)) is None
    scribble = np.random.default_rng(0).uniform(60, 200, (300, 2))
    assert followed(face(), scribble, np.ones((256, 256), np.bool_)) is None
    assert followed(face(), np.zeros((0, 2)), np.ones((256, 256), np.bool_)) is None


def test_a_sketch_of_lips_moves_the_photos_pixels(portrait: Photo) -> None:
    editor = Editor.from_pretrained("opencv:telea")
    found = editor.finder.find(portrait)[0]
    shapes, points = Shapes.bundled(), found.landmarks.astype(np.float64)
    unit = float(np.linalg.norm(points[33, :2] - points[263, :2]))
    moved = points[:, :2] + unit * shapes.displacement({"smile": -1.0, "mouth-width": 1.0})[:, :2]
    shape = portrait.pixels.shape[:2]
    area = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(area, cv2.convexHull(np.round(points[list(mesh.OUTER_LIPS), :2]).astype(np.int32)), 1)
    mask = cv2.dilate(area, np.ones((int(0.3 * unit),) * 2)) > 0
    layers: dict[str, Any] = {"mask": mask, "sketch": drawn(moved, LIPS, True, shape)}
    result = editor(portrait, **layers)
    assert result.operations[0].endswith("reshaped: lips as drawn")
    assert not (result.photo.pixels != portrait.pixels)[~mask].any()
    assert "reshaped" not in " ".join(editor(portrait, **layers, mode="look").operations)


def test_an_open_mouth_is_drawn_shut_and_shuts(portrait: Photo) -> None:
    editor = Editor.from_pretrained("opencv:telea")
    found = editor.finder.find(portrait)[0]
    assert found.mouth_openness > 0.1
    points, shape = shut_points(found.landmarks.astype(np.float64))[:, :2], portrait.pixels.shape[:2]
    assert np.linalg.norm(points[13] - points[14]) < 1
    area = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(area, cv2.convexHull(np.round(found.landmarks[list(mesh.OUTER_LIPS), :2]).astype(np.int32)), 1)
    mask = cv2.dilate(area, np.ones((int(0.4 * np.linalg.norm(points[33] - points[263])),) * 2)) > 0
    layers: dict[str, Any] = {"mask": mask, "sketch": drawn(points, LIPS, True, shape)}
    result = editor(portrait, **layers)
    assert "mouth shut" in " ".join(result.operations)
    assert not (result.photo.pixels != portrait.pixels)[~mask].any()
    inside = np.zeros(shape, np.uint8)
    cv2.fillPoly(inside, [np.round(found.landmarks[list(mesh.INNER_LIPS_CONTOUR), :2]).astype(np.int32)], 1)
    before = teeth_among(portrait.pixels, inside > 0).sum()
    lips = result.photo.pixels[inside > 0].astype(int)
    assert before > 50 and (lips[:, 0] - lips[:, 2]).mean() > 20  # lips are where teeth were
    again = editor.finder.find(result.photo)[0]
    shut = again if again.mouth_openness < 0.06 else replace(again, mouth_openness=0.0)
    smile = again.landmarks[:, :2] + smiling(shut)
    layers = {"mask": mask, "sketch": drawn(smile, LIPS, True, shape), "face": shut}
    assert editor(result.photo, **layers).operations[0].startswith("teeth")


@pytest.mark.parametrize(("name", "part"), [("hair", FRINGE), ("hat", ""), ("longer", LONGER), ("shorter", SHORTER)])
def test_hair_that_a_map_asks_for_is_made_of_pixels(portrait: Photo, name: str, part: str) -> None:
    editor = Editor.from_pretrained("opencv:telea")
    face = editor.finder.find(portrait)[0]
    labels = editor.parser.parse_crop(crop_face(portrait, face.quad, 256).pixels)
    brows, rows = np.flatnonzero(np.isin(labels, [INDEX["left_brow"], INDEX["right_brow"]]).any(1)), np.arange(256)
    new = (labels == INDEX["skin"]) & (rows[:, None] < brows.min())
    after = INDEX[name] if name in INDEX else INDEX["hair"]
    if part == LONGER:
        new = (labels == INDEX["background"]) & (rows[:, None] > brows.max() + 20) & (rows < 60)
    elif part == SHORTER:
        new, after = (labels == INDEX["hair"]) & (rows[:, None] > brows.max()), INDEX["background"]
    mask = cv2.dilate(new.astype(np.uint8), np.ones((21, 21), np.uint8)) > 0
    request = Request(mask=mask, semantic=np.where(new, np.uint8(after), labels), frame="crop")
    context = EditContext(editor)
    found = by_lines(portrait, find_target(portrait, "largest", context, "photo"), request, context)
    assert ("" if found is None else found.part) == part
    if part == SHORTER:
        within = mask_to_photo(mask.astype(np.float32), quad_to_matrix(face.quad, 256), (512, 512)) > 0
        made = editor(portrait, mask=mask, semantic=request.semantic, frame="crop", face=face)
        assert not (made.photo.pixels != portrait.pixels)[~within].any()
