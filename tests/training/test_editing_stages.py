"""The three stages of an editor, on a handful of made-up pictures and with tiny networks that judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from mien.checkpoints.editor import load_editor
from mien.checkpoints.generator import save_generator
from mien.errors import ConfigError
from mien.models.editing import PRESETS
from mien.models.stylegan2 import Generator
from mien.training.devices import Devices
from mien.training.editing.sample import SampleConfig, image_only
from mien.training.loop import Loop
from mien.training.settings import AdamConfig, CriticConfig, DataConfig, LoopConfig
from mien.training.snapshots import Snapshots
from mien.training.stages import editing_run
from mien.training.stages.editing import EditingStage, composite
from mien.training.stages.editing_run import EditingRun
from mien.training.stages.editing_settings import EncoderConfig, PainterConfig, WarpingConfig
from mien.training.stages.painter import PainterStage
from mien.training.stages.running import train
from mien.training.windows.guides import GuideDraw
from tests.training.narrow import narrow_editor


class TinyFeatures(nn.Module):
    """Stands in for a perceptual distance (two batches) and for an identity network (one)."""

    def __init__(self, *, distance: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 9, stride=8)
        self.distance = distance

    def forward(self, *pictures: torch.Tensor) -> torch.Tensor:
        maps = [self.conv(picture) for picture in pictures]
        return (maps[0] - maps[1]).square().mean((1, 2, 3)) if self.distance else maps[0].mean((2, 3))


@pytest.fixture(scope="module", autouse=True)
def _small() -> Iterator[None]:
    """Narrow networks, and a preview of four pictures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(editing_run, "SHOWN", 4)
        patch.setitem(PRESETS, "portrait-64", narrow_editor)
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, pyramid: Path) -> dict[str, Path]:
    """A set of pictures, a generator, and networks that judge."""
    folder = tmp_path_factory.mktemp("editing")
    torch.manual_seed(0)
    config = PRESETS["portrait-64"]().generator
    save_generator(folder / "generator", Generator(config), "none")
    save_generator(folder / "small", Generator(replace(config, resolution=32)), "none")
    (folder / "pictures").mkdir()
    rng = np.random.default_rng(1)
    for index in range(4):
        coarse = Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8))
        coarse.resize((128, 128), Image.Resampling.BICUBIC).save(folder / "pictures" / f"{index}.png")
    for name, batches in (("distance", 2), ("identity", 1)):
        network = TinyFeatures(distance=batches == 2).eval().requires_grad_(False)
        example = (torch.zeros(2, 3, 128, 128),) * batches
        torch.jit.freeze(torch.jit.trace(network, example)).save(str(folder / f"{name}.pt"))
    return {"folder": folder, "pyramid": pyramid}


@pytest.fixture
def run(files: dict[str, Path]) -> EditingRun:
    folder = files["folder"]
    return EditingRun(
        DataConfig(folder / "pictures"),
        EncoderConfig(batch=2),
        LoopConfig(images=4, autocast=False),
        folder / "distance.pt",
        folder / "identity.pt",
        pyramid=files["pyramid"],
        trust_code=True,
        generator=folder / "generator",
        preset="portrait-64",
    )


