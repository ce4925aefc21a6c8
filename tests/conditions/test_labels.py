from __future__ import annotations

import numpy as np
import pytest

from mien.conditions.labels import (
    CELEBAMASK_HQ,
    CLASSES,
    FACE_PARSING,
    INDEX,
    PALETTES,
    UNKNOWN,
    canonical,
    mirror_table,
    table,
)


def test_both_published_orders_hold_the_same_classes() -> None:
    assert sorted(FACE_PARSING) == sorted(CELEBAMASK_HQ)
    assert {canonical(name) for name in CELEBAMASK_HQ} == set(CLASSES)


@pytest.mark.parametrize("names", [CLASSES, FACE_PARSING, CELEBAMASK_HQ])
def test_remapping_goes_by_name(names: tuple[str, ...]) -> None:
    lookup = table(names)
    for index, name in enumerate(names):
        assert CLASSES[lookup[index]] == canonical(name)
    assert (lookup[len(names) :] == UNKNOWN).all()


def test_celebamask_hair_is_not_our_thirteenth_class() -> None:
    assert table(CELEBAMASK_HQ)[13] == INDEX["hair"] == 17
    assert CLASSES[13] == "lower_lip"


def test_short_names_for_lips_and_left_are_told_apart() -> None:
    assert canonical("l_lip") == "lower_lip"
    assert canonical("l_eye") == "left_eye"
    assert canonical("Upper-Lip") == "upper_lip"
    assert canonical("beard") is None


def test_unknown_name_in_an_order_is_refused() -> None:
    with pytest.raises(ValueError, match="'beard'"):
        table(["background", "beard"])


@pytest.mark.parametrize("palette", PALETTES)
def test_palettes_are_complete_and_unambiguous(palette: str) -> None:
    entries = PALETTES[palette]
    assert set(entries) == set(CLASSES)
    values = np.array(list(entries.values()))
    away = np.abs(values[:, None] - values[None]).max(2) + 999 * np.eye(len(values), dtype=int)
    assert away.min() > 10


def test_mirroring_twice_changes_nothing() -> None:
    swap = mirror_table()
    assert (swap[swap] == np.arange(256)).all()
    assert swap[INDEX["left_eye"]] == INDEX["right_eye"]
    assert swap[INDEX["lower_lip"]] == INDEX["lower_lip"]
