"""Models behind one interface."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.bars.yaw import view_of
from mien.conditions.types import Conditions
from mien.errors import ConfigError, UnknownCheckpointError
from mien.evaluation.protocol.models import open_model

SIDE = 128


@pytest.fixture
def picture() -> np.ndarray:
    ramp = np.linspace(0, 255, SIDE).astype(np.uint8)
    return np.stack([np.tile(ramp, (SIDE, 1)), np.tile(ramp[:, None], (1, SIDE)), np.full((SIDE, SIDE), 90)], 2).astype(
        np.uint8
    )


@pytest.fixture
def everything() -> Conditions:
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[40:80, 30:90] = 1
    color = np.zeros((SIDE, SIDE, 4), np.uint8)
    color[:, :64] = (10, 200, 30, 255)
    return Conditions(mask=mask, color=color, exemplar=np.full((SIDE, SIDE, 3), 77, np.uint8))


@pytest.mark.parametrize("name", ["telea", "navier-stokes"])
def test_inpainting_fills_the_mask_from_what_is_visible(name: str, picture: np.ndarray, everything: Conditions) -> None:
    model = open_model(name)
    inside = everything.mask > 0
    only_mask = everything.without("color", "exemplar")
    made = model.edit(picture, only_mask, 0)
    assert (made[~inside] == picture[~inside]).all() and made.shape == picture.shape and made.dtype == np.uint8
    hidden = picture.copy()
    hidden[inside] = 3  # what lies under the mask must not matter
    assert (model.edit(hidden, only_mask, 0)[inside] == made[inside]).all()
    assert np.abs(made[inside].astype(int) - picture[inside]).mean() < 12
    assert model.size is None and not model.supports


def test_names_and_labels(editors: Path) -> None:
    assert open_model("fast=telea").name == "fast"
    assert open_model("telea").digest(Conditions()) != open_model("navier-stokes").digest(Conditions())
    editor = open_model(f"mine={editors / 'small'}")
    assert (editor.name, editor.size, editor.folder) == ("mine", SIDE, editors / "small")
    assert len(editor.digest(Conditions())) == 64 and "text" not in editor.supports
    for wrong in ("=telea", "mine="):
        with pytest.raises(ConfigError, match="names no model"):
            open_model(wrong)
    with pytest.raises(UnknownCheckpointError, match="nonsense"):
        open_model("nonsense")


def test_an_editor_edits_inside_the_mask(editors: Path, picture: np.ndarray, everything: Conditions) -> None:
    model = open_model(str(editors / "small"))
    made = model.edit(picture, everything, 0)
    inside = everything.mask > 0
    assert (
        made.dtype == np.uint8 and (made[~inside] == picture[~inside]).all() and (made[inside] != picture[inside]).any()
    )
    assert (model.edit(picture, everything.without("exemplar"), 0) != made).any()
    assert (model.edit(picture, everything, 0) == made).all()


def test_codes_are_looked_at_with_and_without_warping(editors: Path, picture: np.ndarray) -> None:
    view = view_of(editors / "small")
    assert view is not None
    plain, warped = view(picture, picture[::-1].copy(), Conditions())
    assert plain.shape == warped.shape == (SIDE, SIDE, 3) and (plain != warped).any()
    # the target's codes turn the exemplar, the exemplar's own do not depend on it
    other, turned = view(picture, picture, Conditions(mask=np.ones((SIDE, SIDE), np.float32)))
    assert (other == plain).all() and (turned != warped).any()
    assert view_of(editors / "unturned") is None


def test_a_clip_changes_edits_with_a_text_and_no_others(editors: Path, clip_folder: Path) -> None:
    deaf, reader = (open_model(str(editors / "small"), clip=clip) for clip in (None, clip_folder))
    assert reader.supports - deaf.supports == {"text"}
    assert reader.digest(Conditions()) == deaf.digest(Conditions()) != reader.digest(Conditions(text="a smile"))
    assert open_model("telea", clip=clip_folder).supports == frozenset()