@pytest.fixture(scope="module")
def encoded(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An editor whose encoder was trained for two steps."""
    folder, out = files["folder"], tmp_path_factory.mktemp("encoded")
    first = EditingRun(
        DataConfig(folder / "pictures"),
        EncoderConfig(batch=2),
        LoopConfig(images=4, autocast=False),
        folder / "distance.pt",
        generator=folder / "generator",
        preset="portrait-64",
        trust_code=True,
    )
    train(first, out / "run", device="cpu")
    return out / "run" / "editor"


def _later(run: EditingRun, encoded: Path, stage: Any) -> EditingRun:
    return replace(run, stage=stage, editor=encoded, generator=None)


STAGES: list[Any] = [
    EncoderConfig(batch=2),
    WarpingConfig(batch=2),
    PainterConfig(batch=2, attribute_interval=1),
]


@pytest.mark.parametrize("stage", STAGES, ids=["encoder", "warping", "painter"])
def test_a_stage_moves_its_own_network_and_no_other(stage: Any, run: EditingRun, encoded: Path, tmp_path: Path) -> None:
    before, _ = load_editor(encoded)
    loop, reason = train(_later(run, encoded, stage), tmp_path / "run", device="cpu")
    assert reason == "4 images shown"
    assert isinstance(loop.stage, EditingStage)
    networks, own = loop.stage.networks, loop.stage.part
    for part in ("generator", "encoder"):
        if part != own:
            one, other = getattr(networks, part).state_dict(), getattr(before, part).state_dict()
            assert all(torch.equal(one[name], other[name]) for name in one), part
    moved = [p for p in loop.stage.learner.parameters() if p.grad is not None and float(p.grad.abs().max()) > 0]
    assert len(moved) > 0.9 * len(list(loop.stage.learner.parameters()))
    saved, trained = load_editor(tmp_path / "run" / "editor")
    assert own in trained and {"generator", "encoder"} <= set(trained)
    average = loop.stage.ema.network.state_dict()
    restored = getattr(saved, own).state_dict()
    assert all(torch.allclose(restored[name], average[name], atol=2e-3, rtol=2e-3) for name in average)


@pytest.mark.parametrize("stage", STAGES[1:], ids=["warping", "painter"])
def test_a_stage_resumes_bit_for_bit(stage: Any, run: EditingRun, encoded: Path, tmp_path: Path) -> None:
    def until(images: int, out: str, resume: bool = False) -> Loop:
        short = replace(_later(run, encoded, stage), loop=replace(run.loop, images=images))
        return train(short, tmp_path / out, device="cpu", resume=resume)[0]

    until(4, "whole")
    until(2, "parts")
    torch.manual_seed(5)
    until(4, "parts", resume=True)
    whole, parts = (Snapshots(tmp_path / name).latest() for name in ("whole", "parts"))
    assert whole is not None and parts is not None
    for part in (name for name in whole["parts"] if name in ("warping", "painter", "projected")):
        one, other = whole["parts"][part], parts["parts"][part]
        assert all(torch.equal(one[name], other[name]) for name in one), part


def test_previews_show_every_modality_and_draw_from_nothing(run: EditingRun, encoded: Path) -> None:
    _, stage = _later(run, encoded, STAGES[2]).build(Devices("cpu"))
    state = stage.rng.get_state()
    sheet = stage.preview()["painter"]
    assert sheet.shape == (8 * 64, 4 * 64, 3)
    assert torch.equal(state, stage.rng.get_state())
    truth, edit = sheet[-64:], sheet[-128:-64]
    assert (truth == edit).mean() > 0.1, "outside of the masks the edit is the picture"


@pytest.mark.parametrize("changes", [{"fusion": "add"}, {"fusion": "gated"}, {"bank": False}])
def test_ablations_train(changes: dict[str, Any], run: EditingRun, encoded: Path, tmp_path: Path) -> None:
    short = replace(_later(run, encoded, PainterConfig(batch=2)), loop=replace(run.loop, images=2), **changes)
    loop, _ = train(short, tmp_path / "run", device="cpu")
    assert isinstance(loop.stage, EditingStage)
    refinement = loop.stage.networks.config.refinement
    assert all(getattr(refinement, name) == value for name, value in changes.items())
    assert load_editor(tmp_path / "run" / "editor")[0].config.refinement == refinement


def test_a_painter_learns_to_follow_guides(run: EditingRun, encoded: Path, tmp_path: Path) -> None:
    """Thirty-two steps without critics: what it is surely told is nearer to that than what it paints untold."""
    sample = SampleConfig(guides=GuideDraw(share=1.0), moved=0.5, dyed=0.0, other=0.0)
    silent = {"identity": 0.0, "attribute": 0.0, "perceptual": 0.0, "projected": CriticConfig("projected", weight=0.0)}
    stage = PainterConfig(batch=2, sample=sample, **silent, ema_half_life=4.0, adam=AdamConfig(0.03))
    short = replace(_later(run, encoded, stage), loop=replace(run.loop, images=64), guide=True)
    loop, _ = train(short, tmp_path / "run", device="cpu")
    assert isinstance(loop.stage, PainterStage)
    networks, _ = load_editor(tmp_path / "run" / "editor")
    assert networks.config.aggregation.guide
    picture, mask = loop.stage.shown.reals, torch.zeros(4, 1, 64, 64)
    mask[..., 16:48, 16:48] = 1
    layers = image_only(picture * (1 - mask)).stack(networks.config.modalities)
    with torch.no_grad():
        codes = networks.encoder(layers)
        given = (layers, mask, codes, networks.bank(codes)[1])
        guide = torch.cat([picture * mask, mask], 1)
        untold, told = networks.painter(*given)[0], networks.painter(*given, guide=guide)[0]
    assert ((told - picture) * mask).abs().mean() < 0.8 * ((untold - picture) * mask).abs().mean()


def test_a_painter_that_can_be_given_guides_is(run: EditingRun, encoded: Path) -> None:
    painter = _later(run, encoded, PainterConfig(batch=2))
    for guide in (False, True):
        _, stage = replace(painter, guide=guide).build(Devices("cpu"))
        assert isinstance(stage, PainterStage)
        assert bool(stage.sample.guides.share and stage.sample.moved) == guide


def test_another_face_is_judged_by_what_its_codes_look_like(run: EditingRun, encoded: Path) -> None:
    foreign = SampleConfig(exemplar=1.0, other=1.0)
    seen: list[float] = []
    for share in (0.0, 0.5):
        settings = PainterConfig(batch=2, sample=foreign, foreign=share)
        _, stage = _later(run, encoded, settings).build(Devices("cpu"))
        shown = stage.shown
        assert shown.labels is not None
        losses = stage.loss(replace(shown, batch=2, reals=shown.reals[:2], labels=shown.labels[:2]))[1]
        assert float(losses["absolute"].detach()) == 0
        seen.append(float(losses["perceptual"].detach()))
    assert seen[0] == 0 < seen[1]


def test_an_encoder_learns_to_tell_pictures_apart(run: EditingRun, tmp_path: Path) -> None:
    """Twenty steps on four pictures: their codes' pictures come closer to them than they were."""
    losses: list[float] = []

    def listen(progress: Any) -> None:
        losses.append(progress.scalars["l2"])

    short = replace(run, loop=LoopConfig(images=40, report_every=0.0, autocast=False), identity=None)
    train(short, tmp_path / "run", device="cpu", listener=listen)
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])


