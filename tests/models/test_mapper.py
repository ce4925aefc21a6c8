"""The text-conditioned mapper at toy size: nothing where nothing is asked, and it learns to move what a reader sees."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

from mien.checkpoints.directions import read_facts
from mien.checkpoints.mapper import load_mapper
from mien.models.mapper import MapperConfig, TextMapper
from mien.models.stylegan2 import Generator, GeneratorConfig
from mien.training.devices import Devices
from mien.training.phases import Step, run_phases
from mien.training.report import Progress
from mien.training.settings import AdamConfig
from mien.training.stages.registry import STAGES
from mien.training.stages.strokes import SeedFeed
from mien.training.stages.words import WordsStage, asked_numbers, loss_of, wishes
from mien.training.stages.words_run import WordsConfig, WordsRun
from recipes.mapper import degrees_of

SMALL = GeneratorConfig(
    resolution=32, z_dim=16, w_dim=16, mapping_layers=2, channel_base=256, channel_max=12, mapping_lr_multiplier=1.0
)


def test_nothing_is_added_where_nothing_is_asked() -> None:
    torch.manual_seed(0)
    mapper = TextMapper(MapperConfig(("smile", "age"), 8, 16))
    codes = torch.randn(3, 8, 16)
    assert not mapper(codes, torch.zeros(3, 2)).any()
    assert mapper(codes, torch.tensor([[1.0, 0.0]]).expand(3, -1)).abs().max() > 0


def test_sentences_become_degrees_and_presences_are_left_out() -> None:
    names = ["happy", "smile", "age", "glasses", "hair-L"]
    attributes, basis = asked_numbers(names)
    assert set(attributes) == {"smile", "age", "hair-lightness"}
    assert torch.allclose(basis.norm(dim=1), torch.ones(3))
    degrees = degrees_of("a slight smile, much older, a tattoo", attributes)[0]
    assert degrees[attributes.index("smile")] == 0.5 and degrees[attributes.index("age")] > 1


def test_wishes_are_few_and_within_bounds() -> None:
    degrees = wishes(200, 7, 2.0, torch.Generator().manual_seed(0))
    asked = (degrees != 0).sum(1)
    assert asked.min() == 1 and asked.max() == 3 and degrees.abs().max() <= 2


def test_the_loss_wants_what_is_asked_and_holds_the_rest() -> None:
    basis, degrees, before = torch.eye(3)[:2], torch.tensor([[1.0, 0.0]]), torch.zeros(1, 3)
    done, more, none = (
        loss_of(before, torch.tensor([change]), degrees, basis)
        for change in ([1.0, 0.0, 0.0], [1.0, 0.0, 2.0], [0.0, 0.0, 0.0])
    )
    assert done == (0, 0) and more[0] == 0 < more[1] and none[0] > 0 == none[1]


class Means(torch.nn.Module):
    """The mean of each color, as numbers."""

    config = SimpleNamespace(size=32)

    def forward(self, crops: torch.Tensor) -> torch.Tensor:
        return 4 * crops.mean((2, 3))


def test_a_stage_learns_and_its_folder_is_read_again(tmp_path: Path) -> None:
    assert STAGES["words"].run is WordsRun
    torch.manual_seed(0)
    generator, devices = Generator(SMALL), Devices("cpu")
    settings = WordsConfig(batch=8, adam=AdamConfig(0.02, (0.9, 0.99)), decay=480, ema_half_life=40, hidden=16)
    reader: Any = Means()
    stage = WordsStage(settings, generator, reader, ["age", "hair-L", "lip-a"], None, devices)
    assert stage.attributes == ("age", "hair-lightness", "lipstick")
    losses, pictures = [], SeedFeed(8).next().pictures.float()
    for index in range(60):
        step = Step(index, 8 * index, 8, pictures)
        losses.append(float(run_phases(stage.phases, step, devices, autocast=False)["asked"]))
        stage.finish_step(step)
    assert sum(losses[-15:]) < 0.85 * sum(losses[:15])
    assert stage.optimiser.param_groups[0]["lr"] < 0.02 * 0.02
    assert stage.preview()["words"].shape[0] >= 4 * 32
    stage.export(tmp_path, Progress(60, 480, 480, 1.0, 1.0, None, {}))
    found, degrees = load_mapper(tmp_path / "words"), torch.eye(3)
    codes = stage.codes(range(3))
    assert torch.allclose(found(codes, degrees), stage.ema.network(codes, degrees), atol=2e-3)
    assert set(read_facts(tmp_path / "words")) == set(stage.attributes)
