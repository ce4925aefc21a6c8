"""What the name of a color gives on hair."""

from __future__ import annotations

import numpy as np

from mien.conditions.colors import is_name, parse_color
from mien.guides.dyes.coloring import lab_of
from mien.guides.dyes.hair_chart import STRONG, charted, falls_short, on_a_head
from mien.guides.hair.shades import brown, shades

BLACK, BROWN = (32, 27, 26), (92, 64, 46)


def lab(color: tuple[int, int, int]) -> np.ndarray:
    return lab_of(np.array([[color]], np.float32) / np.float32(255))[0, 0]


def test_names_are_what_they_are_on_hair_that_is_little_darker_or_fairer() -> None:
    for name in ("brown", "black", "auburn", "dark-blond"):
        assert charted(parse_color(name), BROWN) == parse_color(name)


def test_black_hair_becomes_dark_blond_and_deep_magenta() -> None:
    blond, platinum, pink, gray = (lab(charted(parse_color(n), BLACK)) for n in ("blond", "platinum", "pink", "gray"))
    assert 30 < blond[0] < platinum[0] < 45 and blond[2] > platinum[2] > 10
    assert pink[0] < gray[0] < blond[0]
    assert lab(BLACK)[0] + STRONG[1] < pink[0] < lab(parse_color("pink"))[0]
    wish = lab(parse_color("pink"))
    assert np.hypot(*pink[1:]) < np.hypot(*wish[1:]) and abs(np.arctan2(*pink[:0:-1]) - np.arctan2(*wish[:0:-1])) < 0.1
    assert np.hypot(*gray[1:]) < 6 and gray[2] > 0


def test_what_shows_nothing_but_black_becomes_hardly_lighter() -> None:
    nothing, some = (lab(charted(parse_color("blond"), (n, n, n)))[0] - lab((n, n, n))[0] for n in (6, 40))
    assert nothing < 23 < some + 5


def test_no_step_is_where_names_begin_to_go_less_far() -> None:
    for name in ("honey-blond", "platinum", "silver"):
        found = np.array([lab(charted(parse_color(name), (n, n, n))) for n in range(40, 220)])
        assert np.abs(np.diff(found, axis=0)).max() < 1.7


def test_names_are_words() -> None:
    assert all(is_name(one) for one in ("blond", "Ash Blond", "rebeccapurple"))
    assert not any(is_name(one) for one in ("#703020", "112,48,32", "rgb(1, 2, 3)", "@a.png", "b.jpg:hair", (1, 2, 3)))


def test_red_and_blue_are_laid_on_black_hair_with_less_bleach_than_pale_colors() -> None:
    found = {
        name: lab(charted(parse_color(name), BLACK))[0] for name in ("pink", "teal", "copper", "pastel-pink", "blond")
    }
    assert max(found[name] for name in ("pink", "teal", "copper")) < 35 < found["pastel-pink"] < found["blond"] + 5


def test_gray_hair_has_brown_depths_and_gray_lights() -> None:
    table = shades(np.array([36.0, 2.0, 3.0]))
    deep, light = (np.hypot(*table[10 * level]) for level in (20, 60))
    assert deep > light + 2
    assert np.allclose(shades(np.array([46.0, 10.0, 18.0]))[460], (10, 18), atol=0.1)  # of blond nothing else comes


def test_hair_that_shows_nothing_but_black_becomes_less_light() -> None:
    none, half, most = (lab(charted(parse_color("blond"), BLACK, share))[0] for share in (0.0, 0.4, 0.9))
    assert none > half > most > lab(BLACK)[0] + 5
    assert falls_short(parse_color("blond"), charted(parse_color("blond"), BLACK))
    assert not falls_short(parse_color("brown"), charted(parse_color("brown"), BROWN))


def test_heads_are_darker_than_fair_names_but_not_than_the_hair_so_far() -> None:
    wish = parse_color("light-blond")
    assert 60 < lab(on_a_head(wish, 40.0))[0] < lab(wish)[0] - 5
    assert abs(lab(on_a_head(wish, 72.0))[0] - 72) < 1 and on_a_head(wish, 90.0) == wish
    assert on_a_head(parse_color("brown"), 40.0) == parse_color("brown")


def test_black_and_white_hair_has_no_brown_depths() -> None:
    assert brown((17, 0, 2)) == brown((80, 0, 5)) == 0 and brown((30, 9, 15)) == 1
    table = shades(np.array([46.0, 2.0, 3.0]), 0.0)
    assert np.hypot(*table[200]) < np.hypot(*table[460])
