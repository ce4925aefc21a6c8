"""What is measured of a fringe."""

from __future__ import annotations

import pytest

from mien.editing.mapped import LAID_OVER
from mien.editing.outcome import Outcome
from mien.editing.pipeline import _comparable
from mien.guides.hair.bank_hair import LAID


@pytest.mark.parametrize("words", [*LAID, LAID_OVER])
def test_strands_are_not_compared_with_the_noise_of_a_forehead(words: str) -> None:
    grainy = Outcome(1.0, sharpness=1.0, noise=2.5)
    assert _comparable(grainy, ("skin evened", words)).complaints == ()
    assert _comparable(grainy, ("skin evened",)).complaints
