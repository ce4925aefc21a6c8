"""Hair and outlines that go on behind arms of glasses."""

import numpy as np

from mien.guides.glasses.carried_across import carried_across

UNIT = 150.0


def _scene(slant: float) -> np.ndarray:
    """Dark hair, to the right of it skin, with an outline that leans by some columns a row."""
    ys, xs = np.mgrid[:120, :160].astype(np.float32)
    hair = xs < 80 + slant * (ys - 60)
    return np.where(hair[..., None], np.float32(40), np.float32(190)) * np.ones(3, np.float32)


def _bar() -> np.ndarray:
    hole = np.zeros((120, 160), np.bool_)
    hole[50:70, 30:130] = True
    return hole


def test_outlines_go_on_at_their_slant() -> None:
    for slant in (-0.6, 0.0, 0.6):
        truth, hole = _scene(slant), _bar()
        shown = truth.copy()
        shown[hole] = 0
        made, sure = carried_across(shown, hole, np.zeros_like(hole), np.zeros_like(hole), UNIT)
        assert np.abs(made - truth)[hole].mean() < 6
        assert sure[hole].min() > 0.9
        assert np.array_equal(made[~hole], shown[~hole])
        assert not sure[~hole].any()


def test_high_holes_are_left_to_others() -> None:
    truth, hole = _scene(0.0), np.zeros((120, 160), np.bool_)
    hole[4:115, 60:100] = True
    _, sure = carried_across(truth, hole, np.zeros_like(hole), np.zeros_like(hole), UNIT)
    assert sure.max() == 0
    low = np.ones_like(hole)
    hole = np.zeros_like(hole)
    hole[30:85, 60:100] = True
    assert carried_across(truth, hole, np.zeros_like(hole), ~low, UNIT)[1].max() > 0.9
    assert carried_across(truth, hole, np.zeros_like(hole), low, UNIT)[1].max() == 0


def test_nothing_is_taken_from_what_is_barred() -> None:
    truth, hole = _scene(0.0), _bar()
    shown, barred = truth.copy(), np.zeros_like(hole)
    barred[40:50, 30:130] = True
    shown[hole | barred] = (255, 0, 0)
    made, _ = carried_across(shown, hole, barred, np.zeros_like(hole), UNIT)
    assert np.abs(made - truth)[hole].mean() < 12
