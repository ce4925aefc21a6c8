"""One table of all that can be changed by name."""

from __future__ import annotations

from mien.editing.catalogue import UNSUPPORTED, entries, why_not
from mien.editing.ways import COLORED, ways_of
from mien.words.lexicon import ATTRIBUTES
from mien.words.types import Wish


def test_whatever_words_know_has_a_way_or_a_reason() -> None:
    for attribute in ATTRIBUTES:
        for degree in (1.0, -1.0):
            done = not ways_of([Wish(attribute, degree)], ()).missing or attribute in COLORED
            obvious = attribute in ("blemishes", "teeth-white", "eye-bags", "red-eye", "double-chin")  # nobody asks
            assert done != bool(why_not(attribute, degree)) or obvious, (attribute, degree)


def test_the_table_names_each_thing_once() -> None:
    table = entries(("smile", "hat-like"), {"smile": (-2.0, 99.0)})
    keys = [(one.name, one.kind) for one in table]
    assert len(set(keys)) == len(keys)
    by_kind = {kind: [one.name for one in table if one.kind == kind] for _, kind in keys}
    assert set(by_kind) == {"moves", "look", "color", "paint", "none"}
    assert by_kind["paint"] == ["smile", "hat-like"] and "age" in by_kind["look"]
    (painted,) = [one for one in table if (one.name, one.kind) == ("smile", "paint")]
    assert (painted.lowest, painted.highest) == (-2.0, 10.0)
    assert all(one.way for one in table) and set(by_kind["none"]) == set(UNSUPPORTED)
