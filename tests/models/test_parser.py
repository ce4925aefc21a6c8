from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mien.checkpoints.parser import KIND, load_parser
from mien.checkpoints.store import BUNDLED, save_folder
from mien.models.perception.layers import fuse_batch_norms
from mien.models.perception.parser import ParserConfig, ParserNet

SMALL = ParserConfig(size=64, widths=(4, 6, 8, 8, 8), blocks=(1, 1, 1, 1), decoder=(8, 8, 6, 6))


@pytest.fixture
def network() -> ParserNet:
    torch.manual_seed(0)
    network = ParserNet(SMALL)
    network.train()
    network(torch.randn(4, 3, 64, 64))  # fills the running statistics
    return network.eval()


@pytest.mark.parametrize("sides", [(32, 32), (64, 96), (128, 64)])
def test_scores_have_the_size_of_the_picture(sides: tuple[int, int], network: ParserNet) -> None:
    assert network(torch.zeros(2, 3, *sides)).shape == (2, 19, *sides)


def test_other_sides_are_refused(network: ParserNet) -> None:
    with pytest.raises(AssertionError, match="32n"):
        network(torch.zeros(1, 3, 48, 64))


def test_one_face_does_not_depend_on_the_others_in_the_batch(network: ParserNet) -> None:
    faces = torch.randn(3, 3, 64, 64)
    torch.testing.assert_close(network(faces)[1:2], network(faces[1:2]), atol=1e-5, rtol=1e-5)


def test_folding_batch_normalisation_keeps_the_function(network: ParserNet) -> None:
    faces = torch.randn(2, 3, 64, 64)
    before = network(faces)
    fuse_batch_norms(network)
    torch.testing.assert_close(network(faces), before, atol=1e-4, rtol=1e-4)


def test_saved_and_loaded_networks_agree(network: ParserNet, tmp_path: Path) -> None:
    save_folder(tmp_path, network.state_dict(), {"kind": KIND, **SMALL.to_dict()}, "card", half=False)
    faces = torch.randn(1, 3, 64, 64)
    loaded = load_parser(tmp_path)
    assert loaded.config == SMALL
    torch.testing.assert_close(loaded(faces), network(faces), atol=1e-4, rtol=1e-4)


def test_the_bundled_parser_is_small() -> None:
    folder = BUNDLED / KIND
    assert sum(file.stat().st_size for file in folder.iterdir()) < 4e6
    assert load_parser(folder).config.classes == 19
