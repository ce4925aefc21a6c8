"""Text edits without a CLIP: words become moves and dyes, and what they do not become is said."""

from __future__ import annotations

import numpy as np
import pytest

from mien import Editor
from mien.align.measure import describe_face
from mien.conditions.regions import check_region
from mien.editing import worded
from mien.editing.catalogue import UNSUPPORTED
from mien.editing.loans import CONDITIONS
from mien.editing.request import Request
from mien.editing.ways import BORROWED, COLORED, HEALED, MOVES, REGIONS, SHADES, regions_of, ways_of
from mien.editing.worded import resolved
from mien.errors import ConfigError, LayerError
from mien.guides.mouths.smile import toward
from mien.guides.shapes import Shapes
from mien.types import Face, Photo
from mien.words.lexicon import ATTRIBUTES
from mien.words.reader import read


class Painter:
    attributes, reader = ("hat",), ""


class WithClip(Painter):
    reader = "a CLIP"


@pytest.fixture(scope="module")
def plain() -> Editor:
    return Editor.from_pretrained("opencv:telea")


def test_every_way_exists() -> None:
    assert {move for moves in MOVES.values() for move in moves} <= set(Shapes.bundled().moves)
    named = {signed.rstrip("+-") for signed in (*MOVES, *COLORED, *SHADES, *HEALED, *BORROWED)}
    assert named <= set(ATTRIBUTES)
    for region in (*REGIONS.values(), *HEALED.values(), *COLORED.values(), *(region for region, _ in SHADES.values())):
        check_region(region)


def test_words_become_steps_and_what_is_left_is_said() -> None:
    rest, recipe = resolved(Request(text="curly grey hair, a slight smile, a hat, a tattoo"), Painter())
    assert recipe is not None
    assert [step.to_dict() for step in recipe.steps] == [{"reshape": {"smile": 0.6}}, {"dye": {"hair": "gray"}}]
    assert rest.attributes == {"hat": 1.0} and rest.mask == "hat+hair" and rest.text is None
    curl = f"understood, but nothing here can do it: hair-curl +1 ({UNSUPPORTED['hair-curl']})"
    assert recipe.notes == ("not understood: tattoo", curl)


@pytest.mark.parametrize(
    ("text", "mode", "by_recipe"),
    [
        ("a smile", "auto", True),
        ("a smile and a tattoo", "auto", False),
        ("a smile, curly hair", "auto", False),
        ("a smile and a tattoo", "pixels", True),
        ("a smile", "look", False),
    ],
)
def test_the_mode_decides_who_reads(text: str, mode: str, by_recipe: bool) -> None:
    rest, recipe = resolved(Request(text=text, mode=mode), WithClip())  # type: ignore[arg-type]
    assert (recipe is not None) == by_recipe == (rest.text is None)


def test_a_mask_is_found_in_the_words() -> None:
    rest, _ = resolved(Request(text="curly hair and red lips", mode="look"), WithClip())
    assert rest.mask == "hair+lips"
    assert resolved(Request(text="curly hair", mask="nose", mode="look"), WithClip())[0].mask == "nose"
    assert regions_of(read("a tattoo").wishes) == ""


def test_wishes_add_up_and_a_named_thing_is_the_one_that_is_there() -> None:
    ways = ways_of(read("a smaller, narrower nose and a grey beard").wishes, ())
    assert ways.reshape["nose-width"] == pytest.approx(-4.2) and not ways.missing
    assert ways.dye == {"beard": ("gray", 1.0)}


def test_a_photo_is_edited_after_words(plain: Editor, portrait: Photo) -> None:
    result = plain(portrait, text="slightly darker hair, fuller lips and a tattoo")
    changed = (result.photo.pixels != portrait.pixels).any(2)
    assert changed.any() and not changed[~result.mask].any()
    assert "was read as: hair-lightness -0.5, lip-fullness +1" in result.operations[0]
    assert any("not understood: tattoo" in note for face in result.faces for note in face.notes)


