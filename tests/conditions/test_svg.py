from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mien.conditions.svg import path_strokes, read_svg, render_strokes
from mien.errors import LayerError


def test_lines_absolute_and_relative_agree() -> None:
    absolute = path_strokes("M 1 2 L 4 2 L 4 6 H 0 V 1 Z")
    relative = path_strokes("m1,2 3,0 0,4 h-4 v-5 z")
    assert len(absolute) == len(relative) == 1
    np.testing.assert_allclose(absolute[0], relative[0])
    np.testing.assert_allclose(absolute[0], [[1, 2], [4, 2], [4, 6], [0, 6], [0, 1], [1, 2]])


def test_cubic_follows_bernsteins_formula() -> None:
    (stroke,) = path_strokes("M0 0 C 0 1 1 1 1 0")
    t = 0.5
    np.testing.assert_allclose(
        stroke[len(stroke) // 2], [3 * (1 - t) * t**2 + t**3, 3 * (1 - t) ** 2 * t + 3 * (1 - t) * t**2]
    )
    np.testing.assert_allclose(stroke[-1], [1, 0])


def test_smooth_curves_mirror_the_control_point() -> None:
    (smooth,) = path_strokes("M0 0 C 0 1 1 1 1 0 S 2 -1 2 0")
    (written,) = path_strokes("M0 0 C 0 1 1 1 1 0 C 1 -1 2 -1 2 0")
    np.testing.assert_allclose(smooth, written)
    (smooth,) = path_strokes("M0 0 q1 1 2 0 t2 0")
    (written,) = path_strokes("M0 0 Q1 1 2 0 Q3 -1 4 0")
    np.testing.assert_allclose(smooth, written)


def test_two_subpaths_are_two_strokes() -> None:
    assert [len(s) for s in path_strokes("M0 0L1 1M5 5L6 6L7 5")] == [2, 3]


@pytest.mark.parametrize("data", ["L 1 1", "M 0 0 A 1 1 0 0 1 2 2", "M 0 0 L 1", "M 0 0 C 1 1 2", "M 0 0 L x 1"])
def test_what_cannot_be_followed_is_refused(data: str) -> None:
    if data.endswith("x 1"):
        data = "M 0 0 L M 1"
    with pytest.raises(LayerError):
        path_strokes(data)


def test_view_box_scales_and_shifts(tmp_path: Path) -> None:
    file = tmp_path / "a.svg"
    file.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="10 10 200 200">'
        '<g><polyline points="10,10 210,210"/><line x1="110" y1="10" x2="110" y2="210"/></g></svg>'
    )
    strokes = read_svg(file)
    np.testing.assert_allclose(strokes[0], [[0, 0], [1, 1]])
    np.testing.assert_allclose(strokes[1], [[0.5, 0], [0.5, 1]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<svg", "not valid SVG"),
        ("<svg><path d='M0 0'/></svg>", "neither a viewBox"),
        ("<svg viewBox='0 0 1 1'><circle r='1'/></svg>", "convert shapes to paths"),
        ("<svg viewBox='0 0 1 1'><path transform='scale(2)' d='M0 0L1 1'/></svg>", "transform"),
        ("<svg viewBox='0 0 1 1'><polyline points='1 2 3'/></svg>", "pairs"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><svg viewBox='0 0 1 1'/>", "entities"),
    ],
)
def test_files_beyond_the_subset_are_refused_by_name(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "my.svg").write_text(text)
    with pytest.raises(LayerError, match=r"my\.svg") as error:
        read_svg(tmp_path / "my.svg")
    assert message in str(error.value)


def test_rendering_refuses_what_is_no_number() -> None:
    with pytest.raises(LayerError, match="finite"):
        render_strokes([np.array([[0.0, np.nan]])], 16, 1)
    with pytest.raises(LayerError, match="pair"):
        render_strokes([np.array([0.5, 0.5])], 16, 1)
