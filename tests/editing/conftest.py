"""A small editor with random weights, the portrait, and where its face is: nothing here needs training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from mien.align.finder import FaceFinder
from mien.checkpoints.editor import PARTS, save_editor
from mien.editing.directions import save_directions
from mien.editor import Editor
from mien.models import stylegan2
from mien.models.editing import EditorNetworks, portrait_128, with_generator
from mien.types import Face, Photo, UInt8

SIDE = 128


@pytest.fixture(scope="session")
def editor_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved editor, narrower than any preset, with two attributes."""
    torch.manual_seed(0)
    generator = replace(stylegan2.portrait_128(), channel_base=512, channel_max=16, w_dim=32, z_dim=32)
    config = with_generator(portrait_128(), generator, channels=(16,) * 6)
    config = replace(
        config,
        encoder=replace(config.encoder, widths=(8, 16, 16, 16, 16)),
        aggregation=replace(config.aggregation, width=8, hidden=4),
        refinement=replace(config.refinement, inputs=8, global_dim=16),
    )
    networks = EditorNetworks(config)
    networks.centre()
    path = tmp_path_factory.mktemp("editors") / "small"
    save_editor(path, networks, "# For tests\n", PARTS)
    shape = (config.generator.codes, config.generator.w_dim)
    save_directions(path, {"smile": torch.randn(shape), "age": torch.randn(shape)})
    return path


@pytest.fixture(scope="session")
def editor(editor_folder: Path) -> Editor:
    return Editor.from_pretrained(editor_folder)


@pytest.fixture(scope="session")
def portrait(astronaut: UInt8) -> Photo:
    return Photo(astronaut)


@pytest.fixture(scope="session")
def face(portrait: Photo) -> Face:
    return FaceFinder.bundled().find(portrait)[0]


@pytest.fixture(scope="session")
def crop(portrait: Photo, face: Face) -> UInt8:
    """(S, S, 3), the aligned face."""
    from mien.align.crop import crop_face

    return crop_face(portrait, face.quad, SIDE).pixels


@pytest.fixture(scope="session")
def middle() -> np.ndarray:
    """(S, S) float32: the middle quarter of the crop."""
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[32:96, 32:96] = 1
    return mask
