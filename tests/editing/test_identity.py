"""Edits stay with the person, as a network of the user's tells; a toy that knows faces by their brightness."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from torch import Tensor, stack

from mien.editing.identity import Identity
from mien.editor import Editor
from mien.errors import ConfigError, FaceSelectionError, OutcomeError
from mien.photos.write import save_photo
from mien.session import Session
from mien.types import Face, Photo, UInt8


def embed(pictures: Tensor) -> Tensor:
    """The face's redness and its mean, (B, 2)."""
    inner = pictures[:, :, 96:160, 96:160]
    red = inner[:, 0].mean((1, 2)) - inner[:, 2].mean((1, 2))
    return stack([red, 0 * red + 0.5], 1)


@pytest.fixture
def editor() -> Iterator[Editor]:
    editor = Editor.from_pretrained("opencv:telea")
    editor.identity = Identity("toy", embed)
    yield editor


@pytest.fixture(scope="module")
def green(portrait: Photo) -> UInt8:
    """A paste over all of the face."""
    pixels = np.zeros((512, 512, 4), np.uint8)
    pixels[60:200, 160:290] = (0, 60, 255, 255)
    return pixels


def test_strength_is_lowered_until_the_face_is_like_it_was(
    editor: Editor, portrait: Photo, face: Face, green: UInt8
) -> None:
    free = editor(portrait, guide=green, face=face)
    assert editor.identity is not None and editor.identity.kept(free) < 0.5
    kept = editor(portrait, guide=green, face=face, keep_identity=0.9)
    assert 0.9 <= editor.identity.kept(kept) < 0.97
    assert "strength lowered from 1 to 0." in kept.faces[0].notes[-1] and "by toy" in kept.faces[0].notes[-1]
    again = editor(portrait, guide=green, face=face, keep_identity=0.9)
    np.testing.assert_array_equal(again.photo.pixels, kept.photo.pixels)
    easy = editor(portrait, guide=green, face=face, keep_identity=-1.0)
    np.testing.assert_array_equal(easy.photo.pixels, free.photo.pixels)
    with pytest.raises(OutcomeError, match="At no strength is the face like it was by 1"):
        editor(portrait, guide=green, face=face, keep_identity=1.0)


def test_without_a_network_it_is_refused_before_anything_is_loaded(portrait: Photo) -> None:
    class Unloaded(Editor):
        finder = property(lambda self: pytest.fail("loaded"))  # type: ignore[assignment]

    editor = Unloaded.from_pretrained("opencv:telea")
    with pytest.raises(ConfigError, match="Keeping identity needs a network that recognises people, and none comes"):
        editor(portrait, reshape={"smile": 1}, keep_identity=0.8)
    with pytest.raises(ConfigError, match="keep_identity is 2"):
        editor(portrait, reshape={"smile": 1}, keep_identity=2)


def test_a_face_is_found_by_its_likeness(editor: Editor, portrait: Photo, tmp_path: Path) -> None:
    blue = np.ascontiguousarray(portrait.pixels[:, :, ::-1])
    both = Photo(np.hstack([portrait.pixels, blue]))
    save_photo(Photo(blue), tmp_path / "blue.png")
    mask = editor(both, face=f"like:{tmp_path / 'blue.png'}", dye={"lips": "crimson"}).mask
    assert mask[:, 512:].any() and not mask[:, :512].any()
    with pytest.raises(FaceSelectionError, match=r"Nobody in The photo looks like the person in blue\.png"):
        editor.identity = Identity("toy", lambda one: embed(one) * one.new_tensor([1.0, 0.0]))
        editor(portrait, face=f"like:{tmp_path / 'blue.png'}", dye={"lips": "crimson"})
    editor.identity = None
    with pytest.raises(ConfigError, match=r"like blue\.png needs a network that recognises people"):
        editor(both, face=f"like:{tmp_path / 'blue.png'}", dye={"lips": "crimson"})


def test_sessions_keep_the_picture_of_whom_is_meant(editor: Editor, portrait: Photo, tmp_path: Path) -> None:
    blue = np.ascontiguousarray(portrait.pixels[:, :, ::-1])
    save_photo(Photo(blue), tmp_path / "blue.png")
    both, other = Photo(np.hstack([portrait.pixels, blue])), Photo(np.hstack([blue, portrait.pixels]))
    session = Session.create(tmp_path / "session", both, editor)
    node = session.apply(face=f"like:{tmp_path / 'blue.png'}", dye={"lips": "crimson"})
    (tmp_path / "blue.png").unlink()
    assert node.recipe["face"]["name"] == "blue.png" and session.mask()[:, 512:].any()
    replayed = session.replay(tmp_path / "other", other).mask()
    assert replayed[:, :512].any() and not replayed[:, 512:].any()
