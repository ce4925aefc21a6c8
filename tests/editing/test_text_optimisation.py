"""Edits after a sentence: the descent does what equation 4 says, and all 32 subsets run."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from mien.backends.facemug import Facemug
from mien.checkpoints.clip import load_clip
from mien.cli.selection import Networks, end_early
from mien.conditions.extract import conditions_of
from mien.conditions.modalities import maps
from mien.conditions.parser import FaceParser
from mien.conditions.types import Conditions
from mien.editing import latents
from mien.editing.cache import EditCache
from mien.editing.latents import random_codes
from mien.editing.request import Request
from mien.editing.self_layers import changes_colors_alone
from mien.editing.text_optimisation import Descent, worded
from mien.editor import Editor
from mien.errors import ConfigError, LayerError
from mien.interrupt import interruptible
from mien.losses import directional_loss
from mien.types import Face, Float32, Photo, UInt8

TEXT = "a person with red hair"


@pytest.fixture(scope="module")
def reader(editor_folder: Path, clip_folder: Path) -> Editor:
    return Editor.from_pretrained(editor_folder, clip=clip_folder)


@pytest.fixture
def hasty(reader: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few steps only."""
    assert isinstance(reader.backend, Facemug)
    monkeypatch.setattr(reader.backend.codes, "descent", Descent(steps=4))


def test_an_editor_ends_early(reader: Editor, portrait: Photo, face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(reader.backend, Facemug)
    monkeypatch.setattr(reader.backend.codes, "descent", None)
    counts: list[int] = []
    monkeypatch.setattr(latents, "worded", lambda *given: counts.append(given[-1].patience) or given[2])
    end_early(reader.backend, 3)
    reader(portrait, mask="hair", face=face, mode="look", text="another sentence", cache=EditCache())
    assert counts == [3]
    with pytest.raises(ConfigError, match="--patience ends the descent"):
        Networks(patience=3).load()


@pytest.mark.parametrize("directional", [True, False])
def test_the_picture_moves_as_the_words_do(reader: Editor, directional: bool) -> None:
    networks, clip = reader.backend.networks, reader.backend.clip
    assert clip is not None
    start = random_codes(networks.generator, 3)
    wanted, face = clip.of_words([TEXT, "face"])
    before = clip.of_pictures(networks.inverted(start)).detach()

    def score(codes: Tensor) -> float:
        """What is minimized: equation 5, or the plain similarity."""
        with torch.no_grad():
            seen = clip.of_pictures(networks.inverted(codes))
            plain, turned = 1.0 - seen @ wanted, directional_loss(seen, before, wanted, face)
            return -float(turned if directional else plain)

    def after(near: float) -> Tensor:
        return worded(networks, clip, start, TEXT, Descent(steps=30, near=near, directional=directional))

    free, held = after(0.0), after(1.0)
    assert score(free) > score(start) + (0.3 if directional else 0.01)
    assert 0 < float((held - start).norm()) < 0.5 * float((free - start).norm())
    with torch.inference_mode():  # as the editor calls it
        again = after(0.0)
    assert torch.equal(again, free) and not free.requires_grad


def test_a_descent_is_watched_and_ends_early(reader: Editor) -> None:
    networks, clip = reader.backend.networks, reader.backend.clip
    assert clip is not None
    start, seen = random_codes(networks.generator, 3), list[tuple[int, float, Tensor]]()

    def run(steps: int = 12, patience: int = 0, gain: float = 1e-4, last: int = 99) -> Tensor:
        seen.clear()

        def each(step: int, loss: float, codes: Tensor) -> bool:
            seen.append((step, loss, codes))
            return step == last

        return worded(networks, clip, start, TEXT, Descent(steps=steps, patience=patience, gain=gain), each)

    whole = run()
    assert [step for step, _, _ in seen] == list(range(12)) and torch.equal(seen[0][2], start)
    assert seen[-1][1] < seen[0][1] and torch.equal(whole, run())
    ended = run(last=3)
    assert len(seen) == 4 and torch.equal(ended, seen[3][2]) and not ended.requires_grad
    assert torch.equal(run(patience=3, gain=99.0), seen[0][2]) and len(seen) == 4

    def cancel() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), interruptible(cancel):
        run()
    assert not seen


