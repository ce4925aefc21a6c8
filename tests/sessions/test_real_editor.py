"""Sessions with the editor itself; its weights are random, so only what holds for all weights is asked."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.align.crop import crop_face
from mien.conditions.extract import conditions_of
from mien.conditions.folder import LayerFolder, write_layers
from mien.editor import Editor
from mien.errors import ConfigError, LayerError
from mien.photos.write import save_photo
from mien.session import Session
from mien.types import Photo, UInt8


@pytest.fixture
def portrait(astronaut: UInt8, tmp_path: Path, editor: Editor) -> Session:
    path = save_photo(Photo(astronaut), tmp_path / "portrait.jpg", quality=90)
    return Session.create(tmp_path / "session", path, editor)


def test_ten_edits(portrait: Session, tmp_path: Path) -> None:
    for step, mask in enumerate(["hair", "eyes", "mouth", "nose", "brows"] * 2):
        portrait.apply(mask=mask, attributes={"smile": 0.5 * step}, seed=step // 5, strength=0.8, mode="look")
    union, before, after = portrait.mask(), portrait.original.pixels, portrait.result().pixels
    difference = np.abs(before.astype(int) - after.astype(int))
    assert difference[~union].max() == 0 and difference[union].mean() > 1
    assert len({str(node.quad) for node in portrait.tree.nodes}) == 1
    receipt = portrait.save(tmp_path / "out.png")
    assert receipt.preserved and receipt.input == "portrait.jpg"
    assert portrait.line()[0].editor == "small" and any("hair" in words for words in receipt.operations)


def test_what_did_not_change_is_not_computed_again(portrait: Session) -> None:
    portrait.apply(mask="mouth", mode="look")
    portrait.undo()
    known = portrait.cache.hits.copy()
    portrait.apply(mask="mouth", attributes={"smile": 1.0}, mode="look")
    assert portrait.cache.hits.total() > known.total()


def test_layers_that_were_painted(portrait: Session, editor: Editor, astronaut: UInt8, tmp_path: Path) -> None:
    quad = editor.finder.find(portrait.original)[0].quad
    crop = crop_face(portrait.original, quad, 128)
    layers = conditions_of(crop.pixels, editor.parser.parse_crop(crop.pixels))
    folder = tmp_path / "layers"
    write_layers(folder, LayerFolder(crop.pixels, layers, crop.matrix))
    with pytest.raises(LayerError, match="repaint one"):
        portrait.apply(layers=folder)
    assert layers.color is not None
    layers.color[70:90, 40:70] = (30, 200, 40, 255)
    write_layers(folder, LayerFolder(crop.pixels, layers, crop.matrix))
    node = portrait.apply(layers=folder, seed=1)
    np.testing.assert_allclose(node.quad, quad, atol=1e-3)
    smaller = Photo(np.asarray(cv2.resize(astronaut, (400, 400), interpolation=cv2.INTER_AREA)))
    other = portrait.replay(tmp_path / "other", smaller)
    centres = [np.argwhere(one.mask()).mean(0) / len(one.original.pixels) for one in (portrait, other)]
    np.testing.assert_allclose(*centres, atol=0.02)


def test_errors_of_the_editor_pass_through(portrait: Session) -> None:
    with pytest.raises(ConfigError, match="no attribute 'wings'"):
        portrait.apply(mask="hair", attributes={"wings": 1.0})
    with pytest.raises(LayerError, match="mask"):
        portrait.apply(seed=1)
    assert not portrait.tree.nodes
