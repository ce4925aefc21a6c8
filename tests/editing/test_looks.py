"""Looks of pixels: age, make-up: what they become, and that they keep the rest of the photo."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mien import Editor
from mien.conditions.regions import check_region, terms
from mien.editing.dyes import check_dyes
from mien.editing.lenders import of_women_rather
from mien.editing.looks import LOOKS, limits, steps_of, taken
from mien.editing.request import Request
from mien.editing.worded import resolved
from mien.errors import LayerError
from mien.guides.bank_faces import LINED_MEN
from mien.guides.parts import check_parts
from mien.guides.shapes import Shapes
from mien.types import Photo


class Painter:
    attributes, reader = ("age",), ""


@pytest.fixture(scope="module")
def plain() -> Editor:
    return Editor.from_pretrained("opencv:telea")


@pytest.mark.parametrize("name", LOOKS)
def test_every_look_is_made_of_known_steps(name: str) -> None:
    look = LOOKS[name]
    for strength in (look.lowest, 0.3 * look.lowest, 0.3 * look.highest, look.highest):
        for step in steps_of(name, strength, Request()):
            check_dyes(step)
            check_parts(step.part or "eyes")
            assert set(step.reshape) <= set(Shapes.bundled().moves)
            assert 0 < step.strength <= 1 and step.moves_pixels
            if isinstance(step.mask, str):
                for _, region in terms(step.mask):
                    check_region(region)
    assert not steps_of(name, 0.0, Request())


def test_a_strength_beyond_the_range_is_the_strongest() -> None:
    assert [one.to_dict() for one in steps_of("age", 9, Request())] == [
        one.to_dict() for one in steps_of("age", LOOKS["age"].highest, Request())
    ]


def test_looks_are_taken_unless_something_is_drawn_or_to_be_painted() -> None:
    assert taken(Request(attributes={"age": 1, "smile": 1, "makeup": -1})) == {"age": 1}
    for other in ({"mode": "look"}, {"exemplar": "self"}, {"sketch": "self"}, {"protect": "teeth"}):
        assert taken(Request.from_dict({"attributes": {"age": 1}, **other})) == {}
    rest, recipe = resolved(Request(attributes={"age": 1, "smile": 1}), Painter())
    assert recipe is not None and recipe.steps[0].part == "wrinkles" and rest.attributes == {"smile": 1}
    assert 0 not in recipe.following and 1 in recipe.following


def test_a_face_gets_older_and_younger(plain: Editor, portrait: Photo) -> None:
    older, younger = (plain(portrait, attributes={"wrinkles": s}, seed=0) for s in (1.0, -1.0))
    rough = []
    for result in (younger, older):
        changed = (result.photo.pixels != portrait.pixels).any(2)
        assert changed.any() and not changed[~result.mask].any()
        rough.append(float(np.abs(np.diff(result.photo.pixels.astype(np.float32), axis=0))[result.mask[1:]].mean()))
    assert rough[1] > rough[0]
    assert "wrinkles borrowed from" in older.operations[0]


def test_a_look_and_a_move_are_one_edit(plain: Editor, portrait: Photo) -> None:
    result = plain(portrait, attributes={"makeup": 1, "smile": 0.5})
    assert any("reshaped: smile" in one for one in result.operations)
    assert any("lips dyed redder" in one for one in result.operations)


def test_without_its_first_step_a_look_is_not_begun(
    plain: Editor, portrait: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mien.editing.lenders._child", lambda photo, face: True)
    with pytest.raises(LayerError, match="small child"):
        plain(portrait, attributes={"age": 1})


def test_a_woman_is_lent_the_wrinkles_of_women_rather() -> None:
    fits = [(cost, SimpleNamespace(path=Path(f"{name}.webp"))) for cost, name in ((0.5, LINED_MEN[0]), (0.8, "2319"))]
    best = [of_women_rather(fits, masculine)[0][1] for masculine in (0.1, 0.9)]  # type: ignore[arg-type]
    assert [one.path.stem for one in best] == ["2319", LINED_MEN[0]]


def test_what_goes_beyond_a_look_is_said() -> None:
    assert limits({"age": 5.0, "makeup": 1.0, "blush": -2.0}) == (
        "age goes from -1.25 to 1.5; 5 was taken as 1.5",
        "blush goes from 0 to 1; -2 was taken as 0",
    )