def test_the_rate_rises_and_falls() -> None:
    rates = [Descent(steps=100).rate_at(step) for step in range(100)]
    assert rates[0] == pytest.approx(0.02) and max(rates) == rates[50] == 0.1
    assert rates[:5] == sorted(rates[:5]) and rates[75:] == sorted(rates[75:], reverse=True) and rates[-1] < 0.001


def test_a_sentence_changes_the_mask_alone_and_is_read_once(
    reader: Editor, portrait: Photo, face: Face, hasty: None
) -> None:
    cache = EditCache()
    plain, told, same, varied = (
        reader(portrait, mask="hair", face=face, cache=cache, mode="look", **more)
        for more in ({}, {"text": TEXT}, {"text": TEXT}, {"text": TEXT, "seed": 2})
    )
    assert (plain.photo.pixels != told.photo.pixels).any() and (same.photo.pixels == told.photo.pixels).all()
    assert (varied.photo.pixels != told.photo.pixels).any()
    assert (told.photo.pixels == portrait.pixels)[told.mask == 0].all()
    assert "by small, its words read by tiny" in told.operations[0] and "tiny" not in plain.operations[0]
    assert cache.hits["text codes"] == 1 and f'text "{TEXT}"' in told.operations[0]


def test_faces_without_a_photo(reader: Editor, hasty: None) -> None:
    plain, told, more = (reader.generate(seed=1, text=text) for text in (None, TEXT, "a beard"))
    assert (plain.pixels != told.pixels).any() and (told.pixels != more.pixels).any()


def test_all_32_subsets_run_differ_and_repeat(reader: Editor, crop: UInt8, middle: Float32, hasty: None) -> None:
    layers = conditions_of(crop, FaceParser.bundled().parse_crop(crop))
    everything = layers.replaced(mask=middle, exemplar=np.ascontiguousarray(crop[:, ::-1]), text=TEXT)
    names = (*maps(), "exemplar", "text")
    subsets = [chosen for count in range(6) for chosen in itertools.combinations(names, count)]
    assert len(subsets) == 32
    cache = EditCache(capacity=64)
    made = [reader.edit_crop(crop, everything.without(*left_out), cache=cache).pixels for left_out in subsets]
    for (i, a), (j, b) in itertools.combinations(enumerate(made), 2):
        assert np.abs(a - b).max() > 0, (subsets[i], subsets[j])
    words_alone = subsets.index((*maps(), "exemplar"))
    for again in (0, words_alone):
        assert (reader.edit_crop(crop, everything.without(*subsets[again])).pixels == made[again]).all()


def test_words_need_a_network_and_must_be_words(editor: Editor, portrait: Photo, face: Face) -> None:
    with pytest.raises(ConfigError, match="needs a network that understands words; give a CLIP"):
        editor(portrait, mask="nose", face=face, text=TEXT, mode="look")
    with pytest.raises(LayerError, match="control characters"):
        editor(portrait, mask="nose", face=face, text="a\x00smile")
    with pytest.raises(LayerError, match="The text is int"):
        editor(portrait, mask="nose", face=face, layers=Conditions(text=5))  # type: ignore[arg-type]
    plain, silent = (editor(portrait, mask="nose", face=face, text=text, mode="look") for text in (None, "  "))
    assert (plain.photo.pixels == silent.photo.pixels).all()


def test_an_editor_says_which_clip_it_has(reader: Editor, clip_folder: Path) -> None:
    assert reader.backend.clip is not None and reader.backend.clip.sha256 == load_clip(clip_folder).sha256


def test_words_may_change_shapes_so_that_no_detail_is_kept_under_new_colors() -> None:
    request = Request(sketch="self", color=np.zeros((4, 4, 4), np.uint8))
    given = Conditions(sketch=np.ones((4, 4), np.bool_), color=np.zeros((4, 4, 4), np.uint8))
    assert changes_colors_alone(request, given)
    assert not changes_colors_alone(request, given.replaced(text=TEXT))
