"""Sessions that were written when the color map was called "colour"."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mien.conditions.types import Conditions
from mien.sessions.objects import Objects
from mien.sessions.recipe import describe, freeze, thaw
from mien.sessions.tree import Node, Tree


def test_recipes_of_the_old_spelling_are_followed(tmp_path: Path) -> None:
    objects = Objects(tmp_path)
    painted = np.full((16, 16, 4), 255, np.uint8)
    recipe = freeze({"layers": Conditions(color=painted), "weights": {"color": 2.0}, "mask": "hair"}, objects)
    old = {"layers": {"colour": recipe["layers"]["color"]}, "weights": {"colour": 2.0}, "mask": "hair"}
    node = Node(1, 0, old, [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)], "x", (0, 0))
    found = Tree().after(Tree().grown([node]).record("edit", [node])).nodes[0].recipe
    assert found == recipe and describe(found) == describe(recipe)
    inputs = thaw(found, objects)
    assert np.array_equal(inputs["layers"].color, painted) and inputs["weights"] == {"color": 2.0}