def test_what_is_judged_is_the_picture_outside_of_the_mask() -> None:
    picture, edited = torch.rand(2, 3, 8, 8), torch.rand(2, 3, 8, 8)
    mask = (torch.rand(2, 1, 8, 8) > 0.5).float()
    result = composite(edited, picture, mask)
    assert torch.equal(result * (1 - mask), picture * (1 - mask))
    assert torch.equal(result * mask, edited * mask)


Change = Callable[[EditingRun, Path], EditingRun]
MISTAKES: dict[str, tuple[Change, str]] = {
    "no generator": (lambda run, _: replace(run, generator=None), "--generator"),
    "unknown preset": (lambda run, _: replace(run, preset="portrait-99"), "portrait-99"),
    "other generator": (
        lambda run, _: replace(run, preset="portrait-256", generator=(run.generator or Path()).parent / "small"),
        "portrait-256",
    ),
    "no encoder": (lambda run, _: replace(run, stage=WarpingConfig(batch=2)), "--editor"),
    "no pyramid": (lambda run, editor: replace(_later(run, editor, PainterConfig(batch=2)), pyramid=None), "--pyramid"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_named_before_anything_is_written(
    mistake: str, run: EditingRun, encoded: Path, tmp_path: Path
) -> None:
    change, named = MISTAKES[mistake]
    with pytest.raises(ConfigError, match=named):
        train(change(run, encoded), tmp_path / "run", device="cpu")
    assert not (tmp_path / "run").exists()


def test_newer_codes_take_the_place_of_those_a_painter_began_with(
    run: EditingRun, encoded: Path, tmp_path: Path
) -> None:
    painter = _later(run, encoded, STAGES[2])
    train(painter, tmp_path / "painter", device="cpu")
    train(replace(_later(run, encoded, STAGES[0]), loop=replace(run.loop, images=8)), tmp_path / "newer")
    later = replace(painter, editor=tmp_path / "painter" / "editor", codes=tmp_path / "newer" / "editor")
    networks, trained = later.networks()
    newer, _ = load_editor(tmp_path / "newer" / "editor")
    begun, _ = load_editor(tmp_path / "painter" / "editor")
    assert set(trained) == {"generator", "encoder", "painter"}
    for part, source in (("encoder", newer), ("painter", begun)):
        mine, theirs = getattr(networks, part).state_dict(), getattr(source, part).state_dict()
        assert all(torch.equal(mine[name], theirs[name]) for name in mine), part
    assert not torch.equal(newer.encoder.styles[0].out.weight, begun.encoder.styles[0].out.weight)
