"""What hides the border of a face is filled on either side after what is seen on that side."""

from __future__ import annotations

import numpy as np
import pytest

from mien.align import mesh
from mien.editor import Editor
from mien.guides.borrow import unit_of
from mien.guides.guide import box_of
from mien.guides.hidden.face_border import EVEN, both_sides, crosses, depth_of
from mien.guides.laid import filled
from mien.types import Bool, Face, Photo


@pytest.fixture(scope="module")
def face(portrait: Photo) -> Face:
    return Editor.from_pretrained("opencv:telea").finder.find(portrait)[0]


def oval(photo: Photo, face: Face, outwards: float = 0.0) -> Bool:
    points = face.landmarks[list(mesh.OUTLINE), :2].astype(np.float64)
    middle = points.mean(0)
    return filled(middle + (1 + outwards) * (points - middle), (0, 0, photo.width, photo.height))


def disc(photo: Photo, face: Face, landmark: int, radius: float) -> Bool:
    ys, xs = np.mgrid[: photo.height, : photo.width]
    x, y = face.landmarks[landmark, :2]
    return np.hypot(xs - x, ys - y) < radius * unit_of(face)


def two_colors(photo: Photo, on_face: Bool) -> Photo:
    return photo.with_pixels(np.where(on_face[..., None], np.uint8([200, 150, 120]), np.uint8([20, 60, 140])))


def test_the_border_goes_on_where_it_is_seen(portrait: Photo, face: Face) -> None:
    on_face, hidden = oval(portrait, face, 0.08), disc(portrait, face, 234, 0.2)
    box = box_of(hidden, round(0.35 * unit_of(face)))
    part = np.s_[box[1] : box[3], box[0] : box[2]]
    found = depth_of(face, on_face & ~hidden, hidden, box) > 0
    here = hidden[part]
    assert (found != on_face[part])[here].mean() < 0.06
    assert ((oval(portrait, face) != on_face)[part])[here].mean() > 0.1  # where the landmarks alone put it
    assert crosses(face, on_face & ~hidden, hidden) and not crosses(face, on_face, disc(portrait, face, 4, 0.2))


def test_neither_side_spills_over_the_border(portrait: Photo, face: Face) -> None:
    on_face, hidden = oval(portrait, face), disc(portrait, face, 234, 0.2)
    photo = two_colors(portrait, on_face)
    covered = photo.with_pixels(np.where(hidden[..., None], np.uint8(0), photo.pixels))
    guide = both_sides(covered, face, on_face & ~hidden, np.zeros_like(hidden), hidden)
    made, area = guide.over(covered)
    off = np.abs(made.pixels.astype(float) - photo.pixels).max(-1)
    assert (off[hidden] > 60).mean() < 0.06  # half of what lies between the two colors
    assert (made.pixels == covered.pixels)[~hidden].all() and (area == hidden).all()
    assert guide.notes == (EVEN,)
