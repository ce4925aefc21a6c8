"""A painter that learned from guides sees the guide of a crop; every subset of what may be given edits it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mien.backends.facemug import Facemug
from mien.checkpoints.editor import PARTS, load_editor, save_editor
from mien.conditions.modalities.guide import Guide
from mien.conditions.types import Conditions
from mien.editing.directions import save_directions
from mien.editor import Editor
from mien.models.editing import EditorNetworks
from mien.models.editing.growth import take_over
from mien.types import Float32, UInt8


@pytest.fixture(scope="module")
def guided(editor_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Editor:
    before, _ = load_editor(editor_folder)
    config = before.config
    after = EditorNetworks(replace(config, aggregation=replace(config.aggregation, guide=True))).eval()
    take_over(after, before, PARTS)
    path = tmp_path_factory.mktemp("guided")
    save_editor(path, after, "# For tests\n", PARTS)
    save_directions(path, {"smile": torch.ones(config.generator.codes, config.generator.w_dim)})
    return Editor.from_pretrained(path)


def paste(side: int = 96) -> UInt8:
    pixels = np.zeros((side, side, 4), np.uint8)
    pixels[side // 3 : -side // 3, side // 3 : -side // 3] = (200, 80, 60, 255)
    return pixels


def made(editor: Editor, crop: UInt8, conditions: Conditions) -> Float32:
    return editor.edit_crop(crop, conditions).pixels


def test_guides_are_seen_by_painters_that_learned_from_them(
    editor: Editor, guided: Editor, crop: UInt8, middle: Float32
) -> None:
    assert isinstance(guided.backend, Facemug) and guided.backend.networks.config.aggregation.guide
    plain, told = Conditions(mask=middle), Conditions(mask=middle, guide=paste())
    np.testing.assert_array_equal(made(guided, crop, plain), made(editor, crop, plain))
    np.testing.assert_array_equal(made(editor, crop, told), made(editor, crop, plain))
    result = made(guided, crop, told)
    assert (result != made(guided, crop, plain)).any()
    assert not (result != crop)[middle == 0].any()


def test_a_guide_is_reduced_with_its_confidence() -> None:
    planes = Guide().encode(paste(), 24)
    assert planes.shape == (1, 4, 24, 24)
    np.testing.assert_allclose(planes[0, :3, 12, 12], np.array([200, 80, 60]) / 127.5 - 1, atol=1e-5)
    assert planes[0, 3, 12, 12] == 1 and not planes[0, :, 0].any()


@pytest.mark.parametrize("subset", range(64))
def test_all_subsets_of_what_may_be_given_edit(subset: int, guided: Editor, crop: UInt8, middle: Float32) -> None:
    side = len(crop)
    color = np.zeros((side, side, 4), np.uint8)
    color[50:80, 50:80] = (30, 60, 200, 255)
    given: dict[str, Any] = {
        "sketch": np.eye(side, dtype=np.bool_),
        "semantic": np.ones((side, side), np.uint8),
        "color": color,
        "exemplar": crop[:, ::-1].copy(),
        "attributes": {"smile": 1.0},
        "guide": paste(),
    }
    chosen = {name: value for bit, (name, value) in enumerate(given.items()) if subset >> bit & 1}
    result = made(guided, crop, Conditions(mask=middle, **chosen))
    assert not (result != crop)[middle == 0].any() and (result != crop)[middle > 0].any()
