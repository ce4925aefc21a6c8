"""Groups of faces and how evenly identity falls on them."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.look_groups import LEAST, evenness, groups, kept, means

COUNT = 3 * LEAST


def faces() -> list[dict[str, float]]:
    return [{"ITA": 10.0 * k, "age": 90.0 - 5 * k, "masculine": k % 2} for k in range(COUNT)]


def test_thirds_hold_a_third_each() -> None:
    of = groups(faces())
    assert [int(one.sum()) for one in of["skin"].values()] == [LEAST] * 3
    assert of["skin"]["dark"][0] and of["age"]["old"][0] and of["gender"]["feminine"][0]


def test_the_worst_group_is_told_against_the_best() -> None:
    of = groups(faces())
    same = np.where(of["skin"]["dark"], 0.72, 0.9)
    found = evenness(means(same, of))
    assert found["skin"] == pytest.approx(0.8) and found["gender"] == pytest.approx(1.0)


def test_faces_without_a_number_count_nowhere_and_small_groups_not_at_all() -> None:
    some = faces()
    some[0]["ITA"] = np.nan
    of = groups(some)
    assert sum(int(one.sum()) for one in of["skin"].values()) == COUNT - 1
    same = np.full(COUNT, np.nan)
    same[of["gender"]["masculine"]] = 0.9
    found = means(same, of)
    assert list(found["gender"]) == ["masculine"] and np.isnan(evenness(found)["gender"])


def test_a_reading_is_kept_on_its_side() -> None:
    assert kept([0.2, 0.9, 0.6, 0.4], [0.4, 0.6, 0.4, 0.1]) == 0.75
