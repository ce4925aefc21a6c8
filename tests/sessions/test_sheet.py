"""The contact sheet: all panels there, outlines where the masks are."""

from __future__ import annotations

import numpy as np
import pytest

from mien.session import Session
from mien.sessions.sheet import around
from tests.sessions.painter import Painter, picture


@pytest.mark.parametrize(("edits", "columns", "rows"), [(0, 5, 1), (2, 5, 1), (4, 5, 1), (5, 3, 2)])
def test_layout(session: Session, edits: int, columns: int, rows: int) -> None:
    for seed in range(edits):
        session.apply(mask=("left", "mouth")[seed % 2], seed=seed, note="a caption that goes on for longer than " * 3)
    sheet = session.sheet(side=100, columns=columns)
    one = session.sheet(0, side=100)
    panels = min(columns, edits + 1)
    assert sheet.dtype == np.uint8 and sheet.shape[2] == 3
    assert abs(sheet.shape[1] - (panels * 110 + 10)) <= 100 and sheet.shape[0] / one.shape[0] == pytest.approx(
        rows, rel=0.5
    )
    assert (sheet[:, :10] == 255).all() and (sheet[-10:] == 255).all()


def test_outlines_and_results(session: Session) -> None:
    session.apply(mask="left")
    session.apply(mask="mouth", seed=2)
    x0, y0, x1, y1 = around(session.mask(), [session.line()[0].quad])
    sheet = session.sheet(side=160)
    height, width = round(160 * (y1 - y0) / (x1 - x0)) if x1 - x0 > y1 - y0 else 160, (sheet.shape[1] - 40) // 3
    columns = [sheet[:, left : left + width].astype(int) for left in (10, 20 + width, 30 + 2 * width)]
    below = [column[-10 - height : -10] for column in columns]
    above = [column[-13 - 2 * height : -13 - height] for column in columns]
    assert np.array_equal(below[0], below[2])  # the first column ends with the end
    for before, outlined in ((above[0], above[1]), (below[1], above[2])):  # nothing but the outline is added
        assert 0.01 < (before != outlined).any(2).mean() < 0.1
    assert (below[1] != above[0]).any(2).mean() > 0.02


def test_the_part_that_is_shown() -> None:
    mask = np.zeros((100, 200), np.bool_)
    assert around(mask, []) == (0, 0, 200, 100)
    mask[90:95, 100:120] = True
    x0, y0, x1, y1 = around(mask, [[(150, 10), (150, 50), (190, 50), (190, 10)]])
    assert 90 <= x0 <= 100 and 5 <= y0 <= 10 and 190 <= x1 <= 196 and 95 <= y1 <= 100
    assert around(mask, [[(-90, -50), (-90, 300), (400, 300), (400, -50)]]) == (0, 0, 200, 100)


def test_any_photo(painter: Painter, tmp_path: object) -> None:
    session = Session.create(f"{tmp_path}/s", picture(60, 300, dtype=np.uint16, channels=1), painter)
    session.apply(mask="left")
    assert session.sheet(side=200).dtype == np.uint8
