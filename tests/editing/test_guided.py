"""Edits of an editor that paint nothing: pixels are moved, borrowed, dyed, healed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mien import Editor
from mien.editing.cache import EditCache
from mien.errors import ConfigError, LayerError, MienError
from mien.types import Photo


@pytest.fixture(scope="module")
def plain() -> Editor:
    return Editor.from_pretrained("opencv:telea")


@pytest.mark.parametrize(
    "inputs",
    [
        {"reshape": {"smile": 1.0}},
        {"dye": {"hair": "auburn", "lips": (160, 30, 60)}},
        {"drag": ((223.0, 140.0, 223.0, 136.0),)},
        {"mask": "nose", "mode": "heal"},
        {"exemplar": "photo", "part": "eyes+mouth"},
    ],
    ids=lambda inputs: next(iter(inputs)),
)
def test_only_what_the_result_says_changes(plain: Editor, portrait: Photo, inputs: dict[str, object]) -> None:
    given = {name: portrait if value == "photo" else value for name, value in inputs.items()}
    result = plain(portrait, **given)
    changed = (result.photo.pixels != portrait.pixels).any(2)
    assert not changed[~result.mask].any()
    assert result.operations and result.mask.any()
    assert changed.any() or "part" in inputs  # a face's own parts are what they were


def test_a_move_is_measured_in_the_region_that_is_named(
    plain: Editor, portrait: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hair that is widened over half of a face holds much of a smile; the hair itself does not."""
    monkeypatch.setattr("mien.editing.layers.REGION_GROWTH", 0.15)
    told = plain(portrait, reshape={"smile": 1.0}, mask="hair").faces[0].outcome
    assert told is not None and (told.unreached or 0) > 0.9


def test_a_healed_region_that_goes_on_beyond_the_square_is_told(plain: Editor, portrait: Photo) -> None:
    there, inside = (plain(portrait, mask=region, mode="heal").faces[0] for region in ("hair", "nose"))
    assert there.outcome is not None and there.outcome.unreached is None
    assert any("the mask ends where the face crop ends" in words for words in there.notes)
    assert not any("the mask ends" in words for words in inside.notes)


def test_edits_are_made_in_order_and_kept_within_the_mask(plain: Editor, portrait: Photo) -> None:
    mask = np.zeros(portrait.pixels.shape[:2], np.bool_)
    mask[:110] = True
    result = plain(portrait, reshape={"smile": 1.0, "brow-height": 1.0}, dye={"hair": "platinum"}, mask=mask)
    assert (result.photo.pixels[~mask] == portrait.pixels[~mask]).all()
    assert [words.split()[0] for words in result.operations] == ["face", "hair", "brows"]


def test_a_mouth_that_was_shut_is_not_shut_again(plain: Editor, portrait: Photo) -> None:
    shut = plain(portrait, reshape={"mouth-open": -1.0})
    assert "mouth shut" in shut.operations[0]
    with pytest.raises(LayerError, match="shut already"):
        plain(shut.photo, reshape={"mouth-open": -1.0})
    with pytest.raises(LayerError, match="nothing shows what is inside"):
        plain(shut.photo, reshape={"mouth-open": 0.5})
    both = plain(shut.photo, reshape={"mouth-open": -1.0, "smile": 0.5}).operations
    assert len(both) == 1 and "smile" in both[0]


def test_strength_fades_every_kind(plain: Editor, portrait: Photo) -> None:
    for inputs in ({"dye": {"hair": "#2040c0"}}, {"reshape": {"smile": 1.0}}):
        whole, half = (plain(portrait, strength=s, **inputs).photo.pixels.astype(np.float32) for s in (1.0, 0.4))
        before = portrait.pixels.astype(np.float32)
        assert np.abs(half - before).mean() < 0.8 * np.abs(whole - before).mean()


def test_moved_pixels_and_painted_ones_go_together(editor: Editor, portrait: Photo) -> None:
    both = editor(portrait, mask="face", sketch="self", reshape={"smile": 1.0})
    assert not (both.photo.pixels != portrait.pixels).any(2)[~both.mask].any()
    assert len(both.operations) == 2 and "reshaped" in both.operations[0] and "edited" in both.operations[1]


def test_a_dye_that_lies_outside_of_the_mask_is_refused(plain: Editor, portrait: Photo) -> None:
    with pytest.raises(LayerError, match="Nothing"):
        plain(portrait, mask="nose", dye={"hair": "auburn"})


def test_a_saved_result_is_preserved_outside(plain: Editor, portrait: Photo, tmp_path: Path) -> None:
    assert plain(portrait, dye={"hair": "auburn"}).save(tmp_path / "dyed.png").preserved


def test_what_cannot_be_done_is_said(plain: Editor, portrait: Photo) -> None:
    blank = portrait.with_pixels(np.full_like(portrait.pixels, 128))
    with pytest.raises(MienError, match=r"face|mask"):
        plain(blank, mode="heal")
    with pytest.raises(ConfigError, match="mode"):
        plain(portrait, mode="magic")
    with pytest.raises(ConfigError, match="choose from"):
        plain(portrait, reshape={"grin": 1.0})


def test_a_matte_is_found_once_for_all_colors(plain: Editor, portrait: Photo) -> None:
    cache = EditCache()
    made = [plain(portrait, dye={"lips": color}, cache=cache).photo.pixels for color in ("crimson", "nude")]
    assert cache.misses["mattes"] == 1 and cache.hits["mattes"] >= 1
    assert (made[1] == plain(portrait, dye={"lips": "nude"}).photo.pixels).all()
