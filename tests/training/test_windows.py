"""Windows at the photo's scale: how they are cut, what the painter is given, and that its run resumes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from mien.conditions.labels import mirror_table
from mien.errors import DataError
from mien.models.editing.window import INPUTS, WindowConfig, WindowInputs, WindowPainter
from mien.training.loop import Loop
from mien.training.settings import DataConfig, LoopConfig
from mien.training.stages.running import train
from mien.training.stages.windows import WindowsStage
from mien.training.stages.windows import _error as windows_error
from mien.training.stages.windows_run import WindowsConfig, WindowsRun
from mien.training.windows.draw import WindowDraw, cut, draw_window, smooth_fill
from mien.training.windows.feed import WindowFeed
from mien.training.windows.guides import GuideDraw, draw_guide
from mien.training.windows.store import ARRAYS, KIND, WindowStore
from recipes.window_data import real_part

SMALL = WindowConfig(widths=(16, 16, 16, 16), blocks=(1, 1, 1, 1), hidden=8, face=(8, 8, 16), fine=8)

BEYOND = 104
"""Rows of the wide picture's labels that show a mirror image: the square begins at 64, the mask at 144."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three faces of smooth noise, one of them wide; the wide one's middle is its square."""
    top = tmp_path_factory.mktemp("windows")
    rng = np.random.default_rng(0)
    knots = rng.integers(0, 256, (3, 12, 12, 3)).astype(np.uint8)
    wides = np.stack([cv2.resize(one, (768, 768), interpolation=cv2.INTER_CUBIC) for one in knots])
    squares = np.stack([cv2.resize(one[128:640, 128:640], (256, 256), interpolation=cv2.INTER_AREA) for one in wides])
    masks = np.zeros((4, 128, 128), np.uint8)
    masks[:, 40:70, 20:60] = 1
    small = np.stack([cv2.resize(one, (128, 128), interpolation=cv2.INTER_AREA) for one in squares])[[0, 1, 1, 2]]
    labels = rng.integers(0, 19, (3, 256, 256)).astype(np.uint8)
    arrays = {
        "squares": squares,
        "labels": labels,
        "wides": wides[1:2],
        "wide_labels": cv2.resize(labels[1], (384, 384), interpolation=cv2.INTER_NEAREST)[None],
        "wide_real": (np.arange(384)[None, :, None] >= BEYOND).astype(np.uint8).repeat(384, 2),
        "wide_of": np.array([-1, 0, -1]),
        "native": np.array([256.0, 600.0, 300.0]),
        "face_of": np.array([0, 1, 1, 2]),
        "masks": masks,
        "coarse": np.where(masks[..., None] > 0, 255 - small, small).astype(np.uint8),
        "weights": np.ones(4),
    }
    assert set(arrays) == set(ARRAYS)
    for split in ("train", "val"):
        (top / split).mkdir()
        for name, array in arrays.items():
            np.save(top / split / f"{name}.npy", array)
        (top / split / "index.json").write_text(json.dumps({"kind": KIND}))
    return top


@pytest.fixture
def store(folder: Path) -> WindowStore:
    return WindowStore.load(folder / "train")


def test_a_window_of_the_whole_square_is_the_square(store: WindowStore) -> None:
    whole = cut(store.squares[0], (0.5, 0.5, 1.0), 256)
    assert np.abs(whole.astype(int) - store.squares[0]).max() <= 1


def test_the_same_place_shows_the_same_in_the_wide_picture_and_in_the_square(store: WindowStore) -> None:
    place = (0.4, 0.6, 0.5)
    near, far = cut(store.squares[1], place, 64), cut(store.wides[0], place, 64, 0.25)
    assert np.abs(near.astype(int) - far).mean() < 2


def test_beyond_its_border_a_picture_is_mirrored(store: WindowStore) -> None:
    over = cut(store.squares[0], (0.0, 0.5, 1.0), 256)
    assert np.abs(over[:, :128][:, ::-1].astype(int) - over[:, 128:]).max() <= 2


@pytest.mark.parametrize("edit", range(4))
def test_windows_follow_from_their_random_numbers_and_hide_the_mask(store: WindowStore, edit: int) -> None:
    c = WindowDraw(size=64, part=0.0)
    one, same = (draw_window(store, edit, np.random.default_rng(7), c) for _ in range(2))
    assert all(np.array_equal(getattr(one, name), getattr(same, name)) for name in vars(one))
    assert set(np.unique(one.mask)) <= {0, 1} and one.mask.any()
    assert not one.mirror[one.mirror[..., 3] == 0].any(), "what is masked on the other side is not shown"


@pytest.mark.parametrize("edit", range(4))
def test_what_lies_beyond_the_photo_is_neither_masked_nor_counted(store: WindowStore, edit: int) -> None:
    top = (BEYOND - 64) / 256
    for seed in range(20):
        masks = store.masks.copy()
        masks[:, :24] = 1  # partly above the photo's border, and wholly beyond the square
        one = draw_window(replace(store, masks=masks), edit, np.random.default_rng(seed), WindowDraw(size=64))
        assert one.mask.any() and not one.mask[one.real == 0].any()
        _, y, side = (float(v) for v in one.place)
        rows = y + ((np.arange(64) + 0.5) / 64 - 0.5) * side
        least = top if store.wide_of[store.face_of[edit]] >= 0 else 0.0
        assert not one.real[rows < least - 0.01].any()
        assert one.real[(rows > least + 0.01) & (rows < 1)].any()


def test_a_mask_that_lies_beyond_the_photo_moves_into_it(store: WindowStore) -> None:
    masks = np.zeros_like(store.masks)
    masks[:, :12, 20:60] = 1
    for seed in range(20):
        one = draw_window(replace(store, masks=masks), 1, np.random.default_rng(seed), WindowDraw(size=64))
        assert one.mask.any() and not one.mask[one.real == 0].any()


def test_the_error_does_not_count_beyond_the_photo() -> None:
    truth, mask, real = torch.zeros(1, 3, 64, 64), torch.zeros(1, 1, 64, 64), torch.ones(1, 1, 64, 64)
    mask[..., 20:60, 20:40] = 1
    real[..., :30, :] = 0
    wrong = torch.ones_like(truth) * (1 - real)
    assert windows_error(wrong, truth, mask, real) == 0 < windows_error(wrong, truth, mask, torch.ones_like(real))


def test_the_real_part_lies_within_the_corners() -> None:
    real = real_part([[100, 50], [700, 50], [700, 900], [100, 900]])
    assert real.shape == (384, 384) and real[25:, 50:350].all()
    assert not real[:24].any() and not real[:, :49].any() and not real[:, 351:].any()


def test_a_mirrored_window_is_the_window_of_the_mirrored_face(store: WindowStore) -> None:
    drawn = [
        draw_window(store, 0, np.random.default_rng(k), WindowDraw(size=64, tint=0, contrast=0)) for k in range(12)
    ]
    for one in drawn:
        x, y, side = (float(v) for v in one.place)
        plain, turned = store.squares[0], store.squares[0][:, ::-1]
        errors = [np.abs(cut(p, (x, y, side), 64).astype(int) - one.truth).mean() for p in (plain, turned)]
        assert min(errors) < 1.0
        labels = mirror_table()[store.labels[0][:, ::-1]] if errors[1] < errors[0] else store.labels[0]
        assert (cut(labels, (x, y, side), 64, nearest=True) == one.labels).mean() > 0.9


def test_a_smooth_fill_keeps_what_is_known_and_takes_its_color(store: WindowStore) -> None:
    picture = np.full((64, 64, 3), (200, 100, 50), np.uint8)
    mask = np.zeros((64, 64), np.bool_)
    mask[20:50, 10:40] = True
    hidden = np.where(mask[..., None], 0, picture).astype(np.uint8)
    assert np.abs(smooth_fill(hidden, mask).astype(int) - picture).max() <= 6


def test_a_guide_is_unsure_outside_of_the_mask(store: WindowStore) -> None:
    truth, mask = cut(store.squares[0], (0.5, 0.5, 1.0), 64), np.zeros((64, 64), np.uint8)
    mask[10:50, 10:50] = 1
    c = GuideDraw(share=1.0)
    for seed in range(8):
        guide, sure = draw_guide(truth, mask, 255 - truth, np.random.default_rng(seed), c)
        assert sure.min() >= 0 and sure.max() <= 1 and not sure[mask == 0].any()
        assert not guide[sure == 0].any()


def test_an_untrained_painter_shows_the_guide_and_elsewhere_the_first_pass() -> None:
    torch.manual_seed(0)
    painter = WindowPainter(SMALL)
    for layer in painter.last:
        for parameter in layer.parameters():
            nn.init.zeros_(parameter)
    mask = torch.zeros(2, 1, 64, 64)
    mask[..., 16:48, 16:48] = 1
    guide = torch.rand(2, 4, 64, 64)
    guide[:, 3:] = (torch.arange(64) < 32).float()
    layers = {name: torch.zeros(2, INPUTS[name], 64, 64) for name in ("sketch", "semantic", "color")}
    coarse, photo = torch.rand(2, 4, 64, 64), torch.rand(2, 3, 64, 64)
    coarse[:, 3:] = 1
    mirror, face = torch.rand(2, 4, 64, 64), torch.rand(2, 4, 128, 128)
    given = WindowInputs(photo * (1 - mask), mask, mirror, coarse, guide, layers, torch.rand(2, 3), face)
    with torch.no_grad():
        made = painter(given)
    torch.testing.assert_close(made[..., 16:48, 16:32], guide[:, :3, 16:48, 16:32])
    torch.testing.assert_close(made[..., 16:48, 32:48], coarse[:, :3, 16:48, 32:48])
    torch.testing.assert_close(made[..., :16, :], photo[..., :16, :])


@pytest.fixture
def run(folder: Path, pyramid: Path, tmp_path: Path) -> WindowsRun:
    class Distance(nn.Module):
        def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
            return (a - b).square().mean((1, 2, 3))

    example = torch.zeros(2, 3, 64, 64)
    torch.jit.trace(Distance(), (example, example)).save(str(tmp_path / "distance.pt"))
    return WindowsRun(
        DataConfig(folder),
        WindowsConfig(network=SMALL, windows=WindowDraw(size=64), batch=2),
        LoopConfig(images=4, autocast=False),
        perceptual=tmp_path / "distance.pt",
        pyramid=pyramid,
        trust_code=True,
    )


def test_a_run_learns_saves_and_starts_from_what_it_saved(run: WindowsRun, tmp_path: Path) -> None:
    loop, reason = train(run, tmp_path / "run", device="cpu")
    assert reason == "4 images shown"
    stage = loop.stage
    assert isinstance(stage, WindowsStage)
    assert stage.preview()["windows"].shape == (5 * 64, 16 * 64, 3)
    again = WindowsRun.build(replace(run, init=tmp_path / "run" / "painter"), stage.devices)[1]
    average = stage.ema.network.state_dict()
    started = again.network.state_dict()
    assert all(torch.allclose(started[name], average[name], atol=2e-3, rtol=2e-3) for name in average)


def test_a_run_resumes_bit_for_bit(run: WindowsRun, tmp_path: Path) -> None:
    def until(images: int, out: str, *, resume: bool = False) -> Loop:
        short = replace(run, loop=replace(run.loop, images=images))
        return train(short, tmp_path / out, device="cpu", resume=resume)[0]

    straight = until(8, "straight")
    until(4, "twice")
    resumed = until(8, "twice", resume=True)
    one, other = (loop.stage.parts["painter"].state_dict() for loop in (straight, resumed))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_folder_of_anything_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"recipes\.windows prepare"):
        WindowStore.load(tmp_path)


def test_batches_follow_from_the_position(store: WindowStore) -> None:
    c = WindowDraw(size=64)
    feed = WindowFeed(store, 2, 0, c)
    feed.next()
    other = WindowFeed(store, 2, 0, c)
    other.load_state_dict(feed.state_dict())
    one, same = feed.next(), other.next()
    assert torch.equal(one.pictures, same.pictures)
    assert all(torch.equal(one.others[name], same.others[name]) for name in one.others)
