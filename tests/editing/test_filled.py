"""A mask over a feature without a wish is filled with what other faces have there."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mien.align import mesh
from mien.editor import Editor
from mien.errors import LayerError
from mien.guides.healing.heal import heal
from mien.guides.hidden.others import features
from mien.guides.laid import filled
from mien.types import Bool, Face, Photo, UInt8


@pytest.fixture(scope="module")
def editor() -> Editor:
    return Editor.from_pretrained("opencv:telea")


def around(photo: Photo, face: Face, landmark: int, width: float, height: float) -> Bool:
    ys, xs = np.mgrid[: photo.height, : photo.width]
    x, y = face.landmarks[landmark, :2]
    unit = float(np.linalg.norm(face.landmarks[33, :2] - face.landmarks[263, :2]))
    return np.hypot((xs - x) / width, (ys - y) / height) < unit


def structure(picture: UInt8, truth: UInt8, area: Bool) -> float:
    """Correlation of what is finer than 12 pixels."""
    gray = [one[..., :3].astype(np.float32).mean(2) for one in (picture, truth)]
    fine = [(one - cv2.GaussianBlur(one, (0, 0), 12))[area] for one in gray]
    return float(np.corrcoef(*fine)[0, 1])


def test_hidden_eyes_come_back(editor: Editor, portrait: Photo) -> None:
    face = editor.finder.find(portrait)[0]
    hidden = around(portrait, face, 168, 0.7, 0.2)
    covered = portrait.with_pixels(np.where(hidden[..., None], np.uint8(20), portrait.pixels))
    made = editor(covered, mask=hidden, face=face)
    assert made.operations[0] == "filled after other faces"
    assert (made.photo.pixels == covered.pixels)[~hidden].all()
    healed, _ = heal(covered, hidden).over(covered)
    alike = [structure(one.pixels, portrait.pixels, hidden) for one in (made.photo, healed)]
    assert alike[0] > 0.4 > alike[1] + 0.2


def test_eyes_by_name_have_pupils(editor: Editor, portrait: Photo) -> None:
    made = editor(portrait, mask="eyes").photo.pixels[..., :3].astype(float).mean(2)
    face = editor.finder.find(portrait)[0]
    for contour in (mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR):
        inside = filled(face.landmarks[list(contour), :2].astype(np.float64), (0, 0, *made.shape[::-1]))
        cheek = np.median(made[around(portrait, face, 50 if contour is mesh.LEFT_EYE_CONTOUR else 280, 0.1, 0.1)])
        assert np.quantile(made[inside], 0.05) < 0.5 * cheek


def test_a_corner_of_the_mouth_is_the_other_one(editor: Editor, portrait: Photo) -> None:
    face = editor.finder.find(portrait)[0]
    hidden = around(portrait, face, 61, 0.16, 0.16)
    assert not features(face.landmarks[:, :2].astype(np.float64), hidden)
    covered = portrait.with_pixels(np.where(hidden[..., None], np.uint8(20), portrait.pixels))
    made = editor(covered, mask=hidden, mode="fill", face=face)
    assert made.operations[0] == "filled after the face's other half"
    turned = replace(face, pose=replace(face.pose, yaw=30.0))
    assert editor(covered, mask=hidden, mode="fill", face=turned).operations[0] == "filled after other faces"
    turned = replace(face, pose=replace(face.pose, yaw=70.0))
    told = editor(covered, mask=hidden, mode="fill", face=turned)
    assert told.operations[0] == "healed inside the mask"
    assert any("other half does not show" in note for note in told.faces[0].notes)


def test_other_seeds_are_other_faces(editor: Editor, portrait: Photo) -> None:
    first, second = editor(portrait, mask="nose", n=2).variants
    assert (first.photo.pixels != second.photo.pixels).any()
    assert (editor(portrait, mask="nose", seed=1).photo.pixels == second.photo.pixels).all()


def test_what_counts_as_masked(editor: Editor, portrait: Photo) -> None:
    face = editor.finder.find(portrait)[0]
    assert features(face.landmarks[:, :2], around(portrait, face, 1, 0.05, 0.05)) == ()
    assert features(face.landmarks[:, :2], around(portrait, face, 1, 0.2, 0.2)) == ("nose",)
    assert set(features(face.landmarks[:, :2], around(portrait, face, 1, 2.0, 2.0))) == {"eyes", "nose", "mouth"}


def test_a_whole_face_is_left_to_the_painter(editor: Editor, portrait: Photo) -> None:
    face = editor.finder.find(portrait)[0]
    with pytest.raises(LayerError, match="mode look"):
        editor(portrait, mask=around(portrait, face, 1, 0.9, 1.0), mode="fill")
    with pytest.raises(LayerError, match="--mask"):
        editor(portrait, mode="fill")
