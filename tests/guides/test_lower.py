from __future__ import annotations

import numpy as np
import pytest

from mien.align.finder import FaceFinder
from mien.editor import Editor
from mien.errors import LayerError
from mien.types import Face, Photo


@pytest.fixture(scope="module")
def editor() -> Editor:
    return Editor.from_pretrained("opencv:telea")


@pytest.mark.parametrize("part", ["teeth", "lower-face"])
def test_nothing_changes_above_the_nose_or_beside_the_head(
    editor: Editor, portrait: Photo, face: Face, part: str
) -> None:
    result = editor(portrait, part=part, face=face)
    changed = (result.photo.pixels != portrait.pixels).any(2)
    assert changed.any()
    assert not changed[result.mask == 0].any()
    rows = np.flatnonzero(changed.sum(1) > 0)
    eyes = face.landmarks[[133, 362], 1].max()
    large = np.abs(result.photo.pixels.astype(np.int16) - portrait.pixels).max(2) > 24
    assert rows.max() < portrait.height and not large[: int(eyes)].any()


def test_a_smile_has_an_open_mouth_and_the_next_face_another(editor: Editor, portrait: Photo, face: Face) -> None:
    result = editor(portrait, part="teeth", face=face, n=2)
    first, second = result.variants
    assert (first.photo.pixels != second.photo.pixels).any()
    found = FaceFinder.bundled().find(first.photo)[0]
    assert found.mouth_openness > 0.1
    again = editor(portrait, part="teeth", face=face, seed=1)
    np.testing.assert_array_equal(again.photo.pixels, second.photo.pixels)
    with pytest.raises(LayerError, match="smaller seed"):
        editor(portrait, part="teeth", face=face, seed=1000)


def test_an_album_comes_before_the_bank(editor: Editor, portrait: Photo, face: Face, tmp_path: object) -> None:
    from PIL import Image

    Image.fromarray(portrait.pixels[:, ::-1]).save(f"{tmp_path}/me.png")
    result = editor(portrait, part="nose", face=face, album=str(tmp_path))
    assert "me.png" in result.operations[0]
    with pytest.raises(LayerError, match="no folder"):
        editor(portrait, part="nose", face=face, album=f"{tmp_path}/none")
