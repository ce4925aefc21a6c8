"""What is hidden of one half of a face comes from the other half."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mien.align import mesh
from mien.compose.morphology import shrunk
from mien.editor import Editor
from mien.errors import LayerError
from mien.guides.hidden.symmetric import from_other_half
from mien.guides.laid import filled
from mien.types import Bool, Face, Photo


@pytest.fixture(scope="module")
def editor() -> Editor:
    return Editor.from_pretrained("opencv:telea")


def disc(photo: Photo, face: Face, landmark: int, radius: float) -> Bool:
    ys, xs = np.mgrid[: photo.height, : photo.width]
    x, y = face.landmarks[landmark, :2]
    unit = float(np.linalg.norm(face.landmarks[33, :2] - face.landmarks[263, :2]))
    return np.hypot(xs - x, ys - y) < radius * unit


def test_a_hidden_cheek_looks_as_it_was(editor: Editor, portrait: Photo) -> None:
    face = editor.finder.find(portrait)[0]
    hidden = disc(portrait, face, 50, 0.2)
    covered = portrait.with_pixels(np.where(hidden[..., None], np.uint8(20), portrait.pixels))
    made, area = from_other_half(covered, face, hidden).over(covered)
    assert np.abs(made.pixels[area].astype(float) - portrait.pixels[area]).mean() < 24
    assert area.sum() > 0.75 * hidden.sum()
    assert (made.pixels == covered.pixels)[~hidden].all()
    result = editor(covered, mask=hidden, face=face)
    assert result.operations[0] == "filled after other faces"
    assert np.abs(result.photo.pixels[hidden].astype(float) - portrait.pixels[hidden]).mean() < 32


def test_a_cheek_in_light_from_the_side_has_no_border(editor: Editor, portrait: Photo) -> None:
    face = editor.finder.find(portrait)[0]
    xs = np.arange(portrait.width)[None, :, None]
    shade = np.where(xs < face.landmarks[4, 0], 0.5, 1.0)
    lit = portrait.with_pixels((portrait.pixels * shade).astype(np.uint8))
    hidden = disc(lit, face, 280, 0.2)
    made, _ = from_other_half(lit, face, hidden).over(lit)
    outline = filled(face.landmarks[list(mesh.OUTLINE), :2].astype(np.float64), (0, 0, lit.width, lit.height))
    rim = hidden & ~disc(lit, face, 280, 0.17) & shrunk(outline, 5)  # close to its outline lies hair
    assert np.abs(made.pixels[rim].astype(float) - lit.pixels[rim]).mean() < 18


def test_what_both_halves_hide_is_refused(editor: Editor, portrait: Photo) -> None:
    face = editor.finder.find(portrait)[0]
    with pytest.raises(LayerError, match="middle"):
        from_other_half(portrait, face, disc(portrait, face, 1, 0.2))
    turned = replace(face, pose=replace(face.pose, yaw=40.0))
    with pytest.raises(LayerError, match="turned"):
        from_other_half(portrait, turned, disc(portrait, face, 50, 0.2))
    assert "other half" not in editor(portrait, mask=disc(portrait, face, 50, 0.05), mode="heal").operations[0]


def test_much_of_a_turned_face_is_painted_and_not_healed(editor: Editor, portrait: Photo) -> None:
    face = editor.finder.find(portrait)[0]
    turned, mask = replace(face, pose=replace(face.pose, yaw=40.0)), disc(portrait, face, 36, 0.38)
    with pytest.raises(LayerError, match="mode look"):
        editor(portrait, mask=mask, mode="heal", face=turned)
    assert "healed" not in editor(portrait, mask=mask, face=turned).operations[0]
