from __future__ import annotations

import numpy as np

from mien.editing.hair_lenders import uncovered_share


def test_hair_that_is_cut_off_below_must_be_covered_there() -> None:
    long, short = np.zeros((100, 100), np.bool_), np.zeros((100, 100), np.bool_)
    long[20:, :20] = short[20:80, :20] = True
    assert uncovered_share(short, long) == 0
    assert uncovered_share(long, short) > 0.45  # a quarter of what is seen, and all that goes on below
    long[80:] = False
    assert uncovered_share(long, short) == 0
