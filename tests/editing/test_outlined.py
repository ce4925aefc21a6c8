"""Hair by a drawn outline."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.conditions.labels import INDEX
from mien.editing.mapped import LONGER, SHORTER, central, going_on
from mien.editing.outlined import by_outline
from mien.editing.request import Request
from mien.types import Bool, UInt8

SIDE = 256


def head() -> UInt8:
    """Labels of a head whose hair ends at its mouth."""
    labels = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(labels, (128, 110), (80, 90), 0, 0, 360, INDEX["hair"], -1)
    labels[170:] = 0
    cv2.rectangle(labels, (100, 150), (156, 255), INDEX["neck"], -1)
    cv2.ellipse(labels, (128, 130), (50, 70), 0, 0, 360, INDEX["skin"], -1)
    labels[100:106, 95:120], labels[100:106, 136:161] = INDEX["left_brow"], INDEX["right_brow"]
    return labels


def outline(low: int, gap: int) -> Bool:
    """A line around a head down to a row, open for a gap below."""
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    cv2.polylines(
        drawn, [np.array([(128 - gap, low), (44, low), (44, 60), (128, 14), (212, 60), (212, low)])], False, 1
    )
    cv2.line(drawn, (212, low), (128 + gap, low), 1)
    return drawn > 0


@pytest.mark.parametrize(("gap", "above"), [(0, 0), (10, 0), (70, 0), (0, 40), (70, 40)])
def test_an_outline_makes_hair_longer_down_to_it(gap: int, above: int) -> None:
    lines, labels = outline(230, gap)[above:], head()[above:]  # the crop cuts it off above
    lines, labels = (np.pad(one, ((0, above), (0, 0))) for one in (lines, labels))
    found = by_outline(Request(sketch="lines.png", part="hair"), lines, labels, None)
    assert found is not None and found.part == LONGER and found.sketch is None and found.frame == "crop"
    shown, mask = np.asarray(found.semantic) > 0, np.asarray(found.mask)
    assert shown[225 - above, [60, 196]].all() and not shown[235 - above :].any()
    assert not shown[[200 - above, 130 - above], 128].any()  # neck and face
    assert mask[shown & (labels != INDEX["hair"])].all() and not mask[110 - above, 128]


def test_an_outline_cuts_hair_and_one_that_encloses_no_face_is_none() -> None:
    found = by_outline(Request(sketch="lines.png", part="hair"), outline(130, 0), head(), None)
    assert found is not None and found.part == SHORTER
    lines = np.zeros((SIDE, SIDE), np.bool_)
    lines[40, 30:220] = True
    assert by_outline(Request(sketch="lines.png", part="hair"), lines, head(), None) is None


def test_hair_of_a_map_goes_on_beyond_the_crop() -> None:
    hair = INDEX["hair"]
    shown = np.zeros((SIDE, SIDE), np.uint8)
    shown[60:, 30:90] = hair
    request = Request(semantic=shown, part=LONGER)
    drawn = np.zeros((2 * SIDE, 2 * SIDE), np.uint8)
    drawn[SIDE // 2 + 60 : SIDE + 200, SIDE // 2 + 30 : SIDE // 2 + 90] = hair  # over the photo, it ends below the crop
    for given, last in ((drawn, SIDE + 199), (None, 2 * SIDE - 1), (np.full_like(drawn, hair), 2 * SIDE - 1)):
        wide = np.asarray(going_on(request, given).semantic)
        assert (central(wide) == shown).all()
        assert np.flatnonzero((wide == hair).any(1))[-1] == last
