"""A hidden part of an ear is the other ear's, brought to what is seen of this one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien.editor import Editor
from mien.guides.borrow import mirror_points, unit_of
from mien.guides.guide import box_of
from mien.guides.hidden.hidden_ear import is_hidden, other_ear
from mien.types import Bool, Face, Photo

EAR = np.uint8([210, 90, 60])


@pytest.fixture(scope="module")
def sitter(portrait: Photo) -> tuple[Photo, Face, Bool, Bool, Bool]:
    """A symmetric face with two drawn ears, where they and the face are, and what hides part of one."""
    face = Editor.from_pretrained("opencv:telea").finder.find(portrait)[0]
    flipped = face.landmarks[mirror_points()] * np.float32([-1, 1, 1]) + np.float32([portrait.width, 0, 0])
    middle = (face.landmarks + flipped) / 2
    face = replace(face, landmarks=middle.astype(np.float32), pose=replace(face.pose, yaw=0.0))
    unit, (height, width) = unit_of(face), portrait.pixels.shape[:2]
    ys, xs = np.mgrid[:height, :width]
    ears = np.zeros((height, width), np.bool_)
    for edge, way in ((234, -1), (454, 1)):
        x, y = face.landmarks[edge, :2]
        ears |= ((xs - x - way * 0.08 * unit) / 0.09) ** 2 + ((ys - y) / 0.25) ** 2 < unit**2
    photo = portrait.with_pixels(np.where(ears[..., None], EAR, np.uint8(30)))
    x, y = face.landmarks[234, :2]
    hidden = np.hypot(xs - x, ys - y) < 0.16 * unit
    return photo, face, ears, np.zeros_like(ears), hidden


def test_the_other_ear_fills_what_is_hidden_of_one(sitter: tuple[Photo, Face, Bool, Bool, Bool]) -> None:
    photo, face, ears, none, hidden = sitter
    covered = photo.with_pixels(np.where(hidden[..., None], np.uint8(0), photo.pixels))
    box = box_of(hidden, round(0.35 * unit_of(face)))
    part = np.s_[box[1] : box[3], box[0] : box[2]]
    assert is_hidden((ears & ~hidden)[part], hidden[part], unit_of(face))
    found = other_ear(covered, face, ears & ~hidden, none, hidden, box)
    assert found is not None
    made, seen = found
    right = (seen > 0.5) == ears[part]
    assert right[hidden[part]].mean() > 0.9
    assert np.abs(made - photo.pixels[part])[seen > 0.9].mean() < 12


def test_ears_of_a_turned_head_are_not_taken(sitter: tuple[Photo, Face, Bool, Bool, Bool]) -> None:
    photo, face, ears, none, hidden = sitter
    turned = replace(face, pose=replace(face.pose, yaw=14.0))
    assert other_ear(photo, turned, ears & ~hidden, none, hidden, box_of(hidden, 40)) is None
