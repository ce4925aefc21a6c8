"""Undo, redo and branches against a model: lists of what an editor's user would expect."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.errors import SessionError
from mien.sessions.tree import Node, Tree

MOVES = st.lists(st.tuples(st.sampled_from(["edit", "undo", "redo", "checkout"]), st.integers(0, 12)), max_size=30)


def node(number: int, parent: int) -> Node:
    return Node(number, parent, {"mask": "hair"}, [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)], "x", (0, 0))


@given(MOVES)
def test_undo_redo_and_branches(moves: list[tuple[str, int]]) -> None:
    tree, replayed, parents = Tree(), Tree(), {0: 0}
    line, place = [0], 0  # what undo and redo walk along, and where on it one stands
    for action, number in moves:
        made: list[Node] = []
        try:
            if action == "edit":
                made = [node(len(tree.nodes) + 1, tree.head)]
                moved = tree.grown(made)
                parents[made[0].number] = line[place]
                line, place = [*line[: place + 1], made[0].number], place + 1
            elif action == "checkout":
                moved = tree.at(number)
                if number not in line:
                    line = path(number, parents)
                    place = len(line) - 1
                    while younger := [child for child, parent in parents.items() if parent == line[-1] and child]:
                        line.append(max(younger))
                place = line.index(number)
            else:
                moved = tree.undone() if action == "undo" else tree.redone()
                place += -1 if action == "undo" else 1
                assert 0 <= place < len(line)
        except SessionError:
            assert (
                (action == "undo" and place == 0)
                or (action == "redo" and place == len(line) - 1)
                or (action == "checkout" and number not in parents)
            )
            continue
        tree = moved
        replayed = replayed.after(tree.record(action, made))
        assert tree.head == line[place] and tree == replayed
        assert [one.number for one in tree.line(tree.head)] == path(tree.head, parents)[1:]
    assert {one.number: one.parent for one in tree.nodes} == {k: v for k, v in parents.items() if k}


def path(number: int, parents: dict[int, int]) -> list[int]:
    """From the original to a node, both included."""
    found = [number]
    while found[-1]:
        found.append(parents[found[-1]])
    return found[::-1]


@pytest.mark.parametrize(
    "corner", [(1e308, 1.0), (float("nan"), 1.0), (float("inf"), 0.0), (5.0, 1.0), (0.0, 0.0), (1e7, 1.0)]
)
def test_crops_that_are_none(corner: tuple[float, float]) -> None:
    bad = replace(node(1, 0), quad=[(0.0, 0.0), (0.0, 1.0), corner, (1.0, 0.0)])
    with pytest.raises(SessionError, match="damaged"):
        Tree().after(Tree().grown([bad]).record("edit", [bad]))
