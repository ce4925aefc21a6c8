from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mien.editor import Editor
from mien.errors import SaveError
from mien.photos.read import read_photo
from mien.types import Face, Photo


def test_the_sheet_shows_before_layers_and_every_variant(editor: Editor, portrait: Photo, face: Face) -> None:
    color = np.full((64, 64, 4), 255, np.uint8)
    result = editor(portrait, mask="hair", color=color, exemplar="self", attributes={"smile": 1}, n=2, face=face)
    sheet = result.sheet(64)
    assert sheet.shape[1] == 6 * 64  # image, mask, color, exemplar, two results
    two = editor.edit_faces(portrait, {face: {"mask": "nose", "mode": "look"}, 0: {"mask": "hair", "color": color}})
    assert two.sheet(64).shape[1] == 4 * 64 and two.sheet(64).shape[0] > 2 * 64


def test_shares_as_pictures(editor: Editor, portrait: Photo, face: Face, tmp_path: Path) -> None:
    result = editor(portrait, mask="hair", weights={"sketch": 9}, face=face)
    written = result.explain(tmp_path / "why")
    assert [path.name for path in written] == ["image.png", "sketch.png", "semantic.png", "color.png", "legend.png"]
    pictures = np.stack([read_photo(path).pixels[..., 0] for path in written[:4]]).astype(int)
    np.testing.assert_allclose(pictures / 255, result.faces[0].shares, atol=0.002 + 0.5 / 255)
    assert np.abs(pictures.sum(0) - 255).max() <= 2 and pictures[1].mean() > pictures[2].mean()
    assert read_photo(written[4]).width == 6 * 256
    two = editor.edit_faces(portrait, {0: {"mask": "hair"}, face: {"mask": "nose", "mode": "look"}})
    assert {path.parent.name for path in two.explain(tmp_path / "both")} == {"face-0", "face-1"}
    (tmp_path / "file").write_text("")
    with pytest.raises(SaveError, match="Cannot make the folder"):
        result.explain(tmp_path / "file")
