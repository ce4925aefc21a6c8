"""Real pixels wherever nobody says how, painted otherwise; and the mode that forces either."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mien.conditions.labels import INDEX
from mien.editing.auto import by_pixels
from mien.editing.request import Request
from mien.editor import Editor
from mien.errors import ConfigError
from mien.types import Face, Photo


def _never() -> Any:
    raise AssertionError("nobody needs to look at the face for this")


@pytest.mark.parametrize(
    ("asked", "becomes"),
    [
        ({"mask": "eyes", "exemplar": "b.png"}, {"part": "eyes", "exemplar": "b.png"}),
        ({"mask": "lips + Nose", "exemplar": "b.png"}, {"part": "mouth+nose", "exemplar": "b.png"}),
        ({"mask": "hair", "color": "#703020"}, {"dye": {"hair": "#703020"}}),
        ({"mask": "eyes", "color": (10, 90, 200)}, {"dye": {"irises": (10, 90, 200)}}),
        ({"attributes": {"smile": 1}}, {"reshape": {"smile": 1}}),
        (
            {"mask": "mouth", "attributes": {"smile": 1, "jaw-width": -1}},
            {"mask": "mouth", "reshape": {"smile": 1, "jaw-width": -1}},
        ),
        ({"mask": "eyes + nose"}, {"mask": "eyes + nose", "mode": "fill"}),
        ({"mask": "lips", "seed": 2}, {"mask": "lips", "mode": "fill", "seed": 2}),
        ({"mask": "Left-eye", "exemplar": "b.png", "seed": 1}, {"part": "left_eye", "exemplar": "b.png", "seed": 1}),
        (
            {"mask": "eyes", "exemplar": "b.png", "protect": "brows"},
            {"part": "eyes", "exemplar": "b.png", "protect": "brows"},
        ),
        ({"mask": "teeth+nose", "exemplar": "b.png"}, {"part": "teeth+nose", "exemplar": "b.png"}),
        ({"mask": "clothes", "color": "navy", "protect": "hair"}, {"dye": {"clothes": "navy"}, "protect": "hair"}),
        (
            {"mask": "face", "attributes": {"smile": 1}, "protect": "teeth"},
            {"mask": "face", "reshape": {"smile": 1}, "protect": "teeth"},
        ),
        ({"mask": "left-eye", "protect": "brows"}, {"mask": "left-eye", "protect": "brows", "mode": "fill"}),
        ({"mask": "mouth", "color": "crimson", "strength": 0.5}, {"dye": {"lips": "crimson"}, "strength": 0.5}),
    ],
)
def test_parts_are_borrowed_and_regions_dyed(asked: dict[str, Any], becomes: dict[str, Any]) -> None:
    found = by_pixels(Request(**asked), _never)
    assert found is not None and found.to_dict() == becomes
    assert by_pixels(Request(**asked, mode="look"), _never) is None


@pytest.mark.parametrize(
    "asked",
    [
        {"mask": "brows"},
        {"mask": "eyes", "exemplar": "self"},
        {"mask": "skin", "exemplar": "b.png"},
        {"mask": "eyes-brows", "exemplar": "b.png"},
        {"mask": "eyes", "exemplar": "b.png", "color": "blue"},
        {"mask": "eyes", "exemplar": "b.png", "sketch": "lines.png"},
        {"mask": "eyes", "exemplar": "b.png", "attributes": {"smile": 1}},
        {"mask": "mouth", "attributes": {"smile": 1, "age": 1}},
        {"mask": "hair", "color": "colors.png"},
        {"mask": "nose", "color": "#703020"},
        {"mask": "hair", "color": "#703020", "text": "curly"},
    ],
)
def test_the_rest_is_painted_and_cannot_be_forced(asked: dict[str, Any]) -> None:
    assert by_pixels(Request(**asked), _never) is None
    with pytest.raises(ConfigError, match="leave the mode out"):
        by_pixels(Request(**asked, mode="pixels"), _never)


def _looked(side: int, label: str) -> Any:
    mask, labels = np.zeros((100, 100), np.bool_), np.full((100, 100), INDEX["skin"], np.uint8)
    mask[40 : 40 + side, 50:60] = True
    labels[44:48, 52:56] = INDEX[label]
    return lambda: (mask, labels, None)


def test_a_spot_on_the_skin_is_healed_and_an_eye_is_not() -> None:
    request = Request(mask=np.zeros((100, 100), np.bool_))
    healed = by_pixels(request, _looked(10, "skin"))
    assert healed is not None and healed.mode == "heal"
    assert by_pixels(request, _looked(10, "left_eye")) is None
    assert by_pixels(request, _looked(40, "skin")) is None, "too large for its surroundings"


def test_an_edit_says_how_it_was_made(editor: Editor, portrait: Photo, face: Face) -> None:
    auto = editor(portrait, mask="hair", color="#703020", face=face)
    dyed = editor(portrait, dye={"hair": "#703020"}, face=face)
    np.testing.assert_array_equal(auto.photo.pixels, dyed.photo.pixels)
    assert "mode look paints it instead" in auto.operations[-1]


def test_what_cannot_be_borrowed_is_painted_and_says_why(editor: Editor, portrait: Photo, face: Face) -> None:
    flat = Photo(np.full((64, 64, 3), 128, np.uint8))
    asked: dict[str, Any] = {"mask": "eyes", "exemplar": flat, "face": face}
    with pytest.raises(Exception, match="No face is found"):
        editor(portrait, **asked, mode="pixels")


def test_what_is_protected_stays_without_a_mask(editor: Editor, portrait: Photo, face: Face) -> None:
    made = [editor(portrait, dye={"lips": "crimson"}, protect=name, face=face).photo for name in ("", "mouth")]
    free, kept = (np.abs(one.pixels.astype(int) - portrait.pixels).sum() for one in made)
    assert kept < 0.25 * free


def test_variants_of_given_pixels_are_all_the_same(editor: Editor, portrait: Photo, face: Face) -> None:
    several = editor(portrait, mask="eyes", exemplar=portrait, n=2, face=face)
    assert len(several.variants) == 1 and "mode look paints it instead" in several.operations[-1]