def test_parts_come_from_the_bank_where_this_face_needs_them(plain: Editor, portrait: Photo) -> None:
    _, recipe = resolved(Request(text="smile with teeth, no beard"), Painter())
    assert recipe is not None and [step.part for step in recipe.steps] == ["teeth", "", "lower_face"]
    assert recipe.otherwise == {1} and "smile" in recipe.steps[1].reshape, "teeth come with a smile of their own"
    assert all(condition in CONDITIONS for condition in recipe.conditions.values())
    with pytest.raises(LayerError, match="No beard is seen"):
        plain(portrait, text="no beard")


def test_a_smile_with_teeth_that_are_seen_is_moved(plain: Editor, portrait: Photo) -> None:
    shown = plain(portrait, text="smile with teeth")
    opened, moved = (any(words in one for one in shown.operations) for words in ("teeth borrowed", "reshaped: smile"))
    assert opened != moved


def test_a_mask_keeps_words_within(plain: Editor, portrait: Photo) -> None:
    result = plain(portrait, text="green hair", mask="hair")
    assert len(result.operations) == 2
    with pytest.raises(LayerError, match="Nothing"):
        plain(portrait, text="green hair", mask="nose")


def test_what_cannot_be_done_is_one_sentence(plain: Editor, portrait: Photo) -> None:
    with pytest.raises(ConfigError, match="not understood: dragon"):
        plain(portrait, text="a dragon")
    with pytest.raises(ConfigError, match="nothing here can do it: hat"):
        plain(portrait, text="a hat")
    with pytest.raises(ConfigError, match="names no change"):
        plain(portrait, text="don't change the hair")


def test_wishes_stay_within_what_moves_bear() -> None:
    _, recipe = resolved(Request(text="a very big nose, a very wide nose"), Painter())
    assert recipe is not None and recipe.steps[0].reshape["nose-width"] == Shapes.bundled().ranges["nose-width"][1]


@pytest.mark.parametrize(
    ("step", "spared"),
    [
        (Request(part="wrinkles"), True),
        (Request(mask="wrinkles", mode="heal"), True),
        (Request(reshape={"lip-fullness": -0.6, "eye-openness": -0.4}), True),
        (Request(mask="glasses", mode="heal"), False),
        (Request(reshape={"smile": 1.0}), False),
        (Request(part="fringe"), False),
        (Request(), False),
    ],
)
def test_hair_is_told_ahead_where_no_step_before_touches_it(step: Request, spared: bool) -> None:
    assert worded._spares_hair(step) == spared


def smile_of(shown: float) -> Face:
    """The mean face with a smile of so many standard deviations."""
    shapes = Shapes.bundled()
    points = (shapes.mean + shapes.displacement({"smile": shown})) * 150 + 256
    return describe_face(points.astype(np.float32), 1.0, shapes.mean.astype(np.float32))


def test_a_smile_moves_by_what_the_face_lacks_of_it() -> None:
    laughing, shy, serious = (smile_of(shown) for shown in (1.0, -0.6, -3.0))
    assert toward(laughing, 0.5) < -0.5 and toward(shy, 0.5) == 0 and toward(serious, 0.5) > 0.5
    assert 0 < toward(laughing, 1.0) < toward(serious, 1.0) and toward(laughing, 1.6) < toward(serious, 1.6)
    assert toward(serious, -2.0) == 0 and toward(laughing, -2.0) < -0.5 and toward(serious, -1.0) < 0


def test_what_a_face_shows_already_is_said() -> None:
    step = Request(reshape={"smile": 0.6})
    with pytest.raises(LayerError, match="already"):
        worded._aimed(step, smile_of(-0.6), 0.5)
    with pytest.raises(LayerError, match="taken away"):
        worded._aimed(step, smile_of(-3.5), -2.0)
    assert worded._aimed(Request(reshape={"smile": 0.6, "nose-width": -1.0}), smile_of(-0.6), 0.5).reshape == {
        "nose-width": -1.0
    }


def test_more_of_a_smile_is_more_than_there_is() -> None:
    assert ways_of(read("smile a little more").wishes, ()).smile is None
    assert ways_of(read("a slight smile").wishes, ()).smile == 0.5
